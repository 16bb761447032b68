"""One table against its schema: proven where that is certain, replayed by frictionless where it is not.

Encoding and dialect are declared, never detected, so that a stranger's `frictionless validate` says the same on any
Python. Values at which frictionless itself breaks off (a signalling NaN under a bound, an instant without zone
compared with one that has it) are found by row and reported like any other fault.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

from lamppost.errors import is_shortage
from lamppost.model import Report, Schema
from lamppost.model.dataset import Mode
from lamppost.validate.blocks import Source
from lamppost.validate.layout import find_layout
from lamppost.validate.matching import TOO_SLOW, PatternTooSlowError
from lamppost.validate.prove import Pass
from lamppost.validate.replay import (
    BREAKS,
    PROFILE,
    BadSchemaError,
    Opened,
    Rules,
    open_table,
    read_rules,
    replay,
)
from lamppost.validate.tokens import UnprovableError
from lamppost.validate.words import Finding, group_findings, list_faults

ERRORS = 50_000
"""frictionless stops after so many errors; rows that it did not reach count as bad."""
MOST_BREAKS = 20
"""After so many rows at which frictionless breaks off, the rest of the file counts as bad."""
DIALECT = {
    "headerRows": [1],
    "csv": {"delimiter": ",", "lineTerminator": "\n", "quoteChar": '"', "doubleQuote": True, "skipInitialSpace": False},
}
_SAME = "the same as in the row at position "


@dataclass(frozen=True)
class _Fault:
    """One error of frictionless; data rows count from 1."""

    finding: Finding
    same_as: int | None = None
    """The earlier row that has the same primary key."""
    cells: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Pass:
    """What was found in a file; `reached` is the last row looked at, `rows` how many there are if that is known."""

    reached: int
    rows: int | None
    faults: tuple[_Fault, ...] = ()
    unreadable: tuple[int, ...] = ()
    cells: Mapping[int, Sequence[str]] | None = None
    """Of rows that were looked at one by one, where not all were."""


def validate(path: Path, schema: Schema, *, mode: Mode | None = None, limit: int | None = None) -> Report:
    """Validate a CSV (UTF-8, comma, LF, header) against the schema; data rows are numbered from 1.

    With `mode` the rows are taken as incoming ones, whose equal keys are for settle to sort out: in `upsert` the newest
    wins, elsewhere rows equal throughout collapse into one; neither is held against them. Without it, as for bytes that
    are about to be published, every key must be unique. After `limit` errors no more rows are looked at; those left
    count as bad.
    """
    found = _pass(path, schema, ERRORS if limit is None else limit)
    faults = found.faults if mode is None else _forgive_duplicates(found, path, mode)
    findings = [fault.finding for fault in faults]
    findings += [Finding("unreadable-row", row) for row in found.unreadable]
    rows = found.rows
    if rows is None:
        rows = sum(1 for _row in _read_rows(path)) - 1
    findings += [Finding("unchecked-row", row) for row in range(found.reached + 1, rows + 1)]
    bad = {finding.row for finding in findings if finding.row is not None}
    issues, listed = group_findings(findings, schema), list_faults(findings)
    return Report(rows=rows, issues=issues, bad_rows=tuple(sorted(bad)), faults=listed)


def _pass(path: Path, schema: Schema, limit: int) -> _Pass:
    """The file looked at, around rows at which frictionless breaks off."""
    skipped: list[int] = []
    try:
        rules = read_rules(describe(schema), DIALECT, "utf-8", PROFILE)
        while True:
            found = _look(path, rules, skipped, limit)
            if isinstance(found, _Pass):
                return found
            skipped.append(found)
            if len(skipped) >= MOST_BREAKS:
                return _Pass(found, None, unreadable=tuple(skipped))
    except BadSchemaError as error:
        return _Pass(0, 0, tuple(_read_fault(one) for one in error.errors))
    except PatternTooSlowError as error:
        return _Pass(0, None, (_Fault(Finding(TOO_SLOW, note=str(error))),))
    except BREAKS as error:
        if is_shortage(error):  # neither the schema's fault nor that of any row
            raise
        return _Pass(0, 0, (_Fault(Finding("schema-error", note=f"the schema cannot be used: {error}")),))


def _look(path: Path, rules: Rules, skipped: Sequence[int], limit: int) -> _Pass | int:
    """What frictionless finds without the skipped rows, or the number of the row at which it breaks off."""
    with Source(path) as source:
        try:
            layout = find_layout(source, path, rules)
            if layout and rules.plan and list(layout.labels) == rules.names:
                return _look_quickly(path, rules, Pass(source, layout, rules.plan), skipped, limit)
        except UnprovableError:
            pass
    opened = open_table(path, rules)
    seen = _Seen(skipped)
    task = _try_replay(opened, seen.follow(_number_all(opened)), limit)
    return seen.last - 1 if task is None else _sum_up(task, seen, max(seen.last - 1, 0))


def _look_quickly(path: Path, rules: Rules, quick: Pass, skipped: Sequence[int], limit: int) -> _Pass | int:
    suspects = quick.suspects()
    first = next(suspects, None)
    if first is None:
        return _Pass(quick.records - 1, quick.records - 1)
    seen = _Seen(skipped, cells={})
    task = _try_replay(open_table(path, rules), seen.follow(chain([first], suspects)), limit)
    if task is None:
        return seen.last - 1
    reached = seen.last - 1
    if task.warnings:
        for _suspect in suspects:
            pass  # to the end, only to know how many rows there are
        return replace(_sum_up(task, seen, quick.records - 1), reached=reached)
    return _sum_up(task, seen, quick.records - 1)


def _try_replay(opened: Opened, rows: Iterator[tuple[int, list[str]]], limit: int) -> Any:
    """The task that frictionless reports; None where it broke off."""
    try:
        return replay(opened, lambda: rows, limit=limit).tasks[0]
    except BREAKS as error:
        if is_shortage(error):
            raise
        return None


def _sum_up(task: Any, seen: "_Seen", rows: int) -> _Pass:
    faults, skipped = tuple(map(_read_fault, task.errors)), tuple(seen.skipped)
    stopped = seen.cells is None and bool(task.warnings)
    return _Pass(seen.last - 1 if stopped else rows, None if stopped else rows, faults, skipped, seen.cells)


def _number_all(opened: Opened) -> Iterator[tuple[int, list[str]]]:
    """Every row behind the header, as frictionless itself numbers them."""
    for number, cells in enumerate(opened.resource.cell_stream, 1):
        if number > 1:
            yield number, cells


@dataclass
class _Seen:
    """Follows the rows that frictionless looks at, so that it is known at which one it broke off."""

    skipped: Sequence[int]
    cells: dict[int, list[str]] | None = None
    """Of each data row, where they are few."""
    last: int = 1

    def follow(self, rows: Iterable[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
        """The rows, the skipped ones left out; `last` is the number of the one given out last."""
        for number, cells in rows:
            self.last = max(self.last, number)
            if self.cells is not None:
                self.cells[number - 1] = cells
            if number - 1 not in self.skipped:
                yield number, cells


def describe(schema: Schema) -> dict[str, Any]:
    """The descriptor as published, or one made from the fields where there is none."""
    if schema.descriptor:
        return dict(schema.descriptor)
    return {
        "fields": [dict(field.descriptor) or {"name": field.name, "type": field.type} for field in schema.fields],
        "missingValues": list(schema.missing_values),
        "primaryKey": list(schema.primary_key),
    }


def read_finding(error: Any) -> Finding:
    """An error with data rows from 1: frictionless counts records with the header."""
    number = getattr(error, "row_number", None)
    row = None if number is None else number - 1
    value = getattr(error, "cell", None) if row else getattr(error, "label", None) or None
    return Finding(error.type, row, getattr(error, "field_name", ""), value, str(error.note or error.message))


def _read_fault(error: Any) -> _Fault:
    finding = read_finding(error)
    keyed = error.type == "primary-key" and finding.note.startswith(_SAME)
    same = int(finding.note.removeprefix(_SAME)) - 1 if keyed else None
    return _Fault(finding, same, tuple(getattr(error, "cells", ())))


def _forgive_duplicates(found: _Pass, path: Path, mode: Mode) -> tuple[_Fault, ...]:
    """Without the key errors that settle resolves by itself: all in `upsert`, else those of rows equal throughout."""
    faults = found.faults
    wanted = {fault.same_as for fault in faults if fault.same_as is not None and mode != "upsert"}
    earlier: Mapping[int, Sequence[str]] = found.cells or {}
    if wanted - set(earlier):
        earlier = {row: cells for row, cells in enumerate(_read_rows(path)) if row in wanted}
    return tuple(
        fault
        for fault in faults
        if fault.same_as is None or (mode != "upsert" and tuple(earlier[fault.same_as]) != fault.cells)
    )


def _read_rows(path: Path) -> Iterable[list[str]]:
    """The file's records, the header being number 0."""
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.reader(file)
