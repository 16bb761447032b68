"""Explain sql: which SELECT on which database, from when on, and how it is proven; asked without asking anybody."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lamppost.model import Field, FieldSource, Publish, Pull, Resource, Schema
from lamppost.pull import Transport
from lamppost.pull.explain.explanation import Explanation
from lamppost.pull.explain.sql import explain_sql
from lamppost.pull.job import Job

NOW = datetime(2026, 11, 22, 17, 20, tzinfo=UTC)
CURSOR: Any = {"cursor": "changed_at", "lookback": timedelta(hours=36)}
FIELDS = {"changed_at": FieldSource("Changed On")}
POSTGRESQL = "postgresql://reader:hunter22@db.city.example/permits?sslmode=require"


def explain(options: Any, mode: Any = "upsert", *, key_content: bool = False, **more: Any) -> Explanation:
    pull = Pull("sql", {"url": "${PERMITS_DB}", **options}, FIELDS, **more)
    schema = Schema((Field("id", "string"), Field("changed_at", "datetime")), ("id",))
    resource = Resource("all", schema, pull=pull, key_content=key_content, publish=Publish(mode))
    return explain_sql(Job("permits/all", resource, pull, None, Path("kept"), NOW, Transport()))


def test_a_whole_table_is_told_in_the_order_in_which_it_is_asked_for() -> None:
    told = explain({"url": POSTGRESQL, "table": "public.permits", "columns": ["id", "Fee"]}, "snapshot")
    select = 'SELECT "id", "Fee" FROM "public"."permits" ORDER BY "id"'
    assert told.asks[0].startswith("postgresql://db.city.example/permits is opened in one transaction that can write")
    assert told.asks[0].endswith("sees one state of the data (REPEATABLE READ); a statement may take 600 seconds.")
    assert told.asks[1] == f"The rows of public.permits are counted, and then read: {select}"
    assert told.asks[2] == "Every pull reads the whole: no `cursor:` is declared."
    assert told.asks[3].startswith("They are streamed and kept in pages of 50,000 rows")
    assert "COUNT(*) is asked in the same transaction" in told.proof[0]
    assert "seen to be gone" in told.proof[1]
    assert told.refusals == ()


def test_a_cursor_is_told_with_its_lookback_in_words() -> None:
    told = explain({"table": "permits", "full": "P7D"}, **CURSOR)
    assert 'ORDER BY "Changed On", "id"' in told.asks[1]
    assert "`Changed On` is missing, or not earlier than the newest kept one minus 36 hours" in told.asks[2]
    assert (
        "what was committed late, up to 36 hours, still comes. At most every 7 days the whole is read" in told.asks[2]
    )
    assert "Rows deleted at the source stay published" in told.proof[1]


def test_an_address_that_is_not_filled_in_stays_as_it_is_written() -> None:
    assert explain({"table": "permits"}).asks[0].startswith("${PERMITS_DB} is opened in one transaction; where")
    assert (
        explain({"url": "postgresql://me:${KEY}@db:${PORT}/x", "table": "a"})
        .asks[0]
        .startswith("The database of `url:`")
    )


def test_neither_user_nor_password_is_shown() -> None:
    for url in (POSTGRESQL, "mssql://reader:hunter22@host/db", "sqlite:////home/reader/hunter22/a.db"):
        told = explain({"url": url, "table": "permits"}, **CURSOR)
        assert not [one for one in ("reader", "hunter22") if one in repr(told)]


def test_a_query_is_shown_as_it_is_written() -> None:
    query = "SELECT id, fee::text || ' %' AS fee\nFROM permits"
    assert "FROM (SELECT id, fee::text || ' %' AS fee FROM permits ) asked" in explain({"query": query}).asks[1]


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mssql://host/db", "of the kind SQL Server were not run against a server .* no read-only transaction"),
        ("oracle://host/db", "of the kind Oracle were not run against a server"),
        ("mariadb://host/db", "of the kind MariaDB were not run against a server"),
        ("teradata://host/db", "of the kind teradata .* neither read-only nor one view could be set"),
    ],
)
def test_a_database_that_no_test_ran_against_is_marked(url: str, said: str) -> None:
    assert re.search(said, explain({"url": url, "table": "a"}).asks[-1])


@pytest.mark.parametrize(
    ("told", "refusal"),
    [
        (explain({"table": "a", "query": "SELECT 1"}), "both or neither of `table` and `query`"),
        (explain({"table": "a"}, cursor="changed_at"), "`cursor:` without `lookback:` loses what is committed late"),
        (explain({"table": "a"}, "snapshot", **CURSOR), "`mode: snapshot` would throw the others away"),
        (explain({"table": "a"}, key_content=True, **CURSOR), "`cursor:` needs a primary key"),
    ],
)
def test_what_must_not_run_so_says_why(told: Explanation, refusal: str) -> None:
    assert refusal in " ".join(told.refusals)
