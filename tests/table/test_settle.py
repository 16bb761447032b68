"""Settle: where every accepted row went, and one sorted table a partition."""

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lamppost.errors import RefusedError
from lamppost.model import Counts
from lamppost.table.settle import Settled, settle

Build = Callable[..., Any]

DAY = "2026-11-0{}T00:00:00Z"


def text(settled: Settled, key: str = "") -> list[str]:
    return [" ".join(cell or "-" for cell in row.values()) for row in settled.partitions[key].to_pylist()]


def fates(settled: Settled) -> tuple[int, ...]:
    return (settled.added, settled.changed, settled.unchanged, settled.superseded, settled.removed)


def test_a_first_snapshot_is_all_added_and_sorted_by_key(rows: Build, resource: Build) -> None:
    settled = settle(rows("id n", "b 1", "a 2"), {}, resource("id", "n"))
    assert text(settled) == ["a 2", "b 1"]
    assert fates(settled) == (2, 0, 0, 0, 0)
    assert settled.partitions[""].column_names == ["id", "n"]


def test_a_snapshot_adds_changes_keeps_and_removes(rows: Build, resource: Build) -> None:
    one = resource("id", "n")
    first = settle(rows("id n", "a 1", "b 1", "c 1"), {}, one)
    second = settle(rows("id n", "a 1", "b 2", "d 1"), first.partitions, one)
    assert text(second) == ["a 1", "b 2", "d 1"]
    assert fates(second) == (1, 1, 1, 0, 1)
    assert (second.previous, second.settled) == (3, 3)


def test_a_quarantined_row_never_removes_the_good_one_it_would_have_replaced(rows: Build, resource: Build) -> None:
    one = resource("id", "n")
    first = settle(rows("id n", "a 1", "b 1", "c 1"), {}, one)
    second = settle(rows("id n", "a 1"), first.partitions, one, held=rows("id n", "b broken"))
    assert text(second) == ["a 1", "b 1"]
    assert second.removed == 1


def test_nothing_new_touches_nothing(rows: Build, resource: Build) -> None:
    one = resource("id", "n")
    first = settle(rows("id n", "a 1"), {}, one)
    assert settle(rows("id n", "a 1"), first.partitions, one).partitions == {}


def test_append_keeps_what_did_not_come_again_and_revises_what_did(rows: Build, resource: Build) -> None:
    one = resource("id", "n", mode="append")
    first = settle(rows("id n", "a 1", "b 1"), {}, one)
    second = settle(rows("id n", "b 2", "c 1"), first.partitions, one)
    assert text(second) == ["a 1", "b 2", "c 1"]
    assert fates(second) == (1, 1, 0, 0, 0)


def test_source_fault_26_upsert_takes_the_newest_event_time_whatever_the_order(rows: Build, resource: Build) -> None:
    one = resource("id", "at", "n", mode="upsert", event_time="at")
    first = settle(rows("id at n", f"a {DAY.format(2)} new", f"a {DAY.format(1)} old"), {}, one)
    assert text(first) == [f"a {DAY.format(2)} new"]
    assert first.deduplicated == 1
    late = settle(rows("id at n", f"a {DAY.format(1)} later"), first.partitions, one)
    assert fates(late) == (0, 0, 0, 1, 0)
    assert late.partitions == {}


def test_event_times_are_compared_as_instants_not_as_text(rows: Build, resource: Build) -> None:
    one = resource("id", "at", "n", mode="upsert", event_time="at")
    first = settle(rows("id at n", "a 2026-11-01T10:00:00+02:00 eight"), {}, one)
    second = settle(rows("id at n", "a 2026-11-01T09:00:00Z nine"), first.partitions, one)
    assert text(second) == ["a 2026-11-01T09:00:00Z nine"]
    third = settle(rows("id at n", "a - timeless"), second.partitions, one)
    assert third.superseded == 1


def test_the_later_row_wins_where_event_times_are_equal(rows: Build, resource: Build) -> None:
    one = resource("id", "at", "n", mode="upsert", event_time="at")
    settled = settle(rows("id at n", "a 2026-11-01 first", "a 2026-11-01 second"), {}, one)
    assert text(settled) == ["a 2026-11-01 second"]


def test_a_sequence_number_may_be_the_event_time(rows: Build, resource: Build) -> None:
    one = resource("id", "n", mode="upsert", event_time="seq", seq="integer")
    settled = settle(rows("id n seq", "a ten 10", "a nine 9"), {}, one)
    assert text(settled) == ["a ten 10"]


def test_equal_rows_collapse_but_different_ones_with_one_key_are_refused(rows: Build, resource: Build) -> None:
    one = resource("id", "n")
    assert settle(rows("id n", "a 1", "a 1"), {}, one).deduplicated == 1
    with pytest.raises(RefusedError, match="1 accepted rows have the primary key") as caught:
        settle(rows("id n", "a 1", "b 1", "a 2"), {}, one)
    assert [one.row for one in caught.value.issues[0].samples] == [3]


def test_keys_are_compared_as_the_schema_reads_them(rows: Build, resource: Build) -> None:
    one = resource("n", key="id", id="integer", mode="append")
    first = settle(rows("id n", "7 a"), {}, one)
    assert settle(rows("id n", "007 b"), first.partitions, one).changed == 1
    at = resource("n", key="id", id="datetime", mode="append")
    first = settle(rows("id n", "2026-11-01T08:00:00Z a"), {}, at)
    assert settle(rows("id n", "2026-11-01T00:00:00-08:00 b"), first.partitions, at).changed == 1


def test_long_and_far_away_numbers_are_told_apart_exactly(rows: Build, resource: Build) -> None:
    one = resource(key="id", id="number", mode="upsert")
    digits = "1" * 40
    settled = settle(rows("id", f"{digits}1", f"{digits}2", "1e999999999", "1e999999998", "NaN", "0", "-0"), {}, one)
    assert settled.settled == 6


def test_number_keys_sort_by_value_and_text_keys_by_code_point(rows: Build, resource: Build) -> None:
    settled = settle(
        rows("id name", "10 b", "9 B", "9 a", "-1 z"), {}, resource(key="id name", id="integer", name="string")
    )
    assert text(settled) == ["-1 z", "9 B", "9 a", "10 b"]


def test_only_touched_partitions_come_back(rows: Build, resource: Build) -> None:
    one = resource("id", "at", mode="append", partition_by="month", partition_of="at")
    first = settle(rows("id at", "a 2026-10-31", "b 2026-11-01"), {}, one)
    assert sorted(first.partitions) == ["2026-10", "2026-11"]
    second = settle(rows("id at", "a 2026-10-31", "c 2026-11-02"), first.partitions, one)
    assert {key: table.num_rows for key, table in second.partitions.items()} == {"2026-11": 2}
    assert (second.previous, second.settled) == (2, 3)


def test_a_row_whose_partition_changed_leaves_the_old_one(rows: Build, resource: Build) -> None:
    one = resource("id", "at", mode="append", partition_by="month", partition_of="at")
    first = settle(rows("id at", "a 2026-10-31"), {}, one)
    second = settle(rows("id at", "a 2026-11-01"), first.partitions, one)
    assert {key: table.num_rows for key, table in second.partitions.items()} == {"2026-10": 0, "2026-11": 1}
    assert fates(second) == (0, 1, 0, 0, 0)


def test_another_partition_rule_moves_every_row(rows: Build, resource: Build) -> None:
    monthly = resource("id", "at", mode="append", partition_by="month", partition_of="at")
    first = settle(rows("id at", "a 2026-10-31", "b 2026-11-01"), {}, monthly)
    yearly = resource("id", "at", mode="append", partition_by="year", partition_of="at")
    second = settle(rows("id at", "b 2026-11-01"), first.partitions, yearly)
    assert {key: table.num_rows for key, table in second.partitions.items()} == {"2026": 2, "2026-10": 0, "2026-11": 0}


def test_a_new_field_rewrites_every_partition_with_null(rows: Build, resource: Build) -> None:
    old = resource("id", "at", mode="append", partition_by="month", partition_of="at")
    first = settle(rows("id at", "a 2026-10-31", "b 2026-11-01"), {}, old)
    new = resource("id", "at", "n", mode="append", partition_by="month", partition_of="at")
    second = settle(rows("id at n", "c 2026-11-02 1"), first.partitions, new)
    assert text(second, "2026-10") == ["a 2026-10-31 -"]


def test_an_empty_first_table_is_still_a_table(rows: Build, resource: Build) -> None:
    settled = settle(rows("id n"), {}, resource("id", "n"))
    assert settled.partitions[""].num_rows == 0
    assert settled.partitions[""].column_names == ["id", "n"]


def test_the_order_of_rows_in_a_pull_does_not_change_the_bytes(rows: Build, resource: Build) -> None:
    one = resource("id", "n")
    there = settle(rows("id n", "a 1", "b 2", "c 3"), {}, one)
    back = settle(rows("id n", "c 3", "a 1", "b 2"), {}, one)
    assert there.partitions[""].equals(back.partitions[""])


@pytest.mark.parametrize("mode", ["append", "upsert", "snapshot"])
def test_seventy_thousand_rows_settle_on_themselves_unchanged(mode: str, resource: Build) -> None:
    hours = [
        f"2026-{1 + i // 20 // 720:02d}-{1 + i // 20 // 24 % 30:02d}T{i // 20 % 24:02d}:00:00Z" for i in range(70_000)
    ]
    columns = {"light_id": [str(i % 20) for i in range(70_000)], "at": hours, "n": [str(i) for i in range(70_000)]}
    table = pa.table({**columns, "_row": pa.array(range(1, 70_001), pa.int64())})
    one = resource("light_id", "n", key="light_id at", mode=mode, event_time="at", at="datetime")
    first = settle(table, {}, one)
    assert settle(table, first.partitions, one).unchanged == 70_000


ROW = st.tuples(st.sampled_from("abc"), st.integers(1, 4), st.sampled_from(["x", "y"]))


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(mode=st.sampled_from(["snapshot", "append", "upsert"]), pulls=st.lists(st.lists(ROW, max_size=6), max_size=4))
def test_no_row_appears_from_or_vanishes_into_nowhere(
    rows: Build, resource: Build, mode: str, pulls: list[list[tuple[str, int, str]]]
) -> None:
    one = resource("id", "at", "n", mode=mode, event_time="at", partition_by="month", partition_of="at")
    kept: dict[str, pa.Table] = {}
    for pull in pulls:
        unique = pull if mode == "upsert" else list({row[0]: row for row in pull}.values())
        settled = settle(rows("id at n", *(f"{key} 2026-0{at}-01 {n}" for key, at, n in unique)), kept, one)
        kept = {key: table for key, table in {**kept, **settled.partitions}.items() if table.num_rows}
        counts = Counts(
            read=len(unique), deduplicated=settled.deduplicated, accepted=settled.accepted, added=settled.added,
            changed=settled.changed, unchanged=settled.unchanged, superseded=settled.superseded,
            removed=settled.removed, previous=settled.previous, settled=settled.settled, published=settled.settled,
        )  # fmt: skip
        assert counts.holds()
        stored = [(key, row["id"], row["at"]) for key, table in kept.items() for row in table.to_pylist()]
        assert len({row for _, row, _ in stored}) == len(stored) == settled.settled
        assert all(at.startswith(key) for key, _, at in stored)


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.permutations([("a", 1), ("a", 2), ("b", 3), ("a", 4), ("b", 1)]), st.integers(0, 5))
def test_upserts_in_any_order_and_any_cut_end_the_same(
    rows: Build, resource: Build, events: list[tuple[str, int]], cut: int
) -> None:
    one = resource("id", "at", mode="upsert", event_time="at", key="id")
    first = settle(rows("id at", *(f"{key} {DAY.format(at)}" for key, at in events[:cut])), {}, one)
    second = settle(rows("id at", *(f"{key} {DAY.format(at)}" for key, at in events[cut:])), first.partitions, one)
    assert text(second if "" in second.partitions else first) == [f"a {DAY.format(4)}", f"b {DAY.format(3)}"]
