"""A table schema in words: what each column means, what may stand in it, and in which unit."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lamppost.formats.missing import list_marks
from lamppost.model import Field, Schema
from lamppost.render.field import title_of, unit_in_words
from lamppost.render.page import format_number, render_block

TYPES = {
    "string": "text", "integer": "whole number", "number": "number", "boolean": "yes or no (true, false)",
    "date": "day (YYYY-MM-DD)", "datetime": "date and time with zone", "time": "time of day", "year": "year",
    "yearmonth": "month (YYYY-MM)", "geopoint": "point", "geojson": "shape", "any": "anything", "duration": "duration",
    "object": "JSON object", "array": "JSON list", "list": "list",
}  # fmt: skip


@dataclass(frozen=True)
class Column:
    """One column of the data, in words."""

    name: str
    title: str
    description: str
    kind: str
    rules: str
    """Joined by semicolons; empty when anything of its type may stand there."""


def dictionary_block(caption: str, schema: Schema) -> str:
    """One row a column: its name, what it is, below that its type and its rules, so that a phone need not scroll."""
    columns = [
        Column(one.name, title_of(one), one.description, _kind(one), _rules(one, schema)) for one in schema.fields
    ]
    return render_block("dictionary.html", caption=caption, columns=columns, note=_missing(schema))


def _kind(field: Field) -> str:
    unit = unit_in_words(field)
    return f"{TYPES.get(field.type, field.type)}{', ' + unit if unit else ''}"


RULES = {
    "required": "never empty", "unique": "never twice", "enum": "one of", "pattern": "written as",
    "minimum": "at least", "exclusiveMinimum": "more than", "maximum": "at most", "exclusiveMaximum": "less than",
    "minLength": "characters at least", "maxLength": "characters at most",
}  # fmt: skip
"""Constraint → its words, in the order in which they are said."""


def _rules(field: Field, schema: Schema) -> str:
    constraints: Mapping[str, Any] = field.descriptor.get("constraints") or {}
    said = ["identifies the row"] if field.name in schema.primary_key else []
    said += [_own_missing(field)] if "missingValues" in field.descriptor else []
    order = [*(name for name in RULES if name in constraints), *sorted(set(constraints) - set(RULES))]
    return "; ".join([*said, *(_rule(name, constraints[name]) for name in order if constraints[name] is not False)])


def _own_missing(field: Field) -> str:
    """What means "no value" in this field alone; where an empty cell does not, it is an empty text."""
    marks = list_marks(field, Schema((), ()))
    words = " or ".join(one or "an empty cell" for one in marks)
    return f"{words} means no value" if "" in marks else f"{words} means no value, an empty cell an empty text"


def _rule(name: str, value: Any) -> str:
    words = RULES.get(name, name)
    if value is True:
        return words
    if isinstance(value, list | tuple):
        return f"{words} {', '.join(str(one) for one in value)}"
    return f"{words} {format_number(value) if isinstance(value, int | float) else value}"


def _missing(schema: Schema) -> str:
    marks = [one for one in schema.missing_values if one]
    but = (
        ", unless its column says otherwise" if any("missingValues" in one.descriptor for one in schema.fields) else ""
    )
    if not marks:
        return f"An empty cell means that the value is not known{but}."
    return f"An empty cell, or {', '.join(marks)}, means that the value is not known{but}."
