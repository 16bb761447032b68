"""XLSX, XLS and ODS say the same of the same table; what a program does to values is undone where it can be.

The XLS files are written here from MS-XLS (BIFF8, sections 2.4.21 to 2.4.351) within MS-CFB 2.0, the ODS files from
OpenDocument 1.3 part 3, section 9.1.
"""

import datetime as dt
import io
import struct
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from lamppost.decode import DECODERS
from lamppost.errors import RefusedError
from lamppost.formats.concealed import find_concealed
from lamppost.model import Snapshot

Row = Sequence[Any]
URN = "urn:oasis:names:tc:opendocument:xmlns:"
ROWS: list[Row] = [["id", "usd", "on"], ["007", 12.5, dt.date(2026, 11, 22)], ["İnci", 3, dt.date(2024, 2, 29)]]
ENCRYPTED = "EncryptedPackage"
LAST, LOOP = (struct.pack("<LLL", one, 0xFFFFFFFE, 0xFFFFFFFD) for one in (0xFFFFFFFE, 0))
"""The end of the stream's chain in the table of sectors; and one that begins again."""


def record(kind: int, form: str = "", *values: Any, rest: bytes = b"") -> bytes:
    body = struct.pack(f"<{form}", *values) + rest
    return struct.pack("<HH", kind, len(body)) + body


def cell(row: int, column: int, value: Any) -> bytes:
    if isinstance(value, str):
        text = value.encode("utf-16-le")
        return record(0x204, "HHHHB", row, column, 0, len(value), 1, rest=text)
    if isinstance(value, dt.date):
        return record(0x203, "HHHd", row, column, 1, (value - dt.date(1899, 12, 30)).days)
    if isinstance(value, bytes):
        return record(0x205, "HHHBB", row, column, 0, value[0], 1)
    return record(0x203, "HHHd", row, column, 0, value)


def write_xls(rows: Sequence[Row], *, top: int = 0, extra: bytes = b"", globals_: bytes = b"", state: int = 0) -> bytes:
    """One sheet `Data`, a second one `Tenants` with `state` when that is not 0."""
    sheet = record(0x809, "HHHHLL", 0x600, 0x10, 0, 0, 0, 0) + extra
    sheet += b"".join(cell(top + at, index, one) for at, row in enumerate(rows) for index, one in enumerate(row))
    sheet += record(0x0A)
    names = ["Data", "Tenants"] if state else ["Data"]
    head = record(0x809, "HHHHLL", 0x600, 5, 0, 0, 0, 0) + globals_
    head += b"".join(record(0xE0, "HHHBBBBLLH", 0, form, 0, 0, 0, 0, 0, 0, 0, 0) for form in (0, 14))
    start = len(head) + sum(12 + len(name) for name in names) + 4
    for number, name in enumerate(names):
        at = start + number * len(sheet)
        head += record(0x85, "LBBBB", at, state if number else 0, 0, len(name), 0, rest=name.encode())
    return write_compound("Workbook", head + record(0x0A) + sheet * len(names))


def write_compound(name: str, stream: bytes) -> bytes:
    """A container of version 3 with one stream that is not small."""
    stream = stream.ljust(max(4096, -(-len(stream) // 512) * 512), b"\0")
    count = len(stream) // 512
    fat_sectors = -(-(count + 2) // 127)
    free, end, fat = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    chain = [*range(1, count), end, end, *[fat] * fat_sectors]
    table = struct.pack(f"<{fat_sectors * 128}L", *chain, *[free] * (fat_sectors * 128 - len(chain)))
    first = list(range(count + 1, count + 1 + fat_sectors))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(10)
    header += struct.pack("<LLLLLLLL", fat_sectors, count, 0, 4096, end, 0, end, 0)
    header += struct.pack("<109L", *first, *[free] * (109 - len(first)))
    entries = entry("Root Entry", 5, end, 0, child=1) + entry(name, 2, 0, len(stream)) + bytes(256)
    return header + stream + entries + table


def entry(name: str, kind: int, first: int, size: int, child: int = 0xFFFFFFFF) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    links = struct.pack("<LLL", 0xFFFFFFFF, 0xFFFFFFFF, child)
    return (
        text.ljust(64, b"\0")
        + struct.pack("<HBB", len(text), kind, 1)
        + links
        + bytes(36)
        + struct.pack("<LLL", first, size, 0)
    )


def ods_cell(value: Any) -> str:
    if isinstance(value, str):
        return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
    if isinstance(value, dt.date):
        kind = f'office:value-type="date" office:date-value="{value}"'
    else:
        kind = f'office:value-type="float" office:value="{value}"'
    return f"<table:table-cell {kind}><text:p>as it is shown</text:p></table:table-cell>"


def write_ods(rows: Sequence[Row] = (), *, body: str = "", manifest: str = "") -> bytes:
    lines = "".join(f"<table:table-row>{''.join(map(ods_cell, row))}</table:table-row>" for row in rows)
    tables = body or f'<table:table table:name="Data">{lines}</table:table>'
    spaces = " ".join(f'xmlns:{name}="{URN}{name}:1.0"' for name in ("office", "table", "text", "style"))
    hidden = (
        '<style:style style:name="h" style:family="table"><style:table-properties table:display="false"/></style:style>'
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "content.xml",
            f"<office:document-content {spaces}><office:automatic-styles>{hidden}</office:automatic-styles>"
            f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>",
        )
        archive.writestr("META-INF/manifest.xml", manifest or "<manifest/>")
    return out.getvalue()


def write_xlsx(rows: Sequence[Row], epoch: dt.datetime | None = None) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.epoch = epoch or book.epoch
    for row in rows:
        book.active.append(list(row))  # type: ignore[union-attr]
    book.save(out)
    return out.getvalue()


def decode(form: Any, data: bytes, **dialect: str) -> list[dict[str, Any]]:
    return [dict(row) for row in DECODERS[form](data, Snapshot((), form, dialect=tuple(dialect.items())), "a").rows]


@pytest.mark.parametrize(("form", "write"), [("xlsx", write_xlsx), ("xls", write_xls), ("ods", write_ods)])
def test_the_same_table_is_the_same_text_in_all_three_formats(form: str, write: Any) -> None:
    assert decode(form, write(ROWS)) == [
        {"id": "007", "usd": "12.5", "on": "2026-11-22"},
        {"id": "İnci", "usd": "3", "on": "2024-02-29"},
    ]


@pytest.mark.parametrize(("form", "write"), [("xlsx", write_xlsx), ("xls", write_xls), ("ods", write_ods)])
def test_a_header_that_the_program_took_for_a_date_or_number_is_read_as_it_is_meant(form: str, write: Any) -> None:
    assert list(decode(form, write([["id", 2024, dt.date(2015, 7, 27)], ["1", 2, 3]]))[0]) == [
        "id",
        "2024",
        "2015-07-27",
    ]


@pytest.mark.parametrize("epoch", ["1899-12-30", "1904-01-01"])
def test_days_are_counted_from_the_year_that_the_workbook_says(epoch: str) -> None:
    data = write_xlsx([["on"], [dt.date(2026, 11, 22)]], dt.datetime.fromisoformat(epoch))
    assert decode("xlsx", data) == [{"on": "2026-11-22"}]


def test_midnight_is_a_time_of_day_and_not_the_last_day_of_1899() -> None:
    data = write_xlsx([["at"], [dt.time(0, 0)], [dt.time(7, 30)]])
    assert [row["at"] for row in decode("xlsx", data)] == ["00:00:00", "07:30:00"]


def test_zeros_that_the_workbook_dropped_are_gone_and_those_it_kept_stay() -> None:
    assert [row["zip"] for row in decode("xls", write_xls([["zip"], [1234], ["01234"]]))] == ["1234", "01234"]


def test_an_error_in_an_xls_or_ods_cell_stays_visible() -> None:
    assert decode("xls", write_xls([["id", "n"], ["1", b"\x2a"]]))[0]["n"] == "#N/A"
    kind = 'table:formula="of:=1/0" office:value-type="string"'
    broken = f"<table:table-cell {kind}><text:p>#DIV/0!</text:p></table:table-cell>"
    rows = f"<table:table-row>{ods_cell('n')}</table:table-row><table:table-row>{broken}</table:table-row>"
    assert decode("ods", write_ods(body=f'<table:table table:name="Data">{rows}</table:table>')) == [{"n": "#DIV/0!"}]


def test_the_empty_rest_of_an_ods_sheet_is_no_table() -> None:
    empty = '<table:table-cell table:number-columns-repeated="16384"/>'
    rest = f'<table:table-row table:number-rows-repeated="1048574">{empty}</table:table-row>'
    rows = (
        f"<table:table-row>{ods_cell('id')}</table:table-row><table:table-row>{ods_cell('1')}</table:table-row>{rest}"
    )
    assert decode("ods", write_ods(body=f'<table:table table:name="Data">{rows}</table:table>')) == [{"id": "1"}]


def test_hidden_sheets_are_not_taken_and_not_named() -> None:
    assert len(decode("xls", write_xls(ROWS, state=1))) == 2
    row = f"<table:table-row>{ods_cell('id')}</table:table-row></table:table>"
    hidden, shown = (
        f'<table:table table:name="Tenants" table:style-name="h">{row}',
        f'<table:table table:name="Data">{row}',
    )
    with pytest.raises(RefusedError, match="set `sheet:` to one of: `Data`") as caught:
        decode("ods", write_ods(body=hidden + shown), sheet="Lines")
    assert "Tenants" not in str(caught.value)


def repeat(columns: int, rows: int, text: str = "x") -> bytes:
    one = ods_cell(text).replace("<table:table-cell", f'<table:table-cell table:number-columns-repeated="{columns}"', 1)
    row = f'<table:table-row table:number-rows-repeated="{rows}">{one}</table:table-row>'
    return write_ods(body=f'<table:table table:name="Data">{row}</table:table>')


@pytest.mark.parametrize(
    ("form", "data", "message"),
    [
        ("xls", write_xls([["id"], ["1"]], extra=cell(65_535, 255, 1)), "Data!A1: cells spread over 16,777,216"),
        ("xls", write_xls([["id"]], extra=record(0x200, "LLHHH", 0, 2**32 - 1, 0, 9, 0)), "rows 0 to 4,294,967,295"),
        ("xls", write_xls([["id"]], extra=record(0x200, "LLHHH", 9, 1, 0, 9, 0)), "rows 9 to 1"),
        ("xls", write_xls([["id"]], globals_=record(0x2F, "H", 1)), "has a password"),
        ("xls", write_xls([["id"]], globals_=record(0xFC, "LL", 1, 2**31)), "table of texts"),
        ("xls", write_xls([["id"]])[:2000], "container is broken"),
        ("xls", write_xls([["id"]]).replace(LAST, LOOP), "a chain without"),
        ("xls", write_compound("Book1", b""), "without a workbook"),
        ("xls", write_compound(ENCRYPTED, b""), "has a password"),
        ("xls", write_xlsx(ROWS), "found no XLS file"),
        ("xlsx", write_compound(ENCRYPTED, b""), "has a password"),
        ("xlsx", write_xls(ROWS), "write `format: xls`"),
        ("ods", write_ods(ROWS, manifest="<m><encryption-data/></m>"), "has a password"),
        ("ods", write_xlsx(ROWS), "found no ODS file"),
        ("ods", repeat(100_000_000, 1), "cells spread over 100,000,000"),
        ("ods", repeat(1, 100_000_000), "cells spread over 100,000,000"),
        ("ods", repeat(1000, 900, "x" * 1000), "more than 67,108,864 characters"),
        ("ods", write_ods(body="<!DOCTYPE x>"), "cannot be read|document type"),
    ],
)  # fmt: skip
def test_a_workbook_that_would_break_its_reader_is_refused(form: str, data: bytes, message: str) -> None:
    with pytest.raises(RefusedError, match=message):
        decode(form, data)


def replace_part(data: bytes, name: str, change: Any) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.infolist():
            text = source.read(part)
            target.writestr(part.filename, change(text) if part.filename == name else text)
    return out.getvalue()


def write_shared(name: str, text: str, count: int) -> bytes:
    """A workbook whose cells all point to one shared text (ECMA-376 part 1, section 18.4.8)."""
    inline = b't="inlineStr"><is><t>x</t></is>'
    data = replace_part(
        write_xlsx([["id"], *([["x"]] * count)]),
        "xl/worksheets/sheet1.xml",
        lambda sheet: sheet.replace(inline, b't="s"><v>0</v>'),
    )
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, f"<sst><si><t>{text}</t></si></sst>")
    return out.getvalue()


@pytest.mark.parametrize("name", ["xl/sharedStrings.xml", "XL\\SHAREDSTRINGS.XML"])
def test_one_long_text_in_every_cell_is_refused(name: str) -> None:
    with pytest.raises(RefusedError, match="more than 67,108,864 characters"):
        decode("xlsx", write_shared(name, "x" * 30_000, 3000))
    assert decode("xlsx", write_shared("xl/sharedStrings.xml", "y", 2)) == [{"id": "y"}, {"id": "y"}]


def test_parts_that_a_reader_takes_for_one_another_are_refused() -> None:
    out = io.BytesIO(write_xlsx(ROWS))
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("XL\\Workbook.xml", "<workbook/>")
    with pytest.raises(RefusedError, match="with names of their own"):
        decode("xlsx", out.getvalue())


def test_a_part_that_holds_more_than_it_declares_is_refused() -> None:
    data = bytearray(write_xlsx(ROWS))
    at = data.rindex(b"PK\x01\x02", 0, data.rindex(b"xl/styles.xml"))
    data[at + 24 : at + 28] = struct.pack("<L", 10)
    with pytest.raises(RefusedError, match=r"xl/styles\.xml' cannot be read"):
        decode("xlsx", bytes(data))


@pytest.mark.skipif(sys.platform != "linux", reason="what a process used at most is told in other units elsewhere")
def test_no_bomb_takes_half_a_gigabyte(tmp_path: Path) -> None:
    blank = lambda text: text.replace(b"</sheetData>", b" " * 100_000_000 + b"</sheetData>")  # noqa: E731
    many = lambda text: text.replace(b"</sheetData>", b"<x/>" * 10_000_000 + b"</sheetData>")  # noqa: E731
    bombs = {
        "blank.xlsx": replace_part(write_xlsx(ROWS), "xl/worksheets/sheet1.xml", blank),
        "many.xlsx": replace_part(write_xlsx(ROWS), "xl/worksheets/sheet1.xml", many),
        "wide.ods": repeat(1000, 999, "x" * 60),
        "far.xls": write_xls([["id"], ["1"]], extra=cell(65_535, 255, 1)),
    }
    for name, data in bombs.items():
        (tmp_path / name).write_bytes(data)
    command = [sys.executable, "-c", CHILD, *bombs]
    used = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    assert int(used.partition("VmHWM:")[2].split()[0]) < 512 * 1024


CHILD = """
import sys
from pathlib import Path
from lamppost.decode import DECODERS
from lamppost.errors import RefusedError
from lamppost.model import Snapshot
for name in sys.argv[1:]:
    form = name.rpartition(".")[2]
    try:
        DECODERS[form](Path(name).read_bytes(), Snapshot((), form), name)
    except RefusedError:
        pass
print(Path("/proc/self/status").read_text())
"""


def told(form: str, data: bytes) -> list[tuple[str, str]]:
    return [(one.kind, one.found) for one in find_concealed(data, form, "a")]


def test_what_an_xls_file_conceals_is_told_by_its_place() -> None:
    row = record(0x208, "HHHHHHL", 1, 0, 3, 0, 0, 0, 0x20)
    column = record(0x7D, "HHHHHH", 1, 1, 0, 0, 1, 0)
    note = record(0x1C, "HHHH", 1, 1, 0, 1)
    assert told("xls", write_xls(ROWS)) == []
    assert told("xls", write_xls(ROWS, extra=row + column + note, state=2)) == [
        ("sheet", "1 hidden sheet"),
        ("row", "Data: hidden row 2"),
        ("column", "Data: hidden column B"),
        ("comment", "Data: 1 comment"),
    ]


def test_what_an_ods_file_conceals_is_told_by_its_place() -> None:
    columns = '<table:table-column/><table:table-column table:visibility="collapse"/>'
    note = "<office:annotation><text:p>call me</text:p></office:annotation>"
    noted = ods_cell("n").replace("<text:p>", f"{note}<text:p>", 1)
    first = f"<table:table-row>{ods_cell('id')}{noted}</table:table-row>"
    second = f'<table:table-row table:visibility="filter">{ods_cell("1")}</table:table-row>'
    hidden = '<table:table table:name="Tenants" table:style-name="h"/>'
    body = f'<table:tracked-changes/><table:table table:name="Data">{columns}{first}{second}</table:table>{hidden}'
    assert told("ods", write_ods(body=body)) == [
        ("sheet", "1 hidden sheet"),
        ("row", "Data: hidden row 2"),
        ("column", "Data: hidden column B"),
        ("comment", "Data: 1 comment"),
        ("content", "earlier values (tracked changes)"),
    ]
