"""One page asked for: in smaller parts while the server cannot make it, its nested lists made whole, looked at."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, NamedTuple

from lamppost.errors import PendingError, PullError
from lamppost.pull.content import check_rules
from lamppost.pull.fault import fault, pending
from lamppost.pull.glance import Glance, Lens
from lamppost.pull.http.form import Form
from lamppost.pull.http.guard import check_link
from lamppost.pull.http.nested import holds_links, merge_nested, name_links
from lamppost.pull.http.paging import Paging
from lamppost.pull.http.question import PageQuestion
from lamppost.pull.http.step import resize
from lamppost.pull.transport import Response, Transport
from lamppost.pull.transport.address import join_url, show_url
from lamppost.pull.transport.trail import describe

TOO_MUCH = frozenset({HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.BAD_GATEWAY, HTTPStatus.GATEWAY_TIMEOUT})
"""What a server says that cannot make a page of that size; 503 says that it can make none."""

NO_PAGE = frozenset(map(HTTPStatus, (204, 400, 403, 404, 409, 410, 413, 416, 422, 500, 501, 502, 503, 504)))
"""How servers answer to a page that they do not have."""


@dataclass
class Pace:
    """What is learnt about a source while it is asked, and holds for the rest of the pull."""

    size: int = 0
    """Records to ask for at once, once that had to be fewer than the descriptor says."""


class Came(NamedTuple):
    """One page as it came."""

    response: Response
    body: bytes
    """What is kept: the answer with its nested lists whole; empty for a status that means no records."""
    glance: Glance
    question: PageQuestion
    """What was asked in the end."""


class Asking:
    """Asks the pages of one list."""

    def __init__(self, form: Form, lens: Lens, transport: Transport, pace: Pace) -> None:
        self._form, self._lens, self._transport, self._pace = form, lens, transport, pace
        self.simulated = False

    def ask(self, paging: Paging, question: PageQuestion) -> Came:
        """The page; PullError for what is none, PendingError where the source says: not yet."""
        if self._pace.size:
            question = resize(paging, question, self._pace.size)
        size = len(question.ids) or self._pace.size or paging.size
        can_shrink = bool(paging.limit or question.ids) and size > 1 and paging.by != "page"
        response = self._send(question, TOO_MUCH if can_shrink else frozenset())
        if can_shrink and self._is_too_much(response):
            response, question = self._shrink(paging, question, size)
        body, glance = self._see(response)
        return Came(response, body, glance, question)

    def peek(self, question: PageQuestion) -> Glance | None:
        """A page that should have no records, if it has some; None too where the source says that it has no such."""
        try:
            response = self._send(question, NO_PAGE)
            is_page = response.status not in NO_PAGE or response.status in self._form.statuses
            glance = self._see(response)[1] if is_page else None
        except (PullError, PendingError):
            return None
        return glance if glance and glance.rows else None

    def ask_apart(self, question: PageQuestion, headers: Mapping[str, str]) -> tuple[Response, Any]:
        """An answer that is not a page: a count, or a list of ids."""
        lens = replace(self._lens, decode="xml" if self._lens.decode == "xml" else "json")
        response = self._transport.ask(
            question.url, self._form.access, params=question.params, body=question.payload(), headers=headers,
            expect=lens.decode,
        )  # fmt: skip
        self.simulated = self.simulated or response.simulated
        root = lens.parse(response.body, show_url(response.url))
        self._check(root, response)
        return response, root

    def _shrink(self, paging: Paging, question: PageQuestion, size: int) -> tuple[Response, PageQuestion]:
        """The same question, with patience, then for fewer and fewer records."""
        try:
            return self._send(question, frozenset()), question
        except PullError:
            while size > 1:
                size //= 2
                smaller = resize(paging, question, size)
                if smaller == question:
                    break
                response = self._send(smaller, TOO_MUCH)
                if not self._is_too_much(response):
                    self._pace.size = size
                    return response, smaller
            raise

    def _is_too_much(self, response: Response) -> bool:
        return response.status in TOO_MUCH and response.status not in self._form.statuses

    def _send(self, question: PageQuestion, also: frozenset[HTTPStatus]) -> Response:
        form = self._form
        response = self._transport.ask(
            question.url, form.access, params=question.params, body=question.payload(),
            expect=form.expect, also={*form.also, *also},
        )  # fmt: skip
        self.simulated = self.simulated or response.simulated
        if form.statuses.get(response.status) == "pending":
            said = describe(response.status, response.headers, None)
            raise pending(show_url(response.url), f"{said}: not ready yet", "records", "it is asked again")
        return response

    def _see(self, response: Response) -> tuple[bytes, Glance]:
        form, place, body = self._form, show_url(response.url), response.body
        if form.statuses.get(response.status) == "none" or (form.may_be_empty and not body):
            return b"", Glance(0, None, {path: [] for path in self._lens.paths}, list)
        if form.nested:
            body = merge_nested(body, self._lens, form.nested, lambda link: self._ask_nested(link, response), place)
        glance = self._lens.look(body, place, lambda root: self._check(root, response))
        if self._lens.decode == "json" and holds_links(body, glance.body):
            found = f"records with pages of their own ({name_links(body)})"
            raise fault(place, found, "`nested:` that follows them", "write `nested:`, or do not expand that list")
        return body, glance

    def _check(self, root: Any, response: Response) -> None:
        said = describe(response.status, response.headers, response.body)
        check_rules(root, self._form.rules, show_url(response.url), f" ({said})")

    def _ask_nested(self, link: str, outer: Response) -> bytes:
        url = join_url(outer.url, link)
        check_link(url, outer.url, self._form.access.home)
        response = self._send(PageQuestion(url, {}), frozenset())
        self._check(self._lens.parse(response.body, show_url(response.url)), response)
        return response.body
