"""One table against its schema: proven where that is certain, replayed by frictionless where it is not.

Encoding and dialect are declared, never detected, so that a stranger's `frictionless validate` says the same on any
Python. Values at which frictionless itself breaks off (a signalling NaN under a bound, an instant without zone
compared with one that has it) are found by row and reported like any other fault.
"""

import csv
import mmap
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lamppost.model import Report, Schema
from lamppost.model.dataset import Mode
from lamppost.validate.blocks import SIZE, Buffer, UnprovableError
from lamppost.validate.prove import Pass
from lamppost.validate.replay import BREAKS, BadSchemaError, Opened, find_layout, open_table, plan_proofs, replay
from lamppost.validate.words import Finding, group_findings

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


def validate(path: Path, schema: Schema, *, mode: Mode | None = None) -> Report:
    """Validate a CSV (UTF-8, comma, LF, header) against the schema; data rows are numbered from 1.

    With `mode` the rows are taken as incoming ones, whose equal keys are for settle to sort out: in `upsert` the newest
    wins, elsewhere rows equal throughout collapse into one; neither is held against them. Without it, as for bytes that
    are about to be published, every key must be unique.
    """
    found = _pass(path, schema)
    faults = found.faults if mode is None else _forgive_duplicates(found.faults, path, mode)
    findings = [fault.finding for fault in faults]
    findings += [Finding("unreadable-row", row) for row in found.unreadable]
    rows = found.rows
    if rows is None:
        rows = sum(1 for _row in _read_rows(path)) - 1
        findings += [Finding("unchecked-row", row) for row in range(found.reached + 1, rows + 1)]
    bad = {finding.row for finding in findings if finding.row is not None}
    return Report(rows=rows, issues=group_findings(findings, schema), bad_rows=tuple(sorted(bad)))


def _pass(path: Path, schema: Schema) -> _Pass:
    """The file looked at, around rows at which frictionless breaks off."""
    skipped: list[int] = []
    while True:
        try:
            opened = open_table(path, schema=_describe(schema), dialect=DIALECT, encoding="utf-8")
        except BadSchemaError as error:
            return _Pass(0, 0, tuple(_read_fault(one) for one in error.errors))
        except BREAKS as error:
            return _Pass(0, 0, (_Fault(Finding("schema-error", note=f"the schema cannot be used: {error}")),))
        found = _look(path, opened, skipped)
        if isinstance(found, _Pass):
            return found
        skipped.append(found)
        if len(skipped) >= MOST_BREAKS:
            return _Pass(found, None, unreadable=tuple(skipped))


def _look(path: Path, opened: Opened, skipped: Sequence[int]) -> _Pass | int:
    """What frictionless finds without the skipped rows, or the number of the row at which it breaks off."""
    with mapped(path) as data:
        try:
            return _look_at(opened, data, skipped, fast=True)
        except UnprovableError:
            pass
        again = open_table(path, schema=opened.resource.schema.to_descriptor(), dialect=DIALECT, encoding="utf-8")
        return _look_at(again, data, skipped, fast=False)


def _look_at(opened: Opened, data: Buffer, skipped: Sequence[int], *, fast: bool) -> _Pass | int:
    layout, plan = (find_layout(opened, data), plan_proofs(opened)) if fast else (None, None)
    numbers = _Numbers()
    quick = Pass(data, layout, plan, SIZE) if layout and plan else None
    rows = quick.suspects if quick else lambda: _number_all(opened)
    try:
        task = replay(opened, lambda: numbers.follow(rows(), skipped), limit=ERRORS).tasks[0]
    except BREAKS as error:
        if isinstance(error, UnprovableError):
            raise
        return numbers.last - 1
    stopped = bool(task.warnings)
    last = quick.records if quick else numbers.last
    faults = tuple(map(_read_fault, task.errors))
    return _Pass(numbers.last - 1, None if stopped else max(last - 1, 0), faults, tuple(skipped))


def _number_all(opened: Opened) -> Iterator[tuple[int, list[str]]]:
    """Every row behind the header, as frictionless itself numbers them."""
    for number, cells in enumerate(opened.resource.cell_stream, 1):
        if number > 1:
            yield number, cells


class _Numbers:
    """Follows the rows that frictionless looks at, so that it is known at which one it broke off."""

    last = 1

    def follow(self, rows: Iterable[tuple[int, list[str]]], skipped: Sequence[int]) -> Iterator[tuple[int, list[str]]]:
        """The rows, the skipped ones left out; `last` is the number of the one given out last."""
        for number, cells in rows:
            self.last = number
            if number - 1 not in skipped:
                yield number, cells


@contextmanager
def mapped(path: Path) -> Iterator[Buffer]:
    """The file's bytes; an empty file cannot be mapped."""
    with path.open("rb") as file:
        if path.stat().st_size == 0:
            yield b""
            return
        yield mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)  # closed when the last column of it is gone


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
