"""What the store keeps: versions of datasets, records of figures."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lamppost.model.dataset import Schema
from lamppost.model.issue import Report
from lamppost.model.pull import Receipt
from lamppost.notation import table_name


@dataclass(frozen=True)
class Counts:
    """Row identity (checked when a version is made): see `holds`."""

    read: int = 0
    filtered: int = 0
    quarantined: int = 0
    deduplicated: int = 0
    accepted: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    superseded: int = 0
    removed: int = 0
    previous: int = 0
    settled: int = 0
    suppressed: int = 0
    published: int = 0

    def holds(self) -> bool:
        """True when no row appeared from or vanished into nowhere."""
        return (
            self.read == self.accepted + self.quarantined + self.deduplicated + self.filtered
            and self.accepted == self.added + self.changed + self.unchanged + self.superseded
            and self.settled == self.published + self.suppressed
            and self.published == self.previous + self.added - self.removed
        )


@dataclass(frozen=True)
class Diff:
    """What a version changed, by primary key; `path` is a CSV object (change, key…, field, was, is)."""

    path: str = ""
    """Relative to the manifest; empty for a first version, in which everything is new."""
    added: int = 0
    changed: int = 0
    removed: int = 0
    fields: Mapping[str, int] = field(default_factory=dict)
    """field name → number of rows in which it changed."""
    schema_changes: tuple[str, ...] = ()
    """Each a sentence: `field lamp_type added`."""


@dataclass(frozen=True)
class Part:
    """One partition's bytes; paths are relative to the manifest."""

    partition: str
    """Empty for the only part, else `2026-11`, `2026-11-22`, or the column's value."""
    path: str
    hash: str
    """sha256 of the CSV in hex: alone decides whether data changed."""
    size: int
    rows: int
    parquet_path: str = ""
    parquet_hash: str = ""
    parquet_size: int = 0


@dataclass(frozen=True)
class Table:
    """One resource inside a version."""

    resource: str
    schema: Schema
    parts: tuple[Part, ...]
    counts: Counts
    diff: Diff
    report: Report
    """Of the bytes that were published."""
    receipt: Receipt | None = None
    incoming: Report | None = None
    """Of the rows that came in: what went to quarantine and why."""
    inputs: Mapping[str, int] = field(default_factory=dict)
    """Derived tables: dataset → version number read."""
    formats: tuple[str, ...] = ("csv",)
    mode: str = ""
    """How rows became this version (`publish.mode`): in an `append` table a changed row is a revision."""
    partition: str | None = None
    """How rows found their partition, such as `month of observed_at`; None in versions that do not say so."""

    @property
    def rows(self) -> int:
        """Rows published in all parts."""
        return sum(part.rows for part in self.parts)


@dataclass(frozen=True)
class Redaction:
    """What a retraction says in each manifest whose bytes it changed."""

    date: str
    reason: str
    by: str
    rows: int | None
    """Rows taken out of this version; None where its rows were thinned before, so that nobody can count them."""
    whole: bool = False
    """All rows were taken out, whatever was in them."""


@dataclass(frozen=True)
class Version:
    """One manifest, read back."""

    dataset: str
    seq: int
    parent: int | None
    parent_hash: str
    hash: str
    """sha256 of the manifest's own bytes."""
    date: str
    """The day, in the city's zone, on which it was made."""
    tables: tuple[Table, ...]
    simulated: bool = False
    engine: str = ""
    reason: str = ""
    """Why a person made it (roll back, withdraw, retract); empty for an ordinary run."""
    rolled_back_to: int | None = None
    """The version whose rows these are again; None unless a person rolled back."""
    withdrawn: bool = False
    """Nothing is asked any more: `reason` says why, and what was published stays as it is."""
    redacted: tuple[Redaction, ...] = ()
    """Retractions that changed it after it was made, oldest first."""
    descriptor: Mapping[str, Any] = field(default_factory=dict)
    """The manifest as written: a valid Data Package 2.0 where it lies."""

    @property
    def rows(self) -> int:
        """Rows published in all tables."""
        return sum(table.rows for table in self.tables)

    def table(self, resource: str) -> Table | None:
        """The table of that name, if this version has it."""
        return next((one for one in self.tables if one.resource == resource), None)

    def sql_name(self, resource: str) -> str:
        """What queries call the table of that name."""
        return table_name(self.dataset, resource, alone=len(self.tables) == 1)


@dataclass(frozen=True)
class FigureRecord:
    """The n-th value of a figure; a new one only when value or query changes."""

    name: str
    n: int
    value: str
    """Exact, as the query gave it, in plain decimal notation."""
    shown: str
    """Rounded, with thousands separators, without the unit."""
    rounded: str
    """Rounded, as a machine reads it: `1200.5`."""
    title: str
    unit: str
    round: int
    note: str
    sql: str
    inputs: Mapping[str, int]
    """dataset → version number read."""
    input_hashes: Mapping[str, str]
    """dataset → sha256 of the manifest read."""
    date: str
    simulated: bool = False
    redacted: str = ""
    """ISO day on which rows that it was computed from were retracted; `value` is empty where none can be given."""
