"""What frictionless takes and refuses, as measured: an upgrade that changes one of these changes published verdicts."""

from collections.abc import Callable
from typing import Any

import pytest

Build = Callable[..., Any]

ACCEPTED = [
    ("integer", ["' 7 '", "+5", "1_0", "007", "\u0665", "\u00a07"]),
    ("number", ["1e5", "NaN", "INF", "sNaN", "1_0", ".5", "1.", "1e999999", "\u0665"]),
    ("boolean", ["true", "True", "TRUE", "1", "false", "False", "FALSE", "0"]),
    ("date", ["2020-1-1", "2020-02-29"]),
    (
        "datetime",
        ["2020-01-01T24:00:00", "2020-01-01 10:00:00", "2020-01-01T10:00:00+02:00", "2020-01-01T10:00:00.1234567"],
    ),
    ("time", ["24:00:00", "10:00:00Z"]),
    ("year", ["+202", "0000"]),
    ("yearmonth", ["20-1"]),
    ("duration", ["P1W", "-P1D"]),
    ("geopoint", ["' 1 , 2 '"]),
]
REFUSED = [
    ("integer", ["1.0", "1e2", "0x1F", "5.5%"]),
    ("number", ["95%", "abc", "1,5"]),
    ("boolean", ["tRUE", "yes", "' true'"]),
    ("date", ["20200101", "' 2020-01-01'", "0000-01-01", "10000-01-01", "2020-01-01T00:00:00", "INF"]),
    ("datetime", ["2020-01-01T00:00Z", "2020-01-01T00:00:60", "2020-01-01"]),
    ("time", ["10:00"]),
    ("year", ["-202", "12345"]),
    ("yearmonth", ["2020-13"]),
    ("duration", ["P", "p1y"]),
    ("geopoint", ["181,0", "NaN,1"]),
]


def spread(table: list[tuple[str, list[str]]]) -> list[tuple[str, str]]:
    return [(kind, value.strip("'")) for kind, values in table for value in values]


@pytest.mark.parametrize(("kind", "value"), spread(ACCEPTED))
def test_accepted(check: Build, schema: Build, kind: str, value: str) -> None:
    assert check(f'id,n\n1,"{value}"\n', schema(id="integer", n=kind)).valid


@pytest.mark.parametrize(("kind", "value"), spread(REFUSED))
def test_refused(check: Build, schema: Build, kind: str, value: str) -> None:
    assert check(f'id,n\n1,"{value}"\n', schema(id="integer", n=kind)).bad_rows == (1,)


def test_a_missing_value_is_matched_without_trimming(check: Build, schema: Build) -> None:
    rule = schema(id="integer", n="integer", missing=("", "NA"))
    assert check("id,n\n1,NA\n2,\n3, NA\n", rule).bad_rows == (3,)
