"""Typed columns mean what frictionless means: a second reader of the same cell is the judge."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import frictionless
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lamppost.formats.typed import typed
from lamppost.model import Field, Schema

DIGITS = st.text("0123456789+-_. eE\u0665naN", min_size=1, max_size=12)
MOMENTS = st.text("0123456789-T: Z+.", min_size=8, max_size=22) | st.datetimes().map(str) | st.dates().map(str)
CLOCKS = st.from_regex(r"[0-2]?[0-9]:[0-5][0-9](:[0-6][0-9])?([.,][0-9]{1,7})?(Z|[+]01:00)?", fullmatch=True)
WORDS = st.sampled_from(["true", "True", "TRUE", "1", "0", "False", "yes", " true", "t"])


def read_both(kind: str, cell: str) -> tuple[Any, Any]:
    """What frictionless reads (None: refused), and what stands in our column (None: left as text)."""
    field = frictionless.Field.from_descriptor({"name": "x", "type": kind})
    theirs, notes = field.read_cell(cell)
    schema = Schema((Field("x", kind, descriptor={"name": "x", "type": kind}),), ("x",))
    ours = typed(pa.table({"x": [cell]}), schema).column("x")
    return (None if notes else theirs), (None if ours.type == pa.string() else ours[0].as_py())


@settings(max_examples=300, deadline=None, derandomize=True)
@given(DIGITS)
@example("0x1F")
@example(" 7 ")
@example("1_0")
@example("\u0665")
@example("-0")
@example("1e2")
@example("sNaN")
@pytest.mark.parametrize("kind", ["integer", "number", "year"])
def test_numbers_mean_the_same(kind: str, cell: str) -> None:
    theirs, ours = read_both(kind, cell)
    if isinstance(ours, float):
        ours = Decimal(repr(ours))  # a float stands only for the number that it prints
    assert ours is None or theirs == ours or (theirs.is_nan() and ours.is_nan())


@settings(max_examples=300, deadline=None, derandomize=True)
@given(MOMENTS)
@example("2026-11-22T07:00:00Z")
@example("2026-11-22T24:00:00Z")
@example("2026-1-5")
@example("0001-01-01T00:00:00+14:00")
@pytest.mark.parametrize("kind", ["date", "datetime"])
def test_moments_mean_the_same(kind: str, cell: str) -> None:
    theirs, ours = read_both(kind, cell)
    if isinstance(theirs, datetime) and theirs.tzinfo and ours is not None:
        theirs = theirs.astimezone(UTC)
    assert ours is None or theirs == ours


@settings(max_examples=200, deadline=None, derandomize=True)
@given(CLOCKS)
@example("24:00:00")
@example("07:00:00Z")
def test_times_mean_the_same(cell: str) -> None:
    theirs, ours = read_both("time", cell)
    assert ours is None or theirs == ours


@settings(max_examples=30, deadline=None, derandomize=True)
@given(WORDS)
def test_booleans_mean_the_same(cell: str) -> None:
    theirs, ours = read_both("boolean", cell)
    assert theirs == ours


@pytest.mark.parametrize(
    ("kind", "cell"),
    [
        ("integer", "7"),
        ("number", "7.5"),
        ("date", "2026-11-22"),
        ("datetime", "2026-11-22T07:00:00Z"),
        ("year", "2026"),
        ("time", "07:00:00.5"),
    ],
)
def test_an_ordinary_cell_does_not_stay_text(kind: str, cell: str) -> None:
    theirs, ours = read_both(kind, cell)
    assert ours == theirs
    assert ours is not None


@pytest.mark.parametrize("kind", ["string", "any", "array", "object", "duration", "geopoint", "geojson", "yearmonth"])
def test_what_no_column_type_holds_stays_the_text_of_the_csv(kind: str) -> None:
    _, ours = read_both(kind, '{"a": [1]}')
    assert ours is None
