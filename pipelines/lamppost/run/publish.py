"""Driver of one dataset: rows in hand go through protect, validate, settle, validate again, commit.

Nothing is written to the store before the very last step, so a refusal leaves the last good version as it was.
"""

import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow as pa

from lamppost import __version__
from lamppost.errors import RefusedError, StoreError, TakenError
from lamppost.formats import csv, parquet
from lamppost.model import Box, Counts, Dataset, Dates, Issue, Part, Receipt, Report, Resource, Schema, Table, Version
from lamppost.run.places import add_places, name_rows
from lamppost.run.previous import Previous
from lamppost.run.surroundings import look_around, note_versions
from lamppost.store import Store, commit, compose, diff, measure, put_object, same_descriptor, same_parts
from lamppost.table.protect import protect_rows
from lamppost.table.settle import Settled, settle
from lamppost.validate import gates, renumber, split, validate

ATTEMPTS = 5
"""How often a commit settles again on a new parent when other runs are faster."""

MOST = 5
"""So many reasons of a refusal are said in full."""


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
    by_line: bool = False
    """Row n stands on line n + 1 of the one file that came."""
    unchanged: bool = False
    """The source has nothing new, so there are no rows; what was published stays."""


@dataclass(frozen=True)
class Published:
    """What `publish` did; `version` is the head afterwards, `is_new` whether this call made it."""

    version: Version
    is_new: bool
    read: int
    quarantined: int
    issues: tuple[Issue, ...] = ()
    """What the gates noticed about the tables; with a head that stays, it is in no report."""


@dataclass(frozen=True)
class Workbench:
    """Where one dataset's version is made: `staging` holds the bytes that are still on trial, the store those kept."""

    dataset: Dataset
    store: Store
    staging: Path
    around: gates.Surroundings


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
    dataset: Dataset,
    drawn: Mapping[str, Drawn],
    *,
    store: Store,
    private: Path | None,
    dates: Dates,
    boundary: Box | None = None,
) -> Published:
    """Publish what was drawn as the dataset's next version, or keep the head when nothing changed.

    Raises RefusedError (the head stays) when a gate or a report says no.
    """
    around = look_around(dataset, store, dates, boundary)
    with tempfile.TemporaryDirectory(prefix="lamppost-", ignore_cleanup_errors=True) as folder:
        bench = Workbench(dataset, store, Path(folder), around)
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
    fresh = drawn.receipt is None or drawn.receipt.cursor_before is None
    if fresh and not drawn.unchanged:  # nothing new since the cursor is no empty source
        _refuse(place, gates.check_empty(place, drawn.read))
    rows, drift = protect_rows(drawn.rows, resource)
    drift = _explain_drift(bench, resource, drawn, drift)
    path = bench.staging / f"{resource.name}.incoming.csv"
    csv.write(rows, path, resource.schema.names)
    report = validate(path, resource.schema, mode=resource.publish.mode)
    drift = (*drift, *gates.find_retyped(rows, report, resource))
    _refuse(place, (*drawn.issues, *drift))
    _refuse(place, [one for one in report.issues if one.severity == "error" and not _is_of_rows(one)])
    report = gates.add_caught(report, gates.check_incoming(rows, resource, bench.around, report.bad_rows))
    good, bad = split(rows, report)
    _refuse(place, gates.check_quarantine(place, bad.num_rows, drawn.read, resource.checks, report.issues))
    report = replace(report, issues=(*drawn.issues, *drift, *report.issues))
    if private is not None and bad.num_rows:
        _quarantine(bad, private / "quarantine" / f"{place}.csv", resource.schema)
    digest = "" if bad.num_rows else measure(path)[0]
    named = add_places(renumber(report, rows), name_rows(drawn.receipt, by_line=drawn.by_line))
    return Candidate(resource, drawn, good, named, bad, digest)


def _explain_drift(bench: Workbench, resource: Resource, drawn: Drawn, found: tuple[Issue, ...]) -> tuple[Issue, ...]:
    """What changed at the source, with patches; the rows published before are looked at only when something did."""
    previous = None
    if any(one.severity == "error" for one in found):
        head = bench.store.head(bench.dataset.name)
        old = head.table(resource.name) if head else None
        previous = bench.store.table_whole(head, resource.name) if head and old and old.parts else None
    return gates.weigh(gates.explain_drift(found, drawn.rows, resource, previous), resource.checks)


def _is_of_rows(issue: Issue) -> bool:
    """True when quarantine takes care of it; a fault of the header or of the file as a whole has no rows."""
    return any(one.row is not None for one in issue.samples)


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
        return Published(parent, is_new=False, read=read, quarantined=quarantined, issues=_list_old(tables))
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
    candidate = _weigh(bench, candidate, settled, previous, old)
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
        resource=resource.name, schema=resource.schema, parts=parts, counts=_count(candidate, settled, place),
        diff=change, report=report, receipt=note_versions(candidate.drawn.receipt, resource, bench.around),
        incoming=candidate.incoming, inputs=candidate.drawn.inputs or {}, formats=resource.publish.formats,
    )  # fmt: skip


def _weigh(
    bench: Workbench, candidate: Candidate, settled: Settled, previous: Mapping[str, pa.Table], old: Table | None
) -> Candidate:
    """The candidate with what the gates notice about the settled table; RefusedError for an error."""
    resource, place = candidate.resource, f"{bench.dataset.name}/{candidate.resource.name}"
    assert settled.table is not None
    assert settled.fresh is not None
    before = pa.concat_tables([settled.table.slice(0, 0), *previous.values()])
    history = gates.History(resource, before, settled.table, settled.fresh)
    volume = (
        *gates.check_growth(place, settled.previous, settled.settled, resource),
        *gates.check_bytes(place, old.receipt if old else None, candidate.drawn.receipt),
    )
    found = (
        *gates.weigh(volume, resource.checks),
        *gates.check_settled(history, bench.around, bench.dataset.promise),
    )
    _refuse(place, found)
    return replace(candidate, incoming=replace(candidate.incoming, issues=(*candidate.incoming.issues, *found)))


def _list_old(tables: Iterable[Table]) -> tuple[Issue, ...]:
    """Warnings about data that have grown old: with rows that did not change, no new version would tell of them."""
    return tuple(one for table in tables if table.incoming for one in table.incoming.issues if one.code == "old-data")


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


def _count(candidate: Candidate, settled: Settled, place: str) -> Counts:
    """Where every row went; StoreError when one came from or went to nowhere, whether or not a version is made."""
    counts = Counts(
        read=candidate.drawn.read, filtered=candidate.drawn.filtered, quarantined=candidate.bad.num_rows,
        deduplicated=settled.deduplicated, accepted=settled.accepted, added=settled.added, changed=settled.changed,
        unchanged=settled.unchanged, superseded=settled.superseded, removed=settled.removed, previous=settled.previous,
        settled=settled.settled, suppressed=0, published=settled.settled,
    )  # fmt: skip
    if not counts.holds():
        raise StoreError(f"{place}: rows do not add up: {counts}; this is a fault of lamppost, please report it")
    return counts


def _is_same(parent: Version, tables: tuple[Table, ...], dataset: Dataset) -> bool:
    return same_descriptor(parent, dataset) and all(
        (old := parent.table(table.resource)) is not None and same_parts(old, table) for table in tables
    )


def _refuse(place: str, issues: Iterable[Issue]) -> None:
    """RefusedError that says all there is to say, as far as a person reads on."""
    errors = [one for one in issues if one.severity == "error"]
    if not errors:
        return
    more = f" (and {len(errors) - MOST} more)" if len(errors) > MOST else ""
    raise RefusedError(f"{place}: {' Also: '.join(one.message for one in errors[:MOST])}{more}", errors)
