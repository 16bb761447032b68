"""A derived table is text like a pulled one, in spellings that never change."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from lamppost.derive import derive
from lamppost.errors import QueryError
from lamppost.formats.text import as_text
from lamppost.model import Derive, Resource, Schema

TABLES = {"readings": pa.table({"kwh": pa.array([Decimal("1.500"), Decimal("2.250")], pa.decimal128(38, 3))})}


def resource(sql: str) -> Resource:
    return Resource("daily", Schema((), ()), derive=Derive(("readings",), sql, Path("datasets/daily/daily.sql")))


def test_rows_are_text_and_numbered() -> None:
    found = derive(resource("SELECT 'LED' AS lamp, sum(kwh) AS kwh, count(*) AS n FROM readings"), TABLES)
    assert found.to_pylist() == [{"lamp": "LED", "kwh": "3.75", "n": "2", "_row": 1}]
    assert found.schema.types == [pa.string(), pa.string(), pa.string(), pa.int64()]


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (Decimal("1200.000"), pa.decimal128(38, 3), "1200"),
        (Decimal("0.100"), pa.decimal128(38, 3), "0.1"),
        (Decimal("-0.000"), pa.decimal128(38, 3), "0"),
        (1e-7, pa.float64(), "0.0000001"),
        (1e22, pa.float64(), "10000000000000000000000"),
        (0.1, pa.float64(), "0.1"),
        (float("nan"), pa.float64(), "NaN"),
        (float("-inf"), pa.float64(), "-INF"),
        (-5, pa.int64(), "-5"),
        (True, pa.bool_(), "true"),
        (date(2026, 11, 2), pa.date32(), "2026-11-02"),
        (time(7, 5), pa.time64("us"), "07:05:00"),
        (datetime.fromisoformat("2026-11-22T07:00:00"), pa.timestamp("us"), "2026-11-22T07:00:00"),
        (datetime(2026, 11, 22, 7, tzinfo=UTC), pa.timestamp("us", "UTC"), "2026-11-22T07:00:00Z"),
        ("", pa.string(), ""),
        (None, pa.null(), None),
    ],
)
def test_a_value_as_text(value: Any, kind: pa.DataType, text: str | None) -> None:
    assert as_text(pa.chunked_array([pa.array([value], kind)]), "x").to_pylist() == [text]


def test_what_has_no_spelling_is_refused_by_file_and_column() -> None:
    with pytest.raises(QueryError, match=r"daily\.sql: column days has type list.*CAST it"):
        derive(resource("SELECT [1, 2] AS days"), TABLES)


def test_a_failing_query_is_named_by_its_file() -> None:
    with pytest.raises(QueryError, match=r"^daily\.sql: there is no table lights"):
        derive(resource("SELECT * FROM lights"), TABLES)
    with pytest.raises(QueryError, match="has no `derive:`"):
        derive(Resource("daily", Schema((), ())), TABLES)
