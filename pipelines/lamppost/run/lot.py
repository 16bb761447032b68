"""One lot of partitions settled, written, validated and compared: runs by itself, in this process or in another.

What it makes lies in a staging folder; nothing of it is in the store before every gate of the whole table was passed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lamppost.errors import RefusedError, StoreError
from lamppost.formats import csv, parquet
from lamppost.formats.codes import flatten, take
from lamppost.model import Diff, Part, Report, Resource, Schema
from lamppost.run.lots import Lot
from lamppost.run.refuse import refuse
from lamppost.run.spool import Spooled
from lamppost.store.diff import compare
from lamppost.table.keys import is_one_way
from lamppost.table.settle import Settled, settle
from lamppost.validate import validate

Find = Callable[[Lot], Sequence[Path]]
"""Gives the files of a lot's previous parts."""
COUNTED = ("accepted", "deduplicated", "added", "changed", "unchanged", "superseded", "removed")
LISTED = ("removed", "added", "changed")


@dataclass(frozen=True, eq=False)
class Work:
    """What all lots of one table have in common."""

    place: str
    resource: Resource
    spooled: Spooled
    held: pa.Table | None
    """Quarantined rows, whose keys keep the rows published before."""
    folder: Path
    """Staging."""
    old_schema: Schema | None
    """Of the version before; None for a first one."""
    trusted: bool
    """Bytes of that version were validated by this engine against this schema."""
    proven: str
    """Hash of the incoming rows' CSV, where it was found valid."""
    doubted: bool
    """The incoming rows were not looked at yet: each lot has to."""
    certain: bool
    """The lots were cut on the ground that times are written in one way; it must hold of the previous rows too."""
    every: int
    """One of so many rows is handed back for the gates that look at a table as a whole."""


@dataclass(frozen=True, eq=False)
class Done:
    """A lot's outcome; paths lie in the staging folder."""

    parts: Mapping[str, Part | None]
    """Partition → what it is now, None where it has gone."""
    files: tuple[Path, ...]
    """Objects to be kept, named by their hash."""
    reports: tuple[Report, ...]
    counts: Mapping[str, int]
    change: Diff
    listing: Mapping[str, Path]
    """Kind of change → lines of the listing without a header."""
    header: bytes
    looked: tuple[str, ...]
    """Partitions whose rows are in the samples."""
    before: pa.Table
    settled: pa.Table
    fresh: pa.Table


@dataclass(frozen=True)
class Doubt:
    """A lot that cannot be settled by itself, or whose incoming rows are not all valid."""

    unclear: bool
    """Keys may lie in other partitions too."""


def settle_lot(work: Work, lot: Lot, paths: Sequence[Path], *, alone: bool) -> Done | Doubt:
    """`paths` are the files of the lot's previous parts; `alone`: there are no other partitions."""
    resource = work.resource
    previous = {
        part.partition: conform(read_part(work.place, part, path), resource.schema)
        for part, path in zip(lot.parts, paths, strict=True)
    }
    if work.certain and not all(is_certain(one, resource) for one in previous.values()):
        return Doubt(unclear=True)
    accepted = work.spooled.read(lot.keys)
    try:
        settled = settle(accepted, previous, resource, held=work.held)
    except RefusedError:
        if work.doubted:  # two rows with one key: which of them is bad is said when all are judged
            return Doubt(unclear=False)
        raise
    if work.doubted and not _is_sound(work, accepted, settled, lot):
        return Doubt(unclear=False)
    touched = dict(settled.partitions)
    if lot.parts and not work.trusted:
        touched |= {key: previous[key] for key in previous if key not in touched}
    known = {part.partition: part for part in lot.parts} if work.trusted else {}
    proven = "" if settled.deduplicated else work.proven
    parts: dict[str, Part | None] = {}
    files: list[Path] = []
    reports: list[Report] = []
    for key, table in touched.items():
        if not table.num_rows and not (alone and len(previous.keys() | touched.keys()) == 1):
            parts[key] = None
            continue
        made, report, kept = _write_part(work, key, table, known.get(key), proven)
        parts[key] = made
        reports.append(report)
        files += kept
    change, listing, header = _compare(work, previous, touched, lot)
    counts = {name: int(getattr(settled, name)) for name in COUNTED}
    before = pa.concat_tables([settled.both.schema.empty_table(), *previous.values()])
    samples = [_sample(one, work) for one in (before, settled.table, settled.fresh)]
    looked = tuple(previous)
    return Done(parts, tuple(files), tuple(reports), counts, change, listing, header, looked, *samples)


def read_part(place: str, part: Part, path: Path) -> pa.Table:
    """A part as text; StoreError when it is missing, or not what its hash says."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise StoreError(
            f"{place}: {part.path} is missing; restore the store from its last copy, or roll back"
        ) from None
    found = sha256(data).hexdigest()
    if found != part.hash:
        raise StoreError(f"{place}: {part.path} has sha256 {found}, expected {part.hash}; restore it, or roll back")
    return csv.read(data)


def conform(table: pa.Table, schema: Schema) -> pa.Table:
    """The columns that the schema has today; null where a field is new."""
    empty = pa.nulls(table.num_rows, pa.string())
    have = set(table.column_names)
    return pa.table({name: table.column(name) if name in have else empty for name in schema.names})


def is_certain(table: pa.Table, resource: Resource) -> bool:
    """True when no text of the partition field means the same as another one."""
    name = resource.publish.partition_of
    return is_one_way(flatten(table.column(name)), resource.schema.field(name).type)


def _is_sound(work: Work, accepted: pa.Table, settled: Settled, lot: Lot) -> bool:
    """Whether the incoming rows are valid; where they are what is going to be published, that is looked at anyway."""
    if not lot.parts and not settled.deduplicated:
        return True
    path = work.folder / f"{_name(lot)}.incoming.csv"
    csv.write(accepted, path, work.resource.schema.names)
    report = validate(path, work.resource.schema, mode=work.resource.publish.mode, limit=1)
    path.unlink()
    return report.valid


def _name(lot: Lot) -> str:
    names = (*lot.keys, *(part.partition for part in lot.parts))
    return sha256("\n".join(names).encode()).hexdigest()[:16]


def _write_part(
    work: Work, key: str, table: pa.Table, old: Part | None, proven: str
) -> tuple[Part, Report, tuple[Path, ...]]:
    """The part, its report, and the files to be kept; a part whose bytes are what they were stays as it is."""
    resource = work.resource
    path = work.folder / f"{sha256(key.encode()).hexdigest()[:16]}.csv"
    digest, size = _write_csv(table, path, resource.schema.names)
    if old is not None and old.hash == digest and bool(old.parquet_path) == ("parquet" in resource.publish.formats):
        path.unlink()
        return old, Report(rows=table.num_rows), ()
    report = Report(rows=table.num_rows) if digest == proven else validate(path, resource.schema)
    if work.doubted and not report.valid:
        raise UnsoundError
    refuse(f"{work.place} part {key or 'all'}", report.issues)
    part = Part(partition=key, path=f"objects/{digest}.csv", hash=digest, size=size, rows=table.num_rows)
    files = [_rename(path, digest)]
    if "parquet" in resource.publish.formats:
        twin = path.with_suffix(".parquet")
        parquet.write(table, twin, resource.schema, parquet.sort_names(resource.publish, resource.schema))
        data = twin.read_bytes()
        hashed = sha256(data).hexdigest()
        files.append(_rename(twin, hashed))
        part = replace(part, parquet_path=f"objects/{hashed}.parquet", parquet_hash=hashed, parquet_size=len(data))
    return part, report, tuple(files)


class UnsoundError(RefusedError):
    """Rows that nobody had looked at before turned out not to be valid."""

    def __init__(self, message: str = "rows are not valid") -> None:
        super().__init__(message)  # on its way from another process it is made once more, of the message


def _write_csv(table: pa.Table, path: Path, names: Sequence[str]) -> tuple[str, int]:
    digest, size = sha256(), 0
    with path.open("wb") as file:
        for block in csv.iterate(table, names):
            digest.update(block)
            size += len(block)
            file.write(block)
    return digest.hexdigest(), size


def _rename(path: Path, digest: str) -> Path:
    return path.replace(path.with_name(f"{digest}{path.suffix}"))


def _compare(
    work: Work, previous: Mapping[str, pa.Table], touched: Mapping[str, pa.Table], lot: Lot
) -> tuple[Diff, dict[str, Path], bytes]:
    before = {key: previous[key] for key in previous if key in touched} if work.old_schema else None
    change, tables = compare(before, touched, work.resource.schema, work.old_schema)
    listing: dict[str, Path] = {}
    for kind, table in zip(LISTED, tables, strict=False):
        if table.num_rows:
            listing[kind] = work.folder / f"{_name(lot)}.{kind}.csv"
            with listing[kind].open("wb") as file:
                for block in csv.iterate(table, table.column_names, header=False):
                    file.write(block)
    return change, listing, csv.encode(tables[0].slice(0, 0), tables[0].column_names) if tables else b""


def _sample(table: pa.Table, work: Work) -> pa.Table:
    """Every so many rows, and the one with the newest time; all of them where the table is small."""
    if work.every <= 1:
        return table
    rows = np.arange(0, table.num_rows, work.every)
    timed = work.resource.publish.event_time
    if timed and table.num_rows:
        newest = pc.index(table.column(timed), pc.max(table.column(timed))).as_py()
        rows = np.union1d(rows, [max(newest, 0)])
    return take(table, rows).combine_chunks()
