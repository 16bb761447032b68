"""The same seed and day give the same data, and a day's data stays what it was on every later day."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest

from lamppost.sandbox import Sandbox, budget, chance, contracts, gateway, meraki, start
from lamppost.sandbox.desk import make_cases
from lamppost.sandbox.hours import hours_of, iso, iso_local, local, midnight
from lamppost.sandbox.lights import dark_share
from lamppost.sandbox.places import HOTSPOTS

Ask = Callable[..., Any]
TODAY = date(2026, 11, 22)
SHOW = """
from datetime import date
from hashlib import sha256
from lamppost.sandbox import budget, contracts, desk, gateway, lights
day = date(2026, 11, 22)
made = [gateway.make_observations(day, 1), contracts.make_reviews(day, 1), budget.make_lines(day, 1),
        desk.make_cases(day, 1, 30), lights.make_lights(1)]
print(sha256(repr(made).encode()).hexdigest())
"""


def test_neither_hash_seed_nor_machine_zone_changes_anything() -> None:
    found = set()
    for seed, zone in (("1", "UTC"), ("77", "Asia/Tokyo")):
        environ = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone}
        found.add(subprocess.run([sys.executable, "-c", SHOW], env=environ, capture_output=True, check=True).stdout)
    assert len(found) == 1


def test_two_starts_answer_the_same_bytes(sandbox: Sandbox, get: Ask) -> None:
    with start(TODAY) as again:
        for name, path in (("OPEN311_URL", "/requests.json"), ("STREETLIGHT_LAYER_URL", "?f=json")):
            assert get(sandbox.environ[name] + path).body == get(again.environ[name] + path).body
        vehicles = [
            get(one.environ["GBFS_URL"].replace("gbfs.json", "vehicle_status.json")) for one in (sandbox, again)
        ]
    assert vehicles[0].body == vehicles[1].body


def test_another_seed_is_another_city() -> None:
    assert contracts.make_reviews(TODAY, 1) != contracts.make_reviews(TODAY, 2)


def test_observations_only_arrive_and_never_change() -> None:
    before = {one.id: one for one in gateway.make_observations(TODAY, 1)}
    after = {one.id: one for one in gateway.make_observations(TODAY + timedelta(days=1), 1)}
    kept = [number for number, one in before.items() if one.start >= midnight(TODAY - timedelta(days=30))]
    assert all(after[number] == before[number] for number in kept)
    late = [one for number, one in after.items() if number not in before and one.start < midnight(TODAY)]
    assert late


def test_counted_devices_never_change() -> None:
    before, after = (meraki._count(1, HOTSPOTS[0], TODAY + timedelta(days=days)) for days in (0, 1))
    shared = before.keys() & after.keys()
    assert len(shared) > 690
    assert all(before[hour] == after[hour] for hour in shared)


def test_requests_keep_their_lives_and_reviews_only_end() -> None:
    old, new = (make_cases(TODAY + timedelta(days=days), 1, 30 + days) for days in (0, 1))
    assert set(old) < set(new)
    before, after = (contracts.make_reviews(TODAY + timedelta(days=days), 1) for days in (0, 14))
    for one, other in zip(before, after, strict=False):
        assert one[:3] == other[:3]
        assert one.approved_date in {None, other.approved_date}


def test_closed_fiscal_years_never_change() -> None:
    before, after = budget.make_lines(date(2026, 6, 30), 1), budget.make_lines(date(2027, 6, 30), 1)
    assert [row for row in before if row[6] == "closed"] == list(after)[: len(before) - 7]


def test_a_day_in_the_city_has_23_to_25_hours() -> None:
    assert [len(hours_of(day)) for day in (date(2026, 3, 8), date(2026, 6, 1), date(2026, 11, 1))] == [23, 24, 25]
    assert iso(midnight(TODAY)) == "2026-11-22T08:00:00Z"
    assert iso_local(midnight(date(2026, 7, 4))) == "2026-07-04T00:00:00-07:00"


def test_nights_are_longer_in_december_than_in_june() -> None:
    june, december = (sum(dark_share(hour) for hour in hours_of(date(2026, month, 21))) for month in (6, 12))
    assert june == pytest.approx(9.6, abs=0.2)
    assert december == pytest.approx(14.1, abs=0.2)
    assert local(hours_of(date(2026, 6, 21))[13]).hour == 13


def test_chance_depends_on_its_names_alone() -> None:
    assert chance.unit("a", 1) == chance.unit("a", 1) != chance.unit("a", 2)
    many = [chance.unit("spread", number) for number in range(2000)]
    assert sum(many) / 2000 == pytest.approx(0.5, abs=0.03)
    assert {chance.weighted((("x", 1), ("never", 0)), number) for number in range(50)} == {"x"}
    assert {chance.whole(1, 3, number) for number in range(50)} == {1, 2, 3}


def test_a_smooth_wave_passes_through_its_knots_without_a_jump() -> None:
    wave = [chance.smooth(24, position, "wave") for position in range(240)]
    assert max(abs(one - other) for one, other in pairwise(wave)) < 0.15
    assert wave[24] == chance.smooth(12, 12, "wave")
