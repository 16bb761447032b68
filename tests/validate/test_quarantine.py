"""Quarantine: bad rows are set apart and keep the number they had in the pull."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lamppost.model import Issue, Report, Sample
from lamppost.validate import renumber, split


def table(numbers: list[int]) -> pa.Table:
    return pa.table({"id": [str(one) for one in numbers], "_row": pa.array(numbers, pa.int64())})


@given(st.sets(st.integers(1, 20)), st.integers(0, 20))
def test_every_row_is_either_good_or_bad_and_keeps_its_order(bad: set[int], rows: int) -> None:
    numbers = list(range(1, rows + 1))
    good, quarantined = split(table(numbers), Report(rows, bad_rows=tuple(sorted(one for one in bad if one <= rows))))
    assert good["_row"].to_pylist() == [one for one in numbers if one not in bad]
    assert quarantined["_row"].to_pylist() == [one for one in numbers if one in bad]


def test_samples_get_the_numbers_of_the_pull() -> None:
    issue = Issue("type-error", "field n", "…", samples=(Sample(2, "n", "x"), Sample(None)))
    renamed = renumber(Report(3, (issue,), (2,)), table([1, 5, 9]))
    assert [one.row for one in renamed.issues[0].samples] == [5, None]
    assert renamed.bad_rows == (2,)


def test_a_report_of_more_rows_than_the_table_cannot_be_meant() -> None:
    issue = Issue("type-error", "field n", "…", samples=(Sample(4),))
    with pytest.raises(IndexError):
        renumber(Report(4, (issue,)), table([1]))
