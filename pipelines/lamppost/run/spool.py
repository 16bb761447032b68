"""Accepted rows on their way to their partitions: in memory while they are few, else in files sorted by partition.

A file is a run of some hundred thousand rows in the order in which they came, sorted by partition. Rows of one
partition are a slice of each run, read through a memory map, so that nothing else is touched.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import ipc

from lamppost.formats.codes import take
from lamppost.model import Resource
from lamppost.run.sizes import Sizes
from lamppost.table.keys import is_one_way
from lamppost.table.partition import partition_key
from lamppost.table.read import ROW


def save_memory() -> None:
    """What Arrow frees goes back to the system at once; its own allocators keep as much as the largest table took."""
    pa.set_memory_pool(pa.system_memory_pool())


@dataclass(frozen=True, eq=False)
class Spooled:
    """All rows; a process that gets it reads the same rows."""

    empty: pa.Table
    table: pa.Table | None
    """All of them, where they are few."""
    files: tuple[Path, ...]
    slices: Mapping[str, tuple[tuple[int, int, int], ...]]
    """Partition → number of the file, first row in it, how many."""
    sizes: Mapping[str, int]
    """Partition → rows."""
    certain: bool
    """No other spelling of the partition field means the same, as far as these rows go."""

    @property
    def rows(self) -> int:
        """All of them."""
        return sum(self.sizes.values())

    def read(self, keys: Sequence[str]) -> pa.Table:
        """The rows of some partitions, as they came in each; of all partitions, as they came."""
        if self.table is not None:
            return self.table
        tables = [self.empty, *self._iterate(keys)]
        found = pa.concat_tables(tables)
        if len(keys) == len(self.sizes):
            found = take(found, np.argsort(found.column(ROW).to_numpy(), kind="stable").astype(np.int64))
        return found

    def _iterate(self, keys: Sequence[str]) -> Iterator[pa.Table]:
        for key in keys:
            for number, start, count in self.slices.get(key, ()):
                with pa.memory_map(str(self.files[number])) as source:
                    yield pa.Table.from_batches([ipc.open_file(source).get_batch(0).slice(start, count)])


class Spool:
    """Takes the rows, table by table; `name` tells its files from those of other spools in `folder`."""

    def __init__(self, folder: Path, name: str, resource: Resource, sizes: Sizes) -> None:
        self._folder, self._name, self._resource, self._sizes = folder, name, resource, sizes
        self._waiting: list[pa.Table] = []
        self._empty: pa.Table | None = None
        self._files: list[Path] = []
        self._slices: dict[str, list[tuple[int, int, int]]] = {}
        self._certain = True

    def add(self, table: pa.Table) -> None:
        """The schema's columns and `_row`."""
        self._empty = table.schema.remove_metadata().empty_table() if self._empty is None else self._empty
        self._waiting.append(table)
        if sum(one.num_rows for one in self._waiting) >= self._sizes.run:
            self._flush()

    def close(self) -> Spooled:
        """Everything that was added, and that is all."""
        empty = self._make_empty() if self._empty is None else self._empty
        table = pa.concat_tables([empty, *self._waiting])
        if not self._files and table.num_rows <= self._sizes.held:
            keys = partition_key(table, self._resource.publish)
            sizes = {one["values"]: one["counts"] for one in keys.value_counts().to_pylist()}
            return Spooled(empty, table, (), {}, sizes, self._is_certain(table))
        self._flush()
        slices = {key: tuple(found) for key, found in sorted(self._slices.items())}
        sizes = {key: sum(count for _, _, count in found) for key, found in slices.items()}
        return Spooled(empty, None, tuple(self._files), slices, sizes, self._certain)

    def _make_empty(self) -> pa.Table:
        fields = [*((name, pa.string()) for name in self._resource.schema.names), (ROW, pa.int64())]
        return pa.schema(fields).empty_table()

    def _is_certain(self, table: pa.Table) -> bool:
        publish, schema = self._resource.publish, self._resource.schema
        if not publish.partition_by or publish.partition_of not in schema.primary_key:
            return not publish.partition_by
        return is_one_way(table.column(publish.partition_of), schema.field(publish.partition_of).type)

    def _flush(self) -> None:
        table = pa.concat_tables(self._waiting).replace_schema_metadata(None) if self._waiting else None
        self._waiting = []
        if table is None or not table.num_rows:
            return
        self._certain = self._certain and self._is_certain(table)
        encoded = partition_key(table, self._resource.publish).dictionary_encode()
        names = encoded.dictionary.to_pylist()
        codes = encoded.indices.to_numpy()
        if not bool((codes[1:] >= codes[:-1]).all()):
            order = np.argsort(codes, kind="stable")
            table, codes = take(table, order), codes[order]
        ends = np.searchsorted(codes, np.arange(len(names) + 1)).tolist()
        for place, name in enumerate(names):
            self._slices.setdefault(name, []).append((len(self._files), ends[place], ends[place + 1] - ends[place]))
        path = self._folder / f"{self._name}.{len(self._files)}.arrow"
        with pa.OSFile(str(path), "wb") as sink, ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table.combine_chunks(), max_chunksize=table.num_rows)
        self._files.append(path)
