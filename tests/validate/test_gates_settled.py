"""Gates on the settled table: an honest month says nothing, and each change of the whole is named."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from lamppost.model import Stuck
from tests.validate.gate_tables import Row, change, make_day, make_days, make_resource, noticed

MONTH = make_days(*range(29))
TODAY = make_day(29)
HALF = timedelta(hours=12)
STUCK = (Stuck("pm25_ugm3", ("station_code",), HALF),)


def times(factor: float) -> Callable[[Row], Row]:
    return lambda row: {"pm25_ugm3": repr(float(row["pm25_ugm3"] or 0) * factor)}


def test_an_honest_month_fires_nothing_on_any_day() -> None:
    for mode in ("upsert", "append"):
        resource = make_resource(mode, stuck=STUCK)
        for day in range(1, 30):
            found = noticed(make_days(*range(day)), make_day(day), resource, promise=timedelta(days=40))
            assert found == {}, day


def test_an_honest_snapshot_that_grows_by_a_day_fires_nothing() -> None:
    assert noticed(MONTH, [*MONTH, *TODAY], make_resource("snapshot")) == {}


@pytest.mark.parametrize("factor", [10, 1000, 0.001, 0.1, 1_000_000])
def test_source_fault_31_a_change_of_unit_by_powers_of_ten_is_caught(factor: float) -> None:
    assert list(noticed(MONTH, change(TODAY, times(factor)), make_resource())) == ["unit-change"]
    whole = change([*MONTH, *TODAY], times(factor))
    assert list(noticed(MONTH, whole, make_resource("snapshot"))) == ["unit-change"]


@pytest.mark.parametrize("factor", [3.28084, 1 / 2.54, 60])
def test_source_fault_31_a_change_by_the_factor_of_two_units_is_shown(factor: float) -> None:
    whole = change([*MONTH, *TODAY], times(factor))
    assert list(noticed(MONTH, whole, make_resource("snapshot"))) == ["level-shift"]


def test_fahrenheit_for_celsius_is_shown() -> None:
    whole = change(MONTH, lambda row: {"pm25_ugm3": repr(float(row["pm25_ugm3"] or 0) * 1.8 + 32)})
    assert "Fahrenheit" in noticed(MONTH, whole, make_resource("snapshot"))["level-shift"]


@pytest.mark.parametrize("factor", [1.3, 0.8, 2, 5])
def test_values_that_rise_or_fall_as_values_do_are_no_change_of_unit(factor: float) -> None:
    assert noticed(MONTH, change(TODAY, times(factor)), make_resource()) == {}


def test_a_handful_of_rows_proves_no_change_of_unit() -> None:
    assert noticed(MONTH, change(TODAY[:10], times(1000)), make_resource(), promise=None) == {}


def test_a_field_that_runs_dry_is_shown() -> None:
    found = noticed(MONTH, change(TODAY, lambda _row: {"installed_date": None}), make_resource())
    assert "is empty in 100% of 48 rows, before in 0%" in found["null-jump"]


def test_a_few_empty_cells_more_are_no_jump() -> None:
    dry = [row | {"installed_date": None} if index % 10 == 0 else row for index, row in enumerate(TODAY)]
    assert noticed(MONTH, dry, make_resource()) == {}
    half = [row | {"installed_date": None} if index % 2 == 0 else row for index, row in enumerate(TODAY)]
    assert "null-jump" in noticed(MONTH, half, make_resource())
    assert noticed(MONTH, half, make_resource(null_jump=0.6)) == {}


def test_a_category_that_is_gone_is_shown_with_what_it_had() -> None:
    left = [row for row in (*MONTH, *TODAY) if row["kind"] != "park"]
    found = noticed(MONTH, left, make_resource("snapshot"))
    assert "has 'park', which 464 of 1,392 had before" in found["vanished-category"]


def test_a_category_that_few_rows_had_may_go() -> None:
    rare = [row | {"kind": "bridge"} if index < 15 else row for index, row in enumerate(MONTH)]
    assert noticed(rare, MONTH, make_resource("snapshot"), promise=None) == {}


def test_columns_that_exchange_their_values_are_caught() -> None:
    swapped = change(TODAY, lambda row: {"longitude": row["latitude"], "latitude": row["longitude"]})
    assert "exchanged-columns" in noticed(MONTH, swapped, make_resource())


def test_a_sensor_that_repeats_itself_is_shown_with_its_station() -> None:
    stuck = [row | {"pm25_ugm3": "7.25"} if row["station_code"] == "AQ-02" else row for row in TODAY]
    found = noticed(MONTH, stuck, make_resource(stuck=STUCK))
    assert "stays '7.25' (AQ-02: 24 readings from 2026-11-21T00:00Z to 2026-11-21T23:00Z)" in found["stuck-value"]


def test_a_stuck_value_that_a_privacy_rule_guards_is_not_shown() -> None:
    stuck = [row | {"pm25_ugm3": "7.25"} if row["station_code"] == "AQ-02" else row for row in TODAY]
    one = make_resource(stuck=STUCK)
    found = noticed(MONTH, stuck, replace(one, schema=replace(one.schema, guarded=frozenset({"pm25_ugm3"}))))
    assert "24 readings" in found["stuck-value"]
    assert "7.25" not in found["stuck-value"]


def test_a_sensor_that_was_stuck_long_ago_is_not_told_of_again() -> None:
    stuck = [row | {"pm25_ugm3": "7.25"} if (row["observed_at"] or "") < "2026-10-25" else row for row in MONTH]
    assert noticed(stuck, TODAY, make_resource(stuck=STUCK)) == {}


def test_a_value_that_two_stations_share_or_that_is_missing_is_not_stuck() -> None:
    turns = [row | {"pm25_ugm3": str(index % 24)} for index, row in enumerate(TODAY)]
    assert noticed(MONTH, turns, make_resource(stuck=STUCK)) == {}
    dry = change(TODAY, lambda _row: {"pm25_ugm3": None})
    assert "stuck-value" not in noticed(MONTH, dry, make_resource(stuck=STUCK))


def test_a_run_that_goes_on_over_two_pulls_is_one_run() -> None:
    rows = change(make_days(28, 29), lambda _row: {"pm25_ugm3": "7.25"})
    late = [row for row in rows if (row["observed_at"] or "") >= "2026-11-21T20"]
    early = [row for row in rows if row not in late]
    assert "stuck-value" in noticed(early, late, make_resource(stuck=STUCK))


@pytest.mark.parametrize(
    ("promise", "age", "expected"),
    [
        (timedelta(days=1), None, True),
        (timedelta(days=7), None, False),
        (None, None, False),
        (None, timedelta(days=2), True),
        (timedelta(days=1), timedelta(days=9), False),
    ],
)
def test_data_that_grew_old_are_told_of(promise: timedelta | None, age: timedelta | None, expected: bool) -> None:
    found = noticed([], make_days(*range(25)), make_resource(age=age), promise=promise)
    assert ("old-data" in found) == expected


def test_a_clock_in_the_future_does_not_make_old_data_young() -> None:
    wild = [*make_days(*range(25)), make_day(0)[0] | {"observed_at": "2031-01-01T00:00:00Z"}]
    assert "5 days old" in noticed([], wild, make_resource())["old-data"]


def test_severity_is_the_citys_to_set() -> None:
    ten = change(TODAY, times(10))
    assert noticed(MONTH, ten, make_resource(severity={"unit-change": "ignore"})) == {}
    assert make_resource(severity={"unit-change": "warning"}).checks.weigh("unit-change") == "warning"
    assert make_resource(age=timedelta(days=1)).checks.weigh("old-data") == "error"
    assert make_resource(since={"observed_at": date(2020, 1, 1)}).checks.weigh("old-data") == "warning"
