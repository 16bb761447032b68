"""Adapter sql: rows as text, counted in the same transaction, streamed in pages, and nothing ever written."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from lamppost.errors import PullError

Run = Callable[..., Any]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "contracts.db"


@pytest.fixture
def database(path: Path) -> str:
    execute(
        path,
        "CREATE TABLE reviews (id TEXT, days INTEGER, cost REAL, day TEXT, photo BLOB);"
        "INSERT INTO reviews VALUES ('C-2', 4, 1e-7, '2026-11-20', x'00'), ('C-1', NULL, 12.5, '2026-11-01', NULL);",
    )
    return f"sqlite:///{path.as_posix()}"


def execute(path: Path, script: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(script)


def read_rows(snapshot: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for page in snapshot.pages for line in page.path.read_bytes().splitlines()]


def test_rows_come_as_text_in_the_order_of_their_key(pull: Run, database: str) -> None:
    columns = ["id", "days", "cost"]
    snapshot, receipt = pull({"url": database, "table": "reviews", "columns": columns}, "sql")
    assert read_rows(snapshot) == [
        {"id": "C-1", "days": None, "cost": "12.5"},
        {"id": "C-2", "days": "4", "cost": "0.0000001"},
    ]
    assert (receipt.source, receipt.declared, receipt.verdict) == ("contracts.db/reviews", 2, "complete")
    assert receipt.reason == "As many records came as the source declares (COUNT(*) in the same transaction)."


def test_many_rows_come_in_pages_of_fifty_thousand_and_equal_pulls_are_equal(pull: Run, database: str) -> None:
    series = "WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < 120000) SELECT id FROM n"
    snapshot, receipt = pull({"url": database, "query": series}, "sql")
    assert (receipt.pages, receipt.declared) == ((50_000, 50_000, 20_000), 120_000)
    assert [page.rows for page in snapshot.pages] == list(receipt.pages)
    assert {row["id"] for row in read_rows(snapshot)} == {str(number) for number in range(1, 120_001)}
    assert pull({"url": database, "query": series}, "sql") == (snapshot, receipt)


def test_wide_rows_close_a_page_before_it_fills_the_memory(pull: Run, database: str) -> None:
    wide = "SELECT value AS id, printf('%.*c', 1000000, 'x') AS note FROM json_each('[1" + ",2" * 99 + "]')"
    snapshot, receipt = pull({"url": database, "query": wide}, "sql")
    assert (receipt.received, len(receipt.pages) > 1) == (100, True)
    assert max(page.size for page in snapshot.pages) < 128 * 2**20


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("':x'", ":x"),
        ("'a::b'", "a::b"),
        (r"'\:x'", r"\:x"),
        ("'50 %'", "50 %"),
        ("'%s %(id)s'", "%s %(id)s"),
        ("'?'", "?"),
        ("'é\n''\"'", "é\n'\""),
    ],
)
def test_a_select_is_taken_as_it_is_written(pull: Run, database: str, written: str, read: str) -> None:
    query = f"SELECT id, {written} AS note FROM reviews WHERE days IS NOT NULL AND id LIKE 'C%'; "
    snapshot, receipt = pull({"url": database, "query": query}, "sql")
    assert (read_rows(snapshot), receipt.received) == ([{"id": "C-2", "note": read}], 1)


@pytest.mark.parametrize(
    "query", ["SELECT id FROM reviews -- all", "WITH a AS (SELECT id FROM reviews) SELECT id FROM a /* all */"]
)
def test_a_comment_at_the_end_is_no_harm(pull: Run, database: str, query: str) -> None:
    assert pull({"url": database, "query": query}, "sql")[1].received == 2


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM reviews",
        "SELECT 1; DELETE FROM reviews",
        "SELECT 1 /* ; */ ; DELETE FROM reviews",
        "SELECT 1 AS id -- ;\n; DELETE FROM reviews",
        "/* SELECT */ DELETE FROM reviews",
        "PRAGMA user_version",
    ],
)
def test_anything_but_one_select_is_refused(pull: Run, database: str, query: str) -> None:
    with pytest.raises(PullError, match="no single SELECT"):
        pull({"url": database, "query": query}, "sql")


@pytest.mark.parametrize(
    "query", ["WITH a AS (SELECT 1) DELETE FROM reviews", "SELECT 1 AS id) asked ATTACH DATABASE 'x' AS y --"]
)
def test_the_database_is_opened_for_reading_only(pull: Run, database: str, path: Path, query: str) -> None:
    before = path.read_bytes()
    with pytest.raises(PullError, match="the database says"):
        pull({"url": database, "query": query}, "sql")
    assert path.read_bytes() == before


@pytest.mark.parametrize("name", ["Order", "select", "a b", "100%", "a:b", "v"])
def test_views_and_any_name_are_read_by_their_exact_name(pull: Run, database: str, path: Path, name: str) -> None:
    execute(path, f'CREATE VIEW "{name}" AS SELECT id, days AS "{name}" FROM reviews')
    snapshot, _receipt = pull({"url": database, "table": name, "columns": ["id", name]}, "sql")
    assert read_rows(snapshot) == [{"id": "C-1", name: None}, {"id": "C-2", name: "4"}]


def test_a_column_whose_name_json_must_escape(pull: Run, database: str) -> None:
    snapshot, _receipt = pull({"url": database, "query": """SELECT id, days AS "a""b\\c" FROM reviews"""}, "sql")
    assert read_rows(snapshot) == [{"id": "C-1", 'a"b\\c': None}, {"id": "C-2", 'a"b\\c': "4"}]


def test_a_schema_and_a_name_with_a_dot_are_told_apart(pull: Run, database: str, path: Path) -> None:
    execute(path, 'CREATE TABLE "2026.reviews" (id TEXT); INSERT INTO "2026.reviews" VALUES (\'a\')')
    assert pull({"url": database, "table": '"2026.reviews"'}, "sql")[1].received == 1
    assert pull({"url": database, "table": 'main."2026.reviews"'}, "sql")[1].source == "contracts.db/main.2026.reviews"
    with pytest.raises(PullError, match=r"expected a name or schema\.name"):
        pull({"url": database, "table": "a.b.c"}, "sql")


def test_a_table_without_rows_is_a_complete_pull_of_none(pull: Run, database: str, path: Path) -> None:
    execute(path, "DELETE FROM reviews")
    snapshot, receipt = pull({"url": database, "table": "reviews", "columns": ["id"]}, "sql")
    assert (snapshot.pages, receipt.declared, receipt.verdict) == ((), 0, "complete")


def test_the_sandbox_is_known_by_its_table(pull: Run, database: str, path: Path) -> None:
    execute(path, "CREATE TABLE lamppost_simulated (note TEXT)")
    snapshot, receipt = pull({"url": database, "table": "reviews", "columns": ["id"]}, "sql")
    assert (snapshot.simulated, receipt.source) == (True, "sandbox/contracts.db/reviews")


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Somebody who adds rows as fast as can be."""
    stop = Event()

    def write() -> None:
        with closing(sqlite3.connect(path, timeout=10)) as connection:
            while not stop.is_set():
                connection.execute("INSERT INTO reviews (id) VALUES (hex(randomblob(8)))")
                connection.commit()

    thread = Thread(target=write)
    thread.start()
    yield
    stop.set()
    thread.join()


def test_fault_06_rows_written_while_it_is_read_belong_to_the_next_pull(pull: Run, database: str, path: Path) -> None:
    more = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) SELECT 'n' || i FROM n"
    execute(path, f"PRAGMA journal_mode = WAL; INSERT INTO reviews (id) {more}")
    with writing(path):
        received = [pull({"url": database, "table": "reviews", "columns": ["id"]}, "sql")[1] for _ in range(3)]
    assert [one.verdict for one in received] == ["complete"] * 3
    assert received[0].received < received[2].received
