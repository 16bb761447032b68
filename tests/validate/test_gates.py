"""Gates: each has its own code, and none is there when all is well."""

from collections.abc import Sequence

import pytest

from lamppost.model import Checks, Issue, Publish, Resource, Schema
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
