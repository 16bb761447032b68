"""Charts as Vega-Lite descriptions: our scales, gaps, labels and colours, so that the drawing engine decides nothing.

Colours are the light theme's; `chart_svg` gives each element the class by which a page repaints it (dark, print), so a
chart saved on its own still has colours. Axis space is fixed, since text is measured with whatever fonts a machine has,
and the same chart must have the same bytes everywhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from lamppost.render.chart import Chart, one_line

Spec = dict[str, Any]

VEGA_LITE = "6.4"

INK = "#4d5670"
GRID = "#e3ddce"
AXIS = "#6f7486"
MAIN = "#1c3f94"
TARGET = "#17603c"
BASELINE = "#734c00"
ALERT = "#5d3591"
PAPER = "#fefefe"
"""Behind words that may cross a line."""
SIMULATED = "simulated data"


@dataclass(frozen=True)
class Size:
    """Outer pixels; text keeps 13 of them at either width, so a phone shows the narrow drawing unscaled."""

    name: str
    width: int
    height: int
    most_dots: int
    """Places are gathered into at most so many dots."""


WIDE = Size("wide", 720, 300, 450)
NARROW = Size("narrow", 360, 270, 250)


@dataclass(frozen=True)
class Box:
    """Space around the plot in pixels."""

    left: int
    top: int
    right: int
    bottom: int


AXES = Box(56, 34, 18, 30)


def frame(chart: Chart, size: Size, layers: Sequence[Spec], box: Box, height: int = 0) -> Spec:
    """Layers inside fixed space, with the unit on the left and `simulated data` on the right above them."""
    width, tall = size.width - box.left - box.right, (height or size.height) - box.top - box.bottom
    words = [write_note(chart.unit, -box.left + 2, -16)] if chart.unit else []
    if chart.simulated:
        words.append(write_note(SIMULATED, width + box.right - 2, -16, align="right", weight="bold", color=ALERT))
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": width,
        "height": tall,
        "background": None,
        "autosize": {"type": "none"},
        "padding": {"left": box.left, "top": box.top, "right": box.right, "bottom": box.bottom},
        "layer": [*layers, *words],
        "config": CONFIG,
    }


CONFIG: Spec = {
    "font": "sans-serif",
    "aria": False,
    "view": {"stroke": None, "fill": None},
    "text": {"font": "sans-serif", "fontSize": 13, "color": INK},
    "axis": {
        "labelFont": "sans-serif",
        "labelFontSize": 13,
        "labelColor": INK,
        "labelPadding": 6,
        "labelOverlap": False,
        "labelBound": False,
        "gridColor": GRID,
        "domain": False,
        "ticks": False,
        "title": None,
    },
}


def write_note(text: str, x: float, y: float, **mark: Any) -> Spec:
    """Words at a place of the plot in pixels."""
    style = {"type": "text", "align": mark.pop("align", "left"), "baseline": "middle", "text": one_line(text)}
    if "weight" in mark:
        style["fontWeight"] = mark.pop("weight")
    return {"data": {"values": [{}]}, "mark": {**style, **mark}, "encoding": {"x": {"value": x}, "y": {"value": y}}}


def millis(when: datetime) -> int:
    """Milliseconds since 1970, UTC."""
    return round(when.timestamp() * 1000)


_DATE_FORMS = ((1, "%H:%M"), (120, "%-d %b"), (900, "%b %Y"))
"""(up to so many days, how ticks are written); beyond, by the year."""
NEAR_ZERO = 0.6
"""An axis begins at zero unless the least value is more than this share of the greatest."""
LONG = 10_000
"""Numbers from here on are shortened on an axis: 12k, 1.2M."""


def time_axis(first: datetime, last: datetime, size: Size) -> Spec:
    """Ticks on whole days, months or years, labelled as finely as the span needs."""
    if first == last:
        first, last = first - timedelta(days=3), last + timedelta(days=3)
    days = (last - first) / timedelta(days=1)
    form = next((form for most, form in _DATE_FORMS if days <= most), "%Y")
    count = 7 if size is WIDE else 4
    return {
        "field": "x",
        "type": "temporal",
        "scale": {"type": "utc", "domain": [millis(first), millis(last)]},
        "axis": {
            "grid": False,
            "format": form,
            "tickCount": count,
            "labelFlush": True,
            "domain": True,
            "domainColor": AXIS,
        },
    }


def begins_at_zero(values: Sequence[float]) -> bool:
    """Whether the value axis of these values holds zero; where not, the sentence below the chart says so."""
    low, high = min(values), max(values)
    return low <= 0 or low < NEAR_ZERO * high or low == high


def value_axis(values: Sequence[float]) -> Spec:
    """From zero, unless all values lie so far from it that their changes could not be seen."""
    low, high = min(values), max(values)
    zero = begins_at_zero(values)
    low, high = (min(low, 0), max(high, 0)) if zero else (low, high)
    room = (high - low) * 0.08 or abs(high) * 0.1 or 1
    short = max(abs(low), abs(high)) >= LONG
    return {
        "field": "y",
        "type": "quantitative",
        "scale": {"domain": [low if zero and low == 0 else low - room, high + room], "nice": 5, "zero": False},
        "axis": {"tickCount": 5, **({"format": "~s"} if short else {})},
    }


def layer(points: Sequence[Mapping[str, Any]], mark: Spec, x: Spec, y: Spec) -> Spec:
    """One mark for each of `points`, which carry their own data."""
    return {"data": {"values": list(points)}, "mark": mark, "encoding": {"x": x, "y": y}}


def write_over(points: Sequence[Mapping[str, Any]], words: Spec, x: Spec, y: Spec) -> list[Spec]:
    """Words over an outline of themselves in the colour of the paper, so that a line behind them does not hide them."""
    halo = {**words, "color": PAPER, "stroke": PAPER, "strokeWidth": 4, "strokeJoin": "round"}
    return [layer(points, halo, x, y), layer(points, words, x, y)]


def write_each(rows: Sequence[Mapping[str, Any]], mark: Spec, field: str, x: Spec, y: Spec) -> Spec:
    """The text in `field` of each row, at its place."""
    words = {"field": field, "type": "nominal"}
    return {"data": {"values": list(rows)}, "mark": mark, "encoding": {"x": x, "y": y, "text": words}}


def short_number(value: float) -> str:
    """`1,234`, `12.3`, `1.25M`: at most four digits, as a label has room for."""
    for limit, unit, sign in ((1e9, 1e9, "B"), (1e6, 1e6, "M"), (LONG, 1e3, "k")):
        if abs(value) >= limit:
            return _cut(value / unit).replace("-", "\N{MINUS SIGN}") + sign
    text = f"{value:,.0f}" if abs(value) >= HUNDRED else _cut(value)
    return text.replace("-", "\N{MINUS SIGN}")


HUNDRED = 100


def _cut(value: float) -> str:
    """Three significant digits, never in powers of ten."""
    return f"{float(f'{value:.3g}'):,.10g}"


def clip_text(text: str, most: int) -> str:
    """One line of at most `most` characters, the last an ellipsis where something was cut."""
    line = one_line(text)
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"
