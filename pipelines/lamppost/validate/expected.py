"""What a cell may hold in the words of its schema: type and form by example, choices with labels, units (pure)."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from lamppost.model import Field

CHOICES = 12
"""So many choices are listed."""
_SENTENCE = 140
_MOMENT = datetime(2026, 11, 22, 7)  # noqa: DTZ001 - an example
_TYPES: Mapping[str, str] = {
    "integer": "a whole number such as 12",
    "boolean": "true or false",
    "date": "a day such as 2026-11-22",
    "datetime": "a day and time such as 2026-11-22T07:00:00Z",
    "time": "a time such as 07:00:00",
    "year": "a year such as 2026",
    "yearmonth": "a month such as 2026-11",
    "duration": "an ISO 8601 duration such as PT1H",
    "geopoint": "longitude and latitude such as -118.36, 34.09",
    "geojson": "a GeoJSON geometry",
    "object": "a JSON object",
    "array": "a JSON array",
    "list": "a list of values",
    "string": "a text",
}
_FORMATS: Mapping[str, str] = {
    "email": "an e-mail address",
    "uri": "a URI such as https://example.org/",
    "uuid": "a UUID",
    "binary": "Base64",
}
_KINDS: Mapping[str, str] = {"date": "a day", "datetime": "a day and time", "time": "a time"}
_LIMITS: Mapping[str, str] = {
    "minimum": "at least {}",
    "maximum": "at most {}",
    "exclusiveMinimum": "more than {}",
    "exclusiveMaximum": "less than {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "pattern": "a text of the form {}",
}
_MEASURED = frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"})


def name_field(field: Field) -> str:
    """`Fine dust (`pm25_ugm3`)`."""
    return f"{field.title} (`{field.name}`)" if field.title else f"`{field.name}`"


def describe_field(field: Field) -> str:
    """The first sentence of the schema's description; empty where there is none, or one too long to be read on."""
    first = re.split(r"(?<=[.!?])\s", " ".join(field.description.split()), maxsplit=1)[0]
    return first if len(first) <= _SENTENCE else ""


def find_rule(note: str) -> str:
    """The constraint that the validator's own words name: `minimum`."""
    match = re.match(r'constraint "(\w+)"', note)
    return match[1] if match else ""


def expect(field: Field, code: str, note: str) -> str:
    """What may stand in a cell of the field, where `code` says that it does not."""
    if code == "unique-error":
        return "a value that occurs once"
    return expect_type(field) if code != "constraint-error" else _expect_rule(field, note)


def expect_type(field: Field) -> str:
    """The type by example, in the form that the field declares."""
    form, kind = str(field.descriptor.get("format", "")), field.type
    if "%" in form and kind in _KINDS:
        return f"{_KINDS[kind]} such as {_MOMENT.strftime(form)}"
    if kind == "number":
        point = str(field.descriptor.get("decimalChar", "."))
        group = str(field.descriptor.get("groupChar", ""))
        return f"a number such as {f'1{group}200{point}5' if group else f'12{point}5'}{_say_unit(field)}"
    if kind == "boolean" and "trueValues" in field.descriptor:
        words = (field.descriptor["trueValues"], field.descriptor.get("falseValues", ["false"]))
        return " or ".join(str(one) for one in (words[0] or ["true"])[:1] + (words[1] or ["false"])[:1])
    if kind == "geopoint" and form in {"array", "object"}:
        return {"array": "[-118.36, 34.09]", "object": 'an object {"lon": -118.36, "lat": 34.09}'}[form]
    named = _FORMATS.get(form) if kind == "string" else None
    unit = _say_unit(field) if kind == "integer" else ""
    return named or f"{_TYPES.get(kind, f'a value of type {kind}')}{unit}"


def _say_unit(field: Field) -> str:
    unit = field.unit
    return f" {unit}" if unit else ""


def _expect_rule(field: Field, note: str) -> str:
    rule = find_rule(note)
    limit = field.descriptor.get("constraints", {}).get(rule)
    if rule == "required":
        told = expect_choice(field) or expect_type(field)
        return "a value" if told == _TYPES["string"] else f"a value: {told}"
    if rule == "enum":
        return expect_choice(field) or f"one of {_list(limit)}"
    if rule not in _LIMITS:
        return note
    shown = limit.isoformat() if isinstance(limit, date) else limit
    example = field.descriptor.get("example", "") if rule == "pattern" else ""
    more = f" such as {example}" if example else _say_unit(field) if rule in _MEASURED else ""
    return _LIMITS[rule].format(shown) + more


def expect_choice(field: Field) -> str:
    """`one of 1 (open), 2 (closed)`; empty where any value of the type will do."""
    labels = {
        str(one["value"]): str(one.get("label", ""))
        for one in field.descriptor.get("categories", ())
        if isinstance(one, Mapping) and "value" in one
    }
    values = list_choices(field)
    shown = [f"{one} ({labels[one]})" if labels.get(one) else one for one in values]
    return f"one of {_list(shown)}" if shown else ""


def list_choices(field: Field) -> list[str]:
    """The values that a closed field may have, as text; none of an open one."""
    named = [one["value"] if isinstance(one, Mapping) else one for one in field.descriptor.get("categories", ())]
    return [str(one) for one in field.descriptor.get("constraints", {}).get("enum") or named]


def _list(values: Any) -> str:
    shown = ", ".join(str(value) for value in list(values or ())[:CHOICES])
    return f"{shown}, …" if len(values or ()) > CHOICES else shown
