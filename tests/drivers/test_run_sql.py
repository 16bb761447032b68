"""A database from end to end: what is deleted there is seen to be gone, and what was committed late is published."""

import sqlite3
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.drivers.conftest import DESCRIPTOR, SCHEMA, Town

DAY = date(2026, 11, 22)
HTTP = 'pull: {adapter: http, url: "${WELLS_URL}", path: /wells, records: items, count: {path: total}, every: P1D}'
CHANGED = "  - {name: changed_at, title: Changed, type: datetime, description: When., format: any}\nprimaryKey"
CURSOR = 'adapter: sql, url: "${WELLS_URL}", table: wells, every: P1D, cursor: changed_at, lookback: P1D, full: P7D'


@pytest.fixture
def wells(town: Town, tmp_path: Path) -> Path:
    """The database of the town's water works; the town pulls from it."""
    path = tmp_path / "wells.db"
    write(path, "CREATE TABLE wells (well_id TEXT PRIMARY KEY, depth_m REAL, changed_at TEXT)")
    for number in range(1, 9):
        write(path, f"INSERT INTO wells VALUES ('w{number}', {number}.5, '2026-11-2{number % 2}T10:00:00Z')")
    town.url = f"sqlite:///{path.as_posix()}"
    town.write("schemas/wells.yaml", SCHEMA.replace("primaryKey", CHANGED))
    whole = DESCRIPTOR.replace(HTTP, 'pull: {adapter: sql, url: "${WELLS_URL}", table: wells, every: P1D}')
    assert whole != DESCRIPTOR
    town.write("datasets/wells/dataset.yaml", whole)
    return path


def write(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(statement)
        connection.commit()


def read_by_cursor(town: Town) -> None:
    told = (town.root / "datasets/wells/dataset.yaml").read_text(encoding="utf-8")
    told = told.replace('adapter: sql, url: "${WELLS_URL}", table: wells, every: P1D', CURSOR)
    town.write("datasets/wells/dataset.yaml", told.replace("mode: snapshot", "mode: upsert"))


def test_a_row_deleted_at_the_source_is_in_the_diff_of_the_version(town: Town, wells: Path) -> None:
    assert town.run().outcomes["wells"].published == 8
    write(wells, "DELETE FROM wells WHERE well_id = 'w3'")
    write(wells, "UPDATE wells SET depth_m = 99 WHERE well_id = 'w4'")
    assert town.run(DAY + timedelta(days=1)).outcomes["wells"].published == 7
    table = town.head("wells").tables[0]
    assert (table.diff.added, table.diff.changed, table.diff.removed) == (0, 1, 1)
    assert "removed,w3,,," in town.store.path("wells", table.diff.path).read_text(encoding="utf-8")


def test_fault_36_a_table_that_was_emptied_empties_nothing(town: Town, wells: Path) -> None:
    town.run()
    write(wells, "DELETE FROM wells")
    outcome = town.run(DAY + timedelta(days=1)).outcomes["wells"]
    assert (outcome.verdict, outcome.version) == ("kept", 1)


def test_fault_18_a_late_commit_is_published_with_the_next_run(town: Town, wells: Path) -> None:
    read_by_cursor(town)
    assert town.run().outcomes["wells"].published == 8
    write(wells, "INSERT INTO wells VALUES ('late', 1, '2026-11-21T09:00:00Z')")
    outcome = town.run(DAY + timedelta(days=1)).outcomes["wells"]
    assert (outcome.read, outcome.published) == (9, 9)
    receipt = town.head("wells").tables[0].receipt
    assert receipt is not None
    assert (receipt.cursor_before, receipt.cursor_after) == ("2026-11-21T10:00:00Z", "2026-11-21T10:00:00Z")


def test_fault_19_a_change_that_moves_no_cursor_comes_when_the_whole_is_read(town: Town, wells: Path) -> None:
    write(wells, "UPDATE wells SET changed_at = '2026-01-01T00:00:00Z' WHERE well_id = 'w1'")
    read_by_cursor(town)
    town.run()
    write(wells, "UPDATE wells SET depth_m = 77 WHERE well_id = 'w1'")
    read = [town.run(DAY + timedelta(days=day)).outcomes["wells"].read for day in (1, 6, 7, 8)]
    assert read == [7, 7, 8, 7]
    assert town.head("wells").tables[0].diff.changed == 1


def test_a_newest_row_that_was_deleted_again_is_no_failure(town: Town, wells: Path) -> None:
    read_by_cursor(town)
    town.run()
    write(wells, "DELETE FROM wells")
    outcome = town.run(DAY + timedelta(days=1)).outcomes["wells"]
    assert (outcome.verdict, outcome.read, outcome.published) == ("unchanged", 0, 8)
