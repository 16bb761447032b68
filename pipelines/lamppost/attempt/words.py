"""What `lamppost try` says in a terminal (pure): what was asked, what came, and what only a person can answer."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lamppost.propose.columns import lay_flat
from lamppost.pull import Response
from lamppost.pull.transport.address import show_url

ROWS = 3
LONGEST = 60
"""Characters of a cell that are shown."""


def word_answers(answers: Sequence[Response]) -> Iterator[str]:
    """What was asked and what came back; the query is not shown, it may hold a key."""
    yield "Asked"
    for number, one in enumerate(answers, 1):
        kind = one.headers.get("content-type", "no content type").partition(";")[0]
        yield f"  {number}. {show_url(one.url)} -> {one.status}, {kind}, {len(one.body):,} bytes"


def show(records: Sequence[Mapping[str, Any]], *, simulated: bool, shown: bool) -> Iterator[str]:
    """How many records came, and the first of them, on a terminal; `shown` is False where others may read along."""
    marked = " of simulated data" if simulated else ""
    yield f"The first page holds {len(records):,} records{marked}."
    if not shown:
        yield "  They are shown on a terminal only, not in the log of a machine that others read."
        return
    for number in range(min(ROWS, len(records))):
        cells = [f"{plain(one.path)}={_cut(one.texts[number])}" for one in lay_flat(records[:ROWS])]
        yield "  " + " · ".join(cells)


def plain(text: str) -> str:
    """The text of a source on one line; what could move the cursor of a terminal is written as an escape."""
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text)


def _cut(text: str | None) -> str:
    """One cell on one line."""
    if text is None:
        return "(empty)"
    shown = plain(text)
    return shown if len(shown) <= LONGEST else shown[:LONGEST] + "…"


def word_questions(questions: Sequence[str]) -> Iterator[str]:
    """The questions under a heading, if there are any."""
    if questions:
        yield ""
        yield "Questions that only you can answer"
        for one in questions:
            yield f"  - {plain(one)}"
