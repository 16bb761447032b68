"""Typed rows that lie in a Parquet file of ours: queries read what they need of it, and nobody holds all of them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import pyarrow as pa
from pyarrow.parquet import ParquetFile, read_schema

from lamppost.formats import parquet
from lamppost.model import Schema

BLOCK = 50_000
"""So many rows at most come at a time."""


@dataclass(frozen=True)
class FiledTable:
    """A file that stands for a table wherever rows are only gone through, as often as wanted."""

    path: Path
    schema: pa.Schema

    @property
    def column_names(self) -> list[str]:
        """The names of the fields, as a table gives them."""
        return list(self.schema.names)


Typed: TypeAlias = pa.Table | FiledTable
"""Rows in their types, in memory or in a file."""


def file_table(tables: Iterable[pa.Table], path: Path, schema: Schema) -> None:
    """Write text tables, in their order, in the types that `typed` gives to all of them together.

    They are gone through twice, so an iterator will not do. The file is there whole or not at all.
    """
    fresh = path.with_name(f".{path.name}.new")
    try:
        parquet.write(tables, fresh, schema)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def open_filed(path: Path) -> FiledTable:
    """The rows of a file that `file_table` wrote."""
    return FiledTable(path, read_schema(path))


def read_slices(rows: FiledTable, sizes: Iterable[int]) -> Iterator[pa.Table]:
    """All rows, in their order, in tables of so many rows each."""
    blocks, waiting = read_blocks(rows, rows.column_names), rows.schema.empty_table()
    for size in sizes:
        held = [waiting]
        while sum(one.num_rows for one in held) < size:
            held.append(next(blocks))
        whole = pa.concat_tables(held)
        waiting = whole.slice(size)
        yield whole.slice(0, size)
        release()


def release() -> None:
    """Give back to the system what is free again: allocators keep as much as the largest table took."""
    pa.default_memory_pool().release_unused()


def read_blocks(rows: Typed, names: Sequence[str]) -> Iterator[pa.Table]:
    """The columns `names` in blocks of rows, in their order."""
    if isinstance(rows, FiledTable):
        batches = ParquetFile(rows.path).iter_batches(BLOCK, columns=list(names))
    else:
        batches = rows.select(list(names)).to_batches(max_chunksize=BLOCK)
    for batch in batches:
        yield pa.Table.from_batches([batch])
