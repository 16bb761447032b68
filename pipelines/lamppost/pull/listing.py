"""One list behind one address, read to its end, counted, and read again when it seems to have moved meanwhile."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from lamppost.model import Page
from lamppost.notation import ABSENT, find
from lamppost.pull.access import Access, read_access
from lamppost.pull.address import origin_of, show_url
from lamppost.pull.content import check_errors, find_count, find_records, parse_json
from lamppost.pull.fault import fault
from lamppost.pull.options import Options
from lamppost.pull.paging import Answer, Paging, Question, first_question, next_question, read_paging
from lamppost.pull.tally import Look, Tally
from lamppost.pull.transport import Response, Transport

MAX_PAGES = 10_000
Keep = Callable[[bytes, Mapping[str, str], int], Page]
"""Puts an answer on disk, with the columns that its address knows and the number of its records."""
NO_COUNT = "the source declares no count"
PROOFS = {
    "none": f"The one answer came whole; {NO_COUNT}.",
    "next_link": f"Every page came whole and the last one names no next page; {NO_COUNT}.",
    "link_header": f"Every page came whole and the last one names no next page; {NO_COUNT}.",
    "cursor": f"Every page came whole and the last one names no next page; {NO_COUNT}.",
    "offset": f"An empty page ended the list, and page 1 asked again was the same; {NO_COUNT}.",
    "page": f"An empty page ended the list, and page 1 asked again was the same; {NO_COUNT}.",
}
"""What stands in for a count, by kind of paging."""


@dataclass(frozen=True)
class Count:
    """`count:` of a descriptor; at most one of `header` and `params`."""

    path: str = ""
    header: str = ""
    params: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """In the source's own words."""
        return self.header or next(iter(self.params), "") or self.path


@dataclass(frozen=True)
class Form:
    """How a list is read, whatever its address: `records:`, `paging:`, `count:`, `fail_when:`, and the way in."""

    records: str
    paging: Paging
    count: Count
    fail_when: tuple[str, ...]
    access: Access


@dataclass(frozen=True)
class Listing:
    """One list to read: where, with which parameters, and what its address knows that its records do not say."""

    form: Form
    url: str
    params: Mapping[str, str]
    context: Mapping[str, str]


@dataclass(frozen=True)
class Listed:
    """A list that was read to its end."""

    tally: Tally
    pages: tuple[Page, ...]
    declared: int | None
    stopped: str
    simulated: bool
    records: tuple[Any, ...] = ()
    """Only of a list whose pages are not kept."""
    doubt: str = ""
    note: str = ""
    """A sentence to add to the proof."""


def read_form(options: Options, home: str) -> Form:
    """The keys that say how a list is read."""
    return Form(
        records=options.text("records", ""),
        paging=read_paging(options.block("paging", short="by")),
        count=_read_count(options.block("count", short="path")),
        fail_when=options.texts("fail_when"),
        access=read_access(options, home),
    )


def _read_count(options: Options | None) -> Count:
    if options is None:
        return Count()
    count = Count(options.text("path", ""), options.text("header", ""), options.pairs("params"))
    options.close()
    if not count.name or (count.header and count.params):
        raise fault(options.place, "no count", "`path`, `header`, or `params` with `path`", "correct the descriptor")
    return count


def prove_listing(listing: Listing, transport: Transport, look: Look, keep: Keep | None) -> Listed:
    """The list, read a second time when it moved or a record came twice: two equal passes show that it stood still."""
    first = _Reading(listing, transport, Tally(look), keep).read()
    if not first.doubt and not first.tally.repeated:
        return first
    second = _Reading(listing, transport, Tally(look), keep).read()
    if second.tally.digest() == first.tally.digest():
        note = f" {second.tally.repeated} records came twice, and so they did in a second pass."
        return replace(second, note=note if second.tally.repeated else "")
    if not second.doubt and not second.tally.repeated:
        return second
    return replace(second, doubt=second.doubt or "Records came twice, and two passes did not give the same.")


class _Reading:
    """One pass over one list; `keep` puts an answer on disk, without it the records stay in memory."""

    def __init__(self, listing: Listing, transport: Transport, tally: Tally, keep: Keep | None) -> None:
        self._listing = listing
        self._form = listing.form
        self._transport = transport
        self._tally = tally
        self._keep = keep
        self._counts: list[int] = []
        self._digests: list[bytes] = []
        self._pages: list[Page] = []
        self._records: list[Any] = []
        self._simulated = False

    def read(self) -> Listed:
        """The list from its first page to its last."""
        self._probe()
        question = first_question(self._form.paging, self._listing.url, self._listing.params)
        asked: set[tuple[str, tuple[tuple[str, str], ...]]] = set()
        step: Question | str = question
        while isinstance(step, Question):
            mark = (step.url, tuple(sorted(step.params.items())))
            if mark in asked or len(asked) >= MAX_PAGES:
                found = (
                    f"page {len(asked) + 1} leads back to one already read" if mark in asked else f"{MAX_PAGES} pages"
                )
                raise fault(show_url(step.url), found, "an end", "ask the source's operator")
            asked.add(mark)
            step = self._read_page(step)
        self._probe()
        return Listed(
            self._tally,
            tuple(self._pages),
            self._counts[-1] if self._counts else None,
            step,
            self._simulated,
            tuple(self._records),
            self._find_doubt(question),
        )

    def _read_page(self, question: Question) -> Question | str:
        """Takes one page in; gives the question for the next, or why there is none."""
        response, body = self._ask(question)
        place = show_url(response.url)
        records = find_records(body, self._form.records, place)
        self._note_count(response, body, place)
        if self._keep:
            self._pages.append(self._keep(response.body, self._listing.context, len(records)))
        else:
            self._records += records
        digest = self._tally.add(records, self._listing.context)
        self._tally.size += len(response.body) if records else 0
        if records and digest in self._digests:
            found = f"page {len(self._digests) + 1} repeats page {self._digests.index(digest) + 1}"
            do = "the source may not know this kind of paging: check `paging:` in the descriptor"
            raise fault(place, found, "other records on every page", do)
        self._digests.append(digest)
        answer = Answer(response.url, body, len(records), response.links)
        declared = self._counts[0] if self._counts else None
        step = next_question(self._form.paging, question, answer, received=self._tally.received, declared=declared)
        if isinstance(step, Question):
            _check_link(step.url, response.url, self._form.access.home)
        return step

    def _ask(self, question: Question) -> tuple[Response, Any]:
        form = self._form
        response = self._transport.ask(question.url, form.access, params=question.params, expect="json")
        self._simulated = self._simulated or response.simulated
        body = parse_json(response.body, show_url(response.url))
        check_errors(body, form.fail_when, show_url(response.url))
        return response, body

    def _probe(self) -> None:
        """Asks for the count alone, where that is how the source tells it."""
        count = self._form.count
        if count.params:
            question = Question(self._listing.url, {**self._listing.params, **count.params})
            response, body = self._ask(question)
            self._counts.append(find_count(body, count.path, show_url(response.url)))

    def _note_count(self, response: Response, body: Any, place: str) -> None:
        """Takes the count that comes with a page; some sources send it with the first page only."""
        count = self._form.count
        if count.params or not count.name:
            return
        value = response.headers.get(count.header.lower()) if count.header else find(body, count.path)
        if self._counts and value in (None, ABSENT):
            return
        self._counts.append(find_count({"count": value}, "count", f"{place} ({count.name})"))

    def _find_doubt(self, question: Question) -> str:
        """Why the list may have moved while it was read; empty when nothing speaks for it."""
        if len(set(self._counts)) > 1:
            moved = f"{self._counts[0]} to {self._counts[-1]}"
            return f"The source's count ({self._form.count.name}) moved from {moved} while it was pulled."
        if self._counts or self._form.paging.by not in {"offset", "page"} or not self._tally.received:
            return ""
        response, body = self._ask(question)
        again = Tally(Look()).add(find_records(body, self._form.records, show_url(response.url)), {})
        return "" if again == self._digests[0] else "Page 1 changed while the pages after it were pulled."


def _check_link(url: str, came_from: str, home: str) -> None:
    """A page may lead on only at its own place, or at the descriptor's."""
    if origin_of(url) not in {origin_of(came_from), origin_of(home)}:
        do = "have the source name its public address, or write the other one into the descriptor"
        raise fault(show_url(came_from), f"its next link leads to {show_url(url)}", "its own host", do)
