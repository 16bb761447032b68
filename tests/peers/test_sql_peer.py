"""Adapter sql against PostgreSQL: exact to the last row and digit, in one view, and unable to write."""

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from lamppost.errors import PullError
from lamppost.model import Field, Pull, Receipt, Resource, Schema, Snapshot
from lamppost.pull import Transport, pull_resource
from lamppost.pull.sql.value import write_value
from tests.peers.known import ASSETS, OBSERVATIONS, assets, observations
from tests.peers.postgresql import execute, postgresql

Pulled = Callable[..., tuple[Snapshot, Receipt]]
NOW = datetime(2026, 11, 22, 17, 20, tzinfo=UTC)
TYPES = {
    "int2": "-32768",
    "int4": "7",
    "int8": "9007199254740993",
    "numeric": "'12345678901234567890.12345678900'",
    "numeric(10,2)": "1000",
    "float4": "0.1",
    "float8": "1e-7",
    "bool": "true",
    "text": "E'é \"quoted\"\\n\\\\N\\t''–\\u2028'",
    "char(5)": "'a'",
    "uuid": "'00000000-0000-0000-0000-000000000001'",
    "date": "'2026-11-22'",
    "timestamp": "'2026-11-01 01:30:00.5'",
    "timestamptz": "'2026-11-01 01:30:00-08'",
    "time": "'07:00:00.25'",
    "timetz": "'07:00:00-08:30'",
}
OWN_TEXTS = {
    ("jsonb", """'{"b": 1.10, "a": [1e400]}'"""): '{"a": [1' + "0" * 400 + '], "b": 1.10}',
    ("json", """'{"b": 1.10,\n "a": 1E5}'"""): '{"b": 1.10,\n "a": 1E5}',
    ("interval", "'1 day 02:00'"): "P1DT2H",
    ("inet", "'10.0.0.1/8'"): "10.0.0.1/8",
    ("bit(4)", "B'0011'"): "0011",
    ("int4[]", "'{1,NULL,3}'"): "[1,null,3]",
    ("numeric[]", "'{{1.50},{2}}'"): "[[1.50],[2]]",
    ("text[]", """ARRAY['a"b', 'ü']"""): '["a\\"b","ü"]',
    ("timestamptz[]", "'{2026-11-22 07:00-08}'"): '["2026-11-22T15:00:00+00:00"]',
}


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgresql() as url:
        yield url


@pytest.fixture
def url(server: str) -> str:
    """The server with nothing in it."""
    execute(server, "DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
    return server


@pytest.fixture
def pull(url: str, tmp_path: Path) -> Pulled:
    def run(
        options: dict[str, Any], since: str | None = None, *, lookback: timedelta | None = None, cursor: str = ""
    ) -> tuple[Snapshot, Receipt]:
        asked = Pull("sql", {"url": url, **options}, {}, cursor=cursor, lookback=lookback)
        resource = Resource("peer", Schema((Field("id", "string"),), ("id",)), pull=asked)
        return pull_resource(
            "peer", resource, env={}, cursor=since, folder=tmp_path / "kept", now=NOW, transport=Transport()
        )

    return run


def read_rows(snapshot: Snapshot) -> list[dict[str, str | None]]:
    return [json.loads(line) for page in snapshot.pages for line in page.path.read_bytes().split(b"\n") if line]


def load(url: str, table: str, columns: str, rows: Sequence[Sequence[Any]]) -> None:
    with psycopg.connect(url, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {table} ({columns})".encode())
        with cursor.copy(f"COPY {table} FROM STDIN".encode()) as copy:
            for row in rows:
                copy.write_row(row)


def test_assets_are_exact_to_the_row(pull: Pulled, url: str) -> None:
    known = assets()
    columns = "id text PRIMARY KEY, name text, watts int, lon float8, lat float8"
    load(url, "assets", columns, [list(one.values()) for one in known])
    snapshot, receipt = pull({"table": "public.assets"})
    expected = [{name: None if value is None else str(value) for name, value in one.items()} for one in known]
    assert read_rows(snapshot) == expected
    assert (receipt.declared, receipt.received, receipt.verdict) == (ASSETS, ASSETS, "complete")


def test_observations_are_exact_to_the_row(pull: Pulled, url: str) -> None:
    known = list(observations())
    columns = "device text, at timestamptz, value numeric, id bigserial"
    load(url, "readings", columns, [[*one.values(), number] for number, one in enumerate(known, 1)])
    snapshot, receipt = pull({"table": "readings", "columns": ["device", "at", "value"], "order": ["at", "device"]})
    found = [(row["device"], row["at"], float(row["value"] or "")) for row in read_rows(snapshot)]
    assert found == sorted(
        ((one["device"], one["at"], one["value"]) for one in known), key=lambda one: (one[1], one[0])
    )
    assert (receipt.declared, receipt.pages) == (OBSERVATIONS, (OBSERVATIONS,))


@pytest.mark.parametrize(("kind", "literal"), TYPES.items())
def test_the_servers_text_is_what_the_driver_would_have_made_of_it(
    pull: Pulled, url: str, kind: str, literal: str
) -> None:
    query = f"SELECT '1' AS id, ({literal})::{kind} AS value UNION ALL SELECT '2', NULL::{kind}"
    ((_id, value), _none) = execute(url, "SET timezone TO 'UTC'", query)
    assert [row["value"] for row in read_rows(pull({"query": query})[0])] == [write_value(value), None]


@pytest.mark.parametrize(("kind", "literal", "text"), [(*key, text) for key, text in OWN_TEXTS.items()])
def test_what_only_the_server_can_write_stays_as_it_writes_it(pull: Pulled, kind: str, literal: str, text: str) -> None:
    query = f"SELECT '1' AS id, ({literal})::{kind} AS value"
    assert read_rows(pull({"query": query})[0])[0]["value"] == text


def test_enumerations_and_domains_are_their_text(pull: Pulled, url: str) -> None:
    execute(url, "CREATE TYPE mood AS ENUM ('so so')", "CREATE DOMAIN code AS text CHECK (length(value) = 3)")
    snapshot, _receipt = pull({"query": "SELECT 1 AS id, 'so so'::mood AS mood, '007'::code AS code"})
    assert read_rows(snapshot) == [{"id": "1", "mood": "so so", "code": "007"}]


@pytest.mark.parametrize(
    ("literal", "said"),
    [
        ("'\\x00'::bytea", "column value: the type bytea"),
        ("'{\\\\x00}'::bytea[]", r"column value: the type bytea\[\]"),
        ("'1'::money", "column value: the type money .* cast it to numeric"),
        ("int4range(1, 2)", "column value: the type int4range"),
        ("point(1, 2)", "column value: the type point"),
        ("'NaN'::numeric", "row 1, column value: the number NaN"),
        ("'-Infinity'::float8", "row 1, column value: the number -Infinity"),
        ("'infinity'::date", "row 1, column value: the time infinity"),
        ("'-infinity'::timestamptz", "row 1, column value: the time -infinity"),
        ("'0044-03-15 BC'::date", "row 1, column value: the time 0044-03-15 BC"),
    ],
)
def test_what_has_no_text_is_refused_by_name(pull: Pulled, tmp_path: Path, literal: str, said: str) -> None:
    with pytest.raises(PullError, match=said):
        pull({"query": f"SELECT 1 AS id, {literal} AS value"})
    assert not list(tmp_path.glob("kept/*"))


@pytest.mark.parametrize("name", ["Order", "select", "a b", "100%", "a:b", "naïve"])
def test_schema_view_and_column_are_read_by_their_exact_name(pull: Pulled, url: str, name: str) -> None:
    execute(url, f'DROP SCHEMA IF EXISTS "{name}" CASCADE', f'CREATE SCHEMA "{name}"')
    execute(url, f'CREATE VIEW "{name}"."{name}" AS SELECT 1 AS id, ARRAY[2] AS "{name}"')
    snapshot, receipt = pull({"table": f"{name}.{name}", "columns": ["id", name]})
    assert read_rows(snapshot) == [{"id": "1", name: "[2]"}]
    assert receipt.source == f"postgresql://127.0.0.1/postgres/{name}.{name}"


@pytest.mark.parametrize("written", ["'a:b'", "'a'::text", "'50 %'", "'%s %(id)s'", "'?'", r"'\:x'"])
def test_a_select_is_taken_as_it_is_written(pull: Pulled, url: str, written: str) -> None:
    query = f"SELECT 1 AS id, {written} AS note -- the end"
    assert read_rows(pull({"query": query})[0])[0]["note"] == execute(url, query)[0][1]


@pytest.mark.parametrize(
    "query",
    [
        "WITH new AS (INSERT INTO kept VALUES (2) RETURNING id) SELECT id FROM new",
        "SELECT nextval('numbers') AS id",
        "SELECT add_one() AS id",
        "SELECT set_config('transaction_read_only', 'off', false) AS id, add_one()",
        "SELECT id FROM kept FOR UPDATE",
    ],
)
def test_whoever_would_write_is_refused(pull: Pulled, url: str, query: str) -> None:
    function = "CREATE FUNCTION add_one() RETURNS int LANGUAGE sql AS 'INSERT INTO kept VALUES (3) RETURNING id'"
    execute(url, "CREATE TABLE kept AS SELECT 1 AS id", "CREATE SEQUENCE numbers", function)
    with pytest.raises(PullError, match=r"read-only transaction|read-write mode|must be at the top level"):
        pull({"query": query})
    assert execute(url, "SELECT count(*), (SELECT is_called FROM numbers) FROM kept") == [(1, False)]


def test_what_a_server_lets_pass_is_rolled_back(pull: Pulled, url: str) -> None:
    pull({"query": "SELECT lo_create(0) AS id"})  # up to PostgreSQL 15 a read-only transaction may make large objects
    assert execute(url, "SELECT count(*) FROM pg_largeobject_metadata") == [(0,)]


def test_fault_18_a_late_commit_behind_the_watermark_comes_with_the_lookback(pull: Pulled, url: str) -> None:
    execute(url, "CREATE TABLE calls (id text PRIMARY KEY, at timestamptz DEFAULT now())")
    with psycopg.connect(url) as slow:
        slow.execute("INSERT INTO calls (id) VALUES ('slow')")  # begun first, so its time is the earlier one
        execute(url, "INSERT INTO calls (id) VALUES ('quick')")
        snapshot, first = pull({"table": "calls"}, cursor="at")
        slow.commit()
    execute(url, "INSERT INTO calls (id) VALUES ('next')")
    seen = [
        {row["id"] for row in read_rows(pull({"table": "calls"}, first.cursor_after, cursor="at", **more)[0])}
        for more in ({"lookback": timedelta(minutes=5)}, {})
    ]
    assert {row["id"] for row in read_rows(snapshot)} == {"quick"}
    assert seen == [{"slow", "quick", "next"}, {"quick", "next"}]


def test_rows_without_a_time_come_every_time_and_a_wild_one_moves_nothing(pull: Pulled, url: str) -> None:
    execute(url, "CREATE TABLE calls (id text, at date)")
    execute(
        url, "INSERT INTO calls VALUES ('a', '2026-11-20'), ('old', '2026-11-01'), ('b', NULL), ('c', '2099-01-01')"
    )
    _snapshot, first = pull({"table": "calls"}, cursor="at", lookback=timedelta(days=1))
    snapshot, _receipt = pull({"table": "calls"}, first.cursor_after, cursor="at", lookback=timedelta(days=1))
    assert first.cursor_after == "2026-11-20"
    assert {row["id"] for row in read_rows(snapshot)} == {"a", "b", "c"}


def test_a_cursor_of_text_is_refused(pull: Pulled) -> None:
    with pytest.raises(PullError, match=r"pull\.cursor: `at` of the type text · expected one of date"):
        pull({"query": "SELECT 1 AS id, 'x' AS at"}, cursor="at", lookback=timedelta(1))


@contextmanager
def writing(url: str, statement: str) -> Iterator[None]:
    """Somebody who writes as fast as can be."""
    stop = threading.Event()

    def write() -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            while not stop.is_set():
                connection.execute(statement.encode())

    thread = threading.Thread(target=write)
    thread.start()
    yield
    stop.set()
    thread.join()


def test_fault_06_a_table_that_changes_while_it_is_read_is_read_as_it_was(pull: Pulled, url: str) -> None:
    execute(url, "CREATE TABLE busy AS SELECT gen_random_uuid() AS id FROM generate_series(1, 60000)")
    change = "INSERT INTO busy SELECT gen_random_uuid() FROM generate_series(1, 2)"
    gone = "DELETE FROM busy WHERE id IN (SELECT id FROM busy LIMIT 1)"
    with writing(url, change), writing(url, gone):
        found = [pull({"table": "busy"}) for _ in range(3)]
    assert [receipt.verdict for _snapshot, receipt in found] == ["complete"] * 3
    assert all(len({row["id"] for row in read_rows(one)}) == receipt.declared for one, receipt in found)
    assert len({receipt.declared for _snapshot, receipt in found}) > 1


def test_fault_11_a_server_that_is_gone_in_mid_stream_leaves_nothing(pull: Pulled, url: str, tmp_path: Path) -> None:
    execute(url, "CREATE TABLE long AS SELECT id, repeat('x', 2000) AS text FROM generate_series(1, 100000) id")
    end = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'lamppost'"
    seen: list[Path] = []

    def wait_for_a_page() -> None:
        while not seen:
            seen.extend((tmp_path / "kept").glob("*.ndjson"))
        execute(url, end)

    thread = threading.Thread(target=wait_for_a_page)
    thread.start()
    with pytest.raises(PullError, match=r"the database says: (terminating connection|consuming input failed)"):
        pull({"table": "long"})
    thread.join()
    assert seen
    assert not list((tmp_path / "kept").iterdir())


def test_a_pull_is_known_by_its_name_and_bounded_in_time(pull: Pulled) -> None:
    settings = "'application_name', 'statement_timeout', 'lock_timeout', 'transaction_read_only', 'TimeZone'"
    snapshot, _receipt = pull({"query": f"SELECT name AS id, setting FROM pg_settings WHERE name IN ({settings})"})
    assert {row["id"]: row["setting"] for row in read_rows(snapshot)} == {
        "application_name": "lamppost",
        "lock_timeout": "30000",
        "statement_timeout": "600000",
        "TimeZone": "UTC",
        "transaction_read_only": "on",
    }


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"table": "nothing"}, 'the database says: relation "nothing" does not exist'),
        ({"query": "SELECT id, id FROM generate_series(1, 2) id"}, "two columns of one name"),
        ({"query": "SELECT CAST('hunter22' AS int) AS id"}, r"the database says: InvalidTextRepresentation \(22P02\)"),
        ({"query": "SELECT id / 0 AS id FROM generate_series(1, 2) id"}, r"DivisionByZero \(22012\)"),
        ({"query": "SELEKT 1"}, "no single SELECT"),
    ],
)
def test_what_the_server_says_is_told_without_a_cell(pull: Pulled, options: dict[str, Any], said: str) -> None:
    with pytest.raises(PullError, match=said) as caught:
        pull(options)
    assert "hunter22" not in str(caught.value)


def test_a_login_that_may_not_is_told_without_its_password(pull: Pulled, url: str) -> None:
    execute(url, "DROP ROLE IF EXISTS clerk", "CREATE ROLE clerk LOGIN", "CREATE TABLE secret (id int)")
    execute(url, "GRANT USAGE ON SCHEMA public TO PUBLIC")
    with pytest.raises(PullError, match="permission denied for table secret") as caught:
        pull({"url": url.replace("lamp@", "clerk:hunter22@"), "table": "secret"})
    assert "hunter22" not in str(caught.value)


def test_tls_that_the_address_asks_for_is_not_given_up(pull: Pulled, url: str) -> None:
    with pytest.raises(PullError, match="server does not support SSL"):
        pull({"url": url + "?sslmode=require", "table": "a"})
