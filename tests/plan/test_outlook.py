"""Outlook, feasibility and chance: the numbers, worked by hand and from the sources named."""

from datetime import date, timedelta

import pytest

from lamppost.model import Indicator, Point
from lamppost.plan.chance import could_be_chance, interval
from lamppost.plan.outlook import compare_reach, forecast, measure_drift, measure_reach
from lamppost.plan.times import periods_between, years_between


def series(first: int, *values: float) -> list[Point]:
    return [Point(date(first + place, 12, 31), value) for place, value in enumerate(values)]


def indicator(**more: object) -> Indicator:
    given = {"better": "up", "cadence": "yearly", "kind": "share", "unit": "%", **more}
    return Indicator(id="i", title="I", dataset="d", sql="", **given)  # type: ignore[arg-type]  # tests name few of many fields


ZERO_EMISSION = series(2016, 0.63, 0.97, 2.24, 2.90, 3.52, 5.25, 8.17, 11.01, 14.63, 9.53)
POVERTY = series(2015, 14.5, 12.9, 11.9, 11.2, 10.5, 6.5, 7.6, 10.3, 10.4)


def test_drift_of_zero_emission_vehicles() -> None:
    drift = measure_drift(ZERO_EMISSION, "yearly")
    assert drift is not None
    assert (drift.changes, round(drift.mean, 4), round(drift.deviation, 4)) == (9, 0.9889, 2.5604)


def test_outlook_of_zero_emission_vehicles_is_unlikely() -> None:
    found = forecast(indicator(), ZERO_EMISSION, Point(date(2030, 12, 31), 60), 1)
    assert found.verdict == "unlikely"
    assert found.forecast == pytest.approx(14.474, abs=5e-4)
    assert found.margin == pytest.approx(13.282, abs=5e-4)


def test_outlook_of_poverty_is_too_close_to_call() -> None:
    found = forecast(indicator(), POVERTY, Point(date(2030, 12, 31), 7.25), -1)
    assert found.verdict == "too close to call"
    assert found.forecast == pytest.approx(6.813, abs=1e-3)
    assert found.margin == pytest.approx(13.470, abs=1e-3)


def test_the_outlook_says_what_it_is_worth() -> None:
    found = forecast(indicator(), ZERO_EMISSION, Point(date(2030, 12, 31), 60), 1)
    assert "held 73 to 84% of the time" in found.sentence
    assert (
        "tried on yearly series only"
        in forecast(indicator(cadence="monthly"), ZERO_EMISSION, Point(date(2030, 12, 31), 60), 1).sentence
    )
    assert "between 1.19 and 27.76%" in found.sentence


def test_the_outlook_never_leaves_the_limits() -> None:
    near = series(2016, 90, 92, 95, 97, 99)
    found = forecast(indicator(limits=(0.0, 100.0)), near, Point(date(2030, 12, 31), 100), 1)
    assert found.high == 100
    assert found.verdict in {"likely", "too close to call"}


def test_fewer_than_four_changes_are_not_enough() -> None:
    found = forecast(indicator(), ZERO_EMISSION[:4], Point(date(2030, 12, 31), 60), 1)
    assert (found.verdict, found.sentence) == (
        "not enough history", "3 changes are on record; an outlook needs 4.",
    )  # fmt: skip


def test_only_the_ten_newest_changes_count_and_gaps_are_spread() -> None:
    old = [Point(date(1990, 12, 31), -1000.0), *series(2010, *range(11))]
    drift = measure_drift(old, "yearly")
    assert drift is not None
    assert (drift.changes, drift.mean, drift.deviation) == (10, 1.0, 0.0)
    gap = measure_drift([*series(2010, 0, 1, 2, 3), Point(date(2018, 12, 31), 8.0)], "yearly")
    assert gap is not None
    assert gap.deviation == pytest.approx(0)


def test_permits_of_half_a_year_cannot_reach_the_year_s_target() -> None:
    months = [405, 376, 390, 280, 270, 236]
    reach = compare_reach(sum(months), 421, 5000, 6, 1)
    assert reach.at_best == 4483
    assert reach.sentence.endswith("so 5,000 is not reachable.")


def test_reach_compares_needed_with_best_change() -> None:
    reach = measure_reach(ZERO_EMISSION, Point(date(2030, 12, 31), 60), "yearly", 1)
    assert reach is not None
    assert (round(reach.needed, 3), round(reach.best, 2), round(reach.ratio, 2)) == (10.094, 3.62, 2.79)
    assert measure_reach(ZERO_EMISSION[:1], Point(date(2030, 12, 31), 60), "yearly", 1) is None


def test_poisson_interval_of_small_counts() -> None:
    assert interval(0)[1] == pytest.approx(3.6889, abs=1e-4)
    assert list(interval(3)) == pytest.approx([0.6187, 8.7673], abs=1e-4)
    assert could_be_chance(3, 1.0)
    assert not could_be_chance(3, 0.5)
    assert not could_be_chance(25, 24)
    assert not could_be_chance(2.5, 2.4)


def test_ends_of_months_quarters_and_years_are_evenly_apart() -> None:
    assert periods_between(date(2026, 1, 31), date(2026, 2, 28), "monthly") == pytest.approx(1)
    assert periods_between(date(2023, 12, 31), date(2024, 3, 31), "quarterly") == pytest.approx(1)
    assert years_between(date(2015, 12, 31), date(2024, 12, 31)) == 9
    assert periods_between(date(2026, 3, 1), date(2026, 3, 1) + timedelta(days=14), "weekly") == 2
