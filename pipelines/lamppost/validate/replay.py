"""Plain frictionless over one canonical CSV; nothing else in the engine imports frictionless.

Encoding and dialect are declared, never detected, so that a stranger's `frictionless validate` says the same on any
Python. Values at which frictionless itself breaks off (a signalling NaN under a bound, an instant without zone
compared with one that has it) are found by row and reported like any other fault.
"""

import csv
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lamppost.model import Report, Schema
from lamppost.model.dataset import Mode
from lamppost.validate.words import Finding, group_findings

ERRORS = 50_000
"""frictionless stops after so many errors; rows that it did not reach count as bad."""
BREAKS = 20
"""After so many rows at which frictionless breaks off, the rest of the file counts as bad."""
_DIALECT = {
    "headerRows": [1],
    "csv": {"delimiter": ",", "lineTerminator": "\n", "quoteChar": '"', "doubleQuote": True, "skipInitialSpace": False},
}
_SAME = "the same as in the row at position "
_BROKEN = (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError, csv.Error)


@dataclass(frozen=True)
class _Fault:
    """One error of frictionless; data rows count from 1."""

    finding: Finding
    same_as: int | None = None
    """The earlier row that has the same primary key."""
    cells: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Pass:
    """One pass over a file: `rows` were looked at; `broken` when frictionless broke off at the next one."""

    rows: int
    faults: tuple[_Fault, ...] = ()
    broken: bool = False
    stopped: bool = False


def validate(path: Path, schema: Schema, *, mode: Mode | None = None) -> Report:
    """Validate a CSV (UTF-8, comma, LF, header) against the schema; data rows are numbered from 1.

    With `mode` the rows are taken as incoming ones, whose equal keys are for settle to sort out: in `upsert` the newest
    wins, elsewhere rows equal throughout collapse into one; neither is held against them. Without it, as for bytes that
    are about to be published, every key must be unique.
    """
    last, skipped = _pass_around(path, schema)
    faults = last.faults if mode is None else _forgive_duplicates(last.faults, path, mode)
    findings = [fault.finding for fault in faults]
    findings += [Finding("unreadable-row", row) for row in skipped]
    reached = last.rows + len(skipped)
    rows = reached
    if last.broken or last.stopped:
        rows = sum(1 for _row in _read_rows(path)) - 1
        findings += [Finding("unchecked-row", row) for row in range(reached + 1, rows + 1)]
    bad = {finding.row for finding in findings if finding.row is not None}
    return Report(rows=rows, issues=group_findings(findings, schema), bad_rows=tuple(sorted(bad)))


def _pass_around(path: Path, schema: Schema) -> tuple[_Pass, list[int]]:
    """The last pass, with the rows left out at which earlier ones broke off; all rows are numbered as in `path`."""
    skipped: list[int] = []
    found = _pass(path, schema)
    with tempfile.TemporaryDirectory(prefix="lamppost-", ignore_cleanup_errors=True) as folder:
        while found.broken and len(skipped) < BREAKS:
            skipped.append(found.rows + len(skipped) + 1)
            found = _pass(_write_without(path, set(skipped), Path(folder) / "rows.csv"), schema)
    return replace(found, faults=tuple(_number_as_before(fault, skipped) for fault in found.faults)), skipped


def _pass(path: Path, schema: Schema) -> _Pass:
    from frictionless import Dialect, FrictionlessException  # noqa: PLC0415 - a third of a second, and only here
    from frictionless import Schema as Description  # noqa: PLC0415
    from frictionless.resources import TableResource  # noqa: PLC0415

    seen = 0

    def count(_row: Any) -> None:
        nonlocal seen
        seen += 1

    try:
        resource = TableResource(
            path=path.name, basepath=str(path.parent), scheme="file", format="csv", encoding="utf-8",
            dialect=Dialect.from_descriptor(_DIALECT), schema=Description.from_descriptor(_describe(schema)),
        )  # fmt: skip
        resource.open()
    except FrictionlessException as error:
        return _Pass(0, tuple(_read_fault(one) for one in error.reasons or [error.error]))
    except _BROKEN as error:
        return _Pass(0, (_Fault(Finding("schema-error", note=f"the schema cannot be used: {error}")),))
    try:
        task = resource.validate(limit_errors=ERRORS, on_row=count).tasks[0]
    except _BROKEN:
        return _Pass(seen, broken=True)
    return _Pass(seen, tuple(map(_read_fault, task.errors)), stopped=bool(task.warnings))


def _describe(schema: Schema) -> dict[str, Any]:
    """The descriptor as published, or one made from the fields where there is none."""
    if schema.descriptor:
        return dict(schema.descriptor)
    return {
        "fields": [dict(field.descriptor) or {"name": field.name, "type": field.type} for field in schema.fields],
        "missingValues": list(schema.missing_values),
        "primaryKey": list(schema.primary_key),
    }


def _read_fault(error: Any) -> _Fault:
    """A fault with data rows from 1: frictionless counts records with the header, and so do its notes."""
    note = str(error.note or error.message)
    number = getattr(error, "row_number", None)
    row = None if number is None else number - 1
    field = getattr(error, "field_name", "") if row else ""
    finding = Finding(error.type, row, field, getattr(error, "cell", None) if row else None, note)
    same = int(note.removeprefix(_SAME)) - 1 if error.type == "primary-key" and note.startswith(_SAME) else None
    return _Fault(finding, same, tuple(getattr(error, "cells", ())))


def _number_as_before(fault: _Fault, skipped: Sequence[int]) -> _Fault:
    """The fault with row numbers as they were before rows were left out."""
    row, same = (_insert(number, skipped) for number in (fault.finding.row, fault.same_as))
    return replace(fault, finding=replace(fault.finding, row=row), same_as=same)


def _insert(number: int | None, skipped: Iterable[int]) -> int | None:
    if number is not None:
        for row in sorted(skipped):
            number += row <= number
    return number


def _forgive_duplicates(faults: Sequence[_Fault], path: Path, mode: Mode) -> tuple[_Fault, ...]:
    """Without the key errors that settle resolves by itself: all in `upsert`, else those of rows equal throughout."""
    wanted = {fault.same_as for fault in faults if fault.same_as is not None and mode != "upsert"}
    earlier = {row: tuple(cells) for row, cells in enumerate(_read_rows(path)) if row in wanted} if wanted else {}
    return tuple(
        fault
        for fault in faults
        if fault.same_as is None or (mode != "upsert" and earlier[fault.same_as] != fault.cells)
    )


def _read_rows(path: Path) -> Iterable[list[str]]:
    """The file's records, the header being number 0."""
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.reader(file)


def _write_without(path: Path, rows: set[int], target: Path) -> Path:
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows(cells for row, cells in enumerate(_read_rows(path)) if row not in rows)
    return target
