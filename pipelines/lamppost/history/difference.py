"""What differs between two versions of a dataset, table by table: counts, columns, rows."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

import pyarrow as pa

from lamppost.errors import LoadError
from lamppost.formats import csv
from lamppost.history.address import find_version, parse_address, require_rows
from lamppost.history.words import cell, clean, count_rows, describe_pull, name_fields, tell_schema
from lamppost.model import Diff, Issue, Table, Version
from lamppost.store import Store
from lamppost.store.compare import compare

SHOWN = 50
"""Changed rows of one table that are shown unless all are asked for."""


@dataclass(frozen=True)
class Difference:
    """One table: `listing` is the CSV that a version keeps as an object (change, key…, field, was, is)."""

    table: Table
    change: Diff
    listing: bytes


def find_pair(store: Store, first: str, second: str | None) -> tuple[Version | None, Version]:
    """The two versions, older first as asked; of one alone, its parent and itself (no parent: everything is new)."""
    if second is None:
        newer = find_version(store, first)
        return (None if newer.parent is None else store.read(newer.dataset, newer.parent)), newer
    names = [parse_address(one)[0] for one in (first, second)]
    if names[0] != names[1]:
        message = f"is another dataset than {first}; expected two versions of one, such as {names[0]}@1 {names[0]}@2"
        raise LoadError([Issue("unknown-version", second, message)])
    return find_version(store, first), find_version(store, second)


def find_differences(store: Store, older: Version | None, newer: Version) -> tuple[Difference, ...]:
    """Every table of `newer`; what the version itself says where `older` is its parent, so that thinning hides nothing.

    StoreError when rows that have to be read were thinned.
    """
    if older is not None and newer.parent != older.seq:
        require_rows(store, older)
        require_rows(store, newer)
        found = {one.resource: compare(store, older, newer, one.resource) for one in newer.tables}
        return tuple(Difference(one, *found[one.resource]) for one in newer.tables)
    return tuple(Difference(one, one.diff, read_listing(store, newer, one)) for one in newer.tables)


def read_listing(store: Store, version: Version, table: Table) -> bytes:
    """The listing that the version keeps; empty when no row changed, and in a first version."""
    path = table.diff.path
    return store.read_key(store.key(version.dataset, path)) if path else b""


def tell(
    older: Version | None, newer: Version, differences: Sequence[Difference], most: int | None = SHOWN
) -> Iterator[str]:
    """A heading, then each table: counts, columns, pull, rows (at most `most`)."""
    yield _head(older, newer)
    if newer.reason:
        yield f"Reason: {clean(newer.reason)}"
    several = len(differences) > 1
    for one in differences:
        yield ""
        if several:
            yield f"Table {one.table.resource}"
        yield from _tell_table(older, one, most)
    for gone in older.tables if older else ():
        if newer.table(gone.resource) is None:
            yield f"\nTable {gone.resource}: removed, with its {count_rows(gone.rows)}"


def _head(older: Version | None, newer: Version) -> str:
    marked = ", simulated data" if newer.simulated else ""
    new = f"version {newer.seq} of {newer.date}{marked}"
    if older is None:
        return f"{newer.dataset}: {new}. It stands on no other: every row is new."
    return f"{newer.dataset}: version {older.seq} of {older.date} compared with {new}"


def _tell_table(older: Version | None, one: Difference, most: int | None) -> Iterator[str]:
    change, table = one.change, one.table
    before = older.table(table.resource) if older else None
    was = f"were {before.rows:,}, are " if before else ""
    yield (
        f"Rows {was}{table.rows:,}: {table.rows if before is None else change.added:,} added, {change.changed:,} "
        f"changed, {change.removed:,} removed"
    )
    if change.fields:
        yield f"Changed: {name_fields(change.fields)}"
    yield from (f"Columns: {sentence}" for sentence in tell_schema(change))
    yield f"Pull: {describe_pull(table.receipt, table.inputs)}"
    lines = list(tell_rows(csv.read(one.listing))) if one.listing else []
    yield from islice(lines, most)
    if most is not None and len(lines) > most:
        yield f"and {len(lines) - most:,} more lines; --all shows them, --csv gives them as a file"


def tell_rows(listing: pa.Table) -> Iterator[str]:
    """A line each: `changed L-1: watts_w was 40, is 54`."""
    names = [name for name in listing.column_names if name not in {"change", "field", "was", "is"}]
    for row in listing.to_pylist():
        key = " / ".join(cell(row[name]) for name in names)
        if row["change"] == "changed":
            yield f"changed {key}: {row['field']} was {cell(row['was'])}, is {cell(row['is'])}"
        else:
            yield f"{row['change']} {key}"


def as_json(older: Version | None, newer: Version, differences: Sequence[Difference]) -> dict[str, Any]:
    """The same as plain values, all rows included."""
    return {
        "dataset": newer.dataset,
        "older": older.seq if older else None,
        "newer": newer.seq,
        "simulated": newer.simulated,
        "reason": newer.reason,
        "tables": {
            one.table.resource: {
                **{key: value for key, value in asdict(one.change).items() if key != "path"},
                "rows": one.table.rows,
                "listing": csv.read(one.listing).to_pylist() if one.listing else [],
            }
            for one in differences
        },
    }
