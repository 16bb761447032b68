"""Thinning: which versions give up their rows, which objects go with them, and that nothing else does."""

import os
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lamppost.errors import StoreError
from lamppost.figures import compute
from lamppost.formats import csv
from lamppost.model import FigureQuery
from lamppost.store import commit_figure, put_object
from lamppost.store.thin import GRACE, Keep, Thinning, carry_out, choose, find_needed, plan_thinning, read_answers
from lamppost.verify import verify

TODAY = date(2026, 11, 22)
EVERY = Keep(1, 1)
OFFSETS = st.lists(st.integers(-5, 900), min_size=1, max_size=60)


def ago(*days: int) -> dict[int, date]:
    """Versions 1, 2, … made so many days before today."""
    return {seq: TODAY - timedelta(days=one) for seq, one in enumerate(days, 1)}


def kept(days: dict[int, date], needed: Iterable[int] = ()) -> set[int]:
    return set(days) - set(choose(days, TODAY, Keep(), set(needed)))


def test_every_version_of_the_last_week_stays() -> None:
    assert kept(ago(6, 6, 3, 3, 0, 0)) == {1, 2, 3, 4, 5, 6}


def test_after_a_week_the_last_of_each_day_stays() -> None:
    assert choose(ago(8, 8, 8, 7, 7, 0), TODAY, Keep()) == {1: 3, 2: 3, 4: 5}


def test_after_ninety_days_the_last_of_each_month_stays_for_ever() -> None:
    days = dict(enumerate([date(2024, 2, 1), date(2024, 2, 29), date(2024, 3, 1), date(2024, 3, 2), TODAY], 1))
    assert choose(days, TODAY, Keep()) == {1: 2, 3: 4}


def test_the_newest_and_what_is_needed_stay_whatever_their_age() -> None:
    assert kept(ago(500, 500, 500, 500), needed={2}) == {2, 4}
    assert choose(ago(500, 500, 500, 500), TODAY, Keep(), {2}) == {1: 2, 3: 4}


@given(OFFSETS, st.sets(st.integers(1, 60)))
def test_whatever_the_clock_said_the_rule_keeps_its_word(offsets: list[int], wanted: set[int]) -> None:
    days = ago(*offsets)
    needed = wanted & set(days)
    gone = choose(days, TODAY, Keep(), needed)
    left = set(days) - set(gone)
    assert needed | {max(days)} | {seq for seq, day in days.items() if (TODAY - day).days < 7} <= left
    assert all(answer in left and answer > seq for seq, answer in gone.items())
    assert {(day.year, day.month) for day in days.values()} == {(days[one].year, days[one].month) for one in left}
    daily = {day for day in days.values() if (TODAY - day).days < 90}
    assert daily <= {days[one] for one in left}


@given(OFFSETS)
def test_thinning_what_was_thinned_changes_nothing(offsets: list[int]) -> None:
    days = ago(*offsets)
    left = {seq: day for seq, day in days.items() if seq in kept(days)}
    assert choose(left, TODAY, Keep()) == {}


@pytest.fixture
def thinned(lamps: Any) -> Any:
    """Three versions of one day, two of which shared a part, thinned two days later."""
    lamps.publish({"2026-10": lamps.rows[:1], "2026-11": [("b", "1", "1")]})
    lamps.publish({"2026-10": lamps.rows[:1], "2026-11": [("b", "2", "1")]})
    lamps.publish({"2026-10": lamps.rows[:1], "2026-11": [("b", "3", "1")]})
    age(lamps.store.root)
    carry_out(lamps.store, plan(lamps), date(2026, 11, 24))
    return lamps


def age(root: Path) -> None:
    """Every object was written two days ago."""
    for path in root.rglob("objects/*"):
        os.utime(path, (path.stat().st_mtime - 2 * GRACE,) * 2)


def plan(lamps: Any, needed: Iterable[int] = ()) -> Thinning:
    return plan_thinning(lamps.store, "lamps", today=date(2026, 11, 24), keep=EVERY, needed=set(needed))


def test_only_rows_that_no_kept_version_names_go(thinned: Any) -> None:
    assert read_answers(thinned.store, "lamps") == {1: 3, 2: 3}
    head = thinned.store.head("lamps")
    rows = sorted(one.path for one in head.tables[0].parts)
    assert sorted(one for one in thinned.store.objects("lamps") if one.endswith(".csv") and one in rows) == rows
    assert thinned.store.table_whole(head, "lights").num_rows == 2
    assert len([one for one in thinned.store.objects("lamps") if one.endswith(".parquet")]) == 2


def test_a_thinned_version_still_says_what_it_changed_and_who_brought_it(thinned: Any) -> None:
    second = thinned.store.read("lamps", 2)
    assert second.tables[0].diff.changed == 1
    assert b"changed,b,watts_w,1,2" in thinned.store.path("lamps", second.tables[0].diff.path).read_bytes()
    assert second.tables[0].receipt.verdict == "complete"


def test_a_second_time_there_is_nothing_to_do(thinned: Any) -> None:
    assert plan(thinned) == Thinning("lamps", head=3)


def test_verify_finds_nothing_wrong_with_a_thinned_store(thinned: Any) -> None:
    assert verify(thinned.store.root) == ()


def test_an_answer_that_was_thinned_later_passes_the_question_on(thinned: Any) -> None:
    thinned.publish({"2026-10": thinned.rows[:1], "2026-11": [("b", "4", "1")]})
    age(thinned.store.root)
    carry_out(thinned.store, plan(thinned), date(2026, 11, 24))
    assert read_answers(thinned.store, "lamps") == {1: 4, 2: 4, 3: 4}


def test_who_died_after_the_first_mark_is_finished_by_the_next(lamps: Any) -> None:
    for number in "123":
        lamps.publish({"": [("b", number, "1")]})
    age(lamps.store.root)
    whole = plan(lamps)
    carry_out(lamps.store, Thinning("lamps", {1: 3}, head=3), date(2026, 11, 24))
    rest = plan(lamps)
    assert (rest.answers, rest.rows) == ({2: 3}, whole.rows)


def test_what_no_version_names_goes_after_a_day_and_not_before(lamps: Any) -> None:
    lamps.publish()
    part = lamps.part("", lamps.table([("x", "9", "9")]), lamps.schema())
    assert (plan(lamps).orphans, plan(lamps).waiting) == ({}, 2)
    age(lamps.store.root)
    assert set(plan(lamps).orphans) == {part.path, part.parquet_path}
    assert plan(lamps).size == part.size + part.parquet_size


def test_a_run_that_came_back_to_old_bytes_meanwhile_keeps_them(lamps: Any) -> None:
    for number in "12":
        lamps.publish({"": [("b", number, "1")]})
    age(lamps.store.root)
    planned = plan(lamps)
    again = lamps.publish({"": [("b", "1", "1")]})
    carry_out(lamps.store, planned, date(2026, 11, 24))
    assert lamps.store.table_whole(again, "lights").num_rows == 1
    assert verify(lamps.store.root) == ()


def test_a_run_that_kept_old_bytes_and_did_not_commit_yet_keeps_them(lamps: Any) -> None:
    lamps.publish()
    wanted = csv.encode(lamps.table([("x", "9", "9")]), lamps.schema().names)
    put_object(lamps.store, "lamps", wanted, "csv")
    age(lamps.store.root)
    planned = plan(lamps)
    again = put_object(lamps.store, "lamps", wanted, "csv")
    for found in (planned, plan(lamps)):
        carry_out(lamps.store, found, date(2026, 11, 24))
    assert set(planned.orphans) == {again.path}
    assert lamps.store.read_key(f"datasets/lamps/{again.path}") == wanted


def test_every_version_of_the_plan_stays(lamps: Any) -> None:
    lamps.publish()
    folder = lamps.store.root / "datasets"
    (folder / "lamps").rename(folder / "plan")
    for seq in (2, 3):
        (folder / "plan" / f"{seq}.json").write_bytes((folder / "plan" / "1.json").read_bytes())
    found = plan_thinning(lamps.store, "plan", today=date(2030, 1, 1), keep=EVERY, needed=set())
    assert found == Thinning("plan", head=3)


def test_what_newest_records_and_versions_were_computed_from_is_needed(lamps: Any) -> None:
    head = lamps.publish()
    query = FigureQuery("energy", "Energy", "SELECT sum(energy_kwh) FROM lamps", ("lamps",), round=2)
    record = compute(query, lamps.store.tables([head]), {"lamps": head}, None, TODAY)
    assert record is not None
    commit_figure(lamps.store, record)
    lamps.publish({"": lamps.rows[:1]})
    assert find_needed(lamps.store) == {"lamps": {1}}


@pytest.mark.parametrize("data", [b"{}", b"[]", b"x", b'{"format": 1, "answered_by": 1}'])
def test_a_mark_that_leads_nowhere_is_named(lamps: Any, data: bytes) -> None:
    lamps.publish()
    lamps.store.create("datasets/lamps/1.thinned.json", data)
    with pytest.raises(StoreError, match=r"lamps/1\.thinned\.json: names no later version"):
        read_answers(lamps.store, "lamps")
