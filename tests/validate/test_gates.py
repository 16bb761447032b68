"""Gates: each has its own code, and none is there when all is well."""

from collections.abc import Sequence

import pytest

from lamppost.model import Checks, Issue, Publish, Receipt, Resource, Sample, Schema
from lamppost.model.dataset import Mode
from lamppost.validate import gates

CHECKS = Checks(min_rows=10, shrink=0.2, quarantine_max=0.05)


def resource(mode: Mode = "snapshot", *, key_content: bool = False) -> Resource:
    return Resource("rows", Schema((), ()), checks=CHECKS, publish=Publish(mode=mode), key_content=key_content)


def codes(issues: Sequence[Issue]) -> list[str]:
    return [issue.code for issue in issues]


@pytest.mark.parametrize(("read", "expected"), [(0, ["empty-pull"]), (1, [])])
def test_an_empty_pull_never_empties_a_dataset(read: int, expected: list[str]) -> None:
    assert codes(gates.check_empty("rows", read)) == expected


@pytest.mark.parametrize(("rows", "expected"), [(9, ["too-few-rows"]), (10, [])])
def test_fewer_rows_than_declared_are_too_few(rows: int, expected: list[str]) -> None:
    assert codes(gates.check_rows("rows", rows, CHECKS)) == expected


@pytest.mark.parametrize(
    ("previous", "settled", "removed", "expected"),
    [(100, 80, 20, []), (100, 79, 21, ["shrunk"]), (100, 100, 90, ["shrunk"]), (0, 0, 0, []), (100, 150, 0, [])],
)
def test_a_snapshot_may_lose_its_declared_share_and_no_more(
    previous: int, settled: int, removed: int, expected: list[str]
) -> None:
    assert codes(gates.check_shrink("rows", previous, settled, resource(), removed=removed)) == expected
    assert gates.check_shrink("rows", previous, settled, resource("upsert"), removed=removed) == ()


def test_rows_keyed_by_content_are_weighed_by_their_number_alone() -> None:
    assert gates.check_shrink("rows", 100, 100, resource(key_content=True), removed=100) == ()
    assert codes(gates.check_shrink("rows", 100, 10, resource(key_content=True), removed=100)) == ["shrunk"]


@pytest.mark.parametrize(("bad", "read", "expected"), [(5, 100, []), (6, 100, ["too-many-quarantined"]), (0, 0, [])])
def test_a_larger_share_in_quarantine_than_declared_refuses_the_pull(bad: int, read: int, expected: list[str]) -> None:
    assert codes(gates.check_quarantine("rows", bad, read, CHECKS)) == expected


def test_a_gate_says_what_was_found_what_was_expected_and_what_to_do() -> None:
    (issue,) = gates.check_shrink("bikes/rows", 1000, 500, resource())
    assert issue.place == "bikes/rows"
    assert "500 of 1,000 rows would go (50.0%), expected at most 20.0%" in issue.message
    assert "`checks: {rows: {shrink: …}}`" in issue.message


@pytest.mark.parametrize(
    ("mode", "grow", "previous", "settled", "expected"),
    [
        ("snapshot", None, 100, 1000, []),
        ("snapshot", None, 100, 1001, ["grown"]),
        ("snapshot", None, 99, 5000, []),
        ("append", None, 100, 5000, []),
        ("append", 0.5, 100, 151, ["grown"]),
        ("snapshot", 0.5, 10, 16, ["grown"]),
        ("snapshot", 0.5, 0, 16, []),
    ],
)
def test_a_table_may_grow_by_its_declared_share_and_a_snapshot_tenfold(
    mode: Mode, grow: float | None, previous: int, settled: int, expected: list[str]
) -> None:
    one = Resource("rows", Schema((), ()), checks=Checks(grow=grow), publish=Publish(mode=mode))
    assert codes(gates.check_growth("rows", previous, settled, one)) == expected


def receipt(received: int, size: int) -> Receipt:
    return Receipt("https://example.org", "http", received, received, size=size)


@pytest.mark.parametrize(
    ("size", "expected"), [(100_000, []), (290_000, []), (300_000, ["size-swing"]), (33_000, ["size-swing"]), (0, [])]
)
def test_records_three_times_as_long_or_as_short_are_told_of(size: int, expected: list[str]) -> None:
    assert codes(gates.check_bytes("rows", receipt(100, 100_000), receipt(100, size))) == expected
    assert gates.check_bytes("rows", receipt(99, 100_000), receipt(99, size)) == ()
    assert gates.check_bytes("rows", None, receipt(100, size)) == ()


def test_a_refused_pull_says_for_what_its_rows_failed() -> None:
    sample = Sample(3, "n", "x", place="Budget!D14")
    found = [
        Issue("type-error", "field n", "n: found 'x'", count=2, samples=(sample,)),
        Issue("null-island", "field x", "0", count=9),
    ]
    (issue,) = gates.check_quarantine("rows", 11, 100, CHECKS, found)
    assert "Most often: [null-island, 9] 0. [type-error, 2, first at Budget!D14] n: found 'x'." in issue.message


def test_rows_that_were_not_looked_at_are_not_called_failed() -> None:
    found = [Issue("unchecked-row", "rows", "…", count=90), Issue("type-error", "field n", "n: found 'x'", count=6)]
    (issue,) = gates.check_quarantine("rows", 96, 100, CHECKS, found)
    assert "6 of the first 10 rows failed (60.0%), expected at most 5.0%; the other 90 were not looked at" in (
        issue.message
    )
    assert "unchecked-row" not in issue.message


def test_weighing_drops_what_is_off_and_leaves_what_nobody_may_weigh() -> None:
    checks = Checks(severity={"grown": "ignore", "size-swing": "error"})
    found = [Issue(code, "rows", "…") for code in ("grown", "size-swing", "undeclared-column", "unit-change")]
    weighed = [(one.code, one.severity) for one in gates.weigh(found, checks)]
    assert weighed == [("size-swing", "error"), ("undeclared-column", "error"), ("unit-change", "error")]
