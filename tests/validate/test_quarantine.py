"""Quarantine: bad rows are set apart, keep the number they had in the pull, and say what is wrong with them."""

from collections.abc import Callable
from dataclasses import replace

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lamppost.model import Issue, Report, Sample, Schema
from lamppost.validate import quarantine_rows, renumber, split
from lamppost.validate.gates import add_caught
from lamppost.validate.gates.caught import Caught

Build = Callable[..., Schema]
CHECKED = "id,n\na,1\nb,x\nc,2\nb,3\n"


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


def test_a_sample_names_the_key_of_its_row_unless_a_rule_guards_it(schema: Build) -> None:
    issue = Issue("type-error", "field n", "…", samples=(Sample(2, "n", "x"),))
    named = schema(id="string", n="number")

    def place(one: Schema, rows: pa.Table) -> str:
        return renumber(Report(3, (issue,), (2,)), rows, one).issues[0].samples[0].place

    assert place(named, table([1, 5, 9])) == "id 5"
    assert place(replace(named, guarded=frozenset({"id"})), table([1, 5, 9])) == ""
    assert place(named, pa.table({"id": ["1", None], "_row": [1, 2]})) == ""


def test_a_report_of_more_rows_than_the_table_cannot_be_meant() -> None:
    issue = Issue("type-error", "field n", "…", samples=(Sample(4),))
    with pytest.raises(IndexError):
        renumber(Report(4, (issue,)), table([1]))


def test_quarantined_rows_say_their_number_place_and_every_code(schema: Build, check: Callable[..., Report]) -> None:
    report = check(CHECKED, schema(id="string", n="integer"))
    gate = Caught(Issue("null-island", "field n", "…", samples=(Sample(2, "n"),)), (2,))
    report = add_caught(report, [gate])
    rows = pa.table({"id": list("abcb"), "n": ["1", "x", "2", "3"], "_row": pa.array([1, 4, 5, 9], pa.int64())})
    _good, bad = split(rows, report)
    kept = quarantine_rows(bad, report, lambda row: f"line {row + 1}")
    assert kept.column_names == ["_row", "_place", "_codes", "id", "n"]
    assert kept["_row"].to_pylist() == ["4", "9"]
    assert kept["_place"].to_pylist() == ["line 5", "line 10"]
    assert kept["_codes"].to_pylist() == ["type-error n; null-island n", "primary-key"]


def test_a_warning_names_no_row_for_quarantine() -> None:
    gate = Caught(Issue("future-value", "field n", "…", "warning", samples=(Sample(2, "n"),)), (2,))
    report = add_caught(Report(3), [gate])
    assert (report.bad_rows, report.faults) == ((), {})


def test_rows_and_report_must_go_together() -> None:
    with pytest.raises(ValueError, match="2 rows failed by the report, 1 were set apart"):
        quarantine_rows(table([1]), Report(3, bad_rows=(1, 2)))
