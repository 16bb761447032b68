"""An RFC 7946 FeatureCollection: WGS 84, no `crs` member, coordinates with the digits of the data.

A row without a place has `"geometry": null` (section 3.2); all fields that do not say the place are properties; a
primary key of one field is the `id` too (section 3.2). Rings turn by the right-hand rule (3.1.6). `bbox` (section 5)
comes last, when it is known; it is left out where heights occur, or no row has a place.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from lamppost.errors import RefusedError
from lamppost.formats.json import cut, encode_cells, encode_column, join_objects
from lamppost.formats.missing import present
from lamppost.formats.shape import POINT, Digits, Position, dump, list_positions, place_fields, read_shape
from lamppost.formats.typed import read_distinct
from lamppost.model import Field, Schema

START = b'{"type":"FeatureCollection","features":[\n'
_FLAT = 2
_NAMED = ("string", "integer", "date", "datetime", "year", "any")
"""Types of a key whose JSON is a string or a number, as an `id` has to be."""


class Bounds:
    """West, south, east, north of all positions seen, in their own digits."""

    def __init__(self) -> None:
        self.corners: list[str] = []
        self.is_flat = True

    def add(self, position: Position) -> None:
        """One more position; one with a height ends it, as a box of two dimensions would not hold it."""
        self.is_flat = self.is_flat and len(position) == _FLAT
        x, y = position[:2]
        if not self.corners:
            self.corners = [x, y, x, y]
        for number, new in ((0, x), (1, y)):
            if float(new) < float(self.corners[number]):
                self.corners[number] = new
            if float(new) > float(self.corners[number + _FLAT]):
                self.corners[number + _FLAT] = new

    def dump(self) -> bytes:
        """The member, with a comma before it; nothing where there is no box."""
        return f',"bbox":[{",".join(self.corners)}]'.encode() if self.corners and self.is_flat else b""


def encode(table: pa.Table, schema: Schema) -> bytes:
    """The bytes of `table` as features in row order; RefusedError when the schema has no field for a place."""
    return b"".join(pieces([table], schema))


def pieces(tables: Iterable[pa.Table], schema: Schema) -> Iterator[bytes]:
    """The same of several tables one after the other, in the memory of one block of rows."""
    place = place_fields(schema)
    if not place:
        raise RefusedError(
            "GeoJSON: the schema has neither longitude and latitude nor a geojson or geopoint field; "
            "expected one of them, or leave geojson out of publish.formats"
        )
    bounds, between = Bounds(), b""
    yield START
    for block in cut(tables):
        rows = _encode_block(block, schema, place, bounds).cast(pa.binary()).to_pylist()
        yield between + b",\n".join(rows)
        between = b",\n"
    yield b"\n]" + bounds.dump() + b"}\n"


def write(tables: Iterable[pa.Table], path: Path, schema: Schema) -> None:
    """Writes what `encode` gives of all tables together to `path`."""
    with path.open("wb") as file:
        file.writelines(pieces(tables, schema))


def _encode_block(block: pa.Table, schema: Schema, place: tuple[Field, ...], bounds: Bounds) -> pa.Array:
    others = [one for one in schema.fields if one not in place]
    properties = join_objects(encode_cells(block, schema, others), [one.name for one in others]) if others else "{}"
    geometry = pc.fill_null(_encode_geometry(block, schema, place, bounds), "null")
    return pc.binary_join_element_wise(
        '{"type":"Feature"', *_encode_id(block, schema), ',"geometry":', geometry, ',"properties":', properties, "}", ""
    )


def _encode_id(block: pa.Table, schema: Schema) -> list[pa.Array | str]:
    key = schema.field(schema.primary_key[0]) if len(schema.primary_key) == 1 else None
    if key is None or key.type not in _NAMED or key.name not in block.column_names:
        return []
    return [',"id":', pc.fill_null(encode_column(present(block.column(key.name), key, schema), key), '""')]


def _encode_geometry(block: pa.Table, schema: Schema, place: tuple[Field, ...], bounds: Bounds) -> pa.Array:
    if place[0].name in POINT:
        return _encode_points(block, schema, place, bounds)

    def read(text: str) -> str | None:
        shape = read_shape(text, place[0])
        for position in list_positions(shape) if shape else ():
            bounds.add(position)
        return dump(shape) if shape else None

    cells = present(block.column(place[0].name), place[0], schema)
    return read_distinct(cells, read, lambda texts: pa.array(texts, pa.string()))


def _encode_points(block: pa.Table, schema: Schema, place: tuple[Field, ...], bounds: Bounds) -> pa.Array:
    both = [
        pc.if_else(pc.or_(pc.starts_with(cells, '"'), pc.equal(cells, "null")), None, cells)
        for cells in encode_cells(block, schema, place)
    ]
    known = [one.filter(pc.and_(*(pc.is_valid(cells) for cells in both))) for one in both]
    if len(known[0]):
        for ends in zip(*(_find_ends(cells) for cells in known), strict=True):
            bounds.add(ends)
    return pc.binary_join_element_wise('{"type":"Point","coordinates":[', both[0], ",", both[1], "]}", "")


def _find_ends(cells: pa.Array) -> list[Digits]:
    """The least and the greatest of some numbers, as they are written."""
    values = cells.cast(pa.float64())
    ends = pc.min_max(values)
    return [Digits(cells[pc.index(values, ends[name]).as_py()].as_py()) for name in ("min", "max")]
