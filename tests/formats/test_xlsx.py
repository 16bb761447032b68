"""A workbook: nothing in it is live, columns are typed where Excel keeps every value, a second sheet explains."""

from dataclasses import replace
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
import pyarrow as pa
import pytest
from tests.formats.rows import ABOUT, SCHEMA, TABLE

from lamppost.errors import RefusedError
from lamppost.formats import export, xlsx
from lamppost.formats.about import About
from lamppost.model import Field, Schema


def make(folder: Path, about: About = ABOUT) -> Any:
    export.write("xlsx", [TABLE], folder / "x.xlsx", SCHEMA, about)
    return openpyxl.load_workbook(folder / "x.xlsx")


def kind_of(kind: str, *cells: str) -> str:
    schema = Schema((Field("x", kind),), ("x",))
    return xlsx.choose_columns([pa.table({"x": list(cells)})], schema)[0].kind


def test_nothing_in_it_is_a_formula_or_a_link(tmp_path: Path) -> None:
    sheets = make(tmp_path).worksheets
    cells = [cell for sheet in sheets for row in sheet.iter_rows() for cell in row]
    assert sheets[0]["B2"].value == "=1+1"
    assert not [one for one in cells if one.hyperlink]
    with ZipFile(tmp_path / "x.xlsx") as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert not [name for name, data in parts.items() if b"<f>" in data or b"<hyperlink" in data]


def test_the_header_stays_in_sight(tmp_path: Path) -> None:
    assert make(tmp_path).worksheets[0].freeze_panes == "A2"


def test_the_second_sheet_says_what_the_first_is(tmp_path: Path) -> None:
    rows = list(make(tmp_path).worksheets[1].iter_rows(values_only=True))
    assert rows[0][:2] == ("Title", "Lamps")
    assert ("Licence", "CC0 1.0", None) in rows
    assert ("Source", "https://lampton.example/", None) in rows
    assert ("exact_id", "text, so that Excel alters nothing", "Exact_Id: What exact_id is.") in rows


def test_simulated_data_say_so_in_both_sheets(tmp_path: Path) -> None:
    book = make(tmp_path, replace(ABOUT, simulated=True))
    assert book.sheetnames == ["lamps simulated", "About this data"]
    assert book.worksheets[1]["A2"].value == "Simulated data"


@pytest.mark.parametrize(
    ("kind", "cells", "found"),
    [
        ("integer", ["999999999999999"], "number"),
        ("integer", ["9007199254740993"], "text"),
        ("number", ["0.1", "-2.50"], "number"),
        ("number", ["0.1234567890123456"], "text"),
        ("number", ["NaN"], "text"),
        ("date", ["1900-03-01"], "date"),
        ("date", ["2026-01-01", "1900-02-28"], "text"),
        ("datetime", ["2026-01-01T00:00:00"], "datetime"),
        ("datetime", ["2026-01-01T00:00:00.5"], "text"),
        ("datetime", ["2026-01-01T00:00:00Z"], "text"),
        ("string", ["1"], "text"),
    ],
)
def test_a_column_is_typed_where_excel_keeps_every_value(kind: str, cells: list[str], found: str) -> None:
    assert kind_of(kind, *cells) == found


def test_a_text_that_no_cell_holds_is_refused_not_cut(tmp_path: Path) -> None:
    table = pa.table({"x": ["\U0001f600" * 16_384]})
    with pytest.raises(RefusedError, match=r"column x: found a text of 32,768 characters; a cell holds 32,767"):
        xlsx.write([table], tmp_path / "x.xlsx", Schema((Field("x", "string"),), ("x",)), ABOUT)
