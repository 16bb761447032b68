"""The bench on which one dataset's version is made, and what one resource becomes on it: a candidate or a refusal."""

from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from lamppost.formats import csv
from lamppost.model import Checks, Dataset, Issue, Report, Resource
from lamppost.run.drawn import Drawn
from lamppost.run.places import add_places
from lamppost.run.refuse import refuse
from lamppost.run.sizes import USUAL, Sizes
from lamppost.run.spool import Spooled
from lamppost.store import Store
from lamppost.store.barred import Barred
from lamppost.table.protect import protect_rows
from lamppost.validate import gates, quarantine_rows
from lamppost.validate.table import ERRORS


@dataclass(frozen=True)
class Workbench:
    """Where one dataset's version is made: `staging` holds the bytes that are still on trial, the store those kept."""

    dataset: Dataset
    store: Store
    staging: Path
    around: gates.Surroundings
    private: Path | None
    sizes: Sizes = USUAL
    barred: Barred | None = None
    """Rows that were retracted: they are left out before anything is looked at."""


@dataclass(frozen=True, eq=False)
class Candidate:
    """Rows that passed every gate on the way in, with the reports that say so."""

    resource: Resource
    drawn: Drawn
    good: Spooled
    incoming: Report
    bad: pa.Table
    """Rows in quarantine: their keys keep the rows published before."""
    digest: str
    """sha256 of the incoming CSV when no row failed: the same bytes need no second look."""
    doubted: bool = False
    """The rows were not looked at yet."""


def protect(bench: Workbench, source: pa.Table, resource: Resource) -> tuple[pa.Table, tuple[Issue, ...]]:
    """Default deny, then without the rows that were retracted."""
    rows, found = protect_rows(source, resource)
    if bench.barred is not None:
        rows = rows.filter(pa.array(~bench.barred.mark(rows, resource.name, resource.schema.primary_key)))
    return rows, found


def leave_out(drawn: Drawn, rows: int) -> Drawn:
    """So many more rows that a retraction keeps away; they count as filtered."""
    return replace(drawn, filtered=drawn.filtered + rows) if rows else drawn


def conclude(
    bench: Workbench,
    resource: Resource,
    drawn: Drawn,
    good: Spooled,
    report: Report,
    named: Report,
    bad: pa.Table,
    drift: tuple[Issue, ...],
    digest: str,
) -> Candidate:
    """The candidate, unless too many rows failed; `named` is the report with rows numbered as in the pull."""
    place = f"{bench.dataset.name}/{resource.name}"
    named = add_places(named, drawn.where.name if drawn.where else None)
    refuse(place, gates.check_quarantine(place, bad.num_rows, drawn.read, resource.checks, named.issues))
    if bench.private is not None and bad.num_rows:
        path = bench.private / "quarantine" / f"{place}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = quarantine_rows(bad, report, drawn.where.name if drawn.where else None)
        csv.write(rows, path, rows.column_names)
    incoming = replace(named, issues=(*drawn.issues, *drift, *named.issues))
    return Candidate(resource, drawn, good, incoming, bad, digest)


def limit_errors(rows: int, resource: Resource) -> int:
    """After so many errors more rows than `checks.quarantine.max` allows have failed, whatever the rest is like.

    One row may have an error for each constraint of each field, and some of its own.
    """
    most = int(rows * _share(resource.checks)) + 1
    each = 3 + sum(1 + len(one.descriptor.get("constraints", {})) for one in resource.schema.fields)
    return min(most * each, ERRORS)


def _share(checks: Checks) -> float:
    return min(max(checks.quarantine_max, 0.0), 1.0)


def explain_drift(
    bench: Workbench, resource: Resource, source: pa.Table, found: tuple[Issue, ...]
) -> tuple[Issue, ...]:
    """What changed at the source, with patches; the rows published before are looked at only when something did."""
    previous = None
    if any(one.severity == "error" for one in found):
        head = bench.store.head(bench.dataset.name)
        old = head.table(resource.name) if head else None
        previous = bench.store.table_whole(head, resource.name) if head and old and old.parts else None
    return gates.weigh(gates.explain_drift(found, source, resource, previous), resource.checks)


def is_of_rows(issue: Issue) -> bool:
    """True when quarantine takes care of it; a fault of the header or of the file as a whole has no rows."""
    return any(one.row is not None for one in issue.samples)
