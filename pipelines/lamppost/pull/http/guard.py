"""What no list may do: lead elsewhere, run in a circle, or step back (pure)."""

from collections.abc import Sequence
from itertools import pairwise

from lamppost.pull.fault import fault
from lamppost.pull.glance import Column
from lamppost.pull.http.question import PageQuestion
from lamppost.pull.tally import Known
from lamppost.pull.transport.address import origin_of, show_url

MAX_PAGES = 10_000
MAX_EMPTY = 100
"""Empty pages in a row of a source that says there is more."""


def check_link(url: str, came_from: str, home: str) -> None:
    """A page may lead on only at its own place, or at the descriptor's."""
    if origin_of(url) not in {origin_of(came_from), origin_of(home)}:
        do = "have the source name its public address, or write the other one into the descriptor"
        raise fault(show_url(came_from), f"its next link leads to {show_url(url) or 'nowhere'}", "its own host", do)


class Guard:
    """Remembers questions and pages of one pass."""

    def __init__(self) -> None:
        self._asked: set[tuple[object, ...]] = set()
        self._pages: dict[bytes | str | int, int] = {}
        self._empty = 0

    def check_question(self, question: PageQuestion) -> None:
        """Refuses to ask the same twice."""
        number = len(self._asked) + 1
        if question.mark in self._asked or number > MAX_PAGES:
            again = f"page {number} leads back to one already read"
            found = again if question.mark in self._asked else f"more than {MAX_PAGES:,} pages"
            raise fault(show_url(question.url), found, "an end", "ask the source's operator")
        self._asked.add(question.mark)

    def check_page(self, known: Known, place: str) -> None:
        """Refuses a page whose records are those of one before, or that begins with the same key."""
        number = len(self._asked)
        self._empty = 0 if known.rows else self._empty + 1
        if self._empty > MAX_EMPTY:
            raise fault(place, f"{MAX_EMPTY} empty pages in a row", "an end", "ask the source's operator")
        if not known.rows:
            return
        first = known.ids[0] if known.keyed else known.digest
        before = self._pages.get(known.digest) or self._pages.get(first)
        if before:
            found = f"page {number} {'repeats' if known.digest in self._pages else 'begins as'} page {before}"
            do = "the source may not know this kind of paging: check `paging:` in the descriptor"
            raise fault(place, found, "other records on every page", do)
        self._pages |= {known.digest: number, first: number}


class Rising:
    """The keys of a keyset pull: each must come after the one before, or records between two pages are never seen.

    Texts are compared as numbers, by code point or without regard to case: how a server sorts is not known, but one of
    these must fit the whole list.
    """

    def __init__(self) -> None:
        self.last = ""
        self._orders = {"number", "text", "letters"}

    def add(self, column: Column, key: str, place: str) -> None:
        """Takes the keys of one page."""
        texts = [one for one in column if one is not None]
        if len(texts) != len(column) or "" in texts:
            raise fault(place, f"a record without `{key}`", "one in each", "correct `paging.key` in the descriptor")
        row = [self.last, *texts] if self.last else texts
        self._orders = {order for order in self._orders if _rises(row, order)}
        if not self._orders:
            found = f"records whose `{key}` does not grow from one to the next"
            do = f"ask for them sorted by `{key}`, which must be unique"
            raise fault(place, found, "each after the one before, or some are never seen", do)
        self.last = texts[-1] if texts else self.last


def _rises(texts: Sequence[str], order: str) -> bool:
    if order == "number":
        try:
            numbers = list(map(int, texts))
        except ValueError:
            return False
        return all(a < b for a, b in pairwise(numbers))
    if order == "letters":
        return all((a.casefold(), a) != (b.casefold(), b) and a.casefold() <= b.casefold() for a, b in pairwise(texts))
    return all(a < b for a, b in pairwise(texts))
