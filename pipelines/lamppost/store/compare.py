"""What differs between any two versions of a dataset, whether or not one stands on the other."""

from collections.abc import Iterable, Mapping, Sequence

import pyarrow as pa

from lamppost.model import Diff, Part, Schema, Table, Version
from lamppost.store.diff import diff
from lamppost.store.version import Store, require_table


def compare(store: Store, older: Version, newer: Version, resource: str) -> tuple[Diff, bytes]:
    """Counts and listing (see `diff`) of one table; only parts whose bytes differ are read.

    A table that `older` lacks is new, with no listing. `newer` must have it. StoreError when a part is not there.
    """
    was, now = older.table(resource), require_table(newer, resource)
    if was is None:
        return Diff(added=now.rows), b""
    moved = find_moved(was, now)
    before = store.table_text(older, resource, moved)
    after = store.table_text(newer, resource, moved)
    return diff(before, _complete(after, moved, now.schema), now.schema, was.schema)


def find_moved(was: Table, now: Table) -> tuple[str, ...]:
    """Partitions that hold other bytes, sorted; all of them when the columns are others."""
    if was.schema.descriptor != now.schema.descriptor:
        return tuple(sorted({one.partition for one in (*was.parts, *now.parts)}))
    before, after = _hashes(was.parts), _hashes(now.parts)
    return tuple(sorted(key for key in before.keys() | after.keys() if before.get(key) != after.get(key)))


def missing_parts(store: Store, version: Version) -> tuple[str, ...]:
    """Paths of rows that the version names and the store no longer has: it was thinned, or damaged."""
    there = store.objects(version.dataset)
    return tuple(one.path for table in version.tables for one in table.parts if one.path not in there)


def data_paths(parts: Iterable[Part]) -> tuple[str, ...]:
    """Where the rows lie, as CSV and as Parquet."""
    return tuple(path for one in parts for path in (one.path, one.parquet_path) if path)


def _hashes(parts: Iterable[Part]) -> dict[str, str]:
    return {one.partition: one.hash for one in parts}


def _complete(parts: Mapping[str, pa.Table], moved: Sequence[str], schema: Schema) -> dict[str, pa.Table]:
    """The parts, and an empty one for each partition that is no more."""
    empty = pa.table({name: pa.nulls(0, pa.string()) for name in schema.names})
    return {key: parts.get(key, empty) for key in moved}
