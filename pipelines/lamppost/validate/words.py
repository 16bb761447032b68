"""Findings about cells and rows, said in plain words and grouped into issues (pure)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lamppost.model import Field, Issue, Sample, Schema

SAMPLES = 5
"""At most this many places are shown of one issue; the count says how many there are."""
_VALUE_LENGTH = 120
_CHOICES = 12

_TYPES: Mapping[str, str] = {
    "integer": "a whole number such as 12",
    "number": "a number such as 12.5",
    "boolean": "true or false",
    "date": "a day such as 2026-11-22",
    "datetime": "a day and time such as 2026-11-22T07:00:00Z",
    "time": "a time such as 07:00:00",
    "year": "a year such as 2026",
    "yearmonth": "a month such as 2026-11",
    "duration": "an ISO 8601 duration such as PT1H",
    "geopoint": "longitude and latitude such as -118.36, 34.09",
    "geojson": "a GeoJSON geometry",
    "object": "a JSON object",
    "array": "a JSON array",
    "list": "a list of values",
    "string": "a text",
}
_FORMATS: Mapping[str, str] = {
    "email": "an e-mail address",
    "uri": "a URI such as https://example.org/",
    "uuid": "a UUID",
    "binary": "Base64",
}
_LIMITS: Mapping[str, str] = {
    "minimum": "at least {}",
    "maximum": "at most {}",
    "exclusiveMinimum": "more than {}",
    "exclusiveMaximum": "less than {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "pattern": "a text of the form {}",
}
_ROWS: Mapping[str, tuple[str, str]] = {
    "blank-row": ("the row is blank", "at least one value"),
    "duplicate-row": ("the row occurs before", "each row once"),
    "extra-cell": ("the row has more cells than the header", "as many as fields"),
    "missing-cell": ("the row has fewer cells than the header", "as many as fields"),
    "primary-key": ("the key ({key}) {which}", "a key that no other row has"),
    "foreign-key": ("the key is not in the table it refers to", "one that is"),
    "unreadable-row": (
        "the validator broke off at this row",
        "values of the field's type, with a zone where others have one",
    ),
    "unchecked-row": ("the row was not looked at, because so many before it failed", "far fewer faults"),
}
_LABELS: Mapping[str, str] = {
    "blank-label": "a column has no name",
    "blank-header": "the header is blank",
    "duplicate-label": "a column's name occurs twice",
    "extra-label": "there is a column more than the schema has fields",
    "incorrect-label": "a column does not have the name of the field in its place",
    "missing-label": "a field has no column",
    "unmatched-header": "the header does not match the schema",
}


@dataclass(frozen=True)
class Finding:
    """One fault at one place; `row` is the data row's number from 1, None for a fault of the whole file."""

    code: str
    row: int | None = None
    field: str = ""
    value: str | None = None
    note: str = ""
    """The validator's own words."""


def group_findings(findings: Iterable[Finding], schema: Schema) -> tuple[Issue, ...]:
    """One issue for each code and field, in the order in which they were first found."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        field = finding.field if finding.field in schema.names and finding.code not in {*_ROWS, *_LABELS} else ""
        groups.setdefault((finding.code, field), []).append(finding)
    return tuple(_make_issue(code, field, found, schema) for (code, field), found in groups.items())


def _make_issue(code: str, field: str, found: Sequence[Finding], schema: Schema) -> Issue:
    samples = tuple(
        Sample(one.row, field or None, shorten(one.value) if field else None, _explain(one, schema))
        for one in found[:SAMPLES]
    )
    count = len(found)
    if field:
        place = f"field {field}"
        shown = f"found {samples[0].value!r}" if samples[0].value else "found an empty cell"
        message = f"{_name(schema.field(field))}: {shown}, {samples[0].note}"
    else:
        place = "header" if code in _LABELS else "rows" if found[0].row else "file"
        message = samples[0].note
    kind = "cells" if field else "columns" if code in _LABELS else "rows"
    more = f" ({count:,} such {kind})" if count > 1 else ""
    return Issue(code, place, f"{message}{more}; {_advise(code)}", count=count, samples=samples)


def _name(field: Field) -> str:
    return f"{field.title} (`{field.name}`)" if field.title else f"`{field.name}`"


def _explain(finding: Finding, schema: Schema) -> str:
    """What was expected, and for rows and headers also what was found."""
    if finding.code in _LABELS:
        return f"{_LABELS[finding.code]}, expected exactly the fields {', '.join(schema.names)}"
    if finding.code in _ROWS:
        found, expected = _ROWS[finding.code]
        which = "is empty" if "None" in finding.note else "occurs in an earlier row"
        return f"{found.format(key=', '.join(schema.primary_key), which=which)}, expected {expected}"
    if finding.field in schema.names:
        return f"expected {_expect(schema.field(finding.field), finding)}"
    return finding.note


def _expect(field: Field, finding: Finding) -> str:
    if finding.code == "unique-error":
        return "a value that occurs once"
    if finding.code != "constraint-error":
        named = _FORMATS.get(str(field.descriptor.get("format", "")))
        return named or _TYPES.get(field.type, f"a value of type {field.type}")
    match = re.match(r'constraint "(\w+)"', finding.note)
    rule = match[1] if match else ""
    limit = field.descriptor.get("constraints", {}).get(rule)
    if rule == "required":
        return "a value"
    if rule == "enum":
        return f"one of {_list_choices(limit)}"
    return _LIMITS[rule].format(limit) if rule in _LIMITS else finding.note


def _list_choices(values: Any) -> str:
    shown = ", ".join(str(value) for value in list(values or ())[:_CHOICES])
    return f"{shown}, …" if len(values or ()) > _CHOICES else shown


def _advise(code: str) -> str:
    if code in _LABELS:
        return "correct the header or the schema"
    if code in {"primary-key", "unique-error"}:
        return "correct the source, or choose a key that tells the rows apart"
    if code in {"type-error", "constraint-error"}:
        return "correct it at the source, or widen the schema if the value is right"
    return "correct the source"


def shorten(value: str | None) -> str | None:
    """The value as a sample shows it: at most 120 characters."""
    if value is None or len(value) <= _VALUE_LENGTH:
        return value
    return value[: _VALUE_LENGTH - 1] + "…"
