"""What a message says: what is there, what may be there in the schema's own words, and what to do."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from lamppost.model import Field, Report, Schema
from lamppost.validate.advice import advise
from lamppost.validate.expected import expect, expect_type

Build = Callable[..., Any]
NEEDED = {"required": True}


def field(name: str = "n", kind: str = "string", description: str = "", **more: Any) -> Field:
    return Field(name, kind, more.get("title", ""), description, {"name": name, "type": kind, **more})


def rule(name: str) -> str:
    """The validator's own words for a broken constraint."""
    return f'constraint "{name}" is "…"'


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (field("energy_kwh", "number"), "a number such as 12.5 kWh"),
        (field("n", "number", decimalChar=",", groupChar="."), "a number such as 1.200,5"),
        (field("opened", "date", format="%m/%d/%Y"), "a day such as 11/22/2026"),
        (field("at", "datetime", format="%d.%m.%Y %H:%M"), "a day and time such as 22.11.2026 07:00"),
        (field("is_open", "boolean", trueValues=["ja"], falseValues=["nein"]), "ja or nein"),
        (field("mail", "string", format="email"), "an e-mail address"),
        (field("depth_m", "integer"), "a whole number such as 12 m"),
        (field("spot", "geopoint", format="object"), 'an object {"lon": -118.36, "lat": 34.09}'),
        (field("n", "any"), "a value of type any"),
    ],
)
def test_the_type_is_told_by_an_example_in_the_declared_form(one: Field, said: str) -> None:
    assert expect_type(one) == said


LABELLED = field(categories=[{"value": 1, "label": "open"}, {"value": 2}], constraints={"enum": [1, 2], **NEEDED})


@pytest.mark.parametrize(
    ("one", "broken", "said"),
    [
        (LABELLED, "enum", "one of 1 (open), 2"),
        (LABELLED, "required", "a value: one of 1 (open), 2"),
        (field(constraints=NEEDED), "required", "a value"),
        (field("pm_ugm3", "number", constraints={"maximum": 1000}), "maximum", "at most 1000 µg/m³"),
        (field("n", "number", unit="ppb", constraints={"minimum": 0}), "minimum", "at least 0 ppb"),
        (field(example="AB", constraints={"pattern": "[A-Z]+"}), "pattern", "a text of the form [A-Z]+ such as AB"),
        (field(constraints={"minLength": 2}), "minLength", "at least 2 characters"),
        (field(constraints={"enum": list(range(20))}), "enum", "one of 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, …"),
    ],
)  # fmt: skip
def test_a_limit_is_told_with_its_unit_and_choices_with_their_labels(one: Field, broken: str, said: str) -> None:
    assert expect(one, "constraint-error", rule(broken)) == said


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        ("date", "11/22/2026", '`format: "%m/%d/%Y"`'),
        ("date", "22.11.2026", '`format: "%d.%m.%Y"`'),
        ("date", "20261122", '`format: "%Y%m%d"`'),
        ("date", "2026-11-22T07:00:00Z", "`type: datetime`"),
        ("date", "46348", "a spreadsheet's number of a day"),
        ("datetime", "2026-11-22", "`type: date`"),
        ("datetime", "2026-11-22T07:00", "without seconds"),
        ("datetime", "1795330800", "`as: epoch_s`"),
        ("datetime", "1795330800000", "`as: epoch_ms`"),
        ("integer", "12.0", "`type: number`"),
        ("number", "1,234.5", '`groupChar: ","`'),
        ("number", "12,5", '`decimalChar: ","`'),
        ("number", "40 W", "`bareNumber: false`"),
        ("number", "$5.00", "`bareNumber: false`"),
        ("boolean", "Yes", '`trueValues: ["yes"]` and `falseValues: ["no"]`'),
        ("time", "7:00 am", "have the source write 07:00:00"),
        ("integer", " 12", "a space at its start or end"),
        ("number", "N/A", "a word for “unknown”"),
        ("integer", "abc", "correct it at the source, or widen the schema"),
    ],
)
def test_a_value_of_another_type_is_told_by_its_looks_with_the_line_that_takes_it(
    kind: str, value: str, said: str
) -> None:
    assert said in advise(field(kind=kind), "type-error", "", value)


@pytest.mark.parametrize(
    ("one", "broken", "value", "said"),
    [
        (field(constraints={"enum": ["LED", "HPS"]}), "enum", "L.E.D.", "it looks like `LED`; correct it"),
        (field(constraints={"enum": ["open", "closed"]}), "enum", "referred", "add it to `enum:` in the schema"),
        (LABELLED, "enum", "3", "add it to `categories:` in the schema"),
        (field("n_usd", "number", constraints={"minimum": 0}), "minimum", "-999", "a device's number for “unknown”"),
        (field("n", "number", constraints={"minimum": 0, **NEEDED}), "minimum", "-999", "take `required: true` away"),
        (field("n", "number", constraints={"maximum": 9}), "maximum", "12", "change `maximum:` in the schema"),
        (field(constraints=NEEDED), "required", "", "have the source fill it in, or take `required: true`"),
    ],
)  # fmt: skip
def test_a_broken_rule_is_told_with_what_to_do(one: Field, broken: str, value: str, said: str) -> None:
    assert said in advise(one, "constraint-error", rule(broken), value)


def test_the_schema_speaks_in_its_own_words(check: Build, schema: Build) -> None:
    plain = schema(id="integer", n="number")
    told = replace(plain.fields[1], title="Depth", description="How deep it is.  Measured from the rim.")
    report: Report = check("id,n\n1,deep\n", replace(plain, fields=(plain.fields[0], told)))
    assert report.issues[0].message == (
        "Depth (`n`): found 'deep', expected a number such as 12.5; correct it at the source, or widen the schema if "
        "the value is right. The schema says of it: “How deep it is.”"
    )


def test_a_guarded_value_is_in_no_message_note_or_advice(check: Build, schema: Build) -> None:
    lamp = {"type": "string", "constraints": {"enum": ["LED", "HPS"]}}
    guarded: Schema = replace(schema(id="integer", n=lamp), guarded=frozenset({"n"}))
    report = check("id,n\n1,L.E.D.\n", guarded)
    assert "found a value that `protect:` keeps out of sight, expected one of LED, HPS" in report.issues[0].message
    assert "L.E.D." not in repr(report)
    assert "looks like" not in report.issues[0].message


def test_a_key_is_told_with_the_titles_of_its_fields(check: Build, schema: Build) -> None:
    report = check("id,n\n1,a\n1,b\n", schema(id={"type": "integer", "title": "Number"}, n="string"))
    assert "the key (Number (`id`)) occurs in an earlier row, expected a key that no other row has" in (
        report.issues[0].message
    )
