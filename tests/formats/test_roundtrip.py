"""Every format, read back by a library that did not write it, means what frictionless reads out of the CSV."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pyogrio
import pytest
from python_calamine import CalamineWorkbook
from tests.formats.rows import ABOUT, KINDS, SCHEMA, TABLE, expected, read_csv

from lamppost.formats import FORMATS, export

Rows = list[dict[str, Any]]


def _read_objects(text: str) -> Any:
    return json.loads(text, parse_float=Decimal)


def read_json(path: Path) -> Rows:
    rows: Rows = _read_objects(path.read_text(encoding="utf-8"))
    return rows


def read_lines(path: Path) -> Rows:
    text = path.read_bytes()
    assert text.endswith(b"\n")
    return [_read_objects(line) for line in text.decode().split("\n")[:-1]]


def read_features(path: Path) -> Rows:
    rows = []
    for one in _read_objects(path.read_text(encoding="utf-8"))["features"]:
        at = one["geometry"]["coordinates"] if one["geometry"] else (None, None)
        rows.append({**one["properties"], "longitude": at[0], "latitude": at[1]})
    return rows


def read_parquet(path: Path) -> Rows:
    with duckdb.connect() as base:
        base.execute("SET TimeZone = 'UTC'")
        found = base.sql(f"SELECT * FROM read_parquet('{path}') ORDER BY file_row_number").to_arrow_table()
    return [{name: row[name] for name in KINDS} for row in found.to_pylist()]


def read_workbook(path: Path) -> Rows:
    head, *rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    return [dict(zip(head, row, strict=True)) for row in rows]


def read_layer(path: Path) -> Rows:
    rows: Rows = pyogrio.read_arrow(path)[1].to_pylist()
    return [{name: row[name] for name in KINDS} for row in rows]


READERS: dict[str, Callable[[Path], Rows]] = {
    "csv": read_csv, "json": read_json, "ndjson": read_lines, "parquet": read_parquet, "xlsx": read_workbook,
    "geojson": read_features, "gpkg": read_layer,
}  # fmt: skip
EMPTY = {"xlsx": ""}
"""What a reader gives for a cell that is not there."""


def mean(kind: str, value: Any) -> Any:
    """A value, or the text that stands for it where a format has no such type, as one that can be compared."""
    if value is None or kind == "string":
        return value
    if kind in {"integer", "year"}:
        return int(value)
    if kind == "number":
        number = Decimal(repr(value) if isinstance(value, float) else value)
        return "NaN" if number.is_nan() else number
    if kind == "boolean":
        assert isinstance(value, bool)
        return value
    if kind == "datetime":
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        return moment.astimezone(UTC) if moment.tzinfo else moment
    readers: dict[str, Callable[[str], date | time]] = {"date": date.fromisoformat, "time": time.fromisoformat}
    return readers[kind](value) if isinstance(value, str) else value


def test_every_format_that_can_be_chosen_is_read_back_here() -> None:
    assert set(READERS) == {name for name, one in FORMATS.items() if one.is_chosen} == set(export.WRITERS)


@pytest.mark.parametrize("name", READERS)
def test_a_format_means_what_the_csv_means(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"x.{name}"
    export.write(name, [TABLE.slice(0, 2), TABLE.slice(2)], path, SCHEMA, ABOUT)
    wanted, found = expected(tmp_path), READERS[name](path)
    for column, kind in KINDS.items():
        cells = [None if row[column] == EMPTY.get(name, object()) else row[column] for row in found]
        known = [None if row[column] == EMPTY.get(name, object()) else row[column] for row in wanted]
        if name == "geojson" and column == "latitude":
            known[2] = None  # half a place is none
        assert [mean(kind, one) for one in cells] == [mean(kind, one) for one in known], column


def test_a_workbook_tells_an_empty_text_from_no_value(tmp_path: Path) -> None:
    export.write("xlsx", [TABLE], tmp_path / "x.xlsx", SCHEMA, ABOUT)
    sheet = openpyxl.load_workbook(tmp_path / "x.xlsx").worksheets[0]
    assert [sheet.cell(row, 2).value for row in (2, 3, 4)] == ["=1+1", "", None]
