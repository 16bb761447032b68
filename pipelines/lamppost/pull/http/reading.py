"""One pass over one list, page after page, each checked, counted and kept."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from lamppost.decode import SEALED
from lamppost.errors import PendingError, PullError
from lamppost.model import Page
from lamppost.pull.fault import fault
from lamppost.pull.glance import Glance
from lamppost.pull.http.around import Around, find_uneven
from lamppost.pull.http.asking import Asking, Came, Pace
from lamppost.pull.http.counting import Counting
from lamppost.pull.http.form import Form
from lamppost.pull.http.guard import Guard, Rising, check_link
from lamppost.pull.http.more import find_before, find_doubt, find_more
from lamppost.pull.http.paging import COUNTED, LINKS, Paging
from lamppost.pull.http.question import PageQuestion
from lamppost.pull.http.step import Answer, first_question, next_question
from lamppost.pull.http.wrong import find_error
from lamppost.pull.receipt import OPEN_END
from lamppost.pull.tally import Look, Tally
from lamppost.pull.template import fill_tree
from lamppost.pull.transport import Transport
from lamppost.pull.transport.address import list_params, show_url

Keep = Callable[[bytes, Mapping[str, str], int], Page]
"""Puts an answer on disk, with the columns that its address knows and the number of its records."""
SHIFTING = frozenset({
    "$skip", "skip", "offset", "$offset", "startindex", "start", "resultoffset", "page", "_page", "pagenumber", "from",
})  # fmt: skip
"""Parameters of a next link that count rows or pages, in lower case."""


@dataclass(frozen=True)
class Listing:
    """One list to read: where, with which parameters, and what its address knows that its records do not say."""

    form: Form
    url: str
    params: Mapping[str, str]
    context: Mapping[str, str]
    names: Mapping[str, str] = field(default_factory=dict)
    """What `{name}` stands for in what is asked later."""

    @property
    def base(self) -> PageQuestion:
        """What every question of this list begins as."""
        body = self.form.body
        return PageQuestion(self.url, self.params, None if body is None else fill_tree(body, self.names, "pull.body"))


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
    moved: str = ""
    """Why it may have changed while it was read; another pass can tell."""
    doubt: str = ""
    """Why it is not proven, however often it is read."""
    note: str = ""
    """A sentence to add to the proof."""
    shifting: bool = False
    """Pages were counted off, so that a record that came or went meanwhile moved all after it."""


class Reading:
    """One pass; `keep` puts an answer on disk, without it the records stay in memory. `again`: it is not the first."""

    def __init__(
        self, listing: Listing, transport: Transport, look: Look, keep: Keep | None, pace: Pace, *, again: bool = False
    ) -> None:
        self._listing, self._form, self._look, self._keep = listing, listing.form, look, keep
        self._paging: Paging = self._form.paging
        self._id_key = self._form.count.ids.key if self._form.count.ids else ""
        paths = (*look.paths(listing.context), self._paging.key, self._id_key)
        lens = replace(self._form.lens, paths=tuple(dict.fromkeys(filter(None, paths))))
        self._asking = Asking(self._form, lens, transport, pace)
        self._counting = Counting(self._form.count, listing.names, self._asking.ask_apart, xml=lens.decode == "xml")
        self._tally, self._guard, self._rising = Tally(look, compare=again), Guard(), Rising()
        self._again = again
        self._pages: list[Page] = []
        self._records: list[Any] = []
        self._came: set[str] = set()
        self._first = b""
        self._doubt, self._note = "", ""
        self._shifting = self._paging.by in COUNTED

    def read(self) -> Listed:
        """The list from its first page to its last."""
        self._counting.begin(self._listing.base)
        ids = self._counting.ids
        first = first_question(self._paging, self._listing.base, ids=ids)
        step: PageQuestion | str = "all ids asked for" if self._paging.by == "id_chunks" and not ids else first
        while isinstance(step, PageQuestion):
            step = self._step(step)
        if self._is_loose and not self._again:
            self._around().check_before(first)
        elif self._is_loose:
            self._doubt = self._doubt or self._around().doubt_steps(first)
        moved, declared = self._look_again(first), self._counting.declared
        if moved and self._paging.by == "keyset" and self._counting.spans(self._tally.received):
            self._note, moved, declared = f" {moved}", "", None  # what comes or goes moves nothing past a key
        doubt = self._doubt or self._doubt_ids() or self._doubt_key() or self._doubt_pages()
        return Listed(
            self._tally, tuple(self._pages), declared, step, self._asking.simulated,
            tuple(self._records), moved, doubt, self._note + self._word_missing(), self._shifting,
        )  # fmt: skip

    @property
    def _is_loose(self) -> bool:
        """Pages are counted off, and no count proves the list."""
        return self._paging.by in COUNTED and self._counting.declared is None

    def _doubt_pages(self) -> str:
        return find_uneven(self._tally.pages) if self._paging.by == "page" and self._is_loose else ""

    def _look_again(self, first: PageQuestion) -> str:
        """Why the list seems to have moved since it was begun; empty when nothing speaks for it."""
        again: Came | None = None
        if self._counting.wants_page_1(len(self._tally.pages)):
            again = self._asking.ask(self._form.paging, first)
        self._counting.end(self._listing.base, None if again is None else (again.response, again.glance.body))
        if again is None or self._counting.moved:
            return self._counting.moved
        known = self._look.recognise(again.glance, self._listing.context)
        return "" if known.digest == self._first else "Page 1 changed while the pages after it were pulled."

    def _word_missing(self) -> str:
        ids = self._counting.ids
        missing = len(set(ids) - self._came) if self._id_key else self._counting.short_of(self._tally.received)
        if not ids or not missing:
            return ""
        return f" {missing:,} of its {len(ids):,} ids came without a record, as rows without a geometry may."

    def _doubt_ids(self) -> str:
        """As many records as ids prove nothing where some came twice."""
        twice = self._tally.repeated
        if not self._counting.ids or not twice or self._counting.short_of(self._tally.received):
            return ""
        return f"As many records came as the source has ids, but {twice:,} of them came twice, so others are missing."

    def _doubt_key(self) -> str:
        """Records that share a value are cut apart where a page ends between them, and the second never comes."""
        key, known = self._paging.key, self._look.key
        if self._paging.by != "keyset" or self._counting.declared is not None or not known or known == (key,):
            return ""
        return (
            f"Pages are asked for after the last `{key}`, and the schema's key is another: of records that share one, "
            "those behind the end of a page never come. Page by the key, or write `count:`."
        )

    def _step(self, question: PageQuestion) -> PageQuestion | str:
        """One page; where its link leads nowhere and `otherwise:` says so, the same place by offset."""
        if self._paging.by not in LINKS or not self._paging.otherwise:
            return self._read_page(question)
        try:
            if self._tally.pages:
                check_link(question.url, self._listing.url, self._form.access.home)
            step = self._read_page(question)
        except PendingError:
            raise
        except PullError:
            if not self._tally.pages:
                raise
            return self._fall_back()
        return self._fall_back() if isinstance(step, str) and self._counting.short_of(self._tally.received) else step

    def _fall_back(self) -> PageQuestion:
        """From here on the list is asked by offset."""
        assert self._paging.otherwise is not None
        self._paging, self._shifting = self._paging.otherwise, True
        self._note = f" Its next links lead nowhere, so what follows page 1 was asked with `{self._paging.param}`."
        question = first_question(self._paging, self._listing.base)
        at = self._paging.first + self._tally.received
        return replace(question.put({self._paging.param: at}, inside=self._paging.inside), at=at)

    def _read_page(self, question: PageQuestion) -> PageQuestion | str:
        """Takes one page in; gives the question for the next, or why there is none."""
        self._guard.check_question(question)
        came = self._asking.ask(self._paging, question)
        glance, place = came.glance, show_url(came.response.url)
        known = self._look.recognise(glance, self._listing.context)
        self._guard.check_page(known, place)
        self._take_keys(glance, place)
        self._counting.note(came.response, glance.body, place)
        if not self._keep:
            self._records += glance.records
        elif came.body:
            self._pages.append(self._keep(came.body, self._listing.context, glance.rows))
        self._tally.add(known)
        self._first = self._first or known.digest
        self._tally.size += len(came.body) if glance.rows else 0
        return self._find_next(came, place)

    def _take_keys(self, glance: Glance, place: str) -> None:
        if self._paging.by == "keyset":
            self._rising.add(glance.columns[self._paging.key], self._paging.key, place)
        if self._id_key:
            self._came.update(one for one in glance.columns[self._id_key] if one is not None)

    def _find_next(self, came: Came, place: str) -> PageQuestion | str:
        response, glance = came.response, came.glance
        answer = Answer(
            response.url, glance.body, glance.rows, response.links, response.headers,
            last=self._rising.last, received=self._tally.received, declared=self._counting.declared,
        )  # fmt: skip
        step = next_question(
            self._paging, self._listing.base, came.question, answer,
            names=self._listing.names, ids=self._counting.ids,
        )  # fmt: skip
        self._judge_page(answer, whole=response.whole)
        if isinstance(step, str):
            self._judge_end(answer, place)
            if self._is_loose and not self._again and max(self._tally.pages):
                self._look_past(came, place)
        elif self._paging.by in LINKS:
            self._shifting = self._shifting or any(name.lower() in SHIFTING for name in list_params(step.url))
            if not self._paging.otherwise:
                check_link(step.url, response.url, self._form.access.home)
        return step

    def _around(self) -> Around:
        return Around(self._paging, self._asking, self._look, self._tally, dict(self._listing.context))

    def _look_past(self, came: Came, place: str) -> None:
        """Behind the page that ended the list, which is empty or says that it is the last."""
        number, rows = len(self._tally.pages), came.glance.rows
        sign = f"page {number} says that it is the last (`{self._paging.more}`)" if rows else f"page {number} is empty"
        ahead = rows or max(self._paging.size, *self._tally.pages)
        self._around().check_past(came.question, ahead, sign, place)

    def _judge_page(self, answer: Answer, *, whole: bool) -> None:
        """Holds what one page says of itself against it, where no count does."""
        form, pages = self._form, len(self._tally.pages)
        if answer.declared is not None:
            return
        if not whole and form.lens.decode not in SEALED:
            self._doubt = self._doubt or OPEN_END
        self._doubt = self._doubt or find_error(answer, form.lens.root, form.rules.paths)
        if pages == 1 and self._paging.by in COUNTED:
            self._doubt = self._doubt or find_before(answer, form.lens.root)

    def _judge_end(self, answer: Answer, place: str) -> None:
        """Holds the end against what the last answer says itself."""
        root, by = self._form.lens.root, self._paging.by
        if self._paging.is_open or by in {*LINKS, "cursor"}:
            sign = find_more(answer, self._paging, root, self._form.rules.paths)
            if sign:
                found = f"its answer says that there is more (`{sign}`), and nothing says how to ask for it"
                do = f"correct the descriptor; if `{sign}` says something else there, write `ok_when:` with it"
                raise fault(place, found, "`paging:` that fits the source", do)
        if answer.declared is None:
            alone = len(self._tally.pages) == 1 and by not in COUNTED
            self._doubt = self._doubt or find_doubt(answer, self._paging, root, alone=alone)
