"""Adapter sql: rows as text, counted in the same transaction, and nothing ever written."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from lamppost.errors import PullError
from lamppost.pull.value import write_value

Run = Callable[..., Any]


@pytest.fixture
def database(tmp_path: Path) -> str:
    path = tmp_path / "contracts.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "CREATE TABLE reviews (id TEXT, days INTEGER, cost REAL, day TEXT, photo BLOB);"
            "INSERT INTO reviews VALUES ('C-2', 4, 1e-7, '2026-11-20', x'00'), ('C-1', NULL, 12.5, '2026-11-01', NULL);"
        )
    return f"sqlite:///{path.as_posix()}"


def read_rows(snapshot: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in snapshot.pages[0].path.read_bytes().splitlines()]


def test_rows_come_as_text_in_the_order_of_their_key(pull: Run, database: str) -> None:
    columns = ["id", "days", "cost"]
    snapshot, receipt = pull({"url": database, "table": "reviews", "columns": columns}, "sql")
    assert read_rows(snapshot) == [
        {"id": "C-1", "days": None, "cost": "12.5"},
        {"id": "C-2", "days": "4", "cost": "0.0000001"},
    ]
    assert (receipt.source, receipt.declared, receipt.verdict) == ("contracts.db/reviews", 2, "complete")


def test_a_select_is_taken_as_it_is_written(pull: Run, database: str) -> None:
    query = "SELECT id, ':x' AS note FROM reviews WHERE days IS NOT NULL;"
    snapshot, receipt = pull({"url": database, "query": query}, "sql")
    assert (read_rows(snapshot), receipt.received) == ([{"id": "C-2", "note": ":x"}], 1)


@pytest.mark.parametrize("query", ["DELETE FROM reviews", "SELECT 1; DELETE FROM reviews", "PRAGMA user_version"])
def test_anything_but_one_select_is_refused(pull: Run, database: str, query: str) -> None:
    with pytest.raises(PullError, match="no single SELECT"):
        pull({"url": database, "query": query}, "sql")


def test_the_database_is_opened_for_reading_only(pull: Run, database: str) -> None:
    before = Path(database.removeprefix("sqlite:///")).read_bytes()
    with pytest.raises(PullError, match="the database says"):
        pull({"url": database, "query": "WITH a AS (SELECT 1) DELETE FROM reviews"}, "sql")
    assert Path(database.removeprefix("sqlite:///")).read_bytes() == before


def test_a_cursor_reads_what_is_new_and_the_lookback_again(pull: Run, database: str) -> None:
    options = {"url": database, "table": "reviews", "columns": ["id", "day"]}
    more = {"cursor_field": "day", "lookback": timedelta(days=2)}
    assert pull(options, "sql", **more)[1].cursor_after == "2026-11-20"
    snapshot, receipt = pull(options, "sql", cursor="2026-11-20", **more)
    assert (receipt.declared, receipt.received, read_rows(snapshot)[0]["id"]) == (1, 1, "C-2")


def test_the_sandbox_is_known_by_its_table(pull: Run, database: str) -> None:
    with closing(sqlite3.connect(database.removeprefix("sqlite:///"))) as connection:
        connection.execute("CREATE TABLE lamppost_simulated (note TEXT)")
    snapshot, receipt = pull({"url": database, "table": "reviews", "columns": ["id"]}, "sql")
    assert (snapshot.simulated, receipt.source) == (True, "sandbox/contracts.db/reviews")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"table": "nothing"}, "no table `nothing`"),
        ({"table": "reviews", "columns": ["id", "dayz"]}, "no column `dayz` · expected one of id, days"),
        ({"query": "SELECT days FROM reviews"}, "no column `id` · expected one of days"),
        ({"table": "reviews"}, "row 2, column photo: a value of type bytes"),
        ({"table": "reviews", "query": "SELECT 1"}, "both or neither"),
        ({"url": "sqlite:////nowhere/contracts.db", "table": "a"}, r"contracts\.db: no such file"),
        ({"url": "mysql://user:hunter22@host/db", "table": "a"}, "a database of kind mysql"),
        ({"url": "not an address", "table": "a"}, "no database address"),
    ],
)
def test_what_does_not_work_is_said_without_a_password(pull: Run, database: str, options: Any, message: str) -> None:
    with pytest.raises(PullError, match=message) as caught:
        pull({"url": database, **options}, "sql")
    assert "hunter22" not in str(caught.value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        (True, "true"),
        (Decimal("1E+3"), "1000"),
        (date(2026, 11, 22), "2026-11-22"),
        (datetime(2026, 11, 22, 7, tzinfo=UTC), "2026-11-22T07:00:00Z"),
        (datetime(2026, 11, 22, 7, tzinfo=timezone(timedelta(hours=-8))), "2026-11-22T07:00:00-08:00"),
        ({"b": 1, "a": [2]}, '{"a": [2], "b": 1}'),
    ],
)
def test_values_keep_their_meaning_as_text(value: Any, text: str | None) -> None:
    assert write_value(value, "here") == text
