"""Schemas: words of Table Schema that validation would skip are refused by name."""

from pathlib import Path
from typing import Any

import pytest

from lamppost.load.preset import preset_names
from lamppost.load.pull import read_pull
from lamppost.load.schema import read_schema
from lamppost.load.section import Section
from lamppost.load.yaml import parse_yaml
from lamppost.model import Issue, Schema

FIELDS = "fields:\n  - {name: a_id, type: string}\n"
KEY = "primaryKey: [a_id]\n"


def read(text: str, *, key_content: bool = False) -> tuple[Schema, list[str]]:
    faults: list[Issue] = []
    node = parse_yaml(text, "schemas/a.yaml", faults)
    assert node is not None
    return read_schema(node, faults, key_content=key_content), [f"{issue.place} {issue.message}" for issue in faults]


def test_the_descriptor_is_what_was_written_and_nothing_else() -> None:
    text = KEY + "fields:\n  - {name: a_id, type: integer, title: A, constraints: {required: true, minimum: 1}}\n"
    schema, faults = read(text)
    assert not faults
    assert schema.descriptor == {
        "fields": [{"name": "a_id", "type": "integer", "title": "A", "constraints": {"required": True, "minimum": 1}}],
        "missingValues": [""],
        "primaryKey": ["a_id"],
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (FIELDS, "`primaryKey` is missing; add `primaryKey: [field]`, or `key: content`"),
        (FIELDS + "primaryKey: [b_id]\n", "`b_id` is not a field of this schema. Did you mean `a_id`?"),
        (KEY + FIELDS + "uniqueKeys: [[a_id]]\n", "`uniqueKeys` is ignored by frictionless"),
        (KEY + FIELDS + "foreignKeys: []\n", "`foreignKeys` is not built yet"),
        (KEY + FIELDS + "missingValues: [NA]\n", 'the list lacks ""'),
        (KEY + FIELDS + "missingValues: ['', -1]\n", 'write "-1"'),
        (KEY + FIELDS + "  - {name: b, type: string, missingValues: []}\n", 'expected one that means "no value"'),
        (KEY + FIELDS + "  - {name: b, type: number, missingValues: [NA]}\n", "only a string field may hold an empty"),
        (KEY + FIELDS + "  - {name: b, type: string, missingValues: [-1]}\n", 'write "-1"'),
        (
            KEY + FIELDS + "  - {name: b, type: string, constraints: {enum: ['', x]}}\n",
            '`b`: found "" both as a value and in `missingValues`, expected one meaning; give the field',
        ),
        (
            KEY + FIELDS + "  - {name: b, type: string, missingValues: ['-'], constraints: {enum: ['-', x]}}\n",
            '`b`: found "-" both as a value and in `missingValues`, expected one meaning; take it out of one',
        ),
        (
            KEY + FIELDS + "  - {name: b, type: boolean, falseValues: ['', N]}\n",
            '`b`: found "" both as a value and in `missingValues`',
        ),
        (
            KEY + "fields:\n  - {name: a_id, type: string, missingValues: ['-']}\n",
            "`a_id` is of the primary key, which no row may lack",
        ),
        (KEY + FIELDS + "fieldz: []\n", "Did you mean `fields`?"),
        (KEY + "fields: []\n", "found an empty list"),
        (KEY + FIELDS + "  - {name: a_id, type: string}\n", "the field `a_id` is listed twice"),
        (KEY + FIELDS + "  - {name: Height, type: number}\n", "expected a field name in snake_case"),
        (KEY + FIELDS + "  - {name: b, type: float}\n", "expected one of any, array"),
        (
            KEY + FIELDS + "  - {name: b, type: date, categories: [a]}\n",
            "`categories` goes with the types string and integer only",
        ),
        (KEY + FIELDS + "  - {name: b, type: string, required: true}\n", "is a constraint; write"),
        (KEY + FIELDS + "  - {name: b, type: string, constraints: {minimum: 1}}\n", "does not go with the type string"),
        (KEY + FIELDS + "  - {name: b, type: number, constraints: {minimum: low}}\n", "expected a number"),
        (KEY + FIELDS + "  - {name: b, type: number, constraints: {pattern: a}}\n", "does not go with the type number"),
        (KEY + FIELDS + "  - {name: b, type: string, constraints: {pattern: 'a('}}\n", "expected a regular expression"),
        (KEY + FIELDS + "  - {name: b, type: string, constraints: {pattern: 'a|b'}}\n", "write `(a|b)`"),
        (KEY + FIELDS + "  - {name: b, type: string, constraints: {uniquez: true}}\n", "Did you mean `unique`?"),
    ],
)
def test_a_fault_says_what_to_write(text: str, message: str) -> None:
    _, faults = read(text)
    assert any(message in fault for fault in faults), faults
    assert all(fault.startswith("schemas/a.yaml:") for fault in faults)


@pytest.mark.parametrize("pattern", ["(a|b)", "[a|b]+", r"a\|b", r"[\]|]x"])
def test_an_alternation_in_brackets_is_fine(pattern: str) -> None:
    _, faults = read(KEY + FIELDS + f"  - {{name: b, type: string, constraints: {{pattern: '{pattern}'}}}}\n")
    assert not faults


def test_a_primary_key_beside_key_content_is_refused() -> None:
    _, faults = read(KEY + FIELDS, key_content=True)
    assert any("both `primaryKey:` and `key: content`" in fault for fault in faults)


def test_the_name_row_id_is_taken_where_the_engine_adds_it() -> None:
    _, faults = read("fields: [{name: row_id, type: string}]\n", key_content=True)
    assert any("`row_id` is added by `key: content`" in fault for fault in faults)


@pytest.mark.parametrize("preset", preset_names())
def test_every_preset_fits_its_adapter(preset: str) -> None:
    faults: list[Issue] = []
    node = parse_yaml(f"preset: {preset}", "d.yaml", faults)
    assert node is not None
    pull = read_pull(Section(node, faults), Path())
    options: dict[str, Any] = {"adapter": pull.adapter, **pull.options}
    again = parse_yaml(
        "\n".join(f"{key}: x" for key in options).replace("adapter: x", f"adapter: {pull.adapter}"), "d", faults
    )
    assert again is not None
    read_pull(Section(again, faults), Path())
    assert not faults


def test_a_string_field_holds_empty_texts_when_it_says_how_no_value_is_written() -> None:
    text = KEY + FIELDS + "  - {name: b, type: string, missingValues: ['-'], constraints: {enum: ['', x]}}\n"
    schema, faults = read(text)
    assert not faults
    assert schema.field("b").descriptor["missingValues"] == ["-"]
