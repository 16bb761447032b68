"""Driver of one dataset: rows in hand go through protect, validate, settle, validate again, commit.

Nothing is written to the store before the very last step, so a refusal leaves the last good version as it was.
"""

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow as pa

from lamppost import __version__
from lamppost.errors import RefusedError, TakenError
from lamppost.formats import csv, parquet
from lamppost.model import Counts, Dataset, Dates, Issue, Part, Receipt, Report, Resource, Schema, Table, Version
from lamppost.store import Store, commit, compose, diff, measure, put_object, same_descriptor, same_parts
from lamppost.table.protect import protect_rows
from lamppost.table.settle import Settled, settle
from lamppost.validate import gates, renumber, split, validate

ATTEMPTS = 5
"""How often a commit settles again on a new parent when other runs are faster."""


@dataclass(frozen=True)
class Drawn:
    """The rows of one resource as they came from a pull, a derivation or the plan; `rows` has the column `_row`."""

    rows: pa.Table
    read: int
    filtered: int = 0
    receipt: Receipt | None = None
    inputs: Mapping[str, int] | None = None
    simulated: bool = False
    issues: tuple[Issue, ...] = ()
    """What pulling and reading noticed; shown with what validation found."""
    memory: Mapping[str, str] = field(default_factory=dict)
    """What the next pull of this source wants to be reminded of."""


@dataclass(frozen=True)
class Published:
    """What `publish` did; `version` is the head afterwards, `is_new` whether this call made it."""

    version: Version
    is_new: bool
    read: int
    quarantined: int


@dataclass(frozen=True)
class Workbench:
    """Where one dataset's version is made: `staging` holds the bytes that are still on trial, the store those kept."""

    dataset: Dataset
    store: Store
    staging: Path


@dataclass(frozen=True)
class Candidate:
    """Rows that passed every gate on the way in, with the reports that say so."""

    resource: Resource
    drawn: Drawn
    good: pa.Table
    incoming: Report
    bad: pa.Table
    """Rows in quarantine: their keys keep the rows published before."""
    digest: str
    """sha256 of the incoming CSV when no row failed: the same bytes need no second look."""


def publish(
    dataset: Dataset, drawn: Mapping[str, Drawn], *, store: Store, private: Path | None, dates: Dates
) -> Published:
    """Publish what was drawn as the dataset's next version, or keep the head when nothing changed.

    Raises RefusedError (the head stays) when a gate or a report says no.
    """
    with tempfile.TemporaryDirectory(prefix="lamppost-", ignore_cleanup_errors=True) as folder:
        bench = Workbench(dataset, store, Path(folder))
        candidates = [admit(bench, one, drawn[one.name], private) for one in dataset.resources]
        for _ in range(ATTEMPTS):
            try:
                return _settle_and_commit(bench, candidates, dates)
            except TakenError:
                continue
    raise TakenError(
        f"{dataset.name}: other runs committed {ATTEMPTS} versions meanwhile; expected a free number; run again"
    )


def admit(bench: Workbench, resource: Resource, drawn: Drawn, private: Path | None) -> Candidate:
    """Protect and validate the rows that came in; bad ones go to quarantine, too many refuse the version."""
    place = f"{bench.dataset.name}/{resource.name}"
    if drawn.receipt is None or drawn.receipt.cursor_before is None:  # nothing new since the cursor is no empty source
        _refuse(place, gates.check_empty(place, drawn.read))
    rows, drift = protect_rows(drawn.rows, resource)
    _refuse(place, (*drawn.issues, *drift))
    path = bench.staging / f"{resource.name}.incoming.csv"
    csv.write(rows, path, resource.schema.names)
    report = validate(path, resource.schema, mode=resource.publish.mode)
    report = replace(report, issues=(*drawn.issues, *drift, *report.issues))
    good, bad = split(rows, report)
    _refuse(place, gates.check_quarantine(place, bad.num_rows, drawn.read, resource.checks))
    _refuse(place, [one for one in report.issues if one.severity == "error" and not report.bad_rows])
    if private is not None and bad.num_rows:
        _quarantine(bad, private / "quarantine" / f"{place}.csv", resource.schema)
    digest = "" if bad.num_rows else measure(path)[0]
    return Candidate(resource, drawn, good, renumber(report, rows), bad, digest)


def _quarantine(bad: pa.Table, path: Path, schema: Schema) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    numbers = bad.column("_row").cast(pa.string())
    numbered = bad.set_column(bad.schema.get_field_index("_row"), "_row", numbers)
    csv.write(numbered, path, ("_row", *schema.names))


def _settle_and_commit(bench: Workbench, candidates: list[Candidate], dates: Dates) -> Published:
    dataset, store = bench.dataset, bench.store
    head = store.head(dataset.name)
    simulated = any(one.drawn.simulated for one in candidates)
    if head is not None and simulated and not head.simulated:
        raise RefusedError(
            f"{dataset.name}: the source answered with simulated data, version {head.seq} is real; "
            "made-up numbers never replace real ones; set the real address or delete the store to start over"
        )
    parent = None if head is not None and head.simulated and not simulated else head
    tables = tuple(_settle_table(bench, one, parent) for one in candidates)
    read = sum(one.drawn.read for one in candidates)
    quarantined = sum(one.bad.num_rows for one in candidates)
    if parent is not None and _is_same(parent, tables, dataset):
        return Published(parent, is_new=False, read=read, quarantined=quarantined)
    seq = head.seq + 1 if head else 1
    descriptor = compose(
        dataset, tables, seq=seq, parent=parent, date=dates.today.isoformat(),
        simulated=simulated, engine=__version__, store=store,
    )  # fmt: skip
    return Published(commit(store, dataset.name, descriptor, seq), is_new=True, read=read, quarantined=quarantined)


def _settle_table(bench: Workbench, candidate: Candidate, parent: Version | None) -> Table:
    resource, place = candidate.resource, f"{bench.dataset.name}/{candidate.resource.name}"
    old = parent.table(resource.name) if parent else None
    previous = Previous(bench.store, parent, old, resource.schema)
    settled = settle(candidate.good, previous, resource, held=candidate.bad)
    _refuse(place, gates.check_rows(place, settled.settled, resource.checks))
    _refuse(place, gates.check_shrink(place, settled.previous, settled.settled, resource, removed=settled.removed))
    touched = dict(settled.partitions)
    if old and old.schema.descriptor != resource.schema.descriptor:
        touched |= {key: previous[key] for key in previous if key not in touched}
    if settled.deduplicated:  # the incoming report forgave equal keys: the bytes that go out are looked at anew
        candidate = replace(candidate, digest="")
    parts, report = _write_parts(bench, candidate, touched, old)
    before = {key: previous[key] for key in previous if key in touched} if old else None
    change, listing = diff(before, touched, resource.schema, old.schema if old else None)
    if listing:
        change = replace(change, path=put_object(bench.store, bench.dataset.name, listing, "csv").path)
    return Table(
        resource=resource.name, schema=resource.schema, parts=parts, counts=_count(candidate, settled),
        diff=change, report=report, receipt=candidate.drawn.receipt, incoming=candidate.incoming,
        inputs=candidate.drawn.inputs or {}, formats=resource.publish.formats,
    )  # fmt: skip


class Previous(Mapping[str, pa.Table]):
    """The parent's partitions as text, each read when first asked for, with the columns that the schema has today."""

    def __init__(self, store: Store, parent: Version | None, table: Table | None, schema: Schema) -> None:
        self._store, self._parent, self._table, self._schema = store, parent, table, schema
        self._keys = tuple(part.partition for part in table.parts) if table else ()
        self._read: dict[str, pa.Table] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)

    def __getitem__(self, key: str) -> pa.Table:
        if key not in self._keys or self._parent is None or self._table is None:
            raise KeyError(key)
        if key not in self._read:
            text = self._store.table_text(self._parent, self._table.resource, [key])[key]
            self._read[key] = _conform(text, self._schema)
        return self._read[key]


def _conform(table: pa.Table, schema: Schema) -> pa.Table:
    empty = pa.nulls(table.num_rows, pa.string())
    have = set(table.column_names)
    return pa.table({name: table.column(name) if name in have else empty for name in schema.names})


def _write_parts(
    bench: Workbench, candidate: Candidate, touched: Mapping[str, pa.Table], old: Table | None
) -> tuple[tuple[Part, ...], Report]:
    """Write and validate the bytes of each touched partition; partitions that did not change keep their old part."""
    parts = {part.partition: part for part in (old.parts if old else ())}
    known = parts.copy() if old and old.schema.descriptor == candidate.resource.schema.descriptor else {}
    reports: list[Report] = []
    for key, table in touched.items():
        if table.num_rows == 0 and len(set(parts) | set(touched)) > 1:
            parts.pop(key, None)
            continue
        parts[key], report = _write_part(bench, candidate, key, table, known.get(key))
        reports.append(report)
    rows = sum(part.rows for part in parts.values())
    issues = tuple(one for report in reports for one in report.issues)
    return tuple(parts[key] for key in sorted(parts)), Report(rows=rows, issues=issues)


def _write_part(
    bench: Workbench, candidate: Candidate, key: str, table: pa.Table, old: Part | None
) -> tuple[Part, Report]:
    resource, name = candidate.resource, bench.dataset.name
    path = bench.staging / f"{resource.name}.part.csv"
    csv.write(table, path, resource.schema.names)
    digest, _ = measure(path)
    if old is not None and old.hash == digest:
        return old, Report(rows=table.num_rows)
    report = Report(rows=table.num_rows) if digest == candidate.digest else validate(path, resource.schema)
    _refuse(f"{name}/{resource.name} part {key or 'all'}", report.issues)
    columns = None
    if "parquet" in resource.publish.formats:
        columns = bench.staging / f"{resource.name}.part.parquet"
        parquet.write(table, columns, resource.schema)
    kept = put_object(bench.store, name, path, "csv")
    part = Part(partition=key, path=kept.path, hash=digest, size=kept.size, rows=table.num_rows)
    if columns is not None:
        twin = put_object(bench.store, name, columns, "parquet")
        part = replace(part, parquet_path=twin.path, parquet_hash=twin.sha256, parquet_size=twin.size)
    return part, report


def _count(candidate: Candidate, settled: Settled) -> Counts:
    return Counts(
        read=candidate.drawn.read, filtered=candidate.drawn.filtered, quarantined=candidate.bad.num_rows,
        deduplicated=settled.deduplicated, accepted=settled.accepted, added=settled.added, changed=settled.changed,
        unchanged=settled.unchanged, superseded=settled.superseded, removed=settled.removed, previous=settled.previous,
        settled=settled.settled, suppressed=0, published=settled.settled,
    )  # fmt: skip


def _is_same(parent: Version, tables: tuple[Table, ...], dataset: Dataset) -> bool:
    return same_descriptor(parent, dataset) and all(
        (old := parent.table(table.resource)) is not None and same_parts(old, table) for table in tables
    )


def _refuse(place: str, issues: Iterable[Issue]) -> None:
    errors = [one for one in issues if one.severity == "error"]
    if errors:
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        raise RefusedError(f"{place}: {errors[0].message}{more}", errors)
