"""Where months are partitions, the open one lies in days; they merge once it has closed, and no row notices."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lamppost.errors import LamppostError
from lamppost.model import Dates, Version
from lamppost.run.publish import publish
from lamppost.run.sizes import USUAL, Sizes
from lamppost.store import Store, open_store
from lamppost.verify import verify
from tests.drivers.test_scale import TINY, Row, describe, draw, files

KEYS = {"apart": ("sensor", "at"), "anywhere": ("sensor",)}
NOVEMBER = date(2026, 11, 22)


def attempt(
    store: Store, rows: list[Row], day: date, block: int = 0, sizes: Sizes = USUAL, **how: Any
) -> str:  # fmt: skip
    """Publish the rows on a day; give what was refused."""
    by = how.get("by", "month")
    dataset = describe(how.get("mode", "upsert"), by, "at")
    resource = dataset.resources[0]
    schema = replace(resource.schema, primary_key=KEYS[how.get("keys", "apart")])
    schema.descriptor["primaryKey"] = list(schema.primary_key)  # type: ignore[index]
    dataset = replace(dataset, resources=(replace(resource, schema=schema),))
    dates = Dates(day, datetime.combine(day, time(12), ZoneInfo("UTC")))
    try:
        publish(dataset, {"air": draw(rows, dataset, block)}, store=store, private=None, dates=dates, sizes=sizes)
    except LamppostError as error:
        return str(error)
    return ""


def head(store: Store) -> Version:
    found = store.head("air")
    assert found is not None
    return found


def partitions(store: Store) -> list[str]:
    return [one.partition for one in head(store).tables[0].parts]


def make(*at: str, value: str = "1") -> list[Row]:
    return [("a", f"{one}T05:00:00Z", value) for one in at]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path / "store")


def test_this_month_lies_in_days_and_older_ones_as_a_whole(store: Store) -> None:
    attempt(store, make("2026-09-30", "2026-10-01", "2026-10-31", "2026-11-01", "2026-11-22"), NOVEMBER)
    assert partitions(store) == ["2026-09", "2026-10", "2026-11-01", "2026-11-22"]


def test_one_more_day_writes_that_day_alone(store: Store) -> None:
    attempt(store, make("2026-11-20", "2026-11-21"), NOVEMBER)
    before = {one.partition: one.hash for one in head(store).tables[0].parts}
    attempt(store, make("2026-11-22"), NOVEMBER)
    after = {one.partition: one.hash for one in head(store).tables[0].parts}
    assert set(after.items()) - set(before.items()) == {("2026-11-22", after["2026-11-22"])}


@pytest.mark.parametrize("keys", KEYS)
def test_days_merge_with_the_first_version_after_their_month_and_nothing_else_changes(store: Store, keys: str) -> None:
    attempt(store, [("a", "2026-11-20T05:00:00Z", "1"), ("b", "2026-11-21T05:00:00Z", "2")], NOVEMBER, keys=keys)
    attempt(store, [("c", "2026-12-01T05:00:00Z", "3")], date(2026, 12, 1), keys=keys)
    table = head(store).tables[0]
    assert partitions(store) == ["2026-11", "2026-12-01"]
    assert (table.diff.added, table.diff.changed, table.diff.removed, table.counts.published) == (1, 0, 0, 3)
    assert verify(store.root) == ()


def test_a_month_that_closes_makes_no_version_by_itself(store: Store) -> None:
    attempt(store, make("2026-11-20", "2026-11-21"), NOVEMBER)
    attempt(store, make("2026-11-20"), date(2026, 12, 2))
    assert (head(store).seq, partitions(store)) == (1, ["2026-11-20", "2026-11-21"])


def test_a_late_row_finds_its_day_in_the_month_that_has_closed(store: Store) -> None:
    attempt(store, make("2026-11-20", "2026-11-21"), NOVEMBER)
    attempt(store, make("2026-11-21", value="7"), date(2026, 12, 2))
    table = head(store).tables[0]
    assert (partitions(store), table.diff.changed, table.counts.published) == (["2026-11"], 1, 2)


def test_a_month_that_is_open_after_all_is_cut_into_days(store: Store) -> None:
    attempt(store, make("2026-10-31", "2026-11-20", "2026-11-21"), date(2026, 12, 2))
    assert partitions(store) == ["2026-10", "2026-11"]
    attempt(store, make("2026-11-22"), NOVEMBER)
    assert partitions(store) == ["2026-10", "2026-11-20", "2026-11-21", "2026-11-22"]


PULL = st.lists(
    st.tuples(st.sampled_from("abc"), st.integers(0, 45), st.sampled_from("12")), min_size=1, max_size=8
)  # fmt: skip
"""Sensor, days ago, value."""


@settings(deadline=None, max_examples=20)
@given(
    pulls=st.lists(st.tuples(PULL, st.integers(0, 40)), min_size=1, max_size=4),
    mode=st.sampled_from(["append", "upsert", "snapshot"]),
    keys=st.sampled_from(sorted(KEYS)),
)
def test_whatever_comes_whenever_each_row_is_there_once_and_where_it_belongs(
    pulls: list[tuple[list[tuple[str, int, str]], int]], mode: str, keys: str
) -> None:
    with TemporaryDirectory() as folder:
        held, streamed = open_store(Path(folder) / "held"), open_store(Path(folder) / "streamed")
        whole, day = open_store(Path(folder) / "whole"), date(2026, 10, 1)
        for came, pause in pulls:
            day += timedelta(pause)
            rows: list[Row] = [(one, f"{day - timedelta(ago)}T05:00:00Z", value) for one, ago, value in came]
            refused = attempt(held, rows, day, mode=mode, keys=keys)
            assert attempt(streamed, rows, day, 2, TINY, mode=mode, keys=keys) == refused
            assert files(streamed) == files(held)
            attempt(whole, rows, day, mode=mode, keys=keys, by="")
            assert held.versions("air") == whole.versions("air")
            if not held.versions("air"):
                continue
            assert contents(held) == contents(whole)
            made = date.fromisoformat(head(held).date)
            assert all((len(one) == 10) == (one[:7] >= f"{made:%Y-%m}") for one in partitions(held))


def contents(store: Store) -> list[Any]:
    return sorted(map(str, store.table_whole(head(store), "air").to_pylist()))
