"""Where the rows are: every geometry as GeoJSON in WGS 84 (RFC 7946), and what cannot be one counted and said.

Coordinates that are WGS 84 keep their digits; converted ones have seven decimals, a centimetre.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import numpy as np

from lamppost.decode.json_strict import Numeral
from lamppost.decode.records import Records, Row, Shortcut
from lamppost.model import Geometry, Issue, Pull, Sample, Snapshot
from lamppost.model.issue import Severity
from lamppost.table.column import pluck
from lamppost.table.crs import (
    WGS84,
    Numbers,
    Operation,
    find_operation,
    looks_like_degrees,
    name_declared,
    name_esri,
    name_geojson,
)
from lamppost.table.shapes import (
    Position,
    Shape,
    UnusableError,
    list_positions,
    move,
    read_esri,
    read_geojson,
    turn_rings,
)

KEY = "geometry"
_NEAR = 0.01
"""Degrees around (0, 0), where nothing is but water and mistakes."""
_UNIT = 1.0
"""Metres or feet around the origin of a projected system, where nothing is either."""
_FEW = 0.1
"""Largest share of places that may lie where the system cannot mean them; with more, the system is the wrong one."""
_DECIMAL = re.compile(r"[+-]?(\d{1,30}\.?\d{0,30}|\.\d{1,30})([eE][+-]?\d{1,2})?", re.ASCII)
_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?", re.ASCII)
"""RFC 8259 section 6."""
_SAID = {
    "null": "have no geometry",
    "empty": "have an empty geometry; they have no place now",
    "curved": "have true curves, which GeoJSON cannot say and nobody straightens unseen; they have no place now",
    "invalid": "have a geometry that is none (a ring that is not closed, no numbers); they have no place now",
    "zero": "lie at or near (0, 0), which stands for `unknown` in many systems; they have no place now",
}


def find_geometry(snapshot: Snapshot, pull: Pull) -> Geometry | None:
    """How places are written: as declared, and in GeoJSON always."""
    if pull.geometry is None and snapshot.decode == "geojson":
        return Geometry()
    return pull.geometry


class Locator:
    """Puts the geometries of one pull, page by page, into WGS 84, and counts what it could not."""

    def __init__(self, geometry: Geometry, *, shaped: bool = True) -> None:
        self._geometry = geometry
        self._shaped = shaped
        self._operations: dict[Operation, None] = {}
        self._counts: Counter[str] = Counter()
        self._rows: dict[str, list[int]] = {}
        self._located = 0
        self._hint = ""

    @property
    def notes(self) -> list[str]:
        """A sentence for each operation."""
        return [one.note for one in self._operations if one.note]

    def locate(self, records: Records, first: int) -> Sequence[Row]:
        """The page's records with their geometry, or their x and y, in WGS 84; `first` is the number of the first."""
        rows = records.rows
        if isinstance(rows, Shortcut):
            rows = rows.columns.to_pylist() if rows.columns is not None else rows.records or ()
        shapes = self._read_all(rows, records.frame, first)
        if any(shape is not None for shape in shapes):
            operation = self._find_operation(records.frame, f"record {first}")
            shapes = self._convert(shapes, operation, first)
        if self._geometry.form == "point":
            return [self._put_point(row, shape) for row, shape in zip(rows, shapes, strict=True)]
        return [{**row, KEY: shape} for row, shape in zip(rows, shapes, strict=True)]

    def find_issues(self) -> list[Issue]:
        """What was counted, and the verdict on a system that does not fit."""
        found = [
            self._make_issue(code, f"{self._counts[code]:,} rows {said}", "warning")
            for code, said in _SAID.items()
            if self._counts[code]
        ]
        outside = self._counts["range"]
        if outside:
            names = " and ".join(one.label for one in self._operations)
            wrong = outside > _FEW * self._located
            what = f"{outside:,} of {self._located:,} places lie where {names} cannot mean them{self._hint}"
            do = "declare the right `crs:` or `axes:` under `pull.geometry`" if wrong else "they have no place now"
            found.append(self._make_issue("range", f"{what}; {do}", "error" if wrong else "warning"))
        return found

    def _make_issue(self, code: str, message: str, severity: Severity) -> Issue:
        samples = tuple(Sample(row=row) for row in self._rows[code])
        return Issue(f"geometry-{code}", KEY, message, severity, self._counts[code], samples)

    def _count(self, code: str, row: int) -> None:
        self._counts[code] += 1
        seen = self._rows.setdefault(code, [])
        if len(seen) < 5:  # noqa: PLR2004 - as many samples as an issue has
            seen.append(row)

    def _read_all(self, rows: Sequence[Row], frame: Mapping[str, Any], first: int) -> list[Shape | None]:
        geometry, shapes = self._geometry, list[Shape | None]()
        values: Iterable[Any]
        if geometry.form == "point":
            values = zip(pluck(rows, geometry.x), pluck(rows, geometry.y), strict=True)
        else:
            values = [row.get(KEY) for row in rows]
        for number, value in enumerate(values, first):
            try:
                shapes.append(_read(value, geometry, frame))
            except (UnusableError, RecursionError) as error:
                self._count(str(error) if isinstance(error, UnusableError) else "invalid", number)
                shapes.append(None)
        return shapes

    def _find_operation(self, frame: Mapping[str, Any], place: str) -> Operation:
        form, declared = self._geometry.form, self._geometry.crs
        if declared:
            name = name_declared(declared, "pull.geometry.crs")
        elif form == "esri":
            name = name_esri(frame, place)
        else:
            name = name_geojson(frame, place) if form == "geojson" else WGS84
        operation = find_operation(name)
        self._operations[operation] = None
        return operation

    def _convert(self, shapes: Sequence[Shape | None], operation: Operation, first: int) -> list[Shape | None]:
        """The shapes in WGS 84, those without a place as None."""
        flipped = self._geometry.axes == "yx"
        positions = [one for shape in shapes if shape is not None for one in list_positions(shape)]
        x, y = (np.array([float(one[index]) for one in positions]) for index in ((1, 0) if flipped else (0, 1)))
        lon, lat = operation.convert(x, y) if operation.convert else (x, y)
        outside = operation.is_outside(x, y, lon, lat)
        zero = _is_zero(x, y, lon, lat, operation)
        written = _write_all(positions, lon, lat, operation, flipped=flipped)
        done, at = list[Shape | None](), 0
        for number, shape in enumerate(shapes, first):
            size = 0 if shape is None else sum(1 for _ in list_positions(shape))
            part = slice(at, at + size)
            at += size
            if shape is None or zero[part].all():
                if shape is not None:
                    self._count("zero", number)
                done.append(None)
                continue
            self._located += 1
            if outside[part].any():
                self._count("range", number)
                self._hint = self._hint or _guess(x[part], y[part], operation)
                done.append(None)
            else:
                done.append(_replace(shape, written, part))
        return done

    def _put_point(self, row: Row, shape: Shape | None) -> Row:
        lon, lat = shape["coordinates"][:2] if shape else (None, None)
        moved = _put(_put(row, self._geometry.x, lon), self._geometry.y, lat)
        return {**moved, KEY: shape} if self._shaped else moved


def _read(value: Any, geometry: Geometry, frame: Mapping[str, Any]) -> Shape:
    if geometry.form == "geojson":
        return read_geojson(value)
    if geometry.form == "esri":
        return read_esri(value, frame)
    texts = [str(one).strip() if isinstance(one, str | int) else "" for one in value]
    if not any(texts):
        raise UnusableError("null")
    if not all(map(_DECIMAL.fullmatch, texts)):
        raise UnusableError("invalid")
    pair = [Numeral(text if _NUMBER.fullmatch(text) else format(Decimal(text), "f")) for text in texts]
    return {"type": "Point", "coordinates": pair[::-1] if geometry.axes == "yx" else pair}


def _is_zero(x: Numbers, y: Numbers, lon: Numbers, lat: Numbers, operation: Operation) -> Any:
    near = (np.abs(lon) < _NEAR) & (np.abs(lat) < _NEAR)
    if not operation.projected:
        return near
    return ((np.abs(x) < _UNIT) & (np.abs(y) < _UNIT)) | (near & ~looks_like_degrees(x, y))


def _write_all(
    positions: Sequence[Position], lon: Numbers, lat: Numbers, operation: Operation, *, flipped: bool
) -> list[Position] | None:
    """The positions as they are published; None when they stay as they came."""
    if operation.convert:
        pairs = zip(lon.tolist(), lat.tolist(), positions, strict=True)
        return [[_write(one), _write(two), *rest[2:]] for one, two, rest in pairs]
    return [[one[1], one[0], *one[2:]] for one in positions] if flipped else None


def _write(degrees: float) -> Numeral:
    text = f"{degrees:.7f}".rstrip("0").rstrip(".")
    return Numeral("0" if text == "-0" else text)


def _replace(shape: Shape, written: Sequence[Position] | None, part: slice) -> Shape:
    if written is None:
        return turn_rings(shape)
    places = iter(written[part])
    return turn_rings(move(shape, lambda _old: next(places)))


def _guess(x: Numbers, y: Numbers, operation: Operation) -> str:
    """What a place that does not fit looks like."""
    if looks_like_degrees(x, y).all():
        return ": they look like degrees" if operation.projected else ""
    if operation.projected:
        return ""
    if looks_like_degrees(y, x).all():
        return ": latitude seems to come first"
    return ": they look like metres or feet"


def _put(row: Row, path: str, value: Any) -> Row:
    """The record with another value at `path`, if there is one; nothing else in it is shared."""
    if path in row:
        return {**row, path: value}
    steps = path.split(".")
    for end in range(len(steps) - 1, 0, -1):
        key = ".".join(steps[:end])
        inner = row.get(key)
        if isinstance(inner, Mapping):
            return {**row, key: _put(inner, ".".join(steps[end:]), value)}
    return row
