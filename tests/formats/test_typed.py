"""Text to types: frictionless's meaning, never a wrong value."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from lamppost.formats.typed import typed
from lamppost.model import Field, Schema


def read(kind: str, cells: list[str | None], **descriptor: Any) -> pa.ChunkedArray:
    field = Field("x", kind, descriptor={"name": "x", "type": kind, **descriptor})
    schema = Schema((field,), ("x",), ("", "NA"))
    return typed(pa.table({"x": pa.array(cells, pa.string())}), schema).column("x")


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["1", None, "-2"], [1, None, -2]),
        ([" 7 ", "1_0", "+5", "007"], [7, 10, 5, 7]),
        (["9223372036854775807", "NA"], [2**63 - 1, None]),
    ],
)
def test_integers_as_python_reads_them(cells: list[str | None], values: list[int | None]) -> None:
    found = read("integer", cells)
    assert (found.type, found.to_pylist()) == (pa.int64(), values)


def test_integers_beyond_64_bits_become_decimals() -> None:
    found = read("integer", ["9223372036854775808", "1"])
    assert found.type == pa.decimal128(38, 0)
    assert found.to_pylist() == [Decimal(2**63), Decimal(1)]


@pytest.mark.parametrize("cells", [["0x1F"], ["1.0"], ["x", "1"], ["1" * 39]])
def test_a_cell_that_does_not_fit_leaves_the_column_text(cells: list[str | None]) -> None:
    found = read("integer", cells)
    assert (found.type, found.to_pylist()) == (pa.string(), cells)


@pytest.mark.parametrize(
    ("cells", "scale"),
    [
        (["1.50", "2", "-3.125"], 3),
        (["1.5000000"], 3),
        (["0.1234"], 9),
        (["0.1234567891"], 18),
        (["1e2", " 4.5 "], 3),
        (["-118.36123456789012"], 18),
        (["12345678901234567890123456789012345.678"], 3),
    ],
)
def test_numbers_take_the_smallest_scale_that_is_exact(cells: list[str | None], scale: int) -> None:
    found = read("number", cells)
    assert found.type == pa.decimal128(38, scale)
    assert found.to_pylist() == [Decimal(str(one).strip()) for one in cells]


def test_not_a_number_and_infinity_make_a_column_of_floats() -> None:
    found = read("number", ["NaN", "-Infinity", "0.5"])
    assert found.type == pa.float64()
    assert str(found.to_pylist()) == "[nan, -inf, 0.5]"


def test_digits_that_no_type_holds_stay_text() -> None:
    assert read("number", ["0.1234567890123456789"]).type == pa.string()
    assert read("number", ["1e400"]).type == pa.string()
    assert read("number", ["1e-30"]).to_pylist() == [1e-30]


def test_numbers_with_the_spelling_that_their_field_declares() -> None:
    found = read("number", ["$1.234,5", "2"], bareNumber=False, groupChar=".", decimalChar=",")
    assert found.to_pylist() == [Decimal("1234.5"), Decimal(2)]


def test_booleans_as_spelled() -> None:
    assert read("boolean", ["true", "0", "FALSE", None, "1"]).to_pylist() == [True, False, False, None, True]
    assert read("boolean", ["yes", "no"], trueValues=["yes"], falseValues=["no"]).to_pylist() == [True, False]
    assert read("boolean", ["yes"]).type == pa.string()


def test_days() -> None:
    assert read("date", ["2026-11-22", None]).to_pylist() == [date(2026, 11, 22), None]
    assert read("date", ["22.11.2026"], format="%d.%m.%Y").to_pylist() == [date(2026, 11, 22)]
    assert read("date", ["2026-02-30"]).type == pa.string()
    assert read("date", ["2026-11-22"], format="any").type == pa.string()


def test_instants_with_a_zone_are_kept_in_utc() -> None:
    found = read("datetime", ["2026-11-22T07:00:00Z", "2026-11-22T00:30:00-08:00"])
    assert found.type == pa.timestamp("us", "UTC")
    assert found.to_pylist() == [datetime(2026, 11, 22, 7, tzinfo=UTC), datetime(2026, 11, 22, 8, 30, tzinfo=UTC)]


def test_instants_without_a_zone_are_not_given_one() -> None:
    assert read("datetime", ["2026-11-22T07:00:00"]).type == pa.timestamp("us")
    assert read("datetime", ["2026-11-22T07:00:00", "2026-11-22T07:00:00Z"]).type == pa.string()
    assert read("datetime", ["2026-11-22"]).type == pa.string()


def test_years_and_everything_else() -> None:
    assert read("year", ["2026"]).to_pylist() == [2026]
    assert read("year", ["26"]).type == pa.string()
    assert read("time", ["10:00:00", "23:59:59.5"]).to_pylist() == [time(10), time(23, 59, 59, 500_000)]
    assert read("time", ["10:00:00", "24:00:00"]).type == pa.string()
    assert read("any", ["1"]).to_pylist() == ["1"]


def test_missing_values_of_schema_and_field_are_null() -> None:
    assert read("string", ["NA", "x", ""]).to_pylist() == [None, "x", None]
    assert read("integer", ["-", "1"], missingValues=["-"]).to_pylist() == [None, 1]
    assert read("integer", ["-", "1"], missingValues=[{"value": "-", "label": "off"}]).to_pylist() == [None, 1]


def test_a_column_without_any_value_has_the_type_of_its_field() -> None:
    kinds = {"integer": pa.int64(), "number": pa.decimal128(38, 3), "date": pa.date32(), "boolean": pa.bool_()}
    assert {kind: read(kind, [None]).type for kind in kinds} == kinds
