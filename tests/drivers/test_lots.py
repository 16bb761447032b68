"""Which partitions are settled together."""

import pytest

from lamppost.model import Field, Part, Publish, Resource, Schema
from lamppost.run.lots import find_neighbours, keeps_keys, plan_lots

PARTS = [Part(f"2026-01-0{day}", "", "", 0, 10) for day in range(1, 7)]


def keys(*, apart: bool = True, every: bool = False, most: int = 30) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    lots = plan_lots({"2026-01-05": 5, "2026-01-09": 5}, PARTS, apart=apart, every=every, most=most)
    return [(lot.keys, tuple(part.partition[-1] for part in lot.parts)) for lot in lots]


def test_only_partitions_that_rows_came_for_are_looked_at() -> None:
    assert keys() == [(("2026-01-05", "2026-01-09"), ("5",))]


def test_a_lot_holds_so_many_rows_and_at_least_one_partition() -> None:
    assert keys(most=1) == [(("2026-01-05",), ("5",)), (("2026-01-09",), ())]


def test_every_partition_is_looked_at_where_rows_may_be_removed() -> None:
    assert [parts for _, parts in keys(every=True)] == [("1", "2", "3"), ("4", "5"), ("6",)]


def test_keys_that_may_lie_anywhere_are_settled_at_once() -> None:
    assert keys(apart=False, most=1) == [(("2026-01-05", "2026-01-09"), ("1", "2", "3", "4", "5", "6"))]


def test_no_rows_for_a_table_that_is_there_are_no_work() -> None:
    assert plan_lots({}, PARTS, apart=True, every=False, most=9) == ()
    assert len(plan_lots({}, [], apart=True, every=False, most=9)) == 1


@pytest.mark.parametrize(
    ("kind", "key", "by", "keeps"),
    [
        ("datetime", ("id", "at"), "day", True),
        ("string", ("at",), "value", True),
        ("datetime", ("id",), "day", False),
        ("integer", ("at",), "value", False),
        ("integer", ("id",), "", True),
    ],
)
def test_a_key_that_holds_the_partition_field_cannot_move(
    kind: str, key: tuple[str, ...], by: str, keeps: bool
) -> None:
    schema = Schema((Field("id", "string"), Field("at", kind)), key)
    rules = Publish(partition_by=by, partition_of="at" if by else "")  # type: ignore[arg-type]
    assert keeps_keys(Resource("air", schema, publish=rules)) is keeps


@pytest.mark.parametrize(
    ("by", "key", "near"),
    [
        ("day", "2026-03-01", {"2026-02-28", "2026-03-02", "none"}),
        ("month", "2026-01", {"2025-12", "2026-02", "none"}),
        ("year", "2026", {"2025", "2027", "none"}),
        ("value", "x", set()),
        ("day", "none", {"none"}),
        ("day", "9999-12-31", {"none"}),
    ],
)
def test_another_zone_moves_a_time_by_a_day_at_most(by: str, key: str, near: set[str]) -> None:
    assert find_neighbours([key], Publish(partition_by=by, partition_of="at")) == near  # type: ignore[arg-type]


def test_days_stay_with_the_month_that_they_become() -> None:
    parts = [Part(one, "", "", 0, 10) for one in ("2026-09", "2026-10-30", "2026-10-31", "2026-11-01", "2026-11-02")]
    rules = Publish(partition_by="month", partition_of="at", days_since="2026-11")
    lots = plan_lots({"2026-11-02": 5}, parts, apart=True, every=False, most=1, publish=rules)
    assert [(lot.keys, tuple(part.partition for part in lot.parts)) for lot in lots] == [
        ((), ("2026-10-30", "2026-10-31")),
        (("2026-11-02",), ("2026-11-01", "2026-11-02")),
    ]
