"""Points on a plane of equal scale: the one chart that has places instead of axes."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from lamppost.render.chart import Chart, Place, read_places
from lamppost.render.chart_parts import AXIS, MAIN, Box, Size, Spec, frame, write_note


def make_map(chart: Chart, size: Size) -> Spec:
    """Places on a plane, north up, with a bar of so many metres; crowded places become one bigger dot."""
    places = read_places(chart.rows)
    box = Box(16, 34, 16, 40)
    plane = fit_plane(places, size.width - box.left - box.right, size.height + MORE - box.top - box.bottom)
    dots, grain = gather([(plane.x(lon), plane.y(lat), many) for lon, lat, many in places], size.most_dots)
    most = max(many for *_, many in dots)
    full = min(grain * grain, 400) or 250
    rows = [
        {"x": x, "y": y, "area": round(12 + full * 0.75 * many / most, 1) if most > 1 else 40} for x, y, many in dots
    ]
    place = {"type": "quantitative", "axis": None}
    mark = {"type": "point", "filled": True, "color": MAIN, "fillOpacity": 0.55, "stroke": MAIN, "strokeWidth": 0.6}
    encoding = {
        "x": {"field": "x", **place, "scale": {"domain": [0, plane.width], "nice": False, "zero": False}},
        "y": {"field": "y", **place, "scale": {"domain": [plane.height, 0], "nice": False, "zero": False}},
        "size": {"field": "area", "type": "quantitative", "scale": None, "legend": None},
    }
    layers = [{"data": {"values": rows}, "mark": mark, "encoding": encoding}, *_scale_bar(plane)]
    return frame(chart, size, layers, box, height=round(plane.height) + box.top + box.bottom)


MORE = 80
"""A map may be so many pixels taller than the other charts."""
FLATTEST = 140.0
"""Pixels from north to south, at least."""
ROOM = 1.08
"""Around the outermost places."""
SMALLEST = 500.0
"""Metres that a plane covers at least, also around a single place."""


@dataclass(frozen=True)
class Plane:
    """Degrees to pixels with one scale for both directions, right at the middle latitude."""

    west: float
    north: float
    per_metre: float
    shrink: float
    """Metres in a degree of longitude here."""
    width: float
    height: float

    def x(self, lon: float) -> float:
        """Pixels from the left edge."""
        return round((lon - self.west) * self.shrink * self.per_metre, 1)

    def y(self, lat: float) -> float:
        """Pixels from the top edge."""
        return round((self.north - lat) * METRES * self.per_metre, 1)


KILOMETRE = 1000
METRES = 111_320.0
"""Metres in a degree of latitude."""


def fit_plane(places: Sequence[Place], width: float, highest: float) -> Plane:
    """The plane on which all places fit; as high as they need, at most `highest` pixels."""
    lons, lats = [lon for lon, *_ in places], [lat for _, lat, _ in places]
    shrink = METRES * math.cos(math.radians((min(lats) + max(lats)) / 2)) or 1.0
    wide = max((max(lons) - min(lons)) * shrink, SMALLEST) * ROOM
    tall = max((max(lats) - min(lats)) * METRES, SMALLEST) * ROOM
    height = round(min(highest, max(FLATTEST, width * tall / wide)))
    per_metre = min(width / wide, height / tall)
    west = (min(lons) + max(lons)) / 2 - width / per_metre / shrink / 2
    north = (min(lats) + max(lats)) / 2 + height / per_metre / METRES / 2
    return Plane(west, north, per_metre, shrink, width, height)


def gather(dots: Sequence[Place], at_most: int) -> tuple[list[Place], float]:
    """Dots as (x, y, how many), and the side of the grid's squares in each of which they became one; 0: none did."""
    grain = 0.0
    while True:
        cells: dict[tuple[float, float], float] = {}
        for x, y, many in dots:
            key = (x, y) if not grain else ((x // grain + 0.5) * grain, (y // grain + 0.5) * grain)
            cells[key] = cells.get(key, 0.0) + many
        if len(cells) <= at_most:
            return [(round(x, 1), round(y, 1), many) for (x, y), many in sorted(cells.items())], grain
        grain = grain * 1.25 or 4.0


def _scale_bar(plane: Plane) -> list[Spec]:
    """The longest round length that takes at most a third of the width."""
    most = plane.width / 3 / plane.per_metre
    power = 10 ** math.floor(math.log10(most))
    metres = max(step * power for step in (1, 2, 5) if step * power <= most)
    long, foot = metres * plane.per_metre, plane.height + 16
    words = f"{metres / KILOMETRE:g} km" if metres >= KILOMETRE else f"{metres:g} m"
    ends = {"x": {"value": 0}, "x2": {"value": long}, "y": {"value": foot}}
    rule = {"data": {"values": [{}]}, "mark": {"type": "rule", "color": AXIS, "strokeWidth": 3}, "encoding": ends}
    return [rule, write_note(words, long + 8, foot), write_note("north is up", plane.width, foot, align="right")]
