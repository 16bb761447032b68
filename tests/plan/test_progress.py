"""The rules by which an indicator is judged: on official series, on edge cases, and as printed on the site."""

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from lamppost.model import Indicator, Point
from lamppost.plan import judge, roll_up
from lamppost.plan.badges import BADGES
from lamppost.plan.progress import Progress, judge_age, measure_pace

TODAY = date(2026, 11, 22)


def at(year: int, value: float) -> Point:
    return Point(date(year, 12, 31), value)


def indicator(baseline: Point | None, target: Point | None, **more: object) -> Indicator:
    given = {"better": "up", "cadence": "yearly", "kind": "rate", "unit": "", **more}
    return Indicator(id="i", title="I", dataset="d", sql="", baseline=baseline, target=target, **given)  # type: ignore[arg-type]  # tests name few of many fields


def verdict(values: Sequence[Point], baseline: Point | None, target: Point | None, **more: object) -> Progress:
    return judge(indicator(baseline, target, **more), values, TODAY)


# Baselines, values and targets of official indicators: numbers of Statistics Canada, progress file of July 2026.
OFFICIAL = [
    ("1-1-1", at(2015, 14.5), at(2023, 10.4), at(2030, 7.25), 1.0603),
    ("11-3-1", at(2005, 63), at(2020, 74), at(2030, 85), 0.8333),
    ("12-1-1", at(2015, 0.37), at(2025, 9.53), at(2030, 60), 0.2304),
    ("3-14-1", at(2015, 18.8), at(2024, 11.1), at(2035, 5), 1.2399),
    ("6-1-1", at(2015, 103), at(2023, 29), at(2030, 0.1), 1.3484),
    ("6-1-1 with its true target", at(2015, 103), at(2023, 29), at(2030, 0), (74 / 103) / (8 / 15)),
    ("9-6-1", at(2015, 666), at(2026, 15974), at(2030, 37929), 0.5602),
]


@pytest.mark.parametrize(("name", "baseline", "latest", "target", "pace"), OFFICIAL, ids=[one[0] for one in OFFICIAL])
def test_pace_of_official_series(name: str, baseline: Point, latest: Point, target: Point, pace: float) -> None:
    found = measure_pace(indicator(baseline, target), latest, baseline, target)
    assert found.value == pytest.approx(pace, abs=5e-5)


def test_a_baseline_past_its_target_is_held_not_paced() -> None:
    found = verdict([at(2025, 46.7336683417085)], at(2015, 68.5534591194968), at(2027, 55))
    assert (found.badge, found.number) == ("Slipped off target", None)
    assert verdict([at(2025, 61)], at(2015, 68.6), at(2027, 55)).badge == "Holding"


def test_the_sentence_names_both_shares() -> None:
    found = verdict([at(2025, 62)], at(2015, 0), at(2032, 100))
    assert found.sentence == "On pace because 62% of the gap is closed with 59% of the time gone."
    assert (found.badge, found.tone) == ("On pace", "good")


@pytest.mark.parametrize(("value", "badge"), [(95, "On pace"), (94, "Behind"), (60, "Behind"), (59, "Far behind")])
def test_pace_thresholds(value: float, badge: str) -> None:
    assert verdict([at(2025, value)], at(2015, 0), at(2035, 200)).badge == badge


def test_moving_away_from_the_target_is_the_wrong_direction() -> None:
    found = verdict([at(2025, 9)], at(2015, 10), at(2035, 20))
    assert found.badge == "Wrong direction"
    assert found.sentence.startswith("Wrong direction because the value went from 10 to 9, away from the target")


def test_zero_negative_and_sign_changing_values_are_fine() -> None:
    assert verdict([at(2025, -5)], at(2015, -10), at(2035, 0)).number == pytest.approx(1)
    assert verdict([at(2025, 5)], at(2015, -5), at(2035, 15)).number == pytest.approx(1)
    assert verdict([at(2025, 5)], at(2015, 0), at(2035, 10)).number == pytest.approx(1)


def test_too_early_before_two_periods_and_15_percent_of_the_time() -> None:
    early = verdict([at(2025, 1)], at(2024, 0), at(2034, 10))
    assert early.badge == "Too early to tell"
    assert verdict([at(2025, 1)], at(2023, 0), at(2043, 10)).badge == "On pace"
    assert verdict([at(2025, 1)], at(2024, 0), at(2030, 6)).badge == "On pace"


def test_an_observation_before_the_baseline_is_too_early() -> None:
    assert verdict([at(2025, 1)], at(2026, 0), at(2030, 10)).badge == "Too early to tell"


def test_target_met_and_lost_again() -> None:
    assert verdict([at(2025, 10)], at(2015, 0), at(2030, 10)).badge == "Target met"
    found = verdict([at(2024, 10), at(2025, 9)], at(2015, 0), at(2030, 10))
    assert found.badge == "Met, then lost"
    assert "but the value was 9 on 31 December 2025" in found.sentence


def test_a_missed_deadline_is_frozen_and_stays_visible() -> None:
    found = verdict([at(2020, 4), at(2021, 11)], at(2015, 0), at(2020, 10))
    assert (found.badge, found.frozen, found.freshness) == ("Missed", True, "fresh")
    assert found.sentence == (
        "Missed because the value was 4 on 31 December 2020; the target was 10 by 31 December 2020."
    )


def test_a_target_met_in_time_and_lost_after_the_deadline() -> None:
    assert verdict([at(2020, 10)], at(2015, 0), at(2020, 10)).badge == "Target met"
    assert verdict([at(2020, 10), at(2025, 8)], at(2015, 0), at(2020, 10)).badge == "Met, then lost"
    assert verdict([at(2025, 10)], at(2015, 0), at(2020, 10)).badge == "Cannot be judged"


def test_target_equal_to_baseline_divides_nothing() -> None:
    assert verdict([at(2025, 5)], at(2015, 5), at(2030, 5)).badge == "Holding"
    assert verdict([at(2025, 4)], at(2015, 5), at(2030, 5)).badge == "Slipped off target"


def test_without_a_target_only_the_trend_is_named() -> None:
    rising = [at(year, year - 2000 + (0.1 if year % 2 else 0)) for year in range(2018, 2026)]
    assert verdict(rising, None, None).badge == "Improving"
    assert verdict(rising, None, None, better="down").badge == "Worsening"
    noise = [at(year, 5 + (1 if year % 2 else -1)) for year in range(2018, 2026)]
    assert verdict(noise, None, None).badge == "No clear change"
    assert verdict(rising[-3:], None, None).badge == "Not enough history"


def test_keeping_within_a_band() -> None:
    band: dict[str, object] = {"better": "keep-within", "limits": (40.0, 60.0)}
    assert verdict([at(2025, 60)], None, None, **band).badge == "Holding"
    assert verdict([at(2025, 61)], None, None, **band).badge == "Slipped off target"
    assert verdict([at(2025, 61)], None, None, better="keep-within").badge == "Cannot be judged"


def test_yes_or_no_is_not_paced() -> None:
    assert verdict([at(2025, 0)], at(2015, 0), at(2030, 1), kind="yes-no").badge == "Not yet"
    assert verdict([at(2025, 1)], at(2015, 0), at(2030, 1), kind="yes-no").badge == "Target met"


def test_a_running_total_that_fell_cannot_be_judged() -> None:
    found = verdict([at(2024, 50), at(2025, 3)], at(2015, 0), at(2030, 100), kind="cumulative")
    assert found.sentence == (
        "Cannot be judged because a running total fell on 31 December 2025: it was reset or corrected."
    )


def test_small_counts_never_go_in_the_wrong_direction() -> None:
    found = verdict([at(2025, 3)], at(2022, 1), at(2030, 0), kind="count", better="down")
    assert (found.badge, found.by_chance) == ("Behind, could be chance", True)
    assert "could be chance" in found.sentence
    large = verdict([at(2025, 300)], at(2022, 100), at(2030, 0), kind="count", better="down")
    assert large.badge == "Wrong direction"


def test_old_values_lose_their_green() -> None:
    series = indicator(at(2015, 0), at(2030, 15), cadence="monthly")
    fresh = judge(series, [at(2025, 10)], date(2026, 1, 31))
    old = judge(series, [at(2025, 10)], date(2026, 3, 1))
    gone = judge(series, [at(2025, 10)], date(2026, 3, 31))
    assert [one.badge for one in (fresh, old, gone)] == ["On pace", "Out of date: On pace", "No recent evidence"]
    assert [one.tone for one in (fresh, old, gone)] == ["good", "none", "none"]


def test_freshness_begins_after_one_and_a_half_periods() -> None:
    assert judge_age(date(2026, 11, 21), TODAY, "daily") == "fresh"
    assert judge_age(date(2026, 11, 20), TODAY, "daily") == "out of date"
    assert judge_age(date(2026, 11, 19), TODAY, "daily") == "no recent evidence"


def test_a_period_that_is_not_over_does_not_count() -> None:
    found = verdict([at(2025, 10), at(2026, 1)], at(2015, 0), at(2035, 20))
    assert (found.latest, found.badge) == (at(2025, 10), "On pace")
    assert verdict([at(2026, 1)], at(2015, 0), at(2035, 20)).badge == "No data yet"


def test_no_data_and_no_baseline_say_so() -> None:
    assert verdict([], at(2015, 0), at(2030, 10)).badge == "No data yet"
    assert verdict([at(2025, 5)], None, at(2030, 10)).badge == "No baseline"
    assert verdict([at(2025, 12)], None, at(2030, 10)).badge == "Target met"


def test_a_moved_target_shows_both_paces() -> None:
    found = judge(indicator(at(2015, 0), at(2035, 20)), [at(2025, 10)], TODAY, original=at(2030, 20))
    assert found.number == pytest.approx(1)
    assert found.original is not None
    assert found.original.value == pytest.approx(0.75)


def test_a_declared_path_replaces_the_straight_line() -> None:
    late_start = [at(2025, 2)]
    found = judge(indicator(at(2015, 0), at(2035, 20)), [at(2025, 2)], TODAY, path=late_start)
    assert found.number == pytest.approx(1)


def test_a_roll_up_counts_and_names_the_worst() -> None:
    good, bad, none = (Progress(badge, "") for badge in ("On track", "Off track", "No data yet"))
    found = roll_up({"a": good, "b": bad, "c": none, "d": good}, cohort={"a", "b"})
    assert found.sentence == "3 of 4 indicators have evidence: 1 Off track, 2 On track and 1 No data yet."
    assert (found.worst, dict(found.cohort)) == ("b", {"Off track": 1, "On track": 1})


def test_the_page_on_method_prints_the_rule_that_is_computed() -> None:
    page = (Path(__file__).parents[2] / "docs/about/method.md").read_text(encoding="utf-8")
    for (pace, outlook), badge in BADGES.items():
        assert re.search(rf"\| {pace} \| {outlook} \| {re.escape(badge)} \|", page, re.IGNORECASE), (pace, outlook)
