"""Where a row stands in what the source sent: the line of a CSV, or the record of a page."""

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import replace
from itertools import accumulate

from lamppost.model import Receipt, Report, Snapshot

Name = Callable[[int], str]
"""The row's number in the pull → its place in words; empty where the number says it all."""


def has_row_a_line(snapshot: Snapshot, rows: int) -> bool:
    """True for one CSV page in which row n stands on line n + 1: no blank line, and none inside of a cell."""
    if snapshot.decode != "csv" or len(snapshot.pages) != 1:
        return False
    data = snapshot.pages[0].path.read_bytes()
    ends = data.count(b"\n")
    return ends == data.rstrip(b"\r\n").count(b"\n") + data.endswith(b"\n") and rows == data.count(b"\n", 0, -1)


def name_rows(receipt: Receipt | None, *, by_line: bool) -> Name:
    """How rows of this pull are called."""
    if by_line:
        return lambda row: f"line {row + 1:,}"
    sizes = receipt.pages if receipt else ()
    if len(sizes) <= 1:
        return lambda row: ""  # noqa: ARG005 - the number is the place
    ends = list(accumulate(sizes))

    def name(row: int) -> str:
        page = bisect_left(ends, row)
        return f"record {row - (ends[page] - sizes[page]):,} of page {page + 1:,}" if page < len(ends) else ""

    return name


def add_places(report: Report, name: Name) -> Report:
    """The report (its rows numbered as in the pull) with the place of each sample before its note."""
    issues = tuple(
        replace(
            issue,
            samples=tuple(
                replace(one, note="; ".join(filter(None, (name(one.row), one.note)))) if one.row else one
                for one in issue.samples
            ),
        )
        for issue in report.issues
    )
    return replace(report, issues=issues)
