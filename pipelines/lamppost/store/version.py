"""Versions as the other stages see them: the newest, an older one, its tables as text or typed, and making the next."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lamppost.errors import StoreError
from lamppost.model import Dataset, FigureRecord, Outcome, Part, RunRecord, Table, Version
from lamppost.store import records
from lamppost.store.folder import open_folder
from lamppost.store.manifest import describe_version, dump, papers
from lamppost.store.objects import Layout, put_object
from lamppost.store.parse import parse
from lamppost.store.place import measure

if TYPE_CHECKING:  # it takes a fifth of a second to load, and most verbs of a quiet day read no rows
    import pyarrow as pa


class Store(Layout):
    """A place whose manifests, tables and records can be read; an object is checked against its hash when it is."""

    def head(self, name: str) -> Version | None:
        """The newest version of dataset `name`; None when nothing was ever published."""
        numbers = self.versions(name)
        return self.read(name, numbers[-1]) if numbers else None

    def glance(self, name: str) -> Version | None:
        """The same without its tables, and without reading what goes with them: to see whether anything is due."""
        numbers = self.versions(name)
        return parse(name, numbers[-1], self.manifest(name, numbers[-1]), None) if numbers else None

    def read(self, name: str, seq: int) -> Version:
        """Version `seq` of dataset `name`; StoreError when it is missing or damaged."""
        return self.parse(name, seq, self.manifest(name, seq))

    def heads(self) -> dict[str, Version]:
        """Dataset → newest version of everything that was ever published."""
        return {name: head for name in self.datasets() if (head := self.head(name)) is not None}

    def parse(self, name: str, seq: int, data: bytes) -> Version:
        """The version that a manifest's bytes describe, its report and receipt read from the objects."""
        return parse(name, seq, data, lambda relative: self._read_named(name, relative))

    def runs(self) -> Iterator[RunRecord]:
        """What runs did, newest first."""
        return records.runs(self)

    def last_outcomes(self, names: Collection[str] | None = None) -> dict[str, Outcome]:
        """Dataset → newest outcome that says more than "not due"; with `names`, no older run is read than needed."""
        return records.last_outcomes(self, names)

    def figures(self) -> Mapping[str, FigureRecord]:
        """Name → newest record of every figure, sorted by name."""
        return records.figures(self)

    def figure_head(self, name: str) -> FigureRecord | None:
        """The newest record of the figure; None when it was never computed."""
        return records.figure_head(self, name)

    def table_text(
        self, version: Version, resource: str, partitions: Sequence[str] | None = None
    ) -> Mapping[str, "pa.Table"]:
        """Partition → rows as text (see `formats.csv.read`), of all parts or of those in `partitions` that exist."""
        table = require_table(version, resource)
        parts = [one for one in table.parts if partitions is None or one.partition in partitions]
        return {one.partition: self._read_part(version.dataset, one) for one in parts}

    def table_whole(self, version: Version, resource: str) -> "pa.Table":
        """All rows of one table as text, parts in their order."""
        import pyarrow as pa  # noqa: PLC0415  as above

        return pa.concat_tables(self.table_text(version, resource).values())

    def table_typed(self, version: Version, resource: str) -> "pa.Table":
        """The same in the types of its schema (see `formats.typed`)."""
        from lamppost.formats.typed import typed  # noqa: PLC0415  as above

        return typed(self.table_whole(version, resource), require_table(version, resource).schema)

    def tables(self, versions: Iterable[Version]) -> dict[str, "pa.Table"]:
        """All tables of the given versions, typed, under the names that queries call them by."""
        return {
            one.sql_name(table.resource): self.table_typed(one, table.resource)
            for one in versions
            for table in one.tables
        }

    def _read_named(self, name: str, relative: str) -> bytes:
        """An object whose file name is its hash."""
        return self._read_checked(name, relative, relative.removeprefix("objects/").partition(".")[0])

    def _read_part(self, name: str, part: Part) -> "pa.Table":
        from lamppost.formats import csv  # noqa: PLC0415  as above

        return csv.read(self._read_checked(name, part.path, part.hash))

    def _read_checked(self, name: str, relative: str, sha256: str) -> bytes:
        data = self.place.read(self.key(name, relative))
        if data is None:
            raise StoreError(f"{name}: {relative} is missing; restore the store from its last copy, or roll back")
        found, _ = measure(data)
        if found != sha256:
            raise StoreError(f"{name}: {relative} has sha256 {found}, expected {sha256}; restore it, or roll back")
        return data


def open_store(where: Path | str, cache: Path | None = None) -> Store:
    """The store in a folder, which is made by the first thing written to it, or at an address `s3://bucket/prefix`.

    What comes from an address is kept in `cache`; without one, in a folder that goes with the process.
    """
    if isinstance(where, Path):
        return Store(open_folder(where))
    from lamppost.store.s3 import open_bucket  # noqa: PLC0415  part of an extra

    return Store(open_bucket(where, cache))


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
    store.create(store.manifest_key(name, seq), data)
    return version


def _require_complete(store: Store, name: str, table: Table) -> None:
    place = f"{name}/{table.resource}"
    if not table.counts.holds() or table.counts.published != table.rows:
        raise StoreError(
            f"{place}: rows do not add up: {table.counts}, {table.rows} rows in parts; this is a fault of lamppost"
        )
    named = [path for one in table.parts for path in (one.path, one.parquet_path)] + [table.diff.path]
    folders = {store.key(name, path).rpartition("/")[0] for path in named if path}
    held = {f"{folder}/{file}" for folder in folders for file in store.place.names(folder)}
    for path in filter(None, named):
        if store.key(name, path) not in held:
            raise StoreError(
                f"{place}: {path} is not in the store; expected objects before the version that names them"
            )
