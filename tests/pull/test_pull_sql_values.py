"""Values of a database as text: objects of a driver, and PostgreSQL's own texts."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from lamppost.errors import PullError
from lamppost.pull.sql.postgresql import WRITERS, Type, check_type
from lamppost.pull.sql.value import NoTextError, write_column, write_value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (10**30, "1000000000000000000000000000000"),
        (Decimal("1E+3"), "1000"),
        (Decimal("1.50"), "1.50"),
        (0.1, "0.1"),
        (date(2026, 11, 22), "2026-11-22"),
        (datetime.fromisoformat("2026-11-22 07:00"), "2026-11-22T07:00:00"),
        (datetime(2026, 11, 22, 7, tzinfo=UTC), "2026-11-22T07:00:00Z"),
        (datetime(2026, 11, 22, 7, tzinfo=timezone(timedelta(hours=-8))), "2026-11-22T07:00:00-08:00"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        ({"b": 1, "a": [2]}, '{"a": [2], "b": 1}'),
    ],
)
def test_values_keep_their_meaning_as_text(value: Any, text: str) -> None:
    assert write_value(value) == text


@pytest.mark.parametrize("value", [b"\0", timedelta(1), float("nan"), Decimal("Infinity"), object()])
def test_what_has_no_text_is_refused_at_its_row(value: Any) -> None:
    with pytest.raises(PullError, match=r"row 2: .* · expected "):
        write_column([None, value], write_value, lambda index: f"row {index + 1}")


@pytest.mark.parametrize(
    ("kind", "written", "text"),
    [
        ("bool", "t", "true"),
        ("bool", "f", "false"),
        ("numeric", "1000.50", "1000.50"),
        ("float8", "1e-07", "0.0000001"),
        ("float8", "12", "12.0"),
        ("float4", "3.4028235e+38", "340282350000000000000000000000000000000"),
        ("date", "0001-01-01", "0001-01-01"),
        ("timestamp", "2026-11-22 07:00:00", "2026-11-22T07:00:00"),
        ("timestamp", "2026-11-22 07:00:00.5", "2026-11-22T07:00:00.500000"),
        ("timestamptz", "2026-11-22 07:00:00+00", "2026-11-22T07:00:00Z"),
        ("timestamptz", "2026-11-22 07:00:00.000001+00", "2026-11-22T07:00:00.000001Z"),
        ("time", "07:00:00.25", "07:00:00.250000"),
        ("timetz", "07:00:00-08", "07:00:00-08:00"),
    ],
)
def test_postgresql_writes_and_we_publish(kind: str, written: str, text: str) -> None:
    assert WRITERS[kind](written) == text


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        *((kind, text) for kind in ("numeric", "float8") for text in ("NaN", "Infinity", "-Infinity")),
        *((kind, text) for kind in ("date", "timestamp", "timestamptz") for text in ("infinity", "-infinity")),
        ("date", "10000-01-01"),
        ("date", "0044-03-15 BC"),
        ("timestamptz", "10000-01-01 00:00:00+00"),
        ("timestamp", "0044-03-15 00:00:00 BC"),
        ("timestamptz", "2026-11-22 07:00:00+05:30"),
        ("time", "24:00:00"),
    ],
)
def test_what_no_calendar_and_no_count_has_is_refused(kind: str, written: str) -> None:
    with pytest.raises(NoTextError):
        WRITERS[kind](written)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (Type("bytea", "U"), "the type bytea · expected text, number, date or truth value · leave it out"),
        (Type("geometry", "U"), "write ST_AsGeoJSON"),
        (Type("money", "N"), "cast it to numeric"),
        (Type("_bytea", "A", "bytea", "U"), r"the type bytea\[\]"),
        (Type("record", "P"), "the type record"),
    ],
)
def test_a_type_without_text_is_refused_by_its_name(kind: Type, said: str) -> None:
    with pytest.raises(PullError, match=f"column photo: .*{said}"):
        check_type("photo", kind)


@pytest.mark.parametrize("kind", [Type("citext", "S"), Type("mood", "E"), Type("_mood", "A", "mood", "E")])
def test_texts_and_enumerations_of_anybody_are_taken(kind: Type) -> None:
    check: Callable[[str, Type], None] = check_type
    check("mood", kind)
