"""Versions as the other stages see them: the newest, an older one, its tables as text or typed, and making the next."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from lamppost.errors import StoreError
from lamppost.formats import csv
from lamppost.formats.typed import typed
from lamppost.model import Dataset, FigureRecord, Outcome, Part, RunRecord, Table, Version
from lamppost.store import records
from lamppost.store.commit import create
from lamppost.store.manifest import describe_version, dump, papers
from lamppost.store.objects import Folder, measure, open_folder, put_object
from lamppost.store.parse import parse


class Store(Folder):
    """A folder whose manifests, tables and records can be read; an object is checked against its hash when it is."""

    def head(self, name: str) -> Version | None:
        """The newest version of dataset `name`; None when nothing was ever published."""
        numbers = self.versions(name)
        return self.read(name, numbers[-1]) if numbers else None

    def read(self, name: str, seq: int) -> Version:
        """Version `seq` of dataset `name`; StoreError when it is missing or damaged."""
        path = self.manifest_path(name, seq)
        if not path.is_file():
            raise StoreError(f"{name}: version {seq} is not in the store; expected a file {path.name}")
        return self.parse(name, seq, path.read_bytes())

    def heads(self) -> dict[str, Version]:
        """Dataset → newest version of everything that was ever published."""
        return {name: head for name in self.datasets() if (head := self.head(name)) is not None}

    def parse(self, name: str, seq: int, data: bytes) -> Version:
        """The version that a manifest's bytes describe, its report and receipt read from the objects."""
        return parse(name, seq, data, lambda relative: self._read_named(name, relative))

    def runs(self) -> Iterator[RunRecord]:
        """What runs did, newest first."""
        return records.runs(self)

    def last_outcomes(self) -> dict[str, Outcome]:
        """Dataset → newest outcome that says more than "not due", over all runs."""
        return records.last_outcomes(self)

    def figures(self) -> Mapping[str, FigureRecord]:
        """Name → newest record of every figure, sorted by name."""
        return records.figures(self)

    def figure_head(self, name: str) -> FigureRecord | None:
        """The newest record of the figure; None when it was never computed."""
        return records.figure_head(self, name)

    def figure_path(self, name: str, number: int) -> Path:
        """Where record `number` of the figure lies."""
        return records.figure_path(self, name, number)

    def table_text(
        self, version: Version, resource: str, partitions: Sequence[str] | None = None
    ) -> Mapping[str, pa.Table]:
        """Partition → rows as text (see `formats.csv.read`), of all parts or of those in `partitions` that exist."""
        table = require_table(version, resource)
        parts = [one for one in table.parts if partitions is None or one.partition in partitions]
        return {one.partition: self._read_part(version.dataset, one) for one in parts}

    def table_whole(self, version: Version, resource: str) -> pa.Table:
        """All rows of one table as text, parts in their order."""
        return pa.concat_tables(self.table_text(version, resource).values())

    def table_typed(self, version: Version, resource: str) -> pa.Table:
        """The same in the types of its schema (see `formats.typed`)."""
        return typed(self.table_whole(version, resource), require_table(version, resource).schema)

    def tables(self, versions: Iterable[Version]) -> dict[str, pa.Table]:
        """All tables of the given versions, typed, under the names that queries call them by."""
        return {
            one.sql_name(table.resource): self.table_typed(one, table.resource)
            for one in versions
            for table in one.tables
        }

    def _read_named(self, name: str, relative: str) -> bytes:
        """An object whose file name is its hash."""
        return self._read_checked(name, relative, relative.removeprefix("objects/").partition(".")[0])

    def _read_part(self, name: str, part: Part) -> pa.Table:
        return csv.read(self._read_checked(name, part.path, part.hash))

    def _read_checked(self, name: str, relative: str, sha256: str) -> bytes:
        path = self.path(name, relative)
        if not path.is_file():
            raise StoreError(f"{name}: {relative} is missing; restore the store from its last copy, or roll back")
        data = path.read_bytes()
        found, _ = measure(data)
        if found != sha256:
            raise StoreError(f"{name}: {relative} has sha256 {found}, expected {sha256}; restore it, or roll back")
        return data


def open_store(path: Path) -> Store:
    """The store at `path`; the folder is made by the first thing written to it."""
    return Store(open_folder(path).root)


def require_table(version: Version, resource: str) -> Table:
    """The table of that name; StoreError when the version has none."""
    table = version.table(resource)
    if table is None:
        names = ", ".join(one.resource for one in version.tables)
        raise StoreError(f"{version.dataset} version {version.seq}: no table {resource}; it has {names}")
    return table


def compose(
    dataset: Dataset,
    tables: Sequence[Table],
    *,
    seq: int,
    parent: Version | None,
    date: str,
    simulated: bool,
    engine: str,
    store: Store,
    reason: str = "",
) -> dict[str, Any]:
    """Keeps receipts and reports as objects, and gives the manifest that names them (see `manifest`)."""
    for table in tables:
        for _, data in papers(table).values():
            put_object(store, dataset.name, data, "json")
    return describe_version(
        dataset, tables, seq=seq, parent=parent, date=date, engine=engine, simulated=simulated, reason=reason
    )


def commit(store: Store, name: str, descriptor: Mapping[str, Any], seq: int) -> Version:
    """Makes version `seq` of what `compose` gave; TakenError when that number exists: settle again on the new parent.

    StoreError when rows appeared from or vanished into nowhere, or when an object that it names is not in the store.
    """
    data = dump(descriptor)
    version = store.parse(name, seq, data)
    for table in version.tables:
        _require_complete(store, name, table)
    create(store.manifest_path(name, seq), data)
    return version


def _require_complete(store: Store, name: str, table: Table) -> None:
    place = f"{name}/{table.resource}"
    if not table.counts.holds() or table.counts.published != table.rows:
        raise StoreError(
            f"{place}: rows do not add up: {table.counts}, {table.rows} rows in parts; this is a fault of lamppost"
        )
    named = [path for one in table.parts for path in (one.path, one.parquet_path)] + [table.diff.path]
    for path in filter(None, named):
        if not store.path(name, path).is_file():
            raise StoreError(
                f"{place}: {path} is not in the store; expected objects before the version that names them"
            )
