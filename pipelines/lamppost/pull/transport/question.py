"""A question to a source (pure): who is told what at which place, where an answer may lead, and what counts as one."""

from dataclasses import dataclass, replace

from lamppost.pull.fault import fault
from lamppost.pull.transport.access import Access
from lamppost.pull.transport.address import join_url, origin_of, show_url, split_user
from lamppost.pull.transport.exchange import Request, Response
from lamppost.pull.transport.expect import OR_NOTHING, name_wrong, read_type
from lamppost.pull.transport.reach import Reach, check_address, check_reach
from lamppost.pull.transport.trail import describe
from lamppost.pull.transport.trouble import ADVICE, PassingError, is_passing, read_wait

GOOD = frozenset({200, 203})
REDIRECTS = frozenset({301, 302, 303, 307, 308})
KEEPING = frozenset({307, 308})
"""Redirects after which a POST is a POST again (RFC 9110 §15.4)."""
KEYS = frozenset({401, 403})
"""Refusals that a missing key may explain."""
SHARED = frozenset({"accept", "content-type", "if-none-match", "if-modified-since"})
"""Request headers that may be sent to any place: they hold no secret."""


@dataclass(frozen=True, repr=False)
class Question:
    """A request, and what decides where it may lead and what is taken for an answer."""

    request: Request
    access: Access
    reach: Reach
    expect: str

    @property
    def place(self) -> str:
        """Where errors say they happened."""
        return show_url(self.request.url)


def address_to(question: Question, url: str) -> Request:
    """The question put to `url`: who asks, and the descriptor's headers, are told at home only."""
    if origin_of(url) == origin_of(question.access.home):
        return replace(question.request, url=url)
    headers = {name: text for name, text in question.request.headers.items() if name.lower() in SHARED}
    return replace(question.request, url=url, headers=headers, user=None)


def redirect(request: Request, response: Response, question: Question) -> Request:
    """The request for where the answer leads; a body goes on only at the same place."""
    target = join_url(request.url, response.headers.get("location", ""))
    check_address(target, f"it was redirected to {show_url(target) or 'nowhere'}")
    check_reach(target, question.access.home, question.reach, f"{show_url(request.url)} (redirect)")
    url = split_user(target)[0]
    stays = origin_of(url) == origin_of(request.url) and response.status in KEEPING
    if request.body is not None and not stays:
        do = "write the address it leads to into the descriptor"
        raise fault(show_url(request.url), f"a POST was redirected to {show_url(url)}", "an answer", do)
    return address_to(question, url)


def accept(response: Response, question: Question, now: float) -> Response:
    """The response when it is an answer; the error it stands for when not. `now`: seconds since 1970."""
    place, status = show_url(response.url), response.status
    said = say(response)
    if status not in question.request.good:
        if is_passing(status, response.headers):
            after = read_wait(response.headers, now)
            wish = f", to be asked again in {after:,.0f} s" if after else ""
            raise PassingError(said + wish, after, ADVICE.get(status, ""))
        do = ADVICE.get(status, "check the address and its parameters in the descriptor")
        if status in KEYS and origin_of(response.url) != origin_of(question.access.home):
            do = f"write {place} into the descriptor: keys are not sent to where it redirects"
        raise fault(place, said, "200", do)
    wrong = ""
    if question.expect and status in GOOD:
        type_ = response.headers.get("content-type", "")
        told = "" if read_type(type_) in question.access.types else type_
        wrong = name_wrong(question.expect, response.body, told)
    if wrong:
        do = "open the address in a browser: it may ask for a login or be under repair"
        if told and not name_wrong(question.expect, response.body, ""):
            do = f"if this source sends its data with that type, write `accept_types: [{read_type(told)}]`"
        raise fault(place, f"{wrong} ({said})", question.expect.removesuffix(OR_NOTHING).upper(), do)
    return response


def say(response: Response) -> str:
    """Status, type and length of what came: all that is ever told of it."""
    return describe(response.status, response.headers, response.body if response.is_read else None)


def shorten(problem: Exception, url: str) -> str:
    """What was found, without its place and without advice."""
    return str(problem).removeprefix(f"{show_url(url)}: ").partition(" · ")[0]
