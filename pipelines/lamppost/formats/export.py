"""Writes text tables in any of the formats that a city may choose (see `FORMATS`)."""

import gzip
import shutil
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import IO, cast

import pyarrow as pa

from lamppost.formats import csv, geojson, gpkg, json, parquet, xlsx
from lamppost.formats.about import About
from lamppost.model import Schema

Writer = Callable[[Iterable[pa.Table], Path, Schema, About], None]
_LEVEL = 6


def _write_csv(tables: Iterable[pa.Table], path: Path, schema: Schema, _about: About) -> None:
    with path.open("wb") as file:
        file.write(csv.encode(pa.table({name: pa.array([], pa.string()) for name in schema.names}), schema.names))
        for table in tables:
            file.write(csv.encode(table, schema.names).partition(b"\n")[2])


WRITERS: Mapping[str, Writer] = {
    "csv": _write_csv,
    "json": lambda tables, path, schema, _about: json.write(tables, path, schema),
    "ndjson": lambda tables, path, schema, _about: json.write_lines(tables, path, schema),
    "parquet": lambda tables, path, schema, _about: parquet.write(tables, path, schema),
    "xlsx": xlsx.write,
    "geojson": lambda tables, path, schema, _about: geojson.write(tables, path, schema),
    "gpkg": gpkg.write,
}


def write(name: str, tables: Iterable[pa.Table], path: Path, schema: Schema, about: About) -> None:
    """Writes `tables` (all text), one after the other, to `path` in the format called `name`.

    They may be gone through twice, so an iterator will not do. KeyError for a name unknown; RefusedError when the
    format cannot hold what is in them.
    """
    WRITERS[name](tables, path, schema, about)


def join_csv(parts: Iterable[Path], path: Path) -> None:
    """The rows of all parts below one header, in the memory of one block of bytes."""
    with path.open("wb") as file:
        _join(parts, file)


def compress_csv(parts: Iterable[Path], path: Path) -> None:
    """The same through gzip, with neither name nor time in it (RFC 1952)."""
    with path.open("wb") as file, gzip.GzipFile("", "wb", _LEVEL, file, 0) as packed:
        _join(parts, cast("IO[bytes]", packed))


def _join(parts: Iterable[Path], target: IO[bytes]) -> None:
    for number, part in enumerate(parts):
        with part.open("rb") as source:
            if number:
                source.readline()  # a header is one line: field names hold no line break
            shutil.copyfileobj(source, target, 1 << 20)
