"""A file from anywhere: frictionless's report of it, and what its errors mean in words that staff can act on."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lamppost.model import Field, Report, Schema
from lamppost.validate.matching import TOO_SLOW, PatternTooSlowError
from lamppost.validate.replay import BREAKS, BadSchemaError, report_anything, report_unfit
from lamppost.validate.standalone import BrokenOffError, report_file
from lamppost.validate.table import read_finding
from lamppost.validate.words import group_findings

HEAD = 64 * 2**20
"""A first line is no longer than this."""
COLUMNS = 20_000
"""frictionless compares each column's name with each other's, so that a million columns take days."""
_LOOK = 1024
_STEP, _SAMPLE = 2**20, 2**12
_SPACE = b" \t\r\n"
_BOM = b"\xef\xbb\xbf"
_STARTS: Sequence[tuple[bytes, str]] = (
    (b"<!doctype html", "an HTML page"),
    (b"<html", "an HTML page"),
    (b"<?xml", "an XML document"),
    (b"%pdf-", "a PDF document"),
    (b"pk\x03\x04", "a ZIP archive or a workbook"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"\x1f\x8b", "gzip-compressed"),
    (b"\x89png", "a picture"),
    (b"sqlite format 3", "a database"),
    (b"par1", "a Parquet file"),
)


def report_outside(
    path: Path,
    schema: Mapping[str, Any] | None,
    *,
    schema_path: Path | None = None,
    dialect: Mapping[str, Any] | None = None,
    encoding: str | None = None,
    limit: int = 1000,
) -> Any:
    """The `Report` that frictionless makes of a file of any kind; never "valid" because nothing in it could be read.

    Where the schema at `schema_path` could not be read, `schema` is None, and frictionless says so.
    """
    unfit = find_unfit(path) if path.is_file() and path.suffix.lower() == ".csv" else None
    if unfit:
        return report_unfit(path, unfit)
    try:
        if path.is_file() and path.suffix.lower() == ".csv" and (schema is not None or schema_path is None):
            report = report_file(path, schema=schema, dialect=dialect, encoding=encoding, limit=limit)
            report.tasks[0].place = str(path)
            return report
        return report_anything(path, str(schema_path) if schema_path else schema, dialect, encoding, limit)
    except BadSchemaError as error:
        return report_unfit(path, errors=error.errors)
    except PatternTooSlowError as error:
        return report_unfit(path, str(error), code=TOO_SLOW)
    except (BrokenOffError, *BREAKS) as error:
        return report_unfit(path, str(error))


def find_unfit(path: Path) -> str | None:
    """What a file is that calls itself a CSV and is none; None for what may be one."""
    with path.open("rb") as file:
        head = bytearray(file.read(2**16))
        begin = bytes(head[:_LOOK]).removeprefix(_BOM).lstrip(_SPACE).lower()
        for start, kind in _STARTS:
            if begin.startswith(start):
                return f"the file is {kind}, expected text in rows and columns; ask for the CSV itself"
        while b"\n" not in head and b"\r" not in head and len(head) < HEAD:
            more = file.read(2**20)
            if not more:
                break
            head += more
    line = bytes(head).split(b"\n", 1)[0]
    if len(line) >= HEAD or _has_endless_line(path):
        return f"a line has no end within {HEAD // 2**20} MB, expected rows; ask the source for line ends"
    columns = max(line.count(one) for one in (b",", b";", b"\t", b"|")) + 1
    if columns > COLUMNS:
        return f"the header has {columns:,} columns, expected at most {COLUMNS:,}; put what is repeated into rows"
    return None


def _has_endless_line(path: Path) -> bool:
    """Whether for so many bytes no line ends; a look at every megabyte finds an end in nearly all files."""
    at, begin = 0, 0
    with path.open("rb", buffering=0) as file:
        size = file.seek(0, 2)
        while size > HEAD and at < size:
            file.seek(at)
            if _ends_line(file.read(_SAMPLE)) or _ends_line(file.read(_STEP - _SAMPLE)):
                begin = at + _STEP
            at += _STEP
            if min(at, size) - begin >= HEAD:
                return True
    return False


def _ends_line(piece: bytes) -> bool:
    return b"\n" in piece or b"\r" in piece


def sum_up(report: Any, schema: Mapping[str, Any] | None) -> Report:
    """Lamppost's own report of the same: issues by code and field, at most five samples each; data rows from 1."""
    errors = [*report.errors, *(error for task in report.tasks for error in task.errors)]
    findings = [read_finding(error) for error in errors]
    labels = [label for task in report.tasks for label in task.labels]
    rows = sum(task.stats.get("rows") or 0 for task in report.tasks)
    bad = sorted({finding.row for finding in findings if finding.row})
    return Report(rows, group_findings(findings, read_schema(schema, labels, errors)), tuple(bad))


def read_schema(descriptor: Mapping[str, Any] | None, labels: Sequence[str], errors: Sequence[Any]) -> Schema:
    """The schema as declared, or as far as the errors tell it."""
    if descriptor is None:
        types = {
            error.field_name: kind[1] for error in errors if (kind := re.match(r'type is "(\w+)/', str(error.note)))
        }
        return Schema(tuple(Field(name, types.get(name, "any")) for name in dict.fromkeys(labels)), ())
    fields = [one for one in descriptor.get("fields") or () if isinstance(one, Mapping) and "name" in one]
    key = descriptor.get("primaryKey") or ()
    parts = tuple(
        Field(str(one["name"]), str(one.get("type", "any")), str(one.get("title", "")), descriptor=dict(one))
        for one in fields
    )
    return Schema(parts, (key,) if isinstance(key, str) else tuple(key), descriptor=dict(descriptor))
