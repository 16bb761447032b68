"""The sentence below a chart, computed from the same rows as the picture: least, most, last, and what is missing."""

from datetime import datetime, timedelta

from lamppost.render.chart import Chart, Series, read_places, read_series, sum_bars, thin_line
from lamppost.render.chart_parts import begins_at_zero, short_number
from lamppost.render.page import format_date, plural, with_unit

_STEPS = (
    (timedelta(hours=1), "hour"),
    (timedelta(days=1), "day"),
    (timedelta(days=7), "week"),
    (timedelta(days=31), "month"),
    (timedelta(days=92), "quarter"),
    (timedelta(days=366), "year"),
)


def describe_chart(chart: Chart) -> str:
    """The chart's own description, what its numbers say, and `simulated data` when they are."""
    said = {"line": _describe_line, "indicator": _describe_indicator, "bar": _describe_bars, "points": _describe_points}
    parts = [
        thin_line(chart).description,
        said[chart.kind](chart),
        "These are simulated data." if chart.simulated else "",
    ]
    return " ".join(part for part in parts if part)


def name_step(step: timedelta) -> str:
    """`hour` … `year`: the usual distance of two readings, or `reading` where none fits."""
    for size, word in _STEPS:
        if size * 0.85 <= step <= size * 1.05:
            return word
    return "reading"


def _amount(value: float, unit: str) -> str:
    return with_unit(short_number(value), unit)


def name_moment(moment: datetime, step: timedelta) -> str:
    """The month of monthly readings, else the day, with the hour (UTC) where readings come more often than daily."""
    if name_step(step) == "month":
        return format_date(moment.date().isoformat()[:7])
    day = format_date(moment.date())
    return f"{day}, {moment:%H:%M} UTC" if timedelta() < step < timedelta(hours=23) else day


def _describe_line(chart: Chart) -> str:
    series = read_series(chart.rows)
    if not series.readings:
        return "There are no values yet."
    low = min(series.readings, key=lambda one: one[1])
    high = max(series.readings, key=lambda one: one[1])
    last = series.readings[-1]
    lowest, highest, newest = (
        f"{_amount(value, chart.unit)} ({name_moment(day, series.step)})" for day, value in (low, high, last)
    )
    said = [f"Lowest {lowest}, highest {highest}, latest {newest}.", _missing(series)]
    if chart.kind == "line" and not begins_at_zero([value for _, value in series.readings]):
        said.append("The scale does not begin at zero.")
    return " ".join(part for part in said if part)


def _missing(series: Series) -> str:
    word = name_step(series.step)
    if not series.missing:
        return f"No {word} is missing." if len(series.readings) > 1 else ""
    whole = len(series.readings) + series.missing
    return f"{series.missing:,} of {plural(whole, word)} {'has' if series.missing == 1 else 'have'} no value."


def _describe_indicator(chart: Chart) -> str:
    aims = []
    if chart.baseline:
        aims.append(f"Baseline {_amount(chart.baseline.value, chart.unit)} ({format_date(chart.baseline.date)}).")
    if chart.target:
        aims.append(f"Target {_amount(chart.target.value, chart.unit)} by {format_date(chart.target.date)}.")
    low, high = chart.limits
    if chart.better == "keep-within" and (low is not None or high is not None):
        least = f"at least {_amount(low, chart.unit)}" if low is not None else ""
        most = f"at most {_amount(high, chart.unit)}" if high is not None else ""
        aims.append(f"It should stay {' and '.join(part for part in (least, most) if part)}.")
    return " ".join([_describe_line(chart), *aims])


def _describe_bars(chart: Chart) -> str:
    bars = sum_bars(chart, most=max(len(chart.rows), 1))
    if not bars:
        return "There are no values yet."
    most, least = max(bars, key=lambda bar: bar[1]), min(bars, key=lambda bar: bar[1])
    said = f"Most: {most[0]} ({_amount(most[1], chart.unit)})."
    return said if len(bars) == 1 else f"{said} Least: {least[0]} ({_amount(least[1], chart.unit)})."


def _describe_points(chart: Chart) -> str:
    found = read_places(chart.rows)
    if not found:
        return "There are no values yet."
    many = sum(number for *_, number in found)
    places = len({(lon, lat) for lon, lat, _ in found})
    things = chart.things or "points"
    where = "each at a place of its own" if places == many else f"at {plural(places, 'place')}"
    return f"{many:,.0f} {things}, {where}."
