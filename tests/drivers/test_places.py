"""A sample says where its row stands in the source's own terms."""

from pathlib import Path

import pytest

from lamppost.model import Issue, Page, Receipt, Report, Sample, Snapshot
from lamppost.run.places import add_places, has_row_a_line, name_rows


def receipt(*pages: int) -> Receipt:
    return Receipt("https://example.org", "http", sum(pages), None, pages=pages)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (1, "record 1 of page 1"),
        (100, "record 100 of page 1"),
        (101, "record 1 of page 2"),
        (207, "record 7 of page 3"),
    ],
)
def test_a_row_of_many_pages_is_a_record_of_one(row: int, said: str) -> None:
    assert name_rows(receipt(100, 100, 7), by_line=False)(row) == said


def test_a_row_of_one_page_needs_no_other_name() -> None:
    assert name_rows(receipt(7), by_line=False)(3) == ""
    assert name_rows(None, by_line=False)(3) == ""
    assert name_rows(receipt(7), by_line=True)(3) == "line 4"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a,b\n1,2\n3,4\n", True),
        ("a,b\r\n1,2\r\n3,4", True),
        ("a,b\n1,2\n\n3,4\n", False),
        ('a,b\n1,"2\nx"\n3,4\n', False),
        ("a,b\n1,2\n3,4\n\n", False),
    ],
)
def test_rows_are_lines_only_where_every_line_is_a_row(text: str, expected: bool, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_bytes(text.encode())
    page = Page(tmp_path / "rows.csv", "", len(text))
    assert has_row_a_line(Snapshot((page,), "csv"), 2) is expected
    assert not has_row_a_line(Snapshot((page,), "json"), 2)
    assert not has_row_a_line(Snapshot((page, page), "csv"), 2)


def test_the_place_stands_before_the_note_and_only_where_there_is_a_row() -> None:
    samples = (Sample(2, "n", "x", "expected a number"), Sample(3), Sample(None, "n", "y", "gone"))
    report = add_places(
        Report(3, (Issue("type-error", "field n", "…", samples=samples),)), name_rows(None, by_line=True)
    )
    notes = [one.note for one in report.issues[0].samples]
    assert notes == ["line 3; expected a number", "line 4", "gone"]
