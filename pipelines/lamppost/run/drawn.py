"""What a resource's source gave: its rows in one table or, when they are too many to be held, as a stream of tables."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import timedelta
from tempfile import TemporaryFile
from typing import IO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lamppost.formats.codes import flatten
from lamppost.model import Dates, Issue, Receipt, Resource, Snapshot
from lamppost.run.places import Places
from lamppost.validate.octets import Words, hash_cells, view

DAY = r"^\d{4}-\d{2}-\d{2}"
_NULL = "\0"
"""Stands for a missing part of a key: no text of a source holds it beside others."""
_BITS = 4
_TRIM = 8
_RANGES = 1 << _BITS
_CHUNK = 1 << 22


class Tally:
    """What only the rows of a pull tell of it: how many keys there are, the first and last time, the cursor after."""

    def __init__(self, resource: Resource, dates: Dates) -> None:
        assert resource.pull is not None
        self._resource, self._latest = resource, (dates.today + timedelta(days=1)).isoformat()
        self._timed = resource.pull.cursor or resource.publish.event_time
        self._span: tuple[str, str] | None = None
        self._newest: str | None = None
        self._blocks: list[pa.Table] = []
        self._hashes: IO[bytes] | None = None
        self.rows = 0

    def add(self, rows: pa.Table) -> None:
        """Takes the next rows."""
        self.rows += rows.num_rows
        times = self._past(rows)
        if len(times):
            self._newest = max(filter(None, (self._newest, pc.max(times).as_py())))
            days = times.filter(pc.match_substring_regex(times, DAY))
            if len(days):
                both = (pc.min(days).as_py(), pc.max(days).as_py())
                self._span = both if self._span is None else (min(both[0], self._span[0]), max(both[1], self._span[1]))
        key = [] if self._resource.key_content or self._resource.transform else list(self._resource.schema.primary_key)
        if key and set(key) <= set(rows.column_names):
            self._blocks.append(rows.select(key))
            if len(self._blocks) > 1:
                self._hashes = self._hashes or TemporaryFile()  # noqa: SIM115 - `close` does
                for block in self._blocks:
                    self._hashes.write(hash_rows(block).tobytes())
                self._blocks = [rows.select(key).schema.empty_table()]

    def complete(self, receipt: Receipt, cursor: str | None) -> Receipt:
        """The receipt with all that."""
        assert self._resource.pull is not None
        return replace(
            receipt,
            distinct=self._count() if receipt.distinct is None else receipt.distinct,
            span=self._span,
            cursor_after=(self._newest if self._resource.pull.cursor else None) or cursor,
        )

    def _past(self, rows: pa.Table) -> pa.ChunkedArray:
        """Values that are not after today: one clock gone wild must not stop all pulls."""
        if not self._timed or self._timed not in rows.column_names:
            return pa.chunked_array([], pa.string())
        values = pc.drop_null(rows.column(self._timed))
        return values.filter(pc.less_equal(values, self._latest))

    def _count(self) -> int | None:
        """Exact for rows in one table; of several by hashes, two of which are equal by chance once in 400,000 pulls."""
        if self._hashes is not None:
            return sum(self._count_range(number) for number in range(_RANGES))
        if not self._blocks:
            return None
        return int(self._blocks[0].group_by(self._blocks[0].column_names).aggregate([]).num_rows)

    def close(self) -> None:
        """Lets go of the file that it may have."""
        if self._hashes is not None:
            self._hashes.close()

    def _count_range(self, number: int) -> int:
        """Some of the hashes at a time: all of them, sorted, would be too much."""
        assert self._hashes is not None
        self._hashes.seek(0)
        found = []
        while data := self._hashes.read(_CHUNK):
            words = np.frombuffer(data, np.uint64)
            found.append(words[words >> np.uint64(64 - _BITS) == np.uint64(number)])
        part = np.sort(np.concatenate(found))
        return int((part[1:] != part[:-1]).sum()) + 1 if len(part) else 0


def hash_rows(keys: pa.Table) -> Words:
    """64 bits for each row, the same for equal rows."""
    found: Words | None = None
    for name in keys.column_names:
        found = hash_cells(view(pc.fill_null(flatten(keys.column(name)), _NULL)), found)
    return np.zeros(0, np.uint64) if found is None else found


class Stream:
    """Rows that come table by table, each time anew from the snapshot; `receipt` is there once all of them came."""

    def __init__(
        self, begin: Callable[[], Iterator[pa.Table]], end: Callable[[Tally], Receipt], tally: Callable[[], Tally]
    ) -> None:
        self._begin, self._end, self._tally = begin, end, tally
        self.receipt: Receipt | None = None

    def __iter__(self) -> Iterator[pa.Table]:
        tally = self._tally()
        try:
            for number, table in enumerate(_read_ahead(self._begin())):
                if number % _TRIM == 0:
                    pa.default_memory_pool().release_unused()  # what threads have freed is kept otherwise
                if self.receipt is None:
                    tally.add(table)
                yield table
            if self.receipt is None:
                self.receipt = self._end(tally)
        finally:
            tally.close()


def _read_ahead(tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """The same; while one table is worked on, the next one is read."""
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, tables, None)
        while (table := coming.result()) is not None:
            coming = pool.submit(next, tables, None)
            yield table


@dataclass(frozen=True)
class Pulled:
    """What a pull brought, before its rows are read."""

    snapshot: Snapshot
    receipt: Receipt
    cursor: str | None
    """Where it started."""
    recalled: Mapping[str, str]
    """What it was reminded of."""


@dataclass(frozen=True)
class Drawn:
    """The rows of one resource as they came from a pull, a derivation or the plan; they have the column `_row`."""

    rows: pa.Table | Stream
    read: int
    filtered: int = 0
    receipt: Receipt | None = None
    """Of a stream: as it was before the rows had come."""
    inputs: Mapping[str, int] | None = None
    simulated: bool = False
    issues: tuple[Issue, ...] = ()
    """What pulling and reading noticed; shown with what validation found."""
    memory: Mapping[str, str] = field(default_factory=dict)
    """What the next pull of this source wants to be reminded of."""
    where: Places | None = None
    """Names the place of a row in what the source sent."""
    unchanged: bool = False
    """The source has nothing new, so there are no rows; what was published stays."""
    pulled: Pulled | None = None
    """What the rows were read from."""

    def complete(self) -> "Drawn":
        """The same with the receipt that the rows of a stream completed."""
        return replace(self, receipt=self.rows.receipt) if isinstance(self.rows, Stream) else self
