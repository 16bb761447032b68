"""The history of one row: which versions added, changed or removed it, and the pull that brought each of these."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from lamppost.errors import LoadError
from lamppost.formats import csv
from lamppost.history.address import require_published
from lamppost.history.difference import read_listing
from lamppost.history.words import cell, clean, describe_pull
from lamppost.model import Issue, Table, Version
from lamppost.store import Store
from lamppost.store.compare import missing_parts
from lamppost.store.diff import COLUMNS


@dataclass(frozen=True)
class Step:
    """What one version did to the row."""

    seq: int
    date: str
    change: str
    """`added`, `changed` or `removed`."""
    fields: Mapping[str, tuple[str | None, str | None]] = field(default_factory=dict)
    """field → what it was, what it is; of an added row what it is, as far as it is still known."""
    pull: str = ""
    receipt: str = ""
    """Path of the receipt, beside the manifest; empty for a derived table."""
    reason: str = ""
    simulated: bool = False


def find_steps(store: Store, name: str, key: Sequence[str], resource: str = "") -> dict[str, tuple[Step, ...]]:
    """Table → what became of the row, newest first; LoadError when no table ever had it."""
    versions = _chain(store, name)
    head = versions[-1]
    tables = [one.resource for one in head.tables if not resource or one.resource == resource]
    if not tables:
        raise _misuse(name, f"has no table {resource}; it has {', '.join(one.resource for one in head.tables)}")
    found = {one: tuple(_walk(store, versions, one, key)) for one in tables}
    kept = {one: tuple(reversed(steps)) for one, steps in found.items() if steps}
    if not kept:
        keys = " or ".join(
            " ".join(f"--row {one.upper()}" for one in table.schema.primary_key) for table in head.tables
        )
        said = " ".join(clean(one) for one in key)
        raise _misuse(name, f"no version has or had a row with the key {said}; expected {keys}")
    return kept


def _chain(store: Store, name: str) -> list[Version]:
    """The newest version and those it stands on, oldest first."""
    found = [store.read(name, require_published(store, name)[-1])]
    while (parent := found[-1].parent) is not None:
        found.append(store.read(name, parent))
    return found[::-1]


def _walk(store: Store, versions: Sequence[Version], resource: str, key: Sequence[str]) -> Iterator[Step]:
    """Oldest first. A row that was there before any listing names it came with the table's first version."""
    steps: list[Step] = []
    first: tuple[Version, Table] | None = None
    for version in versions:
        table = version.table(resource)
        if table is None or len(table.schema.primary_key) != len(key):
            continue
        if first is None:
            first = version, table
        listing = read_listing(store, version, table)
        step = _read_step(version, table, _rows_of(csv.read(listing), table, key)) if listing else None
        if step and step.change == "added":
            step = replace(step, fields=_values(store, version, table, key))
        steps += [step] if step else []
    if first and (not steps or steps[0].change != "added"):
        values = _values(store, *first, key) or ({} if steps else _newest_values(store, versions, resource, key))
        if steps or values:
            yield _step(*first, "added", values)
    yield from steps


def _rows_of(listing: pa.Table, table: Table, key: Sequence[str]) -> list[dict[str, str | None]]:
    names = [one if one not in COLUMNS else f"key_{one}" for one in table.schema.primary_key]
    return _pick(listing, names, key).to_pylist()  # type: ignore[no-any-return]


def _pick(rows: pa.Table, names: Sequence[str], key: Sequence[str]) -> pa.Table:
    for name, value in zip(names, key, strict=True):
        rows = rows.filter(pc.equal(rows.column(name), value))
    return rows


def _values(store: Store, version: Version, table: Table, key: Sequence[str]) -> dict[str, tuple[None, str | None]]:
    """The row as the version has it; empty when it has none, or when the version was thinned."""
    if missing_parts(store, version):
        return {}
    for part in store.table_text(version, table.resource).values():
        for row in _pick(part, table.schema.primary_key, key).to_pylist():
            return {name: (None, value) for name, value in row.items()}
    return {}


def _newest_values(
    store: Store, versions: Sequence[Version], resource: str, key: Sequence[str]
) -> dict[str, tuple[None, str | None]]:
    """The row as it is now: of one that never changed, what it was at first too, if that version was thinned."""
    table = versions[-1].table(resource)
    return _values(store, versions[-1], table, key) if table and len(table.schema.primary_key) == len(key) else {}


def _read_step(version: Version, table: Table, rows: Sequence[Mapping[str, str | None]]) -> Step | None:
    if not rows:
        return None
    fields = {str(row["field"]): (row["was"], row["is"]) for row in rows if row["change"] == "changed"}
    return _step(version, table, str(rows[0]["change"]), fields)


def _step(version: Version, table: Table, change: str, fields: Mapping[str, tuple[str | None, str | None]]) -> Step:
    receipt = version.descriptor["lamppost"]["tables"][table.resource]["receipt"]
    return Step(
        version.seq, version.date, change, fields, describe_pull(table.receipt, table.inputs), receipt or "",
        version.reason, version.simulated,
    )  # fmt: skip


def tell_steps(name: str, key: Sequence[str], found: Mapping[str, Sequence[Step]]) -> Iterator[str]:
    """A heading a table, then a few lines a version."""
    for resource, steps in found.items():
        table = "" if resource == name or len(found) == 1 else f", table {resource}"
        yield f"{name}{table}: row {' / '.join(clean(one) for one in key)}, newest first"
        for one in steps:
            marked = ", simulated data" if one.simulated else ""
            yield f"version {one.seq} of {one.date}{marked}: {one.change}"
            for label, (was, now) in one.fields.items():
                told = f"was {cell(was)}, is {cell(now)}" if one.change == "changed" else cell(now)
                yield f"  {label}: {told}"
            if one.reason:
                yield f"  reason: {clean(one.reason)}"
            yield f"  {one.pull}"
            if one.receipt:
                yield f"  receipt: {one.receipt}"


def as_json(found: Mapping[str, Sequence[Step]]) -> dict[str, list[dict[str, Any]]]:
    """The same as plain values, a field's pair as `was` and `is`."""
    return {
        resource: [
            {**asdict(one), "fields": {name: {"was": was, "is": now} for name, (was, now) in one.fields.items()}}
            for one in steps
        ]
        for resource, steps in found.items()
    }


def _misuse(place: str, message: str) -> LoadError:
    return LoadError([Issue("unknown-row", place, message)])
