"""A sample says where its row stands in the source's own terms."""

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from lamppost.model import FieldSource, Issue, Page, Receipt, Report, Sample, Snapshot
from lamppost.model.pull import Decode
from lamppost.run.places import Places, add_places, find_places

CRLF = 'id,note\r\n1,"a\r\nb"\r\n\r\n2,c\r\n'


def receipt(rows: int, *pages: int) -> Receipt:
    return Receipt("https://example.org", "http", rows, None, pages=pages)


def find(folder: Path, decode: Decode, *contents: bytes, rows: tuple[int, ...], **more: Any) -> Places:
    paths = [folder / f"{number}.{decode}" for number in range(len(contents))]
    for path, content in zip(paths, contents, strict=True):
        path.write_bytes(content)
    names = more.pop("names", [""] * len(paths))
    pages = tuple(Page(path, "", 0, (), many, name) for path, many, name in zip(paths, rows, names, strict=True))
    fields = more.pop("fields", {})
    found = find_places(Snapshot(pages, decode, **more), receipt(sum(rows)), fields)
    assert found is not None
    return found


def make_book(*rows: list[Any], top: int = 1, left: int = 1, sheet: str = "Budget") -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.title = sheet
    for number, row in enumerate(rows, top):
        for column, value in enumerate(row, left):
            book.active.cell(number, column, value)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("id,note\n1,a\n2,b\n", [2, 3]),
        ("id,note\r\n1,a\r\n2,b", [2, 3]),
        ("id,note\n1,a\n\n2,b\n", [2, 4]),
        ('id,note\n1,"a\nb"\n2,c\n', [2, 4]),
        (CRLF, [2, 5]),
        ("\n\nid,note\n1,a\n2,b\n", [4, 5]),
        ("\ufeffid,note\n1,a\n2,b\n", [2, 3]),
    ],
)
def test_a_row_of_a_csv_is_called_by_the_line_it_begins_on(text: str, lines: list[int], tmp_path: Path) -> None:
    places = find(tmp_path, "csv", text.encode(), rows=(2,))
    assert [places.name(1), places.name(2)] == [f"line {line}" for line in lines]


def test_a_line_is_found_in_every_encoding(tmp_path: Path) -> None:
    places = find(tmp_path, "csv", CRLF.encode("utf-16"), rows=(2,), encoding="utf-16")
    assert places.name(2) == "line 5"


@pytest.mark.parametrize(
    ("top", "left", "cell", "third"), [(1, 1, "Budget!B2", "Budget!B4"), (12, 3, "Budget!D13", "Budget!D15")]
)
def test_a_cell_of_a_workbook_is_called_as_excel_calls_it(
    top: int, left: int, cell: str, third: str, tmp_path: Path
) -> None:
    book = make_book(["id", "Amount"], ["a", 1], [None, None], ["b", 2], top=top, left=left)
    dialect = (("header_row", str(top)),)
    fields = {"line_id": FieldSource("id"), "amount_usd": FieldSource("Amount")}
    places = find(tmp_path, "xlsx", book, rows=(2,), dialect=dialect, fields=fields)
    assert [places.name(1, "amount_usd"), places.name(2, "amount_usd")] == [cell, third]
    assert places.name(2) == places.name(2, "made_by_transform") == f"Budget row {third[8:]}"


def test_a_column_without_a_name_moves_no_other(tmp_path: Path) -> None:
    book = make_book(["id", None, "Amount"], ["a", None, 1])
    assert find(tmp_path, "xlsx", book, rows=(1,)).name(1, "Amount") == "Budget!C2"


@pytest.mark.parametrize(("row", "said"), [(1, "record 1"), (100, "record 100"), (101, "record 1"), (207, "record 7")])
def test_a_row_of_many_pages_is_a_record_of_one(row: int, said: str, tmp_path: Path) -> None:
    places = find(tmp_path, "json", b"[]", b"[]", b"[]", rows=(100, 100, 7))
    assert places.name(row) == f"{said} of page {1 + (row > 100) + (row > 200)}"


def test_of_many_files_the_name_is_said(tmp_path: Path) -> None:
    text = b"id\n1\n2\n"
    places = find(tmp_path, "csv", text, text, rows=(2, 2), names=["may.csv", "june.csv"])
    assert places.name(3) == "line 2 of june.csv"


def test_a_page_without_rows_is_counted(tmp_path: Path) -> None:
    places = find(tmp_path, "json", b"[]", b"[]", b"[]", rows=(2, 0, 1))
    assert places.name(3) == "record 1 of page 3"


def test_a_row_beyond_the_last_has_no_place(tmp_path: Path) -> None:
    places = find(tmp_path, "json", b"[]", rows=(7,))
    assert [places.name(3), places.name(8), places.name(0)] == ["record 3", "", ""]


def test_where_pages_and_rows_do_not_go_together_nothing_is_said() -> None:
    snapshot = Snapshot((Page(Path("a"), "", 0), Page(Path("b"), "", 0)), "json")
    assert find_places(snapshot, receipt(9, 4, 4), {}) is None
    found = find_places(snapshot, receipt(9, 4, 5), {})
    assert found is not None
    assert found.name(5) == "record 1 of page 2"


def test_the_place_stands_before_the_key_and_only_where_there_is_a_row() -> None:
    samples = (Sample(2, "n", "x", "expected a number", "id P-7"), Sample(3), Sample(None, "n", "y", "gone"))
    report = Report(3, (Issue("type-error", "field n", "…", samples=samples),))
    named = add_places(report, lambda row, field: f"line {row + 1} {field}".strip())
    assert [one.place for one in named.issues[0].samples] == ["line 3 n, id P-7", "line 4", ""]
    derived = add_places(report, None)
    assert [one.place for one in derived.issues[0].samples] == ["row 2, id P-7", "row 3", ""]
