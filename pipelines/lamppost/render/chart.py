"""What a chart says: the same rows give the picture, the sentence below it and the table beside it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import isfinite
from statistics import median
from typing import Literal

from lamppost.model import Point

Kind = Literal["line", "bar", "indicator", "points"]
Cell = str | float | None
Row = tuple[Cell, ...]

MOST_VERTICES = 800
"""A line of more readings than this is drawn through means of neighbouring readings."""
GAP = 1.6
"""Two readings further apart than this many usual steps have something missing between them."""


@dataclass(frozen=True)
class Chart:
    """One picture.

    Rows by kind: line, indicator: (ISO day or instant in UTC, value or None), oldest first; bar: (label, value);
    points: (longitude, latitude) or (longitude, latitude, how many), WGS 84 degrees.
    """

    name: str
    """A slug, unique on the site: prefix of every id in the SVG."""
    kind: Kind
    title: str
    description: str
    unit: str
    rows: tuple[Row, ...]
    simulated: bool = False
    baseline: Point | None = None
    target: Point | None = None
    better: Literal["up", "down", "keep-within"] = "up"
    limits: tuple[float | None, float | None] = (None, None)
    things: str = ""
    """What the points or bars are, in the plural: `lights`, `requests`."""
    in_order: bool = False
    """Bars keep the order of the rows, as years do."""


def one_line(text: str) -> str:
    """Text without line breaks and without characters that XML cannot hold."""
    return " ".join(_UNWRITABLE.sub(" ", text).split())


_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Series:
    """Readings in order of time, and how many the rhythm would have had besides."""

    readings: tuple[tuple[datetime, float], ...]
    step: timedelta
    missing: int


def instant(text: str) -> datetime:
    """An ISO day or instant as an aware instant; what has no zone is taken as UTC."""
    parsed = datetime.fromisoformat(text)
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)


def read_series(rows: Sequence[Row]) -> Series:
    """Readings and gaps of line rows; empty values and skipped steps both count as missing."""
    every = sorted((instant(str(row[0])), row[1]) for row in rows if row[0])
    readings = tuple((when, float(value)) for when, value in every if value is not None and isfinite(float(value)))
    apart = [later - earlier for (earlier, _), (later, _) in pairwise(every) if later > earlier]
    step = timedelta(seconds=median(one.total_seconds() for one in apart)) if apart else timedelta()
    skipped = sum(round(one / step) - 1 for one in apart if one > step * GAP)
    return Series(readings, step, skipped + len(every) - len(readings))


def with_gaps(series: Series) -> list[tuple[datetime, float | None]]:
    """The readings with an empty one between any two that stand too far apart, so that no line bridges a gap."""
    points: list[tuple[datetime, float | None]] = []
    for when, value in series.readings:
        if points and when - points[-1][0] > series.step * GAP:
            points.append((points[-1][0] + series.step, None))
        points.append((when, value))
    return points


def thin_line(chart: Chart) -> Chart:
    """The chart with at most MOST_VERTICES readings, each the mean of its neighbours, and a sentence that says so."""
    many = len(chart.rows) // MOST_VERTICES + 1
    if chart.kind != "line" or many == 1:
        return chart
    means: list[Row] = []
    for start in range(0, len(chart.rows), many):
        group = chart.rows[start : start + many]
        values = [float(row[1]) for row in group if row[1] is not None]
        means.append((group[0][0], sum(values) / len(values) if values else None))
    said = f"{chart.description} Drawn through the means of {many} readings each.".strip()
    return replace(chart, rows=tuple(means), description=said)


def sum_bars(chart: Chart, most: int = 12) -> list[tuple[str, float]]:
    """Bars by label, greatest first unless `in_order`; beyond `most` the smallest are one bar `other (n)`."""
    sums: dict[str, float] = {}
    for label, value, *_ in chart.rows:
        name = "not stated" if label in (None, "") else str(label)
        sums[name] = sums.get(name, 0.0) + (float(value) if value is not None and isfinite(float(value)) else 0.0)
    ranked = sorted(sums, key=lambda name: (-sums[name], name))
    kept = set(ranked if len(ranked) <= most else ranked[: most - 1])
    order = list(sums) if chart.in_order else ranked
    bars = [(name, sums[name]) for name in order if name in kept]
    rest = [sums[name] for name in ranked if name not in kept]
    return [*bars, (f"other ({len(rest)})", sum(rest))] if rest else bars


Place = tuple[float, float, float]


def read_places(rows: Sequence[Row]) -> list[Place]:
    """(longitude, latitude, how many) of point rows; what is no place on earth is left out."""
    found: list[Place] = []
    for lon, lat, *many in rows:
        if lon is not None and lat is not None and abs(float(lon)) <= 180 and abs(float(lat)) <= 90:  # noqa: PLR2004 - degrees
            found.append((float(lon), float(lat), float(many[0] or 0) if many else 1.0))
    return found
