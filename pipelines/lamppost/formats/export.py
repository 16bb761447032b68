"""Writes one text table in any of the formats that `FORMATS` names."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pyarrow as pa

from lamppost.formats import csv, geojson, json, parquet
from lamppost.model import Schema


def _write_csv(table: pa.Table, path: Path, schema: Schema) -> None:
    csv.write(table, path, schema.names)


WRITERS: Mapping[str, Callable[[pa.Table, Path, Schema], None]] = {
    "csv": _write_csv,
    "json": json.write,
    "parquet": parquet.write,
    "geojson": geojson.write,
}


def write(name: str, table: pa.Table, path: Path, schema: Schema) -> None:
    """Writes `table` (all text) to `path` in the format called `name`; KeyError for a name unknown."""
    WRITERS[name](table, path, schema)
