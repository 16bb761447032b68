"""Rows that failed are set apart, never thrown away, and keep the number they had in the pull."""

from dataclasses import replace

import pyarrow as pa

from lamppost.model import Issue, Report

_ROW = "_row"


def split(table: pa.Table, report: Report) -> tuple[pa.Table, pa.Table]:
    """(good, bad) rows in their order; the report must be of a CSV whose i-th data row is the table's i-th row."""
    bad = set(report.bad_rows)
    good = [number not in bad for number in range(1, table.num_rows + 1)]
    return table.filter(pa.array(good, pa.bool_())), table.filter(pa.array([not one for one in good], pa.bool_()))


def renumber(report: Report, table: pa.Table) -> Report:
    """The report with its samples numbered as in the pull (`_row`), for readers; `bad_rows` stay the table's."""
    numbers = table.column(_ROW).to_pylist()

    def rename(issue: Issue) -> Issue:
        return replace(
            issue,
            samples=tuple(one if one.row is None else replace(one, row=numbers[one.row - 1]) for one in issue.samples),
        )

    return replace(report, issues=tuple(map(rename, report.issues)))
