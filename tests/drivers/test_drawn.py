"""What rows tell of their pull, whether they come in one table or in many."""

from collections.abc import Sequence
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest

from lamppost.model import Dates, Field, Publish, Pull, Receipt, Resource, Schema
from lamppost.run.drawn import Stream, Tally

DATES = Dates(date(2026, 11, 22), datetime.combine(date(2026, 11, 22), time(12), ZoneInfo("UTC")))
READINGS = Resource(
    "air", Schema((Field("id", "string"), Field("at", "datetime")), ("id", "at")),
    Pull("files", {}, {}, cursor="at"), publish=Publish(event_time="at"),
)  # fmt: skip
ROWS = [
    ("a", "2026-01-02"),
    ("a", "2026-01-01"),
    ("b", "2026-01-02"),
    ("a", "2026-01-02"),
    ("b", "2027-01-01"),
    (None, None),
]


def table_of(rows: Sequence[tuple[str | None, ...]]) -> pa.Table:
    return pa.table({name: pa.array([row[n] for row in rows], pa.string()) for n, name in enumerate(("id", "at"))})


@pytest.mark.parametrize("block", [1, 2, 5, 6])
def test_keys_are_counted_and_times_found_however_the_rows_come(block: int) -> None:
    tally = Tally(READINGS, DATES)
    for start in range(0, len(ROWS), block):
        tally.add(table_of(ROWS[start : start + block]))
    receipt = tally.complete(Receipt("it", "files", 6, None), None)
    tally.close()
    assert (tally.rows, receipt.distinct) == (6, 5)
    assert receipt.span == ("2026-01-01", "2026-01-02")
    assert receipt.cursor_after == "2026-01-02"


def test_a_stream_gives_its_rows_each_time_and_its_receipt_after_the_first() -> None:
    stream = Stream(
        lambda: (table_of(ROWS[at : at + 2]) for at in (0, 2, 4)),
        lambda tally: tally.complete(Receipt("it", "files", 6, None), None),
        lambda: Tally(READINGS, DATES),
    )
    assert stream.receipt is None
    assert pa.concat_tables(stream).equals(pa.concat_tables(stream))
    assert stream.receipt is not None
    assert stream.receipt.distinct == 5


def test_what_goes_wrong_in_reading_ahead_is_told() -> None:
    def fail() -> pa.Table:
        raise ValueError("half way")

    stream = Stream(
        lambda: (fail() if at else table_of(ROWS) for at in (0, 1)),
        lambda _: Receipt("", "", 0, None),
        lambda: Tally(READINGS, DATES),
    )
    with pytest.raises(ValueError, match="half way"):
        list(stream)
