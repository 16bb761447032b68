"""What of a query's answer is an observation, and what is said about the rest."""

from dataclasses import replace
from datetime import date

import pyarrow as pa

from lamppost.model import Indicator, Point
from lamppost.plan import read_points

TODAY = date(2026, 11, 22)
INDICATOR = Indicator(
    id="i", title="I", dataset="d", sql="", unit="", kind="rate", better="up", cadence="yearly", path="plan/i.md"
)


def answer(*rows: tuple[object, object]) -> pa.Table:
    return pa.table({"date": [str(day) for day, _ in rows], "value": [str(value) for _, value in rows]})


def test_points_come_out_oldest_first() -> None:
    table = pa.table({"date": [date(2025, 12, 31), date(2024, 12, 31)], "value": [2, 1]})
    points, issues = read_points(INDICATOR, table, TODAY)
    assert points == (Point(date(2024, 12, 31), 1.0), Point(date(2025, 12, 31), 2.0))
    assert issues == ()


def test_open_periods_are_left_out_without_an_issue() -> None:
    points, issues = read_points(INDICATOR, answer(("2025-12-31", 1), (TODAY, 2), ("2026-12-31", 3)), TODAY)
    assert ([one.value for one in points], issues) == ([1.0], ())


def test_text_nan_and_fiscal_years_are_issues_not_zeros() -> None:
    rows = answer(("2015-16", 1), ("2024-12-31", "n/a"), ("2023-12-31", "nan"), ("2022-12-31", 4))
    points, issues = read_points(INDICATOR, rows, TODAY)
    assert [one.value for one in points] == [4.0]
    assert [(one.code, one.count, one.place) for one in issues] == [("indicator-value", 3, "docs/plan/i.md")]


def test_a_second_value_for_a_period_is_an_issue_unless_it_is_the_same() -> None:
    rows = answer(("2024-12-31", 1), ("2024-12-31", 1), ("2025-12-31", 2), ("2025-12-31", 3))
    points, issues = read_points(INDICATOR, rows, TODAY)
    assert [one.value for one in points] == [1.0, 2.0]
    assert [(one.code, one.count) for one in issues] == [("indicator-period", 1)]


def test_other_columns_are_refused_by_name() -> None:
    _, (issue,) = read_points(INDICATOR, pa.table({"day": ["2025-12-31"], "value": [1]}), TODAY)
    assert (issue.code, issue.severity) == ("indicator-columns", "error")
    assert "day, value" in issue.message


def test_a_target_beyond_anything_reached_before_is_questioned() -> None:
    rows = answer(*((f"{2019 + place}-12-31", place) for place in range(7)))
    far = replace(INDICATOR, target=Point(date(2027, 12, 31), 10.0))
    _, (issue,) = read_points(far, rows, TODAY)
    assert issue.message.startswith("the target needs a change of 2 a period, the best so far was 1;")
    near = replace(INDICATOR, target=Point(date(2027, 12, 31), 8.0))
    assert read_points(near, rows, TODAY)[1] == ()


def test_a_change_of_unit_shows_as_a_jump() -> None:
    rows = answer(*((f"{2019 + place}-12-31", value) for place, value in enumerate((10, 11, 12, 11, 12, 13.0, 46_200))))
    _, (issue,) = read_points(INDICATOR, rows, TODAY)
    assert issue.code == "unusual-jump"
    assert "from 13 to 46,200 on 31 December 2025" in issue.message
