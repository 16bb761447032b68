"""A pull that is too large to be held, table by table.

It is first taken for sound, and each lot of partitions is validated where it is settled; when a row turns out not to
be, the pull is read again and judged as a whole.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

from lamppost.formats import csv
from lamppost.formats.codes import take
from lamppost.model import Issue, Report, Resource, Schema
from lamppost.run.candidate import (
    Candidate,
    Workbench,
    conclude,
    explain_drift,
    is_of_rows,
    leave_out,
    limit_errors,
    protect,
)
from lamppost.run.drawn import Drawn, Stream
from lamppost.run.refuse import refuse
from lamppost.run.spool import Spool
from lamppost.table.protect import protect_rows
from lamppost.table.read import ABSENT_KEY
from lamppost.validate import gates, renumber, validate
from lamppost.validate.gates.blockwise import join_caught, shift
from lamppost.validate.gates.caught import Caught

_HEAD = 10_000
"""Rows of a stream that are looked at for columns that are new, gone or of another type."""


def admit_quickly(bench: Workbench, resource: Resource, drawn: Drawn, stream: Stream) -> Candidate | None:
    """The rows, not yet validated; None when a gate has caught some that must not be published."""
    place = f"{bench.dataset.name}/{resource.name}"
    spool = Spool(bench.staging, f"{resource.name}.quick", resource, bench.sizes)
    caught: list[Caught] = []
    kept: list[pa.Table] = []
    first, rows, barred = 0, 0, 0
    head = _Head()
    for source in stream:
        head.add(source)
        table, _found = protect(bench, source, resource)
        barred += source.num_rows - table.num_rows
        fresh = shift(gates.check_incoming(table, resource, bench.around), first)
        kept.append(_pick(table, first, fresh))
        caught += fresh
        spool.add(table)
        first, rows = first + table.num_rows, rows + table.num_rows
    pa.default_memory_pool().release_unused()
    drift = explain_drift(bench, resource, head.table, protect_rows(head.table, resource)[1])
    refuse(place, (*drawn.issues, *drift))
    if any(one.issue.severity == "error" for one in caught):
        return None
    report = gates.add_caught(Report(rows=rows), join_caught(caught))
    named = _renumber(report, kept, resource.schema)
    drawn = leave_out(drawn.complete(), barred)
    candidate = conclude(bench, resource, drawn, spool.close(), report, named, kept[0].slice(0, 0), drift, "")
    return replace(candidate, doubted=True)


def admit_stream(bench: Workbench, resource: Resource, drawn: Drawn, stream: Stream) -> Candidate:
    """Every row judged, in two passes: what is wrong, then what is left without it."""
    place = f"{bench.dataset.name}/{resource.name}"
    path, head = bench.staging / f"{resource.name}.incoming.csv", _Head()
    first = 0
    with path.open("wb") as file:
        for source in stream:
            head.add(source)
            rows, _found = protect(bench, source, resource)
            for block in csv.iterate(rows, resource.schema.names, header=first == 0):
                file.write(block)
            first += rows.num_rows
    drift = explain_drift(bench, resource, head.table, protect_rows(head.table, resource)[1])
    report = validate(path, resource.schema, mode=resource.publish.mode, limit=limit_errors(first, resource))
    drift = (*drift, *_find_retyped(bench, resource, head.table, report))
    refuse(place, (*drawn.issues, *drift))
    refuse(place, [one for one in report.issues if one.severity == "error" and not is_of_rows(one)])
    path.unlink()
    return _divide(bench, resource, drawn, stream, report, drift)


def _divide(
    bench: Workbench, resource: Resource, drawn: Drawn, stream: Stream, report: Report, drift: tuple[Issue, ...]
) -> Candidate:
    """The stream once more: what failed by the report, or is caught now, is set apart."""
    spool = Spool(bench.staging, resource.name, resource, bench.sizes)
    failed = np.array(report.bad_rows, np.int64)
    caught: list[Caught] = []
    bad: list[pa.Table] = []
    kept: list[pa.Table] = []
    first, barred = 0, 0
    for source in stream:
        rows, _found = protect(bench, source, resource)
        barred += source.num_rows - rows.num_rows
        known = failed[(failed > first) & (failed <= first + rows.num_rows)] - first
        here = gates.check_incoming(rows, resource, bench.around, tuple(known.tolist()))
        mask = np.zeros(rows.num_rows, np.bool_)
        mask[known - 1] = True
        for one in here:
            if one.issue.severity == "error":
                mask[np.array(one.rows, np.int64) - 1] = True
        fresh = shift(here, first)
        kept.append(_pick(rows, first, [*fresh, *_read_samples(report)]))
        caught += fresh
        if mask.any() or not bad:
            bad.append(rows.filter(pa.array(mask)))
        spool.add(rows.filter(pa.array(~mask)))
        first += rows.num_rows
    report = gates.add_caught(report, join_caught(caught))
    named = _renumber(report, kept, resource.schema)
    drawn = leave_out(drawn.complete(), barred)
    return conclude(bench, resource, drawn, spool.close(), report, named, pa.concat_tables(bad), drift, "")


def _read_samples(report: Report) -> Iterator[Caught]:
    for issue in report.issues:
        yield Caught(issue, ())


def _pick(table: pa.Table, first: int, caught: Sequence[Caught]) -> pa.Table:
    """The rows of a block that samples are about, with their places in the stream as `_at`."""
    wanted = {one.row for some in caught for one in some.issue.samples if one.row is not None}
    rows = np.array(sorted(row - first for row in wanted if first < row <= first + table.num_rows), np.int64)
    return take(table, rows - 1).append_column("_at", pa.array(rows + first))


def _renumber(report: Report, kept: Sequence[pa.Table], schema: Schema) -> Report:
    """As `renumber`, of a table of which only the samples' rows were kept."""
    rows = pa.concat_tables(kept)
    places = {at: place for place, at in enumerate(rows.column("_at").to_pylist(), 1)}
    issues = tuple(
        replace(one, samples=tuple(replace(it, row=places.get(it.row or 0)) for it in one.samples))
        for one in report.issues
    )
    return renumber(replace(report, issues=issues), rows, schema)


def _find_retyped(bench: Workbench, resource: Resource, source: pa.Table, report: Report) -> tuple[Issue, ...]:
    """Told by the first rows alone, and only where some value had the wrong type."""
    if not any(one.code == "type-error" for one in report.issues):
        return ()
    path = bench.staging / f"{resource.name}.head.csv"
    rows, _found = protect(bench, source, resource)
    csv.write(rows, path, resource.schema.names)
    return gates.find_retyped(rows, validate(path, resource.schema, mode=resource.publish.mode), resource)


class _Head:
    """The first rows of a stream, and the fields whose key was in no record of it."""

    def __init__(self) -> None:
        self._tables: list[pa.Table] = []
        self._rows = 0
        self._absent: set[str] | None = None

    def add(self, table: pa.Table) -> None:
        if table.num_rows:
            here = set(filter(None, (table.schema.metadata or {}).get(ABSENT_KEY, b"").decode().split("\n")))
            self._absent = here if self._absent is None else self._absent & here
        if self._rows < _HEAD or not self._tables:
            some = np.arange(min(table.num_rows, max(_HEAD - self._rows, 0)))
            self._tables.append(table.take(pa.array(some)).replace_schema_metadata(None))  # and nothing behind them
            self._rows += table.num_rows

    @property
    def table(self) -> pa.Table:
        absent = "\n".join(sorted(self._absent or ()))
        whole = pa.concat_tables(self._tables)
        return whole.replace_schema_metadata({ABSENT_KEY: absent.encode()} if absent else None)
