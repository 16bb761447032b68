from datetime import date, timedelta

import pytest

from lamppost.render.files import fixed_path, join_url, manifest_path, newest_path, record_path
from lamppost.render.freshness import city_day, due_at, due_date

ZONE = "America/Los_Angeles"


@pytest.mark.parametrize(
    ("last", "promise", "instant"),
    [
        (date(2026, 11, 22), timedelta(days=1), "2026-11-24T08:00:00Z"),
        (date(2026, 3, 7), timedelta(days=1), "2026-03-09T07:00:00Z"),  # the clocks change on the 8th
        (date(2026, 11, 22), timedelta(hours=1), "2026-11-24T08:00:00Z"),
        (date(2026, 11, 22), None, ""),
    ],
)
def test_a_promise_is_owed_by_the_end_of_the_citys_day(last: date, promise: timedelta | None, instant: str) -> None:
    assert due_at(last, promise, ZONE) == instant


def test_the_day_that_people_read_is_the_last_one_in_time() -> None:
    assert due_date(date(2026, 11, 22), timedelta(days=7)) == "2026-11-29"


def test_an_instant_belongs_to_the_citys_day() -> None:
    assert city_day("2026-11-22T07:00:00Z", ZONE) == "2026-11-21"
    assert city_day("2026-11-22", ZONE) == "2026-11-22"
    assert city_day("not a Time", ZONE) == "not a Time"


def test_simulated_files_carry_the_word_in_their_name() -> None:
    assert newest_path("lights", "poles", "csv", simulated=True) == "data/lights/poles.simulated.csv"
    assert newest_path("lights", "poles", "csv", simulated=False) == "data/lights/poles.csv"


def test_fixed_addresses_carry_a_number_or_a_hash() -> None:
    assert manifest_path("lights", 3) == "data/lights/v3.json"
    assert fixed_path("lights", "objects/ab.csv") == "data/lights/objects/ab.csv"
    assert (
        join_url("https://lampton.example/x/", record_path("power", 2))
        == "https://lampton.example/x/figures/power/2.json"
    )
