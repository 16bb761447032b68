"""What stands around a list that is counted off: before its first page, behind its last, and one record further on.

A source that counts from 0 where the descriptor says 1, that counts pages where it says rows, or that leaves a page
empty in the middle, gives a list that looks whole. One more question each tells; where a count proves the list, nobody
asks it.
"""

from lamppost.pull.fault import fault
from lamppost.pull.glance import Glance
from lamppost.pull.http.asking import Asking
from lamppost.pull.http.paging import Paging
from lamppost.pull.http.question import PageQuestion
from lamppost.pull.http.step import resize, step_before, step_past
from lamppost.pull.tally import Look, Tally
from lamppost.pull.transport.address import show_url


class Around:
    """Asks beside one list that was read; `context` is what its address knows."""

    def __init__(self, paging: Paging, asking: Asking, look: Look, tally: Tally, context: dict[str, str]) -> None:
        self._paging, self._asking, self._look, self._tally, self._context = paging, asking, look, tally, context

    def check_before(self, first: PageQuestion) -> None:
        """Refuses a beginning that is none: a source may count its pages from 0 where the descriptor says 1."""
        before = self._asking.peek(step_before(self._paging, first)) if self._paging.first else None
        if before is None:
            return
        paging, ids = self._paging, self._list_ids(before)
        unseen = [one for one in ids[: None if paging.by == "page" else 1] if not self._tally.has(one)]
        if len(unseen) == (len(ids) if paging.by == "page" else 1):  # many give page 1 for 0 as well
            found = f"`{paging.param}` {paging.first - 1} holds records too, and none of them came"
            do = f"write `first: {paging.first - 1}` under `paging:`"
            raise fault(show_url(first.url), found, f"nothing before {paging.first}", do)

    def doubt_steps(self, first: PageQuestion) -> str:
        """A sentence for steps that are none: one row further on stands the second record, or it is pages that count.

        A record that never came may also be new, so that only a list that stands still is told by it.
        """
        paging = self._paging
        if paging.by != "offset" or self._tally.received < 2:  # noqa: PLR2004
            return ""
        second = self._asking.peek(resize(paging, step_past(paging, first, 1), 1))
        if second is None or self._tally.has(self._list_ids(second)[0]):
            return ""
        return (
            f"With `{paging.param}` {paging.first + 1} a record comes that is not in the list: it may count pages; "
            f"write `by: page` with `first: {paging.first}` under `paging:`."
        )

    def check_past(self, question: PageQuestion, rows: int, sign: str, place: str) -> None:
        """Refuses an end that is none: some sources cut pages first and then leave out what one may not see."""
        past = self._asking.peek(step_past(self._paging, question, rows))
        if past:
            found = f"{sign}, and the one after it holds {past.rows:,} records"
            raise fault(place, found, "an end that is one", "write `count:`, or ask the source's operator")

    def _list_ids(self, glance: Glance) -> list[str | int]:
        return list(self._look.recognise(glance, self._context).ids)


def find_uneven(pages: list[int]) -> str:
    """A sentence for pages of which one in the middle is short: the next does not begin where it ended."""
    held = [rows for rows in pages if rows]
    largest = max(held, default=0)
    short = next((number for number, rows in enumerate(held[:-1], 1) if rows < largest), 0)
    if not short:
        return ""
    return (
        f"Page {short} holds {held[short - 1]:,} records and another {largest:,}; where a source cuts a page, what it "
        "left out is not on the next one: write `count:`, or ask by rows (`paging: {by: offset, …}`)."
    )
