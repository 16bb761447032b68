"""A report as JSON and back: what the store keeps and the site shows."""

from collections.abc import Mapping
from typing import Any

from lamppost.model import Issue, Report, Sample


def to_json(report: Report) -> dict[str, Any]:
    """Plain values in a fixed order of keys; `valid` is there for readers and ignored on the way back."""
    return {
        "valid": report.valid,
        "rows": report.rows,
        "issues": [_write_issue(issue) for issue in report.issues],
        "bad_rows": list(report.bad_rows),
    }


def _write_issue(issue: Issue) -> dict[str, Any]:
    return {
        "code": issue.code,
        "place": issue.place,
        "message": issue.message,
        "severity": issue.severity,
        "count": issue.count,
        "samples": [
            {"row": one.row, "field": one.field, "value": one.value, "note": one.note} for one in issue.samples
        ],
    }


def from_json(value: Mapping[str, Any]) -> Report:
    """The report that `to_json` wrote; KeyError when it is not one."""
    return Report(
        rows=value["rows"],
        issues=tuple(_read_issue(one) for one in value["issues"]),
        bad_rows=tuple(value["bad_rows"]),
    )


def _read_issue(value: Mapping[str, Any]) -> Issue:
    samples = tuple(Sample(one["row"], one["field"], one["value"], one["note"]) for one in value["samples"])
    return Issue(
        code=value["code"],
        place=value["place"],
        message=value["message"],
        severity=value["severity"],
        count=value["count"],
        samples=samples,
    )
