"""An RFC 7946 FeatureCollection: WGS 84, no `crs` member, coordinates with the digits of the data.

The geometry is the point of the fields `longitude` and `latitude`, or else the first field of type geojson or geopoint;
a row without one has `"geometry": null` (RFC 7946 §3.2). All other fields are properties.
"""

import json
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from lamppost.errors import RefusedError
from lamppost.formats.json import LONGEST, encode_cells, join_objects, plain_number
from lamppost.formats.typed import present, read_distinct
from lamppost.model import Field, Schema

POINT = ("longitude", "latitude")
GEOMETRIES = frozenset(
    {"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection"}
)


def geometry_fields(schema: Schema) -> tuple[Field, ...]:
    """The fields that say where a row is: longitude and latitude, or one field; empty when the table has no place."""
    if set(POINT) <= set(schema.names):
        return (schema.field("longitude"), schema.field("latitude"))
    return tuple(one for one in schema.fields if one.type in ("geojson", "geopoint"))[:1]


def encode(table: pa.Table, schema: Schema) -> bytes:
    """The bytes of `table` as features in row order; RefusedError when the schema has no field for a place."""
    place = geometry_fields(schema)
    if not place:
        raise RefusedError(
            "GeoJSON: the schema has neither longitude and latitude nor a geojson or geopoint field; "
            "expected one of them, or leave geojson out of publish.formats"
        )
    others = [one for one in schema.fields if one not in place]
    properties = join_objects(encode_cells(table, schema, others), [one.name for one in others]) if others else "{}"
    geometry = pc.fill_null(_encode_geometry(table, schema, place), "null")
    rows = pc.binary_join_element_wise(
        '{"type":"Feature","geometry":', geometry, ',"properties":', properties, "}", ""
    ).to_pylist()
    return ('{"type":"FeatureCollection","features":[\n' + ",\n".join(rows) + "\n]}\n").encode()


def write(table: pa.Table, path: Path, schema: Schema) -> None:
    """Writes what `encode` gives to `path`."""
    path.write_bytes(encode(table, schema))


def _encode_geometry(table: pa.Table, schema: Schema, place: tuple[Field, ...]) -> pa.Array:
    if place[0].name in POINT:
        both = [
            pc.if_else(pc.starts_with(cells, '"'), None, pc.if_else(pc.equal(cells, "null"), None, cells))
            for cells in encode_cells(table, schema, place)
        ]
        return pc.binary_join_element_wise('{"type":"Point","coordinates":[', both[0], ",", both[1], "]}", "")
    cells = present(table.column(place[0].name), place[0], schema)
    read = _read_geopoint if place[0].type == "geopoint" else _read_geojson
    return read_distinct(cells, lambda text: read(text, place[0]), lambda texts: pa.array(texts, pa.string()))


def _read_geojson(text: str, _: Field) -> str | None:
    """A geometry's text, digits untouched; a Feature's geometry; None for anything else."""
    try:
        value = json.loads(text, parse_float=_Digits, parse_int=_Digits)
    except (ValueError, RecursionError):
        return None
    if isinstance(value, dict) and value.get("type") == "Feature":
        value = value.get("geometry")
    if not isinstance(value, dict) or value.get("type") not in GEOMETRIES:
        return None
    return _dump(value)


class _Digits(str):
    """A number as it was written."""

    __slots__ = ()


def _dump(value: Any) -> str:
    if isinstance(value, _Digits):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{_dump(one)}" for key, one in value.items() if key != "crs") + "}"
    if isinstance(value, list):
        return "[" + ",".join(_dump(one) for one in value) + "]"
    return json.dumps(value)


def _read_geopoint(text: str, field: Field) -> str | None:
    """A point's text from the three spellings of Table Schema: `lon, lat`, `[lon, lat]`, `{"lon": …, "lat": …}`."""
    try:
        if field.descriptor.get("format", "default") == "default":
            pair = text.split(",")
        else:
            value = json.loads(text, parse_float=str, parse_int=str)
            pair = [str(value["lon"]), str(value["lat"])] if isinstance(value, dict) else [str(one) for one in value]
        longitude, latitude = (plain_number(Decimal(one.strip())) for one in pair)
    except (ValueError, InvalidOperation, KeyError, TypeError):
        return None
    if max(len(longitude), len(latitude)) > LONGEST:
        return None
    return f'{{"type":"Point","coordinates":[{longitude},{latitude}]}}'
