"""The contract portal's database and the finance team's workbook."""

import sqlite3
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from statistics import median
from typing import Any

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from lamppost.sandbox import Sandbox, budget, contracts, start, workbook


@pytest.fixture(scope="module")
def reviews(sandbox: Sandbox) -> list[sqlite3.Row]:
    path = sandbox.environ["CONTRACTS_DB_URL"].removeprefix("sqlite:///")
    with closing(sqlite3.connect(path)) as database:
        database.row_factory = sqlite3.Row
        assert database.execute("SELECT count(*) FROM lamppost_simulated").fetchone()[0] == 1
        return database.execute("SELECT * FROM contract_reviews").fetchall()


def test_reviews_fell_from_ten_days_on_paper_to_four_through_the_portal(reviews: list[sqlite3.Row]) -> None:
    paper = [row["review_days"] for row in reviews if row["submitted_date"] < "2019-07-01"]
    lately = [row["review_days"] for row in reviews if row["submitted_date"] > "2024" and row["review_days"]]
    assert median(paper) == pytest.approx(10, abs=1)
    assert median(lately) == pytest.approx(4, abs=1)
    assert 300 < len(reviews) < 500


def test_review_days_are_the_working_days_between_the_dates(reviews: list[sqlite3.Row]) -> None:
    for row in reviews[:50]:
        submitted = date.fromisoformat(row["submitted_date"])
        assert contracts.add_working_days(submitted, abs(row["review_days"])).isoformat() == row["approved_date"]


def test_the_newest_reviews_are_not_done_and_a_few_rows_are_wrong(reviews: list[sqlite3.Row]) -> None:
    assert reviews[-1]["review_days"] is reviews[-1]["approved_date"] is None
    assert 0 < sum((row["review_days"] or 0) < 0 for row in reviews) < 0.03 * len(reviews)


def test_the_workbook_has_a_title_above_and_a_total_below(sandbox: Sandbox) -> None:
    folder = Path(sandbox.environ["BUDGET_FOLDER"])
    rows: list[tuple[Any, ...]] = list(openpyxl.load_workbook(folder / budget.NAME)[budget.SHEET].values)
    assert rows[0][0] == "Innovation budget, all years"
    assert rows[0][7] == datetime(2026, 11, 22)  # noqa: DTZ001 - a cell has no zone
    assert rows[1] == budget.HEADER
    assert rows[-1][3:6] == ("Total", sum(row[4] for row in rows[2:-1]), sum(row[5] for row in rows[2:-1]))
    assert len(rows) == 66
    assert (folder / "LAMPPOST-SIMULATED.txt").is_file()


def test_calamine_reads_the_same_cells_as_openpyxl(sandbox: Sandbox) -> None:
    path = Path(sandbox.environ["BUDGET_FOLDER"]) / budget.NAME
    ours = CalamineWorkbook.from_path(str(path)).get_sheet_by_name(budget.SHEET).to_python()
    theirs = [
        ["" if cell is None else cell for cell in row] for row in openpyxl.load_workbook(path)[budget.SHEET].values
    ]
    assert [row[:7] for row in ours[1:]] == [row[:7] for row in theirs[1:]]


def test_a_workbook_keeps_text_as_it_is_and_is_the_same_bytes_twice(tmp_path: Path) -> None:
    rows: list[list[workbook.Cell]] = [['<&">', " two  spaces ", "1.10", 1.5, date(2024, 2, 29)], [None, *["x"] * 30]]
    for name in ("a.xlsx", "b.xlsx"):
        workbook.write_workbook(tmp_path / name, "A & B", rows)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["A & B"]
    assert [cell.value for cell in sheet[1]][:5] == [*rows[0][:4], datetime(2024, 2, 29)]  # noqa: DTZ001
    assert sheet["AE2"].value == "x"


def test_a_given_folder_is_kept_and_written_anew(tmp_path: Path) -> None:
    for _ in range(2):
        with start(date(2026, 11, 22), folder=tmp_path) as running:
            assert running.environ["BUDGET_FOLDER"] == str(tmp_path / "budget")
    assert {path.name for path in tmp_path.iterdir()} == {"contracts.sqlite", "budget", "LAMPPOST-SIMULATED.txt"}


def test_a_folder_of_its_own_is_gone_after_close() -> None:
    with start(date(2026, 11, 22)) as running:
        folder = Path(running.environ["BUDGET_FOLDER"]).parent
        assert folder.is_dir()
    assert not folder.exists()
