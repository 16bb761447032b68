"""Validation: frictionless decides, plain words tell, and row numbers are the table's."""

from collections.abc import Callable
from typing import Any

import pytest

from lamppost.model import Report

Build = Callable[..., Any]

NAMED = {"type": "number", "title": "Fine dust", "constraints": {"minimum": 0}}


def codes(report: Report) -> dict[str, int]:
    return {issue.code: issue.count for issue in report.issues}


def test_a_sound_file_has_nothing_to_say(check: Build, schema: Build) -> None:
    report = check("id,n\n1,2.5\n2,\n", schema(id="integer", n="number"))
    assert (report.rows, report.valid, report.issues, report.bad_rows) == (2, True, (), ())


def test_a_bad_cell_is_told_in_plain_words_with_its_row(check: Build, schema: Build) -> None:
    report = check("id,n\n1,2.5\n2,n/a\n3,-7\n", schema(id="integer", n=NAMED))
    unknown = "it looks like a word for “unknown”: have the source send nothing, or add it to `missingValues`"
    low = "correct it at the source, or change `minimum:` in the schema if the value is right"
    assert [issue.message for issue in report.issues] == [
        f"Fine dust (`n`): found 'n/a', expected a number such as 12.5; {unknown}",
        f"Fine dust (`n`): found '-7', expected at least 0; {low}",
    ]
    assert [(one.row, one.field, one.value) for one in report.issues[0].samples] == [(2, "n", "n/a")]
    assert report.bad_rows == (2, 3)


def test_issues_are_counted_and_five_are_shown(check: Build, schema: Build) -> None:
    report = check("id,n\n" + "".join(f"{row},x\n" for row in range(1, 10)), schema(id="integer", n="integer"))
    assert (report.issues[0].count, len(report.issues[0].samples)) == (9, 5)
    assert "(9 such cells)" in report.issues[0].message


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ({"type": "string", "constraints": {"required": True}}, "", "expected a value"),
        ({"type": "string", "constraints": {"enum": ["led", "hps"]}}, "gas", "expected one of led, hps"),
        ({"type": "string", "constraints": {"pattern": "[A-Z]{2}"}}, "x", "expected a text of the form [A-Z]{2}"),
        ({"type": "string", "constraints": {"maxLength": 2}}, "abc", "expected at most 2 characters"),
        ({"type": "date", "constraints": {"maximum": "2026-12-31"}}, "2027-01-01", "expected at most 2026-12-31"),
        ({"type": "string", "constraints": {"unique": True}}, "twice", "expected a value that occurs once"),
    ],
)
def test_each_constraint_says_what_may_be_there(
    check: Build, schema: Build, field: dict[str, Any], value: str, expected: str
) -> None:
    report = check(f"id,n\n1,twice\n2,{value}\n", schema(id="integer", n=field))
    assert expected in next(one.note for issue in report.issues for one in issue.samples if one.row == 2)


@pytest.mark.parametrize(
    "kind", ["integer", "number", "boolean", "date", "datetime", "time", "year", "duration", "geopoint"]
)
def test_each_type_says_what_may_be_there(check: Build, schema: Build, kind: str) -> None:
    report = check("id,n\n1,???\n", schema(id="integer", n=kind))
    assert report.issues[0].samples[0].note.startswith("expected ")
    assert "frictionless" not in report.issues[0].message
    assert 'type is "' not in report.issues[0].message


def test_equal_keys_are_an_error_in_what_is_published(check: Build, schema: Build) -> None:
    report = check("id,n\n7,a\n007,b\n,c\n", schema(id="integer", n="string"))
    assert (codes(report), report.bad_rows) == ({"primary-key": 2}, (2, 3))
    assert [one.note.partition(",")[0] for one in report.issues[0].samples] == [
        "the key (`id`) occurs in an earlier row",
        "the key (`id`) is empty",
    ]


def test_equal_keys_that_come_in_are_left_to_settle(check: Build, schema: Build) -> None:
    content, rule = "id,n\n1,a\n1,a\n1,b\n,c\n", schema(id="integer", n="string")
    assert check(content, rule, mode="upsert").bad_rows == (4,)
    assert check(content, rule, mode="snapshot").bad_rows == (3, 4)
    assert check(content, rule, mode="append").bad_rows == (3, 4)


def test_ragged_and_blank_rows_are_issues_of_the_row(check: Build, schema: Build) -> None:
    report = check("id,n\n1\n2,a,b\n\n,\n", schema(id="integer", n="string"))
    assert codes(report) == {"missing-cell": 1, "extra-cell": 1, "blank-row": 2, "primary-key": 2}
    assert report.bad_rows == (1, 2, 3, 4)


def test_a_value_of_no_field_is_never_shown(check: Build, schema: Build) -> None:
    report = check("id,n\n1,a,555-0100\n", schema(id="integer", n="string"))
    assert "555" not in repr(report)


def test_a_header_that_does_not_match_is_told_once(check: Build, schema: Build) -> None:
    report = check("n,id\n", schema(id="integer", n="string"))
    assert codes(report) == {"incorrect-label": 2}
    assert "in its place (`n`), expected exactly the fields id, n (2 such columns)" in report.issues[0].message
    assert [one.note.partition("(")[2][:3] for one in report.issues[0].samples] == ["`n`", "`id"]


@pytest.mark.parametrize(
    ("header", "found"), [("id", "`n`"), ("id,n,fax", "`fax`"), ("id,id", "`id`"), ("id,name", "`name`")]
)
def test_a_fault_of_the_header_names_the_column(check: Build, schema: Build, header: str, found: str) -> None:
    report = check(f"{header}\n", schema(id="integer", n="string"))
    assert all(f"({found})" in one.message for one in report.issues)


@pytest.mark.parametrize(
    ("content", "code"), [(b"", "source-error"), (b"id,n\n1,\xff\n", "encoding-error"), (b"id,n\n1,a", None)]
)
def test_a_file_that_cannot_be_read_is_an_issue_not_a_traceback(
    check: Build, schema: Build, content: bytes, code: str | None
) -> None:
    assert [issue.code for issue in check(content, schema(id="integer", n="string")).issues] == [code] * bool(code)


def test_an_unusable_schema_is_an_issue(check: Build, schema: Build) -> None:
    assert not check("id,n\n1,a\n", schema(id="integer", n="whatever")).valid


def test_a_row_at_which_frictionless_breaks_off_costs_just_that_row(check: Build, schema: Build) -> None:
    at = {"type": "datetime", "constraints": {"minimum": "2019-01-01T00:00:00Z"}}
    content = "id,n,at\n1,1,\n2,sNaN,\n3,1,2026-01-01T00:00:00\n4,1,2026-01-01T00:00:00Z\n5,-1,\n5,1,\n"
    report = check(content, schema(id="integer", n=NAMED, at=at))
    assert codes(report) == {"unreadable-row": 2, "constraint-error": 1, "primary-key": 1}
    assert (report.rows, report.bad_rows) == (6, (2, 3, 5, 6))


def test_what_was_not_looked_at_counts_as_bad(check: Build, schema: Build) -> None:
    at = {"type": "datetime", "constraints": {"minimum": "2019-01-01T00:00:00Z"}}
    report = check(
        "id,at\n" + "".join(f"{row},2026-01-01T00:00:00\n" for row in range(30)), schema(id="integer", at=at)
    )
    assert codes(report) == {"unreadable-row": 20, "unchecked-row": 10}
    assert len(report.bad_rows) == report.rows == 30


def test_duplicates_are_followed_past_a_row_that_was_left_out(check: Build, schema: Build) -> None:
    content = "id,n\nsNaN,1\n1,1\n1,1\n1,2\n"
    assert check(content, schema(id="number", n="integer"), mode="append").bad_rows == (1, 4)


def test_dialect_and_encoding_are_never_detected(check: Build, schema: Build) -> None:
    semicolons = "".join(f'{row},"a;b;c;d"\n' for row in range(50))
    assert check("id,n\n" + semicolons, schema(id="integer", n="string")).valid
    tail = "x" * 200_000 + "é"
    assert check(f"id,n\n1,{tail}\n", schema(id="integer", n="string")).valid
    spaced = check('id,n\n1, "x"\n', schema(id="integer", n={"type": "string", "constraints": {"enum": ["x"]}}))
    assert spaced.issues[0].samples[0].value == ' "x"'


def test_after_the_limit_of_errors_the_rest_counts_as_bad_and_is_not_looked_at(check: Build, schema: Build) -> None:
    content = "id,n\n" + "".join(f"{row},{'x' if row % 5 == 0 else 1}\n" for row in range(1, 101))
    report = check(content, schema(id="integer", n="integer"), limit=3)
    assert codes(report) == {"type-error": 3, "unchecked-row": 85}
    assert (report.rows, report.bad_rows[:4]) == (100, (5, 10, 15, 16))


def test_bounds_that_exclude_are_those_of_data_package_2(check: Build, schema: Build) -> None:
    above = schema(id="integer", n={"type": "number", "constraints": {"exclusiveMinimum": 0}})
    assert check("id,n\n1,0\n2,0.1\n3,-1\n", above).bad_rows == (1, 3)


def test_an_equal_row_far_before_is_found_again_to_be_compared(check: Build, schema: Build) -> None:
    rows = [f"{row},same\n" for row in range(1, 5001)] + ["7,same\n", "8,other\n"]
    report = check("id,n\n" + "".join(rows), schema(id="integer", n="string"), mode="append")
    assert report.bad_rows == (5002,)
