"""Geometries of GeoJSON and of ArcGIS, both as GeoJSON (pure); the numbers in them are never touched here.

RFC 7946 section 3.1 for what is written. ArcGIS: "Geometry objects" of its REST API: rings clockwise outside,
counter-clockwise for holes, in any order; true curves in `curveRings` and `curvePaths`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from math import isfinite
from typing import Any

from lamppost.decode.json_strict import Numeral

Position = Sequence[Any]
Shape = Mapping[str, Any]
Ring = Sequence[Position]
DEPTHS = {"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}
"""Type → how many lists stand around a position."""
_SHORTEST = {"LineString": 2, "MultiLineString": 2, "Polygon": 4, "MultiPolygon": 4}
_RINGED = ("Polygon", "MultiPolygon")
_NAN = "NaN"


class UnusableError(Exception):
    """Why there is no shape: `null`, `empty`, `curved` or `invalid`."""


def read_geojson(value: Any) -> Shape:
    """The geometry as it is, once its form is known to be sound; UnusableError otherwise."""
    if value is None:
        raise UnusableError("null")
    if not isinstance(value, Mapping):
        raise UnusableError("invalid")
    if value.get("type") == "GeometryCollection":
        inner = value.get("geometries")
        if not isinstance(inner, list):
            raise UnusableError("invalid")
        if not inner:
            raise UnusableError("empty")
        return {**value, "geometries": [read_geojson(one) for one in inner]}
    if value.get("type") not in DEPTHS:
        raise UnusableError("invalid")
    _check(value["type"], value.get("coordinates"))
    return value


def read_esri(value: Any, frame: Mapping[str, Any]) -> Shape:
    """The geometry as GeoJSON; `frame` is the page, which says for all whether a height (`hasZ`) is there."""
    if value is None:
        raise UnusableError("null")
    if not isinstance(value, Mapping):
        raise UnusableError("invalid")
    if "curveRings" in value or "curvePaths" in value:
        raise UnusableError("curved")
    high = value.get("hasZ", frame.get("hasZ", True)) is True
    if value.get("hasM", frame.get("hasM")) is True and value.get("hasZ", frame.get("hasZ")) is not True:
        high = False  # the third number is a measure, which GeoJSON has no place for
    if "x" in value:
        shape = _read_esri_point(value)
    elif "points" in value:
        shape = {"type": "MultiPoint", "coordinates": _cut_all(value["points"], high=high)}
    elif "paths" in value:
        paths = [_cut_all(path, high=high) for path in _as_list(value["paths"])]
        shape = _one_or_many("LineString", paths)
    elif "rings" in value:
        rings = [_cut_all(ring, high=high) for ring in _as_list(value["rings"])]
        _check("Polygon", rings)
        shape = _one_or_many("Polygon", group_rings(rings))
    else:
        raise UnusableError("invalid" if value else "empty")
    _check(shape["type"], shape["coordinates"])
    return shape


def _read_esri_point(value: Mapping[str, Any]) -> Shape:
    pair = [value["x"], value.get("y")]
    if any(one is None or one == _NAN for one in pair):
        raise UnusableError("empty")
    height = value.get("z")
    return {"type": "Point", "coordinates": [*pair, height] if is_number(height) else pair}


def _one_or_many(kind: str, parts: Sequence[Any]) -> Shape:
    if len(parts) == 1:
        return {"type": kind, "coordinates": parts[0]}
    return {"type": f"Multi{kind}", "coordinates": parts}


def _as_list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise UnusableError("invalid")
    return value


def _cut_all(values: Any, *, high: bool) -> list[list[Any]]:
    """Positions without what is no coordinate."""
    found = []
    for one in _as_list(values):
        if isinstance(one, Mapping):
            raise UnusableError("curved")
        position = _as_list(one)
        found.append(position[:3] if high and len(position) > 2 and is_number(position[2]) else position[:2])  # noqa: PLR2004 - x, y, z
    return found


def _check(kind: str, coordinates: Any) -> None:
    """UnusableError unless positions of numbers lie at the depth of `kind`, in lines and rings that are long enough."""
    if isinstance(coordinates, list) and not any(True for _ in _walk_down(coordinates)):
        raise UnusableError("empty")
    for part in _parts(coordinates, max(DEPTHS[kind] - 1, 0)):
        line = [part] if DEPTHS[kind] == 0 else _as_list(part)
        if not all(_is_position(one) for one in line) or len(line) < _SHORTEST.get(kind, 1):
            raise UnusableError("invalid")
        if kind in _RINGED and list(map(float, line[0][:2])) != list(map(float, line[-1][:2])):
            raise UnusableError("invalid")


def _walk_down(value: Any) -> Iterator[Any]:
    """Everything inside that is no list."""
    if isinstance(value, list):
        for one in value:
            yield from _walk_down(one)
    else:
        yield value


def _parts(value: Any, depth: int) -> Iterator[Any]:
    if depth == 0:
        yield value
        return
    for one in _as_list(value):
        yield from _parts(one, depth - 1)


def _is_position(value: Any) -> bool:
    return isinstance(value, list) and len(value) > 1 and all(map(is_number, value))


def is_number(value: Any) -> bool:
    """True for a JSON number as the decoders give it, if a computer can reckon with it."""
    if not isinstance(value, Numeral | int) or isinstance(value, bool):
        return False
    try:
        return isfinite(float(value))
    except OverflowError:
        return False


def list_positions(shape: Shape) -> Iterator[Position]:
    """All positions, in order."""
    if "geometries" in shape:
        for one in shape["geometries"]:
            yield from list_positions(one)
    else:
        yield from _parts(shape["coordinates"], DEPTHS[shape["type"]])


def move(shape: Shape, place: Callable[[Position], Position]) -> Shape:
    """The same shape with every position, in the order of `list_positions`, put where `place` says."""
    if "geometries" in shape:
        return {"type": shape["type"], "geometries": [move(one, place) for one in shape["geometries"]]}
    return {"type": shape["type"], "coordinates": _move(shape["coordinates"], DEPTHS[shape["type"]], place)}


def _move(value: Any, depth: int, place: Callable[[Position], Position]) -> Any:
    return place(value) if depth == 0 else [_move(one, depth - 1, place) for one in value]


def turn_rings(shape: Shape) -> Shape:
    """The shape with its outer rings counter-clockwise and its holes clockwise (RFC 7946 section 3.1.6)."""
    if "geometries" in shape:
        return {**shape, "geometries": [turn_rings(one) for one in shape["geometries"]]}
    if shape["type"] == "Polygon":
        return {**shape, "coordinates": _turn(shape["coordinates"])}
    if shape["type"] == "MultiPolygon":
        return {**shape, "coordinates": [_turn(one) for one in shape["coordinates"]]}
    return shape


def _turn(rings: Sequence[Ring]) -> list[Ring]:
    return [ring if (measure(ring) >= 0) == (index == 0) else ring[::-1] for index, ring in enumerate(rings)]


def measure(ring: Ring) -> float:
    """Twice the area: positive when the ring runs counter-clockwise."""
    points = [(float(one[0]), float(one[1])) for one in ring]
    first_x, first_y = points[0]
    return sum(
        (x1 - first_x) * (y2 - first_y) - (x2 - first_x) * (y1 - first_y) for (x1, y1), (x2, y2) in pairwise(points)
    )


def group_rings(rings: Sequence[Ring]) -> list[list[Ring]]:
    """Polygons out of ArcGIS's flat list: each hole goes to the smallest outer ring around it, or stands alone."""
    sizes = [measure(ring) for ring in rings]
    groups = {index: [rings[index]] for index, size in enumerate(sizes) if size <= 0}
    outer = sorted(groups, key=lambda index: abs(sizes[index]))
    for index, ring in enumerate(rings):
        if index not in groups:
            home = next((one for one in outer if _holds(rings[one], ring)), None)
            if home is None:
                groups[index] = [ring]
            else:
                groups[home].append(ring)
    return [groups[index] for index in sorted(groups)]


def _holds(outer: Ring, inner: Ring) -> bool:
    """True when most corners of the one lie in the other; they may touch."""
    inside = sum(_is_inside(float(one[0]), float(one[1]), outer) for one in inner)
    return 2 * inside >= len(inner)


def _is_inside(x: float, y: float, ring: Ring) -> bool:
    inside = False
    points = [(float(one[0]), float(one[1])) for one in ring]
    for (x1, y1), (x2, y2) in pairwise(points):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside
