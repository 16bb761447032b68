"""Which Vega-Lite description each kind of chart becomes."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from lamppost.model import Point
from lamppost.render.chart import Chart, instant, read_places, read_series, sum_bars, thin_line, with_gaps
from lamppost.render.chart_map import make_map
from lamppost.render.chart_parts import (
    AXES,
    BASELINE,
    MAIN,
    TARGET,
    WIDE,
    Box,
    Size,
    Spec,
    clip_text,
    frame,
    layer,
    millis,
    short_number,
    time_axis,
    value_axis,
    write_each,
    write_note,
    write_over,
)


def make_spec(chart: Chart, size: Size) -> Spec:
    """The Vega-Lite description of `chart` at `size`; a chart without rows says so instead of showing empty axes."""
    if not _has_values(chart):
        return frame(
            replace(chart, unit=""), size, [write_note("No values yet", 4, 14)], Box(16, 34, 16, 16), height=90
        )
    makers = {"line": _line, "bar": _bar, "indicator": _indicator, "points": make_map}
    return makers[chart.kind](thin_line(chart), size)


def _has_values(chart: Chart) -> bool:
    if chart.kind == "bar":
        return bool(chart.rows)
    return bool(read_places(chart.rows) if chart.kind == "points" else read_series(chart.rows).readings)


EDGE = 0.15
"""Nearer to the top or bottom than this share of the plot, a number has no room there."""


def _curve(points: Sequence[tuple[datetime, float | None]], x: Spec, y: Spec) -> list[Spec]:
    """The line, dots for readings that stand alone between gaps, and the last reading with its number."""
    rows = [{"x": millis(when), "y": value} for when, value in points]
    full = [None, *(row["y"] for row in rows), None]
    alone = [
        row for n, row in enumerate(rows, 1) if full[n] is not None and full[n - 1] is None and full[n + 1] is None
    ]
    when, newest = [(when, value) for when, value in points if value is not None][-1]
    last = {"x": millis(when), "y": newest}
    low, high = y["scale"]["domain"]
    share = (newest - low) / (high - low)
    falling = newest < ([value for _, value in points if value is not None] + [newest])[-3:][0]
    below = share > 1 - EDGE or (falling and share > EDGE)
    words = {"type": "text", "align": "right", "dx": 4, "dy": 15 if below else -13, "fontWeight": "bold", "color": MAIN}
    return [
        layer(rows, {"type": "line", "color": MAIN, "strokeWidth": 2, "strokeJoin": "round"}, x, y),
        layer(alone, {"type": "point", "filled": True, "size": 16, "color": MAIN, "opacity": 1}, x, y),
        layer([last], {"type": "point", "filled": True, "size": 60, "color": MAIN, "opacity": 1}, x, y),
        *write_over([last], {**words, "text": short_number(newest)}, x, y),
    ]


def _line(chart: Chart, size: Size) -> Spec:
    points = with_gaps(read_series(chart.rows))
    values = [value for _, value in points if value is not None]
    x, y = time_axis(points[0][0], points[-1][0], size), value_axis(values)
    return frame(chart, size, _curve(points, x, y), AXES)


def _moment(point: Point) -> datetime:
    return instant(point.date.isoformat())


def _indicator(chart: Chart, size: Size) -> Spec:
    """The readings, the straight path from baseline to target, and the band in which the target is met."""
    points = with_gaps(read_series(chart.rows))
    ends = [(_moment(one), one.value) for one in (chart.baseline, chart.target) if one]
    times = [when for when, _ in [*points, *ends]]
    bounds = [one for one in chart.limits if one is not None] if chart.better == "keep-within" else []
    values = [value for _, value in [*points, *ends] if value is not None] + bounds
    x, y = time_axis(min(times), max(times), size), value_axis(values)
    path = [{"x": millis(when), "y": value} for when, value in ends]
    dashed = {"type": "line", "color": BASELINE, "strokeDash": [5, 4], "strokeWidth": 1.5}
    layers = [*_band(chart, y), *([layer(path, dashed, x, y)] if len(path) > 1 else []), *_ends(chart, x, y)]
    return frame(chart, size, [*layers, *_curve(points, x, y)], AXES)


def _band(chart: Chart, y: Spec) -> list[Spec]:
    """Where the value should be: beyond the target in the better direction, or between the limits."""
    low, high = y["scale"]["domain"]
    if chart.better == "keep-within":
        bottom, top = chart.limits
    elif chart.target is None:
        return []
    else:
        bottom, top = (chart.target.value, None) if chart.better == "up" else (None, chart.target.value)
    if bottom is None and top is None:
        return []
    ends = {"low": low if bottom is None else bottom, "high": high if top is None else top}
    encoding = {"y": {**y, "field": "low"}, "y2": {"field": "high"}}
    mark = {"type": "rect", "color": TARGET, "fillOpacity": 0.14}
    return [{"data": {"values": [ends]}, "mark": mark, "encoding": encoding}]


def _ends(chart: Chart, x: Spec, y: Spec) -> list[Spec]:
    """Baseline and target as diamonds with their words, on the side of the path where the readings are not expected."""
    away = 16 if chart.better == "down" else -14
    ends = (("baseline", chart.baseline, BASELINE, "left", -away), ("target", chart.target, TARGET, "right", away))
    layers: list[Spec] = []
    for name, point, color, side, up in ends:
        if point:
            rows = [{"x": millis(_moment(point)), "y": point.value}]
            mark = {"type": "point", "shape": "diamond", "size": 80, "color": color, "filled": True, "opacity": 1}
            words = {
                "type": "text",
                "align": side,
                "dy": up,
                "color": color,
                "text": f"{name} {short_number(point.value)}",
            }
            layers += [layer(rows, mark, x, y), *write_over(rows, words, x, y)]
    return layers


BAR_STEP = 30


def _bar(chart: Chart, size: Size) -> Spec:
    """Bars with their label before and their number behind them, so that no axis is needed."""
    bars = sum_bars(chart)
    room, most = (190, 25) if size is WIDE else (132, 16)
    box = Box(room, 34, 62, 8)
    rows = [
        {"i": n, "x": value, "text": clip_text(label, most), "n": short_number(value)}
        for n, (label, value) in enumerate(bars)
    ]
    y = {"field": "i", "type": "ordinal", "axis": None, "scale": {"padding": 0.25}}
    top = max([0.0, *(value for _, value in bars)])
    bottom = min([0.0, *(value for _, value in bars)])
    x = {"field": "x", "type": "quantitative", "axis": None, "scale": {"domain": [bottom, top or 1], "nice": False}}
    words = {"type": "text", "baseline": "middle"}
    layers = [
        layer(rows, {"type": "bar", "color": MAIN}, x, y),
        write_each(rows, {**words, "align": "left", "dx": 6}, "n", x, y),
        write_each(rows, {**words, "align": "right", "dx": -10}, "text", {"value": 0}, y),
    ]
    return frame(chart, size, layers, box, height=len(bars) * BAR_STEP + box.top + box.bottom)
