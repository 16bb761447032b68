"""Files that are no tables: frictionless's verdict where it has one, else one issue that says what the file is."""

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lamppost.validate.outside import report_outside, sum_up

SCHEMA = {"fields": [{"name": "a", "type": "integer"}, {"name": "b", "type": "string"}]}
ROWS = b"a,b\n" + b"1,x\n" * 3000
pytestmark = pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # frictionless leaves it open
Tell = Callable[..., tuple[bool, str]]

BAD: dict[str, tuple[str, bytes, str]] = {
    "empty": ("t.csv", b"", "the source is empty"),
    "only a newline": ("t.csv", b"\n", "the source is empty"),
    "only a byte order mark": ("t.csv", b"\xef\xbb\xbf", "the source is empty"),
    "NUL": ("t.csv", b"a,b\n\0,x\n", "type is"),
    "NUL alone": ("t.csv", b"\0" * 4096, ""),
    "UTF-16": ("t.csv", "a,b\n1,ä\n".encode("utf-16-le"), ""),
    "HTML": ("t.csv", b"\n <!DOCTYPE html><html><table><tr><td>1,2</table>", "an HTML page"),
    "XML": ("t.csv", b"<?xml version='1.0'?><a/>", "an XML document"),
    "PDF": ("t.csv", b"%PDF-1.7\n1,2\n", "a PDF document"),
    "a workbook": ("t.csv", b"PK\x03\x04" + b"\0" * 100, "a workbook"),
    "gzip by another name": ("t.csv", gzip.compress(ROWS), "gzip-compressed"),
    "truncated gzip": ("t.csv.gz", gzip.compress(bytes(range(256)) * 400)[:-200], ""),
    "damaged gzip": ("t.csv.gz", gzip.compress(ROWS)[:30] + b"\0" * 30, ""),
    "a million columns": ("t.csv", b"a," * 999_999 + b"a\n", "1,000,000 columns"),
}


@pytest.fixture
def tell(tmp_path: Path) -> Tell:
    """`tell(name, bytes, schema)`: whether the file is valid, and all that is said of it."""

    def _tell(name: str, body: bytes, schema: dict[str, Any] | None = None) -> tuple[bool, str]:
        path = tmp_path / name
        path.write_bytes(body)
        report = report_outside(path, schema)
        ours = sum_up(report, schema)
        assert ours.valid == report.valid
        return report.valid, " ".join(str(error.note) for error in [*report.errors, *report.tasks[0].errors])

    return _tell


@pytest.mark.parametrize("schema", [None, SCHEMA], ids=["inferred", "declared"])
@pytest.mark.parametrize("case", BAD)
def test_what_is_no_table_is_never_valid(tell: Tell, case: str, schema: dict[str, Any] | None) -> None:
    name, body, said = BAD[case]
    if case in {"NUL", "NUL alone", "UTF-16"} and schema is None:
        pytest.skip("any text is a table of texts where nothing is declared")
    valid, notes = tell(name, body, schema)
    assert not valid
    assert said in notes


@pytest.mark.parametrize("body", [b"a,b\n", b"a,b\n1,\xc4\n" * 200, b"a,b\r\n1,x\n2,y\r3,z\r\n", ROWS])
def test_a_header_alone_other_encodings_and_mixed_newlines_are_as_frictionless_has_them(
    tell: Tell, body: bytes
) -> None:
    valid, notes = tell("t.csv", body, SCHEMA)
    assert (valid, notes) == (True, "") or b"\xc4" in body


@pytest.mark.parametrize("begin", [b"a,b,", b"a,b\n1,x\n1,"])
def test_a_line_without_end_is_told_and_not_read_whole(tmp_path: Path, begin: bytes) -> None:
    path = tmp_path / "t.csv"
    with path.open("wb") as file:
        file.write(begin)
        file.truncate(2**30)  # a hole, read as zeros
    report = report_outside(path, SCHEMA)
    assert not report.valid
    assert "no end within 64 MB" in report.tasks[0].errors[0].note


@pytest.mark.parametrize("many", [27, 5_000])
def test_a_text_that_fits_a_costly_pattern_is_proven_in_linear_time(tell: Tell, many: int) -> None:
    schema = {"fields": [{"name": "a", "type": "string", "constraints": {"pattern": "(a+)+|(a|a)*"}}]}
    assert tell("t.csv", b"a\n" + b"a" * many + b"\n", schema) == (True, "")
