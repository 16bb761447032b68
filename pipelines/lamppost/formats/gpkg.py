"""A GeoPackage 1.4 with one feature table, written with the SQLite of Python (OGC 12-128r19).

Every field is a column, a shape's own text apart, which is the geometry. Integers are INTEGER up to 64 bits, decimals
REAL where a double prints them exactly, days DATE, booleans BOOLEAN; everything else is TEXT as the CSV has it. Bytes
are the same for one version of SQLite, which writes its number into the file.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from math import isfinite
from pathlib import Path
from typing import Any

import pyarrow as pa

from lamppost.errors import RefusedError
from lamppost.formats.about import About, describe_field
from lamppost.formats.json import cut
from lamppost.formats.missing import present
from lamppost.formats.shape import POINT, Digits, Shape, place_fields, read_shape
from lamppost.formats.typed import read_column
from lamppost.formats.wkb import WGS_84, Box, encode_blob
from lamppost.model import Field, Schema

APPLICATION = 0x47504B47
"""`GPKG` (requirement 2)."""
VERSION = 10_400
_DEFINITION = (
    'GEOGCS["WGS 84",DATUM["World Geodetic System 1984",SPHEROID["WGS 84",6378137,298.257223563,'
    'AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],'
    'UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AUTHORITY["EPSG","4326"]]'
)
_TABLES = """
CREATE TABLE gpkg_spatial_ref_sys (
  srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY, organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents (
  table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE, description TEXT DEFAULT '',
  last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL,
  z TINYINT NOT NULL, m TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name), CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));
CREATE TABLE gpkg_extensions (
  table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL, scope TEXT NOT NULL,
  CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
CREATE TABLE gpkg_data_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT, description TEXT, mime_type TEXT,
  constraint_name TEXT, CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name),
  CONSTRAINT gdc_tn UNIQUE (table_name, name));
CREATE TABLE gpkg_data_column_constraints (
  constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT, min NUMERIC, min_is_inclusive BOOLEAN,
  max NUMERIC, max_is_inclusive BOOLEAN, description TEXT,
  CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value));
"""
"""Annex C of the standard, and the schema extension (F.9) for what the columns mean."""
_SYSTEMS = (
    ("Undefined Cartesian SRS", -1, "NONE", -1, "undefined", "undefined Cartesian coordinate reference system"),
    ("Undefined geographic SRS", 0, "NONE", 0, "undefined", "undefined geographic coordinate reference system"),
    ("WGS 84 geodetic", WGS_84, "EPSG", WGS_84, _DEFINITION, "longitude and latitude in degrees"),
)
"""Requirement 11."""
_EXTENSION = ("gpkg_schema", "http://www.geopackage.org/spec140/#extension_schema", "read-write")
_TALL = 2
"""Of `z`: heights may be there."""


@dataclass(frozen=True)
class Column:
    """One field and its SQL type; `is_typed`: cells go in as values, not as text."""

    field: Field
    sql_type: str
    is_typed: bool = True


def write(tables: Iterable[pa.Table], path: Path, schema: Schema, about: About) -> None:
    """Writes the text tables as one layer; RefusedError when the schema has no field for a place.

    `tables` is gone through twice.
    """
    place = place_fields(schema)
    if not place:
        raise RefusedError(
            "GeoPackage: the schema has neither longitude and latitude nor a geojson or geopoint field; "
            "expected one of them, or leave gpkg out of publish.formats"
        )
    path.unlink(missing_ok=True)
    columns = choose_columns(tables, schema, [] if place[0].name in POINT else place)
    with closing(sqlite3.connect(path, isolation_level=None)) as base:
        base.executescript(
            f"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA page_size=4096; PRAGMA encoding='UTF-8';"
            f"PRAGMA application_id={APPLICATION}; PRAGMA user_version={VERSION}; BEGIN; {_TABLES}"
        )
        layer = _Layer(schema, place, columns)
        _create(base, layer, about)
        marks = ",".join("?" * (len(columns) + 1))
        names = ",".join(_quote(one) for one in (layer.shape_name, *(one.field.name for one in columns)))
        base.executemany(f"INSERT INTO {_quote(about.name)} ({names}) VALUES ({marks})", layer.rows(tables))
        _describe(base, layer, about)
        base.execute("COMMIT")


def choose_columns(tables: Iterable[pa.Table], schema: Schema, left_out: Sequence[Field]) -> list[Column]:
    """The SQL type of each field that holds all of its values as they are."""
    fields = [one for one in schema.fields if one not in left_out]
    found: dict[str, set[str]] = {one.name: set() for one in fields}
    for block in cut(tables):
        for field in fields:
            cells = present(block.column(field.name), field, schema)
            if cells.null_count < len(cells):
                found[field.name].add(_find_type(read_column(cells, field)))
    kinds = {name: types.pop() if len(types) == 1 else "TEXT" for name, types in found.items()}
    return [Column(one, kinds[one.name], kinds[one.name] != "TEXT") for one in fields]


def _find_type(cells: pa.Array) -> str:
    kind = cells.type
    if pa.types.is_boolean(kind):
        return "BOOLEAN"
    if pa.types.is_integer(kind):
        return "INTEGER"
    if pa.types.is_date(kind):
        return "DATE"
    if pa.types.is_decimal(kind) and kind.scale and all(map(_is_double, cells.unique().to_pylist())):
        return "REAL"
    return "TEXT"


def _is_double(value: Decimal | None) -> bool:
    return value is None or Decimal(repr(float(value))) == value


class _Layer:
    """Rows on their way into the table, and the box and kinds of what has passed."""

    def __init__(self, schema: Schema, place: Sequence[Field], columns: Sequence[Column]) -> None:
        self.schema, self.place, self.columns = schema, place, columns
        taken = {one.field.name.lower() for one in columns}
        self.row_name, self.shape_name = (_free(name, taken) for name in ("fid", "geom"))
        self.box: Box | None = None
        self.kinds: set[str] = set()
        self.is_tall = False

    def rows(self, tables: Iterable[pa.Table]) -> Iterator[tuple[Any, ...]]:
        """One tuple a row: the geometry's blob, then the columns' values."""
        for block in cut(tables):
            values = [self._read(block, one) for one in self.columns]
            yield from zip(self._read_shapes(block), *values, strict=True)

    def _read(self, block: pa.Table, column: Column) -> Sequence[Any]:
        cells = present(block.column(column.field.name), column.field, self.schema)
        if not column.is_typed:
            return list(cells.to_pylist())
        values = read_column(cells, column.field)
        if column.sql_type == "DATE":
            return list(values.cast(pa.string()).to_pylist())
        return [float(one) if isinstance(one, Decimal) else one for one in values.to_pylist()]

    def _read_shapes(self, block: pa.Table) -> Iterator[bytes | None]:
        columns = [present(block.column(one.name), one, self.schema) for one in self.place]
        if len(columns) == 1:
            for text in columns[0].to_pylist():
                shape = None if text is None else read_shape(text, self.place[0])
                yield None if shape is None else self._encode(shape)
            return
        both = (read_column(cells, field).to_pylist() for cells, field in zip(columns, self.place, strict=True))
        for pair in zip(*both, strict=True):
            known = all(isinstance(one, int | float | Decimal) and isfinite(one) for one in pair)
            point = {"type": "Point", "coordinates": [Digits(one) for one in pair]}
            yield self._encode(point) if known else None

    def _encode(self, shape: Shape) -> bytes:
        blob = encode_blob(shape)
        self.kinds.add(blob.kind)
        self.is_tall = self.is_tall or blob.is_tall
        self.box = blob.box.join(self.box) if blob.box else self.box
        return blob.data


def _create(base: sqlite3.Connection, layer: _Layer, about: About) -> None:
    columns = ", ".join(f"{_quote(one.field.name)} {one.sql_type}" for one in layer.columns)
    own = f"{_quote(layer.row_name)} INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, {_quote(layer.shape_name)} GEOMETRY"
    base.execute(f"CREATE TABLE {_quote(about.name)} ({', '.join(filter(None, (own, columns)))})")
    base.executemany("INSERT INTO gpkg_spatial_ref_sys VALUES (?,?,?,?,?,?)", _SYSTEMS)


def _describe(base: sqlite3.Connection, layer: _Layer, about: About) -> None:
    """The rows that name the table, its box, its kind of geometry, and what its columns mean."""
    kind = layer.kinds.pop() if len(layer.kinds) == 1 else "GEOMETRY"
    box = (layer.box.west, layer.box.south, layer.box.east, layer.box.north) if layer.box else (None,) * 4
    title = f"{about.title or about.name}{' (simulated data)' if about.simulated else ''}"
    base.execute(
        "INSERT INTO gpkg_contents VALUES (?,?,?,?,?,?,?,?,?,?)",
        (about.name, "features", title, about.sentence(), f"{about.date}T00:00:00.000Z", *box, WGS_84),
    )
    height = _TALL if layer.is_tall else 0
    base.execute(
        "INSERT INTO gpkg_geometry_columns VALUES (?,?,?,?,?,?)",
        (about.name, layer.shape_name, kind, WGS_84, height, 0),
    )
    base.executemany(
        "INSERT INTO gpkg_extensions VALUES (?,NULL,?,?,?)",
        [(name, *_EXTENSION) for name in ("gpkg_data_columns", "gpkg_data_column_constraints")],
    )
    base.executemany(
        "INSERT INTO gpkg_data_columns VALUES (?,?,?,?,?,NULL,NULL)",
        [
            (about.name, one.field.name, one.field.name, one.field.title or None, describe_field(one.field) or None)
            for one in layer.columns
        ],
    )


def _free(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_"
    return name


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
