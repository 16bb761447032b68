from datetime import date

import pytest

from lamppost.model import Point
from lamppost.render.chart import Chart, read_series, sum_bars, thin_line, with_gaps
from lamppost.render.chart_block import chart_block
from lamppost.render.chart_parts import short_number
from lamppost.render.chart_words import describe_chart

DAYS = (("2026-10-01", 5.0), ("2026-10-02", 9.0), ("2026-10-03", None), ("2026-10-06", 3.0), ("2026-10-07", 4.0))


def chart(kind: str = "line", rows: tuple[tuple[str | float | None, ...], ...] = DAYS, **more: object) -> Chart:
    return Chart("x", kind, "Energy", "", "kWh", rows, **more)  # type: ignore[arg-type]


def said(one: Chart) -> str:
    return describe_chart(one).replace("\N{NO-BREAK SPACE}", " ")


def test_the_sentence_names_least_most_last_and_what_is_missing() -> None:
    assert said(chart()) == (
        "Lowest 3 kWh (6 October 2026), highest 9 kWh (2 October 2026), latest 4 kWh (7 October 2026). "
        "3 of 7 days have no value."
    )


def test_a_scale_that_does_not_begin_at_zero_is_mentioned() -> None:
    rows = tuple((f"2026-10-{day:02d}", 17.0 + day / 10) for day in range(1, 20))
    assert said(chart(rows=rows)).endswith("The scale does not begin at zero.")
    assert "scale" not in said(chart())


def test_an_hourly_series_is_dated_by_the_hour() -> None:
    hours = tuple((f"2026-10-01T{hour:02d}:00:00Z", float(hour)) for hour in range(5))
    assert "latest 4 kWh (1 October 2026, 04:00 UTC). No hour is missing." in said(chart(rows=hours))


def test_months_of_different_length_leave_no_gap() -> None:
    months = tuple((f"2026-{month:02d}-01", 1.0) for month in range(1, 13))
    series = read_series(months)
    assert series.missing == 0
    assert None not in [value for _, value in with_gaps(series)]


def test_simulated_numbers_are_called_simulated() -> None:
    assert said(chart(simulated=True)).endswith("These are simulated data.")


def test_an_indicator_also_names_where_it_started_and_where_it_should_go() -> None:
    one = chart("indicator", baseline=Point(date(2019, 1, 1), 10), target=Point(date(2026, 12, 31), 4))
    assert said(one).endswith("Baseline 10 kWh (1 January 2019). Target 4 kWh by 31 December 2026.")


def test_limits_are_named_where_the_value_should_stay_within_them() -> None:
    assert said(chart("indicator", better="keep-within", limits=(5, 8))).endswith(
        "It should stay at least 5 kWh and at most 8 kWh."
    )


def test_bars_are_named_by_the_longest_and_the_shortest() -> None:
    assert (
        said(chart("bar", (("LED", 3.0), ("HPS", 8.0), ("LED", 1.0), (None, 1.0))))
        == "Most: HPS (8 kWh). Least: not stated (1 kWh)."
    )


def test_many_small_bars_become_one() -> None:
    rows = tuple((f"kind {n:02d}", float(100 - n)) for n in range(20))
    bars = sum_bars(chart("bar", rows))
    assert len(bars) == 12
    assert bars[-1] == ("other (9)", sum(range(81, 90)))


def test_what_is_no_place_on_earth_is_not_counted() -> None:
    rows = ((-118.0, 34.0), (-118.0, 34.0), (float("nan"), 34.0), (500.0, 1.0))
    assert said(chart("points", rows, things="lights")) == "2 lights, at 1 place."


def test_a_long_series_is_drawn_through_means_and_says_so() -> None:
    rows = tuple(
        (f"2026-{1 + n // 672:02d}-{1 + n // 24 % 28:02d}T{n % 24:02d}:00:00Z", float(n % 2)) for n in range(2000)
    )
    thin = thin_line(chart(rows=rows))
    assert len(thin.rows) == 667
    assert "Drawn through the means of 3 readings each." in said(chart(rows=rows))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.1234, "0.123"),
        (12.34, "12.3"),
        (1234, "1,234"),
        (12_345, "12.3k"),
        (999_999, "1,000k"),
        (2_588_123, "2.59M"),
        (-5, "\N{MINUS SIGN}5"),
    ],
)
def test_a_label_has_at_most_four_digits(value: float, text: str) -> None:
    assert short_number(value) == text


def test_the_numbers_stand_in_a_table_beside_the_picture() -> None:
    block = chart_block(chart(simulated=True), "<svg></svg>", [("x.csv", "../data/x.csv")])
    assert '2026</td><td class="num" dir="auto">4</td>' in block
    assert "no value" in block
    assert '<span class="simulated">simulated data</span>' in block
    assert '<a href="../data/x.csv" download>' in block
