"""A figure gets a new record when its value or its query changes, and only then."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from lamppost.errors import QueryError
from lamppost.figures import compute, round_half_up
from lamppost.model import FigureQuery, FigureRecord, Version

QUERY = FigureQuery("total", "Energy", "SELECT sum(kwh) FROM lamps", ("lamps",), unit="kWh", round=1, note="Measured.")
TODAY = date(2026, 11, 22)


def table_of(*values: str) -> dict[str, pa.Table]:
    return {"lamps": pa.table({"kwh": pa.array([Decimal(one) for one in values], pa.decimal128(38, 3))})}


def version(seq: int, *, simulated: bool = False) -> dict[str, Version]:
    return {"lamps": Version("lamps", seq, None, "", f"hash{seq}", "2026-11-22", (), simulated=simulated)}


def record(
    query: FigureQuery = QUERY, *values: str, previous: FigureRecord | None = None, **options: Any
) -> FigureRecord:
    found = compute(query, table_of(*(values or ("1234.55",))), version(1, **options), previous, TODAY)
    assert found is not None
    return found


def test_a_record_holds_the_exact_value_the_rounded_one_and_where_it_came_from() -> None:
    found = record()
    assert (found.n, found.value, found.rounded, found.shown) == (1, "1234.55", "1234.6", "1,234.6")
    assert (dict(found.inputs), dict(found.input_hashes), found.date) == (
        {"lamps": 1},
        {"lamps": "hash1"},
        "2026-11-22",
    )


def test_a_new_version_with_the_same_value_makes_no_record() -> None:
    assert compute(QUERY, table_of("1234.55"), version(2), record(), date(2027, 1, 1)) is None


@pytest.mark.parametrize(
    "change", [{"sql": "SELECT sum(kwh) FROM lamps --"}, {"title": "x"}, {"unit": "MWh"}, {"round": 0}, {"note": ""}]
)
def test_another_query_or_wording_makes_a_record(change: dict[str, Any]) -> None:
    assert record(replace(QUERY, **change), previous=record()).n == 2


def test_another_value_makes_a_record_even_if_it_looks_the_same() -> None:
    assert record(QUERY, "1234.56", previous=record()).n == 2


def test_a_real_value_replaces_the_same_made_up_one() -> None:
    made_up = record(simulated=True)
    assert made_up.simulated
    assert record(previous=made_up).n == 2


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("SELECT kwh FROM lamps", "2 rows and 1 columns"),
        ("SELECT 1, 2", "1 rows and 2 columns"),
        ("SELECT max(kwh) FROM lamps WHERE kwh > 9", "no value"),
        ("SELECT 'many'", "found string; expected a number"),
        ("SELECT true", "found bool; expected a number"),
        ("SELECT 1 / 0", "divided by zero"),
    ],
)
def test_what_is_not_one_number_is_refused(sql: str, words: str) -> None:
    with pytest.raises(QueryError, match=f"figure total: .*{words}"):
        compute(replace(QUERY, sql=sql), table_of("1", "2"), version(1), None, TODAY)


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        ("0.5", 0, "1"),
        ("2.5", 0, "3"),
        ("-2.5", 0, "-3"),
        ("-0.4", 0, "0"),
        ("1.005", 2, "1.01"),
        ("1250", -2, "1300"),
        ("7", 2, "7.00"),
        ("12345678901234567890123456789012.5", 0, "12345678901234567890123456789013"),
    ],
)
def test_halves_are_rounded_away_from_zero(value: str, digits: int, text: str) -> None:
    assert f"{round_half_up(Decimal(value), digits):f}" == text
