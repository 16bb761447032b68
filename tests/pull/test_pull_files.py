"""Adapter files: the newest file of a folder, at rest and whole."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from lamppost.errors import PullError, RefusedError
from lamppost.model import Pull, Resource, Schema
from lamppost.pull import Transport
from lamppost.pull.files.adapter import pull_files
from lamppost.pull.job import Job

Run = Callable[..., Any]


def write_workbook(path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Budget"
    for row in (["Innovation budget"], ["Line", "Title"], [1, "Poles"], [None, None], [2, "Lamps"]):
        sheet.append(row)
    book.save(path)


def test_the_newest_file_by_name_is_copied(pull: Run, tmp_path: Path) -> None:
    for name, text in {"b-2025.csv": "id\n1\n", "b-2026.csv": "id\n1\n2\n", "~$b-2027.csv": "", "c.csv": ""}.items():
        (tmp_path / name).write_bytes(text.encode())
    snapshot, receipt = pull({"folder": str(tmp_path), "glob": "*b-*.csv"}, "files")
    assert (receipt.source, receipt.received, receipt.verdict) == ("b-2026.csv", 2, "complete")
    assert snapshot.pages[0].path.read_bytes() == b"id\n1\n2\n"
    assert not snapshot.simulated


def test_a_workbook_is_counted_below_its_header(pull: Run, tmp_path: Path) -> None:
    write_workbook(tmp_path / "budget.xlsx")
    snapshot, receipt = pull({"folder": str(tmp_path), "sheet": "Budget", "header_row": 2}, "files")
    assert (receipt.received, snapshot.decode) == (2, "xlsx")
    assert snapshot.dialect == (("header_row", "2"), ("sheet", "Budget"))


def test_half_a_workbook_is_an_error(pull: Run, tmp_path: Path) -> None:
    write_workbook(tmp_path / "budget.xlsx")
    whole = (tmp_path / "budget.xlsx").read_bytes()
    (tmp_path / "budget.xlsx").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(RefusedError, match=r"budget\.xlsx: found no XLSX file"):
        pull({"folder": str(tmp_path)}, "files")


def test_all_files_of_a_folder_are_one_table_in_order_of_name(pull: Run, tmp_path: Path) -> None:
    for name, row in (("b.csv", "2"), ("a.csv", "1")):
        (tmp_path / name).write_bytes(f"id\n{row}\n".encode())
    snapshot, receipt = pull({"folder": str(tmp_path), "glob": "*.csv", "take": "all"}, "files")
    assert [page.path.read_bytes() for page in snapshot.pages] == [b"id\n1\n", b"id\n2\n"]
    assert (receipt.received, receipt.source) == (2, "*.csv (2 files)")


def test_a_file_that_still_grows_is_left_alone(transport: Transport, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"id\n1\n")
    asked = Pull("files", {"folder": str(tmp_path)}, {})
    job = Job("a/b", Resource("b", Schema((), ())), asked, None, tmp_path, datetime.now(UTC), transport)

    def append() -> None:
        path.write_bytes(b"id\n1\n2\n")

    with pytest.raises(PullError, match="still being written"):
        pull_files(job, pause=append)


def test_a_folder_of_the_sandbox_marks_what_is_in_it(pull: Run, tmp_path: Path) -> None:
    (tmp_path / "LAMPPOST-SIMULATED.txt").write_bytes(b"made up")
    (tmp_path / "a.csv").write_bytes(b"id\n1\n")
    snapshot, receipt = pull({"folder": str(tmp_path)}, "files")
    assert (snapshot.simulated, receipt.simulated) == (True, True)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"folder": "nowhere"}, "the folder `nowhere`: no such folder"),
        ({"folder": ".", "glob": "*.none"}, r"no file like \*\.none"),
        ({"folder": ".", "glob": "../*"}, r"pull\.glob"),
        ({"folder": ".", "glob": "*.py"}, "the ending `.py`"),
    ],
)
def test_what_is_not_there_is_named(pull: Run, monkeypatch: Any, tmp_path: Path, options: Any, message: str) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.py").write_bytes(b"")
    with pytest.raises(PullError, match=message):
        pull(options, "files")


def test_where_the_folder_lies_on_our_machine_is_told_to_nobody(pull: Run, tmp_path: Path) -> None:
    with pytest.raises(PullError) as caught:
        pull({"folder": str(tmp_path / "drop")}, "files")
    assert str(tmp_path) not in str(caught.value)
