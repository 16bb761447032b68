"""Where a row is, out of its cells: coordinates keep the digits of the data, rings turn as RFC 7946 wants them.

A place is the point of the fields `longitude` and `latitude`, or else the first field of type geojson or geopoint.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any

from lamppost.formats.json import LONGEST, plain_number
from lamppost.model import Field, Schema

POINT = ("longitude", "latitude")
RINGED = {"Polygon": 1, "MultiPolygon": 2}
"""Type → how many lists stand around a ring."""
GEOMETRIES = frozenset(
    {"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection"}
)
_KEPT = ("type", "coordinates", "geometries")
Shape = Mapping[str, Any]
Position = Sequence["Digits"]


class Digits(str):
    """A number as it was written."""

    __slots__ = ()


def place_fields(schema: Schema) -> tuple[Field, ...]:
    """The fields that say where a row is: longitude and latitude, or one field; empty when the table has no place."""
    if set(POINT) <= set(schema.names):
        return (schema.field("longitude"), schema.field("latitude"))
    return tuple(one for one in schema.fields if one.type in ("geojson", "geopoint"))[:1]


def read_shape(text: str, field: Field) -> Shape | None:
    """The geometry in a cell of the type geojson or geopoint, a Feature's included; None for anything else."""
    return _read_geopoint(text, field) if field.type == "geopoint" else _read_geojson(text)


def _read_geojson(text: str) -> Shape | None:
    try:
        value = json.loads(text, parse_float=Digits, parse_int=Digits)
    except (ValueError, RecursionError):
        return None
    if isinstance(value, dict) and value.get("type") == "Feature":
        value = value.get("geometry")
    try:
        return _check(value)
    except (TypeError, ValueError, KeyError, RecursionError):
        return None


def _check(value: Any) -> Shape:
    """The geometry without foreign members and with its rings turned; an error of some kind where it is none."""
    if value["type"] == "GeometryCollection":
        return {"type": value["type"], "geometries": [_check(one) for one in value["geometries"]]}
    shape = {key: value[key] for key in _KEPT if key in value}
    if shape["type"] not in GEOMETRIES or not all(len(one) > 1 for one in list_positions(shape)):
        raise ValueError(shape["type"])
    if shape["type"] == "Polygon":
        shape["coordinates"] = _turn(shape["coordinates"])
    elif shape["type"] == "MultiPolygon":
        shape["coordinates"] = [_turn(rings) for rings in shape["coordinates"]]
    return shape


def _turn(rings: Sequence[Sequence[Position]]) -> list[Sequence[Position]]:
    """The outer ring counterclockwise, holes clockwise (RFC 7946 section 3.1.6)."""
    return [ring if (_area(ring) >= 0) == (number == 0) else ring[::-1] for number, ring in enumerate(rings)]


def _area(ring: Sequence[Position]) -> float:
    """Twice the area inside, above zero when the ring runs counterclockwise."""
    at = [(float(one[0]), float(one[1])) for one in ring]
    x, y = at[0] if at else (0.0, 0.0)  # near zero, so that small rings far away keep their sign
    return sum((a - x) * (d - y) - (c - x) * (b - y) for (a, b), (c, d) in pairwise(at))


def list_positions(shape: Shape) -> Iterator[Position]:
    """Every position of a geometry, at any depth; TypeError for what is no list of numbers."""
    if shape["type"] == "GeometryCollection":
        for one in shape["geometries"]:
            yield from list_positions(one)
        return
    yield from _walk(shape["coordinates"])


def _walk(value: Any) -> Iterator[Position]:
    if not isinstance(value, list):
        raise TypeError(type(value))
    if value and all(isinstance(one, Digits) for one in value):
        yield value
    else:
        for one in value:
            yield from _walk(one)


def dump(value: Any) -> str:
    """JSON without spaces, numbers as they were written."""
    if isinstance(value, Digits):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{dump(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(dump(one) for one in value) + "]"
    return json.dumps(value)


def _read_geopoint(text: str, field: Field) -> Shape | None:
    """A point from the three spellings of Table Schema: `lon, lat`, `[lon, lat]`, `{"lon": …, "lat": …}`."""
    try:
        if field.descriptor.get("format", "default") == "default":
            pair = text.split(",")
        else:
            value = json.loads(text, parse_float=str, parse_int=str)
            pair = [str(value["lon"]), str(value["lat"])] if isinstance(value, dict) else [str(one) for one in value]
        longitude, latitude = (Digits(plain_number(Decimal(one.strip()))) for one in pair)
    except (ValueError, InvalidOperation, KeyError, TypeError):
        return None
    if max(len(longitude), len(latitude)) > LONGEST:
        return None
    return {"type": "Point", "coordinates": [longitude, latitude]}
