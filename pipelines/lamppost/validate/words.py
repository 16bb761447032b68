"""Findings about cells and rows, said in plain words and grouped into issues (pure)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lamppost.model import Issue, Sample, Schema
from lamppost.validate.advice import advise
from lamppost.validate.expected import describe_field, expect, name_field

SAMPLES = 5
"""At most this many places are shown of one issue; the count says how many there are."""
_VALUE_LENGTH = 120

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


def list_faults(findings: Iterable[Finding]) -> Mapping[int, tuple[str, ...]]:
    """Row → code and field of each of its faults, for whoever mends the rows that were set apart."""
    faults: dict[int, tuple[str, ...]] = {}
    for one in findings:
        if one.row is not None:
            faults[one.row] = (*faults.get(one.row, ()), f"{one.code} {one.field}".strip())
    return faults


def _make_issue(code: str, field: str, found: Sequence[Finding], schema: Schema) -> Issue:
    count, first = len(found), found[0]
    shows = bool(field) and field not in schema.guarded
    samples = tuple(
        Sample(one.row, field or None, shorten(one.value) if shows else None, _explain(one, schema))
        for one in found[:SAMPLES]
    )
    if field:
        place, kind = f"field {field}", "cells"
        shown = f"found {show(first.value, field, schema)}" if first.value else "found an empty cell"
        message = f"{name_field(schema.field(field))}: {shown}, {samples[0].note}"
        advice = advise(schema.field(field), code, first.note, first.value if shows else None)
    else:
        place = "header" if code in _LABELS else "rows" if first.row else "file"
        kind = "columns" if code in _LABELS else "rows"
        message, advice = samples[0].note, _advise(code)
    more = f" ({count:,} such {kind})" if count > 1 else ""
    told = describe_field(schema.field(field)) if field else ""
    about = f" The schema says of it: “{told}”" if told else ""
    return Issue(code, place, f"{message}{more}; {advice}{'.' + about if about else ''}", count=count, samples=samples)


def _explain(finding: Finding, schema: Schema) -> str:
    """What was expected, and for rows and headers also what was found."""
    if finding.code in _LABELS:
        found = f" (`{shorten(finding.value or finding.field)}`)" if finding.value or finding.field else ""
        return f"{_LABELS[finding.code]}{found}, expected exactly the fields {', '.join(schema.names)}"
    if finding.code in _ROWS:
        found, expected = _ROWS[finding.code]
        which = "is empty" if "None" in finding.note else "occurs in an earlier row"
        key = ", ".join(name_field(schema.field(one)) for one in schema.primary_key if one in schema.names)
        return f"{found.format(key=key, which=which)}, expected {expected}"
    if finding.field in schema.names:
        return f"expected {expect(schema.field(finding.field), finding.code, finding.note)}"
    return finding.note


def _advise(code: str) -> str:
    if code in _LABELS:
        return "correct the header or the schema"
    if code == "primary-key":
        return "correct the source, or choose a key that tells the rows apart"
    return "correct the source"


def show(value: str | None, field: str, schema: Schema) -> str:
    """The value as a message quotes it: not at all where a privacy rule guards the field."""
    return "a value that `protect:` keeps out of sight" if field in schema.guarded else repr(shorten(value))


def shorten(value: str | None) -> str | None:
    """The value as a sample shows it: at most 120 characters."""
    if value is None or len(value) <= _VALUE_LENGTH:
        return value
    return value[: _VALUE_LENGTH - 1] + "…"
