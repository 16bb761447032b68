"""The only network code: one question that either brings a whole answer home or says in a sentence why not.

What requests leaves open is closed here: no deadline for the whole, no cap, cut bodies taken for whole ones, proxies
and passwords taken from the environment, redirects to anywhere. Messages never show user, password or query.
"""

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from http import HTTPStatus
from itertools import count
from types import MappingProxyType

from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt, stop_before_delay
from tenacity.wait import wait_exponential_jitter

from lamppost.errors import PullError
from lamppost.pull.fault import fault
from lamppost.pull.transport.access import Access, OAuth
from lamppost.pull.transport.address import add_params, list_params, origin_of, show_url, split_user
from lamppost.pull.transport.body import SlowBodyError
from lamppost.pull.transport.connect import Session, open_session
from lamppost.pull.transport.exchange import Limits, Request, Response, exchange, within
from lamppost.pull.transport.login import Logins, read_token, write_form, write_user
from lamppost.pull.transport.question import GOOD, REDIRECTS, Question, accept, address_to, redirect, say, shorten
from lamppost.pull.transport.reach import Reach, UnreachableError, check_address, check_reach, read_reach
from lamppost.pull.transport.throttle import Throttle
from lamppost.pull.transport.trail import Trail
from lamppost.pull.transport.trouble import PassingError

__all__ = ["MAX_BYTES", "Response", "Transport"]
NOTHING: Mapping[str, str] = MappingProxyType({})
MAX_HOPS = 5
MAX_BYTES = 256 * 2**20
LOGIN = frozenset({200, 400, 401})
"""Answers to a token request that say something (RFC 6749 §5)."""
VALIDATORS = {"If-None-Match": "etag", "If-Modified-Since": "last_modified"}
"""Request header → name of what an earlier answer brought (RFC 9110 §13.1)."""


class Transport:
    """Asks sources; one instance serves a whole run.

    `allow`: hosts, or origins such as the sandbox's, that may be asked although they are not public · `deadline`:
    seconds for one answer with all its redirects · `silence`: seconds without a byte · `budget`: seconds after which
    no further attempt begins · `pull_seconds`: seconds for a pull as a whole, see `begin` · `longest_wait`: cap for
    Retry-After and backoff · `max_bytes`: cap for a body, as sent and inflated · `max_ratio`: how many times as big
    as sent a body above 1 MiB may become · `sleep`: how waits are spent.
    """

    def __init__(
        self,
        *,
        allow: Collection[str] = (),
        deadline: float = 120.0,
        silence: float = 30.0,
        budget: float = 300.0,
        pull_seconds: float = 3600.0,
        attempts: int = 5,
        longest_wait: float = 30.0,
        max_bytes: int = MAX_BYTES,
        max_ratio: float = 200.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.allow = frozenset([allow] if isinstance(allow, str) else allow)
        self.deadline = deadline
        self.budget = budget
        self.pull_seconds = pull_seconds
        self.attempts = attempts
        self.longest_wait = longest_wait
        self.limits = Limits(silence, max_bytes, max_ratio)
        self._sleep = sleep
        self._backoff = wait_exponential_jitter(initial=1, max=longest_wait)
        self._sessions: dict[tuple[Reach, str], Session] = {}
        self._throttle = Throttle()
        self._trail = Trail()
        self._logins = Logins()
        self._end = float("inf")
        self._seconds = pull_seconds

    def begin(self, seconds: float | None = None) -> None:
        """Starts the clock of a pull: all that is asked from now on must be answered within `seconds` together."""
        self._seconds = self.pull_seconds if seconds is None else seconds
        self._end = time.monotonic() + self._seconds

    def ask(
        self,
        url: str,
        access: Access,
        *,
        params: Mapping[str, str] = NOTHING,
        body: bytes | None = None,
        headers: Mapping[str, str] = NOTHING,
        expect: str = "",
        also: Collection[int] = (),
        validators: Mapping[str, str] = NOTHING,
    ) -> Response:
        """The answer to one GET, or to one POST of `body`; PullError when there is none worth having.

        `access` says who may be asked and as whom: only at `access.home` its headers, user, password and secret
        parameters, and `headers`, are sent; any other place must be https or named in `access.allow`, and a private
        one must be named there. With `expect` (`json`, `csv`, …) what begins like something else is refused. `also`:
        statuses that are answers too, such as 202. `validators`: `etag`, `last_modified` of an answer that is still
        known; then 304 is an answer.
        """
        bare, user = split_user(url)
        own = {**access.headers, **headers}
        if body is not None:
            own.setdefault("Content-Type", "application/json")
        own |= {name: validators[key] for name, key in VALIDATORS.items() if validators.get(key)}
        good = GOOD | set(also) | ({HTTPStatus.NOT_MODIFIED} if validators else set())
        check_address(url, "an address that cannot be asked")
        secret = access.query if origin_of(bare) == origin_of(access.home) else NOTHING
        secret = {name: text for name, text in secret.items() if name not in list_params(bare)}
        address = add_params(bare, {**params, **secret})
        request = Request(address, own, access.user or split_user(access.home)[1] or user, body, frozenset(good))
        question = Question(request, access, read_reach(access.allow, self.allow), expect)
        check_reach(address, access.home, question.reach, show_url(access.home))
        try:
            return self._persist(question)
        except PassingError as error:
            raise fault(show_url(url), str(error), "an answer", error.do) from None

    def trail(self) -> tuple[str, ...]:
        """What was asked since the last call and what came back, a line an answer, for the run's own record."""
        return self._trail.take()

    def close(self) -> None:
        """Closes what connections are still open."""
        for session in self._sessions.values():
            session.close()
        self._sessions.clear()

    def _persist(self, question: Question) -> Response:
        """Asks until there is an answer; PassingError says what came last, and how often it was tried."""
        number = count(1)
        enough = stop_after_attempt(self.attempts) | stop_before_delay(self.budget)
        retrying = Retrying(
            retry=retry_if_exception_type(PassingError),
            stop=lambda state: enough(state) or time.monotonic() + state.upcoming_sleep > self._end,
            wait=self._wait,
            sleep=self._sleep,
            reraise=True,
        )
        try:
            return retrying(lambda: self._answer(question, next(number)))
        except PassingError as error:
            tried = next(number) - 1
            raise PassingError(f"{error}, {tried} times" if tried > 1 else str(error), do=error.do) from None

    def _wait(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, PassingError) and error.after is not None:
            return min(error.after, self.longest_wait)
        return self._backoff(state)

    def _answer(self, question: Question, attempt: int) -> Response:
        """One attempt; a 401 gets one new login, and the same question again."""
        oauth = question.access.oauth
        if oauth is None:
            return accept(self._follow(question, attempt), question, time.time())
        response = self._follow(self._log_in(question, oauth), attempt)
        if response.status == HTTPStatus.UNAUTHORIZED:
            self._logins.forget(oauth)
            response = self._follow(self._log_in(question, oauth), attempt)
        return accept(response, question, time.time())

    def _log_in(self, question: Question, oauth: OAuth) -> Question:
        try:
            token = self._logins.find(oauth, lambda: self._ask_token(oauth, question))
        except PassingError as error:
            raise fault(show_url(oauth.token_url), str(error), "a token", error.do) from None
        headers = {**question.request.headers, "Authorization": f"Bearer {token}"}
        return replace(question, request=replace(question.request, headers=headers, user=None))

    def _ask_token(self, oauth: OAuth, question: Question) -> str:
        access, place = question.access.at(oauth.token_url), show_url(oauth.token_url)
        check_address(oauth.token_url, "an address that cannot be asked")
        check_reach(oauth.token_url, question.access.home, question.reach, "auth.oauth2.token_url")
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        request = Request(oauth.token_url, headers, write_user(oauth), write_form(oauth), LOGIN)
        response = self._persist(Question(request, access, question.reach, "json"))
        return read_token(response.body, place, say(response))

    def _follow(self, question: Question, attempt: int) -> Response:
        """The last answer of a chain of redirects, whatever its status."""
        request, simulated, left = address_to(question, question.request.url), False, self.deadline
        for _hop in range(MAX_HOPS + 1):
            self._pace(request.url, question)
            began = time.monotonic()
            response = self._hop(request, question, attempt, left)
            left = max(left - (time.monotonic() - began), 0.001)
            simulated = simulated or response.simulated
            if response.status not in REDIRECTS:
                return replace(response, simulated=simulated)
            request = redirect(request, response, question)
        raise fault(question.place, f"more than {MAX_HOPS} redirects", "an answer", "check the address")

    def _pace(self, url: str, question: Question) -> None:
        wait = self._throttle.take(origin_of(url)[1], question.access.rate)
        if time.monotonic() + wait >= self._end:
            raise self._end_pull(question)
        if wait:
            self._sleep(wait)

    def _hop(self, request: Request, question: Question, attempt: int, seconds: float) -> Response:
        """One request and its answer, noted in the trail whatever comes of it."""
        session = self._open(question)
        began = time.monotonic()
        end = min(began + seconds, self._end)
        try:
            response = within(end - began, lambda: exchange(session, request, self.limits, end))
        except (SlowBodyError, UnreachableError, PassingError, PullError) as problem:
            late = isinstance(problem, SlowBodyError) or (isinstance(problem, PassingError) and time.monotonic() >= end)
            error = self._explain(problem, request, question, late=late)
            self._note(request, shorten(error, request.url), began, attempt)
            raise error from None
        self._note(request, say(response), began, attempt)
        return response

    def _explain(self, problem: Exception, request: Request, question: Question, *, late: bool) -> Exception:
        """The error to raise for what came in place of an answer."""
        if late:
            self._sessions.pop((question.reach, question.access.ca)).break_off()
            if time.monotonic() >= self._end:
                return self._end_pull(question)
            do = "ask for smaller pages, or for the server's health"
            return fault(question.place, f"no whole answer within {self.deadline:g} s", "one", do)
        if isinstance(problem, UnreachableError):
            return question.reach.refuse(request.url, question.place, problem)
        return problem

    def _note(self, request: Request, outcome: str, began: float, attempt: int) -> None:
        self._trail.add(request.method, request.url, outcome, time.monotonic() - began, attempt)

    def _open(self, question: Question) -> Session:
        key = question.reach, question.access.ca
        if key not in self._sessions:
            self._sessions[key] = open_session(*key)
        return self._sessions[key]

    def _end_pull(self, question: Question) -> PullError:
        found = f"the pull is not done after {self._seconds:g} s"
        return fault(question.place, found, "an end", "pull less at once, or ask for the server's health")
