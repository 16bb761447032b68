"""Adapter sql: what does not work ends in a sentence that names it, holds no secret and no cell, and keeps nothing."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import make_url

from lamppost.errors import PullError
from lamppost.pull.sql.hosts import check_hosts, list_hosts

Run = Callable[..., Any]


@pytest.fixture
def database(tmp_path: Path) -> str:
    path = tmp_path / "contracts.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "CREATE TABLE reviews (id TEXT, days INTEGER, photo BLOB, note);"
            "INSERT INTO reviews VALUES ('C-1', 1, NULL, 'hunter22'), ('C-2', 4, x'00', CAST(x'68ff' AS TEXT));"
        )
    return f"sqlite:///{path.as_posix()}"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"table": "nothing"}, "the database says: no such table: nothing"),
        ({"table": "reviews", "columns": ["id", "dayz"]}, "no column `dayz` · expected one of id, days"),
        ({"query": "SELECT days FROM reviews"}, "no column `id` · expected one of days"),
        ({"table": "reviews"}, "column photo: the type BLOB · expected one that has a text · leave it out"),
        ({"query": "SELECT id, photo FROM reviews"}, "row 2, column photo: a value of type bytes"),
        ({"query": "SELECT id, 9e999 AS days FROM reviews"}, "row 1, column days: the number Infinity"),
        ({"table": "reviews", "columns": ["id", "note"]}, "column note: bytes that are no text in UTF-8"),
        ({"table": "reviews", "query": "SELECT 1"}, "both or neither"),
        ({"table": "reviews", "full": "P7D"}, "pull.full: nothing that it would change"),
        ({"url": "sqlite:////nowhere/contracts.db", "table": "a"}, r"contracts\.db: no such file"),
        ({"url": "not an address", "table": "a"}, "no database address"),
        ({"url": "mssql://bob:hunter22@host/db", "table": "a"}, "no driver for SQL Server .* install pymssql"),
        ({"url": "oracle://bob:hunter22@host/db", "table": "a"}, "no driver for Oracle .* install oracledb"),
        ({"url": "teradata://bob:hunter22@host/db", "table": "a"}, "no driver for teradata .* dialect `teradata`"),
    ],
)
def test_what_does_not_work_is_said_without_password_or_cell(
    pull: Run, database: str, tmp_path: Path, options: Any, message: str
) -> None:
    with pytest.raises(PullError, match=message) as caught:
        pull({"url": database, **options}, "sql")
    assert not [one for one in ("hunter22", "bob") if one in str(caught.value)]
    assert not list(tmp_path.glob("kept/*"))


def test_a_file_that_is_no_database_is_told(pull: Run, tmp_path: Path) -> None:
    (tmp_path / "page.db").write_text("<html>" * 1000)
    with pytest.raises(PullError, match=r"page\.db: the database says"):
        pull({"url": f"sqlite:///{(tmp_path / 'page.db').as_posix()}", "table": "a"}, "sql")


def test_a_database_that_is_not_there_is_told_at_once(pull: Run) -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(PullError, match=r"postgresql://127\.0\.0\.1/db: the database says: connection") as caught:
        pull({"url": "postgresql://bob:hunter22@127.0.0.1:1/db", "table": "a"}, "sql")
    assert "hunter22" not in str(caught.value)


def test_fault_p9_a_disk_that_is_full_is_named_and_nothing_is_left(pull: Run, database: str, tmp_path: Path) -> None:
    resource = pytest.importorskip("resource", reason="Windows sets no limits on files")
    query = "WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < 60000) SELECT id FROM n"
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, before[1]))
    try:
        with pytest.raises(
            PullError, match="kept: File too large · expected a folder to keep snapshots in · free space"
        ):
            pull({"url": database, "query": query}, "sql")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not list((tmp_path / "kept").iterdir())


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://169.254.169.254/db",
        "postgresql://2852039166/db",
        "postgresql://[fe80::1]/db",
        "postgresql://[fd00:ec2::254]/db",
        "postgresql://[::ffff:169.254.169.254]/db",
        "postgresql:///db?host=10.0.0.1,169.254.1.1",
        "postgresql://10.0.0.1/db?hostaddr=168.63.129.16",
        "mysql://100.100.100.200/db",
    ],
)
def test_where_a_cloud_hands_out_its_secrets_no_database_is_asked(pull: Run, address: str) -> None:
    with pytest.raises(PullError, match="expected the address of a database"):
        pull({"url": address, "table": "a"}, "sql")


def test_private_hosts_may_be_asked_and_a_link_local_one_that_is_allowed() -> None:
    check_hosts(make_url("postgresql://10.1.2.3,localhost/db?host=/run/postgresql"), ())
    check_hosts(make_url("postgresql://169.254.7.7/db"), ["169.254.7.7"])
    assert list(list_hosts(make_url("postgresql://a:5432/db?host=b:1,c&host=/run"))) == ["a", "b", "c"]
