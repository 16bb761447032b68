"""The locked DuckDB: answers one SELECT over the tables given, and can do nothing else."""

import time
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from lamppost.errors import QueryError
from lamppost.query import answer, rows_behind

TABLES = {
    "lamps": pa.table(
        {
            "light_id": ["a", "b", "c"],
            "watts_w": pa.array([40, 60, None], pa.int64()),
            "energy_kwh": pa.array([Decimal("0.1"), Decimal("0.2"), Decimal("0.3")], pa.decimal128(38, 3)),
            "read_at": pa.array(
                [datetime(2026, 11, 22, hour, tzinfo=UTC) for hour in (6, 7, 8)], pa.timestamp("us", "UTC")
            ),
        }
    )
}
HIDDEN = TABLES["lamps"]
"""A table that no query is given."""


def ask(sql: str, **options: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = answer(sql, TABLES, **options).to_pylist()
    return rows


@pytest.mark.parametrize(
    ("sql", "value"),
    [
        ("SELECT count(*) FROM lamps", 3),
        ("SELECT sum(energy_kwh) FROM lamps", Decimal("0.6")),
        ("SELECT avg(watts_w) FROM Lamps", 50.0),
        ("WITH big AS (SELECT * FROM lamps WHERE watts_w > 50) SELECT light_id FROM big", "b"),
        ("FROM lamps SELECT max(light_id)", "c"),
        ("SELECT count(*) FROM range(5)", 5),
        ("SELECT age(TIMESTAMP '2026-11-22', TIMESTAMP '2026-11-22') = INTERVAL 0 DAY", True),
    ],
)
def test_one_select_is_answered(sql: str, value: Any) -> None:
    assert list(ask(sql)[0].values()) == [value]


def test_time_zones_need_no_network() -> None:
    rows = ask(
        "SELECT timezone('America/Los_Angeles', read_at)::DATE::VARCHAR AS day, count(*) AS n FROM lamps "
        "GROUP BY day ORDER BY day"
    )
    assert rows == [{"day": "2026-11-21", "n": 2}, {"day": "2026-11-22", "n": 1}]


@pytest.mark.parametrize(
    "sql",
    [
        "COPY lamps TO 'stolen.csv'",
        "ATTACH 'other.db'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "RESET lock_configuration",
        "PRAGMA database_list",
        "CALL pragma_version()",
        "CREATE TABLE x AS SELECT 1",
        "EXPORT DATABASE 'here'",
        "EXPLAIN ANALYZE SELECT 1",
        "DESCRIBE lamps",
        "SHOW TABLES",
        "SELECT 1; SELECT 2",
        "",
        "SELEC 1",
        "PIVOT lamps ON light_id",
        "WITH x AS (INSERT INTO lamps VALUES ('d') RETURNING *) SELECT * FROM x",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM read_blob('/etc/passwd')",
        "SELECT * FROM read_parquet('x.parquet')",
        "SELECT * FROM read_json('x.json')",
        "SELECT * FROM parquet_metadata('x.parquet')",
        "SELECT * FROM sniff_csv('/etc/passwd')",
        "SELECT * FROM glob('/*')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM 'https://example.org/x.csv'",
        "SELECT * FROM HIDDEN",
        "SELECT * FROM query('SELECT 1')",
        "SELECT * FROM query_table('lamps')",
        "SELECT * FROM json_execute_serialized_sql('{}')",
        "SELECT * FROM duckdb_settings()",
        "SELECT * FROM duckdb_secrets()",
        "SELECT * FROM duckdb_tables",
        "SELECT * FROM information_schema.tables",
        "SELECT * FROM pg_catalog.pg_tables",
        "SELECT * FROM sqlite_master",
        "SELECT current_setting('home_directory')",
        "SELECT getenv('HOME')",
        "SELECT nextval('x')",
        "SELECT now()",
        "SELECT current_date",
        "SELECT CURRENT_TIMESTAMP",
        "SELECT today()",
        "SELECT age(read_at) FROM lamps",
        "SELECT 'now'::TIMESTAMP",
        "SELECT random()",
        "SELECT uuid()",
        "SELECT list_transform([1], lambda x: x + random())",
        "SELECT count(*) OVER (ORDER BY random()) FROM lamps",
        "SELECT * FROM lamps USING SAMPLE 1",
        "SELECT * FROM lamps TABLESAMPLE 50%",
        "SELECT light_id, light_id FROM lamps",
        "SELECT " + "(" * 5000 + "1" + ")" * 5000,
        "SELECT " + "+".join(["1"] * 60_000),
        "SELECT CASE " * 100 + "1" + " END" * 100,
    ],
)
def test_everything_else_is_refused(sql: str, tmp_path: Path) -> None:
    with pytest.raises(QueryError):
        answer(sql, TABLES)
    assert list(tmp_path.iterdir()) == []


def test_a_query_that_never_ends_is_stopped() -> None:
    begin = time.perf_counter()
    with pytest.raises(QueryError, match=r"no answer after 0\.3 seconds"):
        ask("SELECT count(*) FROM range(1000000) a, range(1000000) b", seconds=0.3)
    assert time.perf_counter() - begin < 5


def test_a_query_that_ends_only_while_its_rows_are_fetched_is_stopped_too() -> None:
    with pytest.raises(QueryError, match=r"no answer after 0\.3 seconds"):
        ask("SELECT range FROM range(100000000000) WHERE range % 1000000 = 0", seconds=0.3, max_rows=10**9)


def test_an_answer_that_is_too_long_is_stopped() -> None:
    with pytest.raises(QueryError, match="more than 10 rows"):
        ask("SELECT * FROM range(11)", max_rows=10)
    with pytest.raises(QueryError, match="or 256 MB"):
        ask("SELECT repeat('x', 1000000) FROM range(300)")


def test_a_wrong_name_is_told_with_the_nearest_right_one() -> None:
    with pytest.raises(QueryError, match=r"there is no table lamp; expected one of lamps; is lamps meant\?"):
        ask("SELECT * FROM lamp")
    with pytest.raises(QueryError, match="watts"):
        ask("SELECT watts FROM lamps")


def test_a_message_opens_with_the_place_and_holds_no_path() -> None:
    with pytest.raises(QueryError) as caught:
        ask("SELECT CAST('/home/somebody/secret' AS INTEGER)", place="daily.sql")
    assert str(caught.value).startswith("daily.sql: Conversion Error")
    assert "somebody" not in str(caught.value)


def test_a_query_cannot_change_the_tables_of_the_next() -> None:
    before = TABLES["lamps"].to_pylist()
    ask("SELECT light_id || 'x' AS light_id FROM lamps")
    assert TABLES["lamps"].to_pylist() == before


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("SELECT count(*) FROM trees WHERE height > 2", "SELECT * FROM trees WHERE (height > 2)"),
        ("SELECT max(a) FROM t ORDER BY 1 LIMIT 1", "SELECT * FROM t"),
        ("WITH h AS (SELECT x FROM t) SELECT avg(x) FROM h", "WITH h AS (SELECT x FROM t)SELECT * FROM h"),
        ("SELECT max(n) FROM (SELECT count(*) AS n FROM t GROUP BY a)", None),
        ("SELECT count(*) FROM t GROUP BY a", ""),
        ("SELECT 1", ""),
        ("SELECT 1 UNION SELECT 2", ""),
        ("not SQL at all", ""),
    ],
)
def test_the_rows_behind_a_value_are_the_ones_its_last_step_reads(sql: str, rows: str | None) -> None:
    found = rows_behind(sql)
    assert found.startswith("SELECT * FROM (") if rows is None else found.replace(") SELECT", ")SELECT") == rows
