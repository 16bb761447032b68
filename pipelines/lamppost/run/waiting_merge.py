"""Several pulls become one candidate: each is admitted by itself, as if it were published alone, then all are joined.

What is published in the end is what publishing one after the other would have left: per key the newest event time, or
where none is declared the last pull, counts.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import rmtree

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import ipc

from lamppost.formats import csv
from lamppost.formats.codes import locate
from lamppost.model import Dates, Issue, Receipt, Report, Resource, Sample, Schema
from lamppost.run.admit import admit
from lamppost.run.candidate import Candidate, Workbench
from lamppost.run.drawn import Drawn, hash_rows
from lamppost.run.spool import Spool
from lamppost.table.keys import normalise, number_keys
from lamppost.table.read import ROW

SAMPLES = 5
PULL = "_pull"


@dataclass(frozen=True)
class Later:
    """A pull that waited; its rows are read when their turn comes."""

    name: str
    dates: Dates
    read: Callable[[], Drawn]


def admit_all(bench: Workbench, resource: Resource, pulls: Sequence[Later]) -> Candidate:
    """The candidate of all pulls together, oldest first; RefusedError when one of them is refused."""
    candidates = [_admit(bench, resource, one, number) for number, one in enumerate(pulls, 1)]
    drawn = [one.drawn for one in candidates]
    starts = np.concatenate([[0], np.cumsum([one.read for one in drawn])]).tolist()
    spool = Spool(bench.staging, f"{resource.name}.together", resource, bench.sizes)
    for table in _join(candidates, starts, resource):
        spool.add(table)
    good = spool.close()
    _keep_quarantine(bench, resource, pulls)
    for number in range(1, len(pulls) + 1):
        rmtree(_folder(bench, resource, number), ignore_errors=True)
    together = Drawn(
        good.empty, sum(one.read for one in drawn), sum(one.filtered for one in drawn),
        receipt=combine([one.receipt for one in drawn if one.receipt]), memory=drawn[-1].memory,
    )  # fmt: skip
    bad = pa.concat_tables(_number(one.bad, start) for one, start in zip(candidates, starts, strict=False))
    return Candidate(resource, together, good, join_reports([one.incoming for one in candidates], starts), bad, "")


def _folder(bench: Workbench, resource: Resource, number: int) -> Path:
    return bench.staging / f"{resource.name}.pull-{number}"


def _admit(bench: Workbench, resource: Resource, pull: Later, number: int) -> Candidate:
    """Its rows end up on disk, whatever their number, so that only one pull at a time is held."""
    folder = _folder(bench, resource, number)
    folder.mkdir()
    alone = replace(
        bench, staging=folder, private=folder if bench.private else None, sizes=replace(bench.sizes, held=0),
        around=replace(bench.around, now=pull.dates.now),
    )  # fmt: skip
    found = admit(alone, resource, pull.read(), quick=False)
    return replace(found, drawn=replace(found.drawn, rows=found.good.empty, where=None, pulled=None))


def _number(rows: pa.Table, start: int) -> pa.Table:
    """Rows numbered as if all pulls were one."""
    place = rows.column_names.index(ROW)
    return rows.set_column(place, ROW, pc.add(rows.column(ROW), start))


def _join(candidates: Sequence[Candidate], starts: Sequence[int], resource: Resource) -> Iterator[pa.Table]:
    """All good rows; outside upsert the earlier rows of a key are made like its last one, which settle then counts.

    Two rows with one key that differ are a fault in one pull, and a revision in two.
    """
    schema = resource.schema
    repeated = _find_repeated(candidates, schema) if resource.publish.mode != "upsert" else np.zeros(0, np.uint64)
    again: list[pa.Table] = []
    for one, start in zip(candidates, starts, strict=False):
        for table in _iterate(one):
            rows = _number(table, start)
            if len(repeated):
                mask = np.isin(hash_rows(_keys(rows, schema)), repeated)
                again.append(rows.filter(pa.array(mask)))
                rows = rows.filter(pa.array(~mask))
            yield rows
    if again:
        rows = pa.concat_tables(again)
        keys = number_keys(rows, schema)
        last = rows.take(pa.array(locate(keys, int(keys.max(initial=-1)) + 1)[keys]))
        yield last.set_column(last.column_names.index(ROW), ROW, rows.column(ROW))


def _find_repeated(candidates: Sequence[Candidate], schema: Schema) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    """Hashes of keys that came more than once; by chance a few more."""
    found = [hash_rows(_keys(table, schema)) for one in candidates for table in _iterate(one)]
    hashes, counts = np.unique(np.concatenate([np.zeros(0, np.uint64), *found]), return_counts=True)
    return hashes[counts > 1]


def _keys(rows: pa.Table, schema: Schema) -> pa.Table:
    columns = {name: normalise(rows.column(name), schema.field(name).type) for name in schema.primary_key}
    return pa.table({name: column.cast(pa.string()) for name, column in columns.items()})


def _iterate(candidate: Candidate) -> Iterator[pa.Table]:
    if candidate.good.table is not None:
        yield candidate.good.table
    for path in candidate.good.files:
        with pa.memory_map(str(path)) as source:
            yield ipc.open_file(source).read_all()


def join_reports(reports: Sequence[Report], starts: Sequence[int]) -> Report:
    """One report, rows numbered as if all pulls were one; what several pulls have in common is said once."""
    found: dict[tuple[str, str, str, str], Issue] = {}
    for number, (report, start) in enumerate(zip(reports, starts, strict=False), 1):
        for issue in report.issues:
            one = replace(issue, samples=tuple(_place(it, start, number, len(reports)) for it in issue.samples))
            key = (one.code, one.place, one.message, one.severity)
            found[key] = _add(found[key], one) if key in found else one
    rows = [row + start for report, start in zip(reports, starts, strict=False) for row in report.bad_rows]
    return Report(sum(one.rows for one in reports), tuple(found.values()), tuple(rows))


def _add(one: Issue, other: Issue) -> Issue:
    count = one.count + other.count if one.samples or other.samples else max(one.count, other.count)
    return replace(one, count=count, samples=(*one.samples, *other.samples)[:SAMPLES])


def _place(sample: Sample, start: int, number: int, pulls: int) -> Sample:
    if sample.row is None:
        return sample
    said = f"pull {number:,} of {pulls:,}, {sample.place}" if pulls > 1 else sample.place
    return replace(sample, row=sample.row + start, place=said)


def combine(receipts: Sequence[Receipt]) -> Receipt:
    """The receipt of all pulls: sums, from the first one's cursor to the last one's; proven when each of them is."""
    if len(receipts) == 1:
        return receipts[0]
    last, doubted = receipts[-1], [one for one in receipts if one.verdict != "complete"]
    declared = [one.declared for one in receipts if one.declared is not None]
    spans = [one.span for one in receipts if one.span]
    counts = ", ".join(f"{one.received:,}" for one in receipts)
    each = f"{len(receipts):,} pulls waited for this version, with {counts} records, oldest first."
    worst = doubted[-1] if doubted else last
    notes = dict.fromkeys(note for one in receipts for note in one.notes)
    return replace(
        last,
        received=sum(one.received for one in receipts),
        declared=sum(declared) if len(declared) == len(receipts) else None,
        distinct=None,
        pages=tuple(page for one in receipts for page in one.pages),
        size=sum(one.size for one in receipts),
        sizes=tuple(size for one in receipts for size in one.sizes),
        digests=tuple(digest for one in receipts for digest in one.digests),
        span=(min(one[0] for one in spans), max(one[1] for one in spans)) if spans else None,
        cursor_before=receipts[0].cursor_before,
        verdict=worst.verdict,
        reason=f"{len(doubted):,} of {len(receipts):,} pulls: {worst.reason}" if doubted else last.reason,
        accepted=worst.accepted,
        notes=(*notes, each),
    )


def _keep_quarantine(bench: Workbench, resource: Resource, pulls: Sequence[Later]) -> None:
    """The rows that failed, of all pulls, where people look for those of one."""
    name = f"{bench.dataset.name}/{resource.name}.csv"
    tables = []
    for number, one in enumerate(pulls, 1):
        path = _folder(bench, resource, number) / "quarantine" / name
        if path.exists():
            rows = csv.read(path.read_bytes())
            tables.append(rows.add_column(0, PULL, pa.array([one.name] * rows.num_rows, pa.string())))
    if bench.private is not None and tables:
        path = bench.private / "quarantine" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        csv.write(pa.concat_tables(tables), path, tables[0].column_names)
