"""XLSX: cells as text, the place as a spreadsheet names it, and workbooks that would break the reader refused."""

import datetime as dt
import io
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from lamppost.errors import RefusedError

MIDNIGHT = dt.datetime.fromisoformat("2026-11-22T00:00:00")
Build = Callable[..., Any]


def workbook(*rows: Sequence[Any], hidden: Sequence[str] = (), top: int = 1, left: int = 1) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "Budget"
    for number, row in enumerate(rows, top):
        for column, value in enumerate(row, left):
            sheet.cell(number, column, value)
    for name in hidden:
        book.create_sheet(name).sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_numbers_days_and_booleans_become_the_text_that_is_meant(take: Build) -> None:
    data = workbook(
        ["a", "b", "c", "d", "e"], [12, 12.5, dt.date(2026, 11, 22), True, "007"], [1e22, -0.1, None, False, " x "]
    )
    assert take("xlsx", data).drop_columns("_row").to_pylist() == [
        {"a": "12", "b": "12.5", "c": "2026-11-22", "d": "true", "e": "007"},
        {"a": "10000000000000000000000", "b": "-0.1", "c": None, "d": "false", "e": " x "},
    ]


def test_a_column_of_instants_has_a_time_on_every_row(take: Build) -> None:
    data = workbook(["at"], [MIDNIGHT], [MIDNIGHT + dt.timedelta(hours=7.5)])
    assert take("xlsx", data)["at"].to_pylist() == ["2026-11-22T00:00:00", "2026-11-22T07:30:00"]


def test_times_and_durations_are_iso(take: Build) -> None:
    table = take("xlsx", workbook(["t", "d"], [dt.time(7, 30), dt.timedelta(hours=30)]))
    assert table.to_pylist() == [{"t": "07:30:00", "d": "PT108000S", "_row": 1}]


def test_the_header_may_stand_anywhere_and_blank_rows_are_no_rows(take: Build) -> None:
    data = workbook(["Budget 2026"], [], ["id", "usd"], ["1", 5], [None, None], ["2", 6], [None], top=2, left=3)
    table = take("xlsx", data, dialect={"header_row": "4"})
    assert table.to_pydict() == {"id": ["1", "2"], "usd": ["5", "6"], "_row": [1, 2]}
    with pytest.raises(RefusedError, match="row 1 is no row of the table, expected `header_row` between 2 and 7"):
        take("xlsx", data)


def test_the_only_visible_sheet_is_taken_and_hidden_ones_are_not_named(take: Build) -> None:
    assert take("xlsx", workbook(["id"], ["1"], hidden=["Tenants"])).num_rows == 1
    with pytest.raises(
        RefusedError, match="no sheet `Lines`, expected one; set `sheet:` to one of: `Budget`"
    ) as caught:
        take("xlsx", workbook(["id"], hidden=["Tenants"]), dialect={"sheet": "Lines"})
    assert "Tenants" not in str(caught.value)


def test_an_error_in_a_cell_stays_visible_instead_of_reading_as_empty(take: Build) -> None:
    assert take("xlsx", workbook(["id", "usd"], ["1", "#N/A"]))["usd"].to_pylist() == ["#N/A"]


def test_a_formula_that_nobody_calculated_is_refused_by_its_cell(take: Build) -> None:
    with pytest.raises(RefusedError, match="Budget!B2: the formula was never calculated"):
        take("xlsx", workbook(["id", "usd"], ["1", "=1+1"]))


def test_a_value_under_a_nameless_column_is_refused_by_its_cell(take: Build) -> None:
    with pytest.raises(RefusedError, match="Budget!C3: the cell has a value, but its column has no name"):
        take("xlsx", workbook(["id", "usd"], ["1", 5, None], ["2", 6, "see memo"]))


@pytest.mark.parametrize("data", [b"id,usd\n1,2\n", b"PK\x03\x04junk", workbook(["id"])[:-300]])
def test_what_is_no_whole_workbook_is_refused(take: Build, data: bytes) -> None:
    with pytest.raises(RefusedError, match="expected"):
        take("xlsx", data)


def test_an_empty_sheet_is_refused(take: Build) -> None:
    with pytest.raises(RefusedError, match="the sheet is empty"):
        take("xlsx", workbook())


def replace_sheet(data: bytes, change: Callable[[bytes], bytes]) -> bytes:
    source, out = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for part in source.infolist():
            text = source.read(part)
            target.writestr(part, change(text) if part.filename.endswith("sheet1.xml") else text)
    return out.getvalue()


def test_a_cell_far_away_is_refused_before_anything_is_laid_out(take: Build) -> None:
    data = replace_sheet(workbook(["id"], ["1"]), lambda text: text.replace(b'r="A2"', b'r="XFD1048576"'))
    with pytest.raises(RefusedError, match="Budget!XFD1048576: cells spread over 17,1"):
        take("xlsx", data)


def test_a_document_type_is_refused(take: Build) -> None:
    data = replace_sheet(workbook(["id"], ["1"]), lambda text: b'<!DOCTYPE x [<!ENTITY e "boo">]>' + text)
    with pytest.raises(RefusedError, match="declares a document type"):
        take("xlsx", data)


def test_a_part_that_does_not_match_its_checksum_is_refused(take: Build) -> None:
    data = bytearray(workbook(["id"], ["1"]))
    data[data.index(b"xl/worksheets/sheet1.xml") + 60] ^= 0xFF
    with pytest.raises(RefusedError, match="cannot be read"):
        take("xlsx", bytes(data))
