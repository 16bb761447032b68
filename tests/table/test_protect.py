"""Default deny: only declared fields leave, and drift is said with the patch to make."""

import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Context, Decimal
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lamppost.model import FieldSource, Pull, Round
from lamppost.table.protect import protect_rows, round_number

Build = Callable[..., Any]


def test_only_schema_fields_leave_in_schema_order(rows: Build, resource: Build) -> None:
    table, issues = protect_rows(rows("phone n id", "555 2 1"), resource("id", "n", drop=("phone",)))
    assert table.to_pydict() == {"id": ["1"], "n": ["2"], "_row": [1]}
    assert issues == ()


def test_an_undeclared_column_is_an_error_that_names_both_patches(rows: Build, resource: Build) -> None:
    table, issues = protect_rows(rows("id lamp_typ", "1 led"), resource("id", "lamp_type"))
    drift = {issue.code: issue for issue in issues}
    assert drift["undeclared-column"].severity == "error"
    assert "the nearest field is `lamp_type`" in drift["undeclared-column"].message
    assert "`protect: {lamp_typ: drop}`" in drift["undeclared-column"].message
    assert drift["missing-column"].severity == "error"
    assert table.column_names == ["id", "lamp_type", "_row"]


def test_a_cell_of_an_undeclared_column_is_never_quoted(rows: Build, resource: Build) -> None:
    _, issues = protect_rows(rows("id phone", "1 555-0100"), resource("id"))
    assert "555" not in repr(issues)


@pytest.mark.parametrize(
    ("text", "digits", "expected"),
    [
        ("-118.3615", 3, "-118.362"), ("34.0905", 3, "34.090"), ("5", 3, "5.000"), ("1.5e2", 0, "150"), ("2.5", 0, "2"),
        ("12345678901234567890123456789.125", 2, "12345678901234567890123456789.12"), ("1e30", 1, "1e30"),
        ("1e-7", 3, "0.000"), ("-0.0001", 3, "-0.000"), ("NaN", 3, "NaN"), ("INF", 3, "INF"),
        ("1e999999999", 3, "1e999999999"), ("34.09N", 3, "34.09N"), ("", 3, ""),
    ],
)  # fmt: skip
def test_numbers_are_rounded_half_to_even_and_other_text_stays(text: str, digits: int, expected: str) -> None:
    assert round_number(text, digits) == expected


@given(st.decimals(allow_nan=False, allow_infinity=False), st.integers(0, 15))
def test_no_digit_stays_behind_those_that_are_kept(number: Decimal, digits: int) -> None:
    rounded = Decimal(round_number(str(number), digits))
    exponent = rounded.as_tuple().exponent
    assert isinstance(exponent, int)
    assert -exponent <= digits
    assert abs(Context(prec=10_000).subtract(rounded, number)) <= Decimal(1).scaleb(-digits) / 2


def test_row_ids_are_made_from_what_is_left_after_rounding(rows: Build, resource: Build) -> None:
    exact = resource("row_id", lon="number", key="row_id", key_content=True)
    rounded = replace(exact, rules={"lon": Round(1)})
    table, _ = protect_rows(rows("lon", "1.16", "1.24", "-"), rounded)
    assert table["lon"].to_pylist() == ["1.2", "1.2", None]
    assert table["row_id"].to_pylist() == protect_rows(rows("lon", "1.2", "1.2", "-"), exact)[0]["row_id"].to_pylist()


def test_missing_values_become_null(rows: Build, resource: Build) -> None:
    one = resource("id", "n")
    table, _ = protect_rows(rows("id n", "1 NA", "2 5"), one)
    assert table["n"].to_pylist() == ["NA", "5"]
    schema = type(one.schema)(one.schema.fields, ("id",), missing_values=("", "NA"))
    table, _ = protect_rows(rows("id n", "1 NA", "2 5"), type(one)("rows", schema))
    assert table["n"].to_pylist() == [None, "5"]


def test_a_key_that_no_record_has_warns_and_for_a_needed_field_refuses(take: Build, resource: Build) -> None:
    fields = {"id": "id", "n": "n"}
    pull = Pull("http", {}, {name: FieldSource(path) for name, path in fields.items()})
    _, issues = protect_rows(take("json", b'[{"id": 1}]', fields=fields), resource("id", "n", pull=pull))
    assert [(one.code, one.severity, one.place) for one in issues] == [
        ("missing-column", "warning", "resource rows, field n")
    ]
    _, issues = protect_rows(take("json", b'[{"n": 1}]', fields=fields), resource("id", "n", pull=pull))
    assert [(one.code, one.severity, one.place) for one in issues] == [
        ("missing-column", "error", "resource rows, field id")
    ]


def test_rows_without_a_key_get_one_from_their_content(rows: Build, resource: Build) -> None:
    one = resource("row_id", "a", "b", key="row_id", key_content=True)
    table, issues = protect_rows(rows("b a", "x 1", "x 1", "- 1"), one)
    ids = table["row_id"].to_pylist()
    first = sha256(json.dumps(["1", "x"], separators=(",", ":")).encode()).hexdigest()[:16]
    assert ids[:2] == [first, f"{first}-2"]
    assert len(set(ids)) == 3
    assert issues == ()


def test_a_source_cannot_bring_its_own_row_id(rows: Build, resource: Build) -> None:
    one = resource("row_id", "a", key="row_id", key_content=True)
    table, issues = protect_rows(rows("row_id a", "mine 1"), one)
    assert [issue.code for issue in issues] == ["undeclared-column"]
    assert table["row_id"].to_pylist() != ["mine"]


def test_ids_do_not_depend_on_the_order_of_rows(rows: Build, resource: Build) -> None:
    one = resource("row_id", "a", key="row_id", key_content=True)
    there, _ = protect_rows(rows("a", "1", "2", "1"), one)
    back, _ = protect_rows(rows("a", "1", "1", "2"), one)
    assert sorted(there["row_id"].to_pylist()) == sorted(back["row_id"].to_pylist())


NAMES = st.lists(st.sampled_from(["id", "a", "b", "c", "secret", "A", "naïve"]), unique=True, max_size=6)


@pytest.mark.parametrize("dropped", [(), ("secret",)])
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(NAMES)
def test_every_column_is_published_dropped_or_reported(
    dropped: tuple[str, ...], rows: Build, resource: Build, names: list[str]
) -> None:
    one = resource("id", "a", "b", drop=dropped)
    table, issues = protect_rows(rows(" ".join(names), " ".join("x" for _ in names)), one)
    undeclared = {name for name in names if name not in {"id", "a", "b", *dropped}}
    assert table.column_names == ["id", "a", "b", "_row"]
    assert {issue.place.rpartition(" ")[2] for issue in issues if issue.code == "undeclared-column"} == undeclared
    assert {issue.place.rpartition(" ")[2] for issue in issues if issue.code == "missing-column"} == {
        "id",
        "a",
        "b",
    } - set(names)
