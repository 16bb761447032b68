"""Parquet from which a reader on the web fetches only the rows it needs.

Sorted, in small row groups with a page index and Bloom filters on ids; the first group is very small, so that a first
page of rows comes at once. Byte-identical over runs for one version of
pyarrow, which writes its own number into the file.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from lamppost.formats.missing import present
from lamppost.formats.typed import DIGITS, read_column, typed
from lamppost.model import Publish, Schema

FIRST_GROUP = 1_000
ROW_GROUP = 20_000
PAGE = 5_000
"""Rows between two entries of the page index; of a row group, a reader takes those pages that it needs."""
_MISSED = 0.05
"""Share of ids that a Bloom filter says may be there and are not."""
_HASHED = ("string", "integer")


def sort_names(publish: Publish, schema: Schema) -> tuple[str, ...]:
    """The fields that rows are sorted by: what readers filter by most, then the primary key."""
    wanted = publish.sort or (publish.partition_of, publish.event_time)
    return tuple(name for name in dict.fromkeys((*wanted, *schema.primary_key)) if name in schema.names)


def id_names(schema: Schema) -> tuple[str, ...]:
    """The fields that readers look single rows up by: the primary key, and names that end in `_id` or `_code`."""
    return tuple(
        one.name
        for one in schema.fields
        if one.type in _HASHED and (one.name in schema.primary_key or one.name.endswith(("_id", "_code")))
    )


def write(tables: pa.Table | Iterable[pa.Table], path: Path, schema: Schema, sort: Sequence[str] = ()) -> None:
    """Writes text tables one after the other, in the types that hold them all; each is sorted by `sort` on its own.

    `tables` is gone through twice when it is more than one table, so an iterator will not do.
    """
    parts = [tables] if isinstance(tables, pa.Table) else tables
    alone = typed(tables, schema) if isinstance(tables, pa.Table) else None
    kinds = alone.schema if alone is not None else find_types(parts, schema)
    rows = alone.num_rows if alone is not None else sum(one.num_rows for one in parts)
    blocks = [alone] if alone is not None else (_type_as(one, schema, kinds) for one in parts)
    write_typed(blocks, path, schema, kinds, rows, sort)


def write_typed(
    blocks: Iterable[pa.Table], path: Path, schema: Schema, kinds: pa.Schema, rows: int, sort: Sequence[str] = ()
) -> None:
    """The same of tables that have the types `kinds` already, with so many rows in all."""
    with pq.ParquetWriter(path, kinds, **_options(kinds, schema, rows)) as writer:
        for group in _regroup(blocks, kinds, sort):
            writer.write_table(group, row_group_size=ROW_GROUP)


def find_types(tables: Iterable[pa.Table], schema: Schema) -> pa.Schema:
    """The types that hold every cell of every table exactly; text where there is no such type."""
    found: dict[str, pa.DataType | None] = dict.fromkeys(schema.names)
    longest = dict.fromkeys(schema.names, 0)
    for table in tables:
        for name, column in zip(schema.names, typed(table, schema).columns, strict=True):
            if column.null_count < len(column):
                found[name] = _widen(found[name], column.type)
                longest[name] = max(longest[name], _count_digits(column))
    for name, kind in found.items():
        if kind is not None and pa.types.is_decimal(kind) and longest[name] + kind.scale > DIGITS:
            found[name] = pa.string()
    none = pa.table({name: pa.array([], pa.string()) for name in schema.names})
    return pa.schema([pa.field(one.name, found[one.name] or one.type) for one in typed(none, schema).schema])


def holds(path: Path, tables: Sequence[pa.Table], schema: Schema) -> bool:
    """True when the file has just the rows of the text tables, in the types that hold them all, in any order."""
    kinds, names = find_types(tables, schema), list(schema.primary_key)
    ours = pa.concat_tables([kinds.empty_table(), *(_type_as(one, schema, kinds) for one in tables)])
    return bool(_sort(pq.read_table(path), names).equals(_sort(ours, names)))


def _widen(one: pa.DataType | None, other: pa.DataType) -> pa.DataType:
    if one is None or one == other:
        return other
    if pa.types.is_decimal(one) and pa.types.is_decimal(other):
        return max(one, other, key=lambda kind: kind.scale)
    whole = pa.decimal128(DIGITS, 0)
    return whole if {one, other} == {pa.int64(), whole} else pa.string()


def _count_digits(column: pa.ChunkedArray) -> int:
    """Of a column of decimals: the most digits before the point."""
    if not pa.types.is_decimal(column.type):
        return 0
    found = pc.min_max(column)
    return max(len(str(abs(int(one)))) for one in (found["min"].as_py(), found["max"].as_py()))


def _type_as(table: pa.Table, schema: Schema, kinds: pa.Schema) -> pa.Table:
    columns = []
    for field in schema.fields:
        cells, kind = present(table.column(field.name), field, schema), kinds.field(field.name).type
        columns.append(cells if kind == pa.string() else read_column(cells, field).cast(kind))
    return pa.table(columns, schema=kinds)


def _regroup(blocks: Iterable[pa.Table], kinds: pa.Schema, sort: Sequence[str]) -> Iterator[pa.Table]:
    """The same rows in groups of the sizes wanted, whatever the sizes of the tables they come from."""
    waiting, wanted = kinds.empty_table(), FIRST_GROUP
    for block in blocks:
        waiting = pa.concat_tables([waiting, _sort(block, sort)])
        while waiting.num_rows >= wanted:
            yield waiting.slice(0, wanted)
            waiting, wanted = waiting.slice(wanted), ROW_GROUP
    if waiting.num_rows or wanted == FIRST_GROUP:
        yield waiting


def _sort(table: pa.Table, names: Sequence[str]) -> pa.Table:
    return table.sort_by([(name, "ascending") for name in names]) if names else table


def _options(kinds: pa.Schema, schema: Schema, rows: int) -> Mapping[str, Any]:
    ids = [name for name in id_names(schema) if kinds.field(name).type in (pa.string(), pa.int64())]
    filters = {name: {"ndv": min(rows, ROW_GROUP), "fpp": _MISSED} for name in ids} if rows > FIRST_GROUP else None
    return {
        "compression": "zstd",
        "write_statistics": True,
        "write_page_index": True,
        "max_rows_per_page": PAGE,
        "bloom_filter_options": filters,
        "store_schema": True,
    }
