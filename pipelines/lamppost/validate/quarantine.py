"""Rows that failed are set apart, never thrown away, and keep the number they had in the pull."""

from collections.abc import Callable
from dataclasses import replace

import pyarrow as pa

from lamppost.model import ROW_ID, Report, Sample, Schema
from lamppost.validate.words import shorten

_ROW, _PLACE, _CODES = "_row", "_place", "_codes"


def split(table: pa.Table, report: Report) -> tuple[pa.Table, pa.Table]:
    """(good, bad) rows in their order; the report must be of a CSV whose i-th data row is the table's i-th row."""
    bad = set(report.bad_rows)
    good = [number not in bad for number in range(1, table.num_rows + 1)]
    return table.filter(pa.array(good, pa.bool_())), table.filter(pa.array([not one for one in good], pa.bool_()))


def renumber(report: Report, table: pa.Table, schema: Schema | None = None) -> Report:
    """The report with its samples numbered as in the pull (`_row`), for readers; `bad_rows` stay the table's.

    With the schema each sample also says the key of its row, unless a privacy rule guards it: `permit_id P-7`.
    """

    def rename(one: Sample) -> Sample:
        if one.row is None:
            return one
        key = _say_key(table, one.row - 1, schema) if schema else ""
        return replace(one, row=table.column(_ROW)[one.row - 1].as_py(), place=key)

    issues = tuple(replace(issue, samples=tuple(map(rename, issue.samples))) for issue in report.issues)
    return replace(report, issues=issues)


def _say_key(table: pa.Table, row: int, schema: Schema) -> str:
    """Empty where a part of the key is missing or guarded, and of a key that the engine made."""
    names = [one for one in schema.primary_key if one in table.column_names]
    if not names or ROW_ID in names or schema.guarded & set(names):
        return ""
    cells = [table.column(name)[row].as_py() for name in names]
    return ", ".join(f"{name} {shorten(cell)}" for name, cell in zip(names, cells, strict=True)) if all(cells) else ""


def quarantine_rows(bad: pa.Table, report: Report, name: Callable[[int], str] | None = None) -> pa.Table:
    """The rows that failed, all text, for a person to mend: number in the pull, place at the source, codes, then cells.

    `bad` are the report's bad rows in their order; `name` says where a row of the pull stands. Never to be published.
    """
    numbers = bad.column(_ROW).to_pylist()
    places = [(name(number) if name else "") or None for number in numbers]
    codes = ["; ".join(report.faults.get(row, ())) or None for row in report.bad_rows]
    if len(codes) != bad.num_rows:
        raise ValueError(f"{len(codes)} rows failed by the report, {bad.num_rows} were set apart")
    said = {_ROW: [str(number) for number in numbers], _PLACE: places, _CODES: codes}
    columns = {key: pa.array(values, pa.string()) for key, values in said.items()}
    return pa.table({**columns, **{key: bad.column(key) for key in bad.column_names if key != _ROW}})
