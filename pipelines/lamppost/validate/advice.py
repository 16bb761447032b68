"""What to do about a value: its looks say where it went wrong, and which line of the schema takes it (pure)."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from lamppost.model import Field
from lamppost.validate.expected import find_rule, list_choices

_UNKNOWN = frozenset(
    {"n/a", "na", "#n/a", "#na", "null", "none", "nil", "nan", "-", "--", "---", ".", "?", "unknown", "not available"}
    | {"tbd", "missing", "undefined", "(null)", "(blank)", "not reported"}
)
_CODES = re.compile(r"-?9{2,6}(\.0+)?|-1(\.0+)?")
"""Numbers with which devices and forms say that there is none."""
_WORDS = {"yes": "no", "y": "n", "t": "f", "on": "off", "si": "no", "ja": "nein", "oui": "non"}
_WITH_UNIT = r"[^\d.-]{0,4}-?\d[\d.]*\s*[^\d.]{1,8}|[$€£]\s*\d.*"
_PLAIN = "correct it at the source, or widen the schema if the value is right"
_LOOKS: Sequence[tuple[str, str, str, Mapping[str, Any]]] = (
    ("date", r"\d{1,2}/\d{1,2}/\d{4}", "a day in another form", {"format": "%m/%d/%Y"}),
    ("date", r"\d{1,2}\.\d{1,2}\.\d{4}", "a day in another form", {"format": "%d.%m.%Y"}),
    ("date", r"\d{8}", "a day without dashes", {"format": "%Y%m%d"}),
    ("date", r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*", "a day with a time", {"type": "datetime"}),
    ("date", r"[3-5]\d{4}", "a spreadsheet's number of a day; format the column as a date there", {}),
    ("datetime", r"\d{4}-\d\d-\d\d", "a day without a time", {"type": "date"}),
    ("datetime", r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d", "a time without seconds; have the source write them", {}),
    ("datetime", r"\d{10}", "seconds since 1970; write `as: epoch_s` under `pull.fields`", {}),
    ("datetime", r"\d{13}", "milliseconds since 1970; write `as: epoch_ms` under `pull.fields`", {}),
    ("integer", r"-?\d+\.\d+", "a number with a fraction", {"type": "number"}),
    ("integer|number", r"-?\d{1,3}(,\d{3})+(\.\d+)?", "a number in groups of three", {"groupChar": ","}),
    ("number", r"-?\d+,\d+", "a number with a decimal comma", {"decimalChar": ","}),
    ("integer|number", _WITH_UNIT, "a number with its unit", {"bareNumber": False}),
    ("time", r"\d{1,2}:\d\d(\s*[ap]m)?", "a time in another form; have the source write 07:00:00", {}),
)  # fmt: skip
"""type, form of the value, what it looks like, and the properties with which the schema takes it."""


def advise(field: Field, code: str, note: str, value: str | None) -> str:
    """What to do; with no value (because a rule guards it, or the cell is empty) what holds for any."""
    rule = find_rule(note) if code == "constraint-error" else ""
    if code == "unique-error":
        return "correct the source, or choose a key that tells the rows apart"
    if rule == "required":
        return "have the source fill it in, or take `required: true` from the schema if it may be empty"
    if not value:
        return _PLAIN
    found: Sequence[Callable[[], str]] = (
        lambda: _see_space(value),
        lambda: _see_unknown(field, value),
        lambda: _see_choice(field, value) if rule == "enum" else "",
        lambda: _see_form(field, value) if code == "type-error" else "",
        lambda: _name_rule(rule),
    )
    return next((said for one in found if (said := one())), _PLAIN)


def _see_space(value: str) -> str:
    if value == value.strip() or not value.strip():
        return ""
    return "there is a space at its start or end; take it out at the source"


def _see_unknown(field: Field, value: str) -> str:
    is_code = field.type in {"integer", "number"} and _CODES.fullmatch(value)
    if value.strip().casefold() not in _UNKNOWN and not is_code:
        return ""
    needed = field.descriptor.get("constraints", {}).get("required")
    also = ", and take `required: true` away, because such cells then count as empty" if needed else ""
    looks = "a device's number" if is_code else "a word"
    return f"it looks like {looks} for “unknown”: have the source send nothing, or add it to `missingValues`{also}"


def _see_choice(field: Field, value: str) -> str:
    choices = list_choices(field)
    plain = {_fold(one): one for one in choices}
    near = plain.get(_fold(value)) or next(iter(get_close_matches(value, choices, 1, 0.75)), None)
    where = "categories" if "categories" in field.descriptor else "enum"
    looks = f"it looks like `{near}`; " if near else ""
    return f"{looks}correct it at the source, or add it to `{where}:` in the schema if it is a new one"


def _fold(text: str) -> str:
    return "".join(one for one in text.casefold() if one.isalnum())


def _see_form(field: Field, value: str) -> str:
    if field.type == "boolean" and value.casefold() in {*_WORDS, *_WORDS.values()}:
        pair = next((yes, no) for yes, no in _WORDS.items() if value.casefold() in {yes, no})
        listed = "`trueValues: [{}]` and `falseValues: [{}]`".format(*(f'"{one}"' for one in pair))
        return f"if the source writes so, add {listed} to the field"
    looks, properties = find_looks(field, value)
    return f"it looks like {looks}{_say_properties(properties)}" if looks else ""


def find_looks(field: Field, value: str) -> tuple[str, Mapping[str, Any]]:
    """What a value looks like that is not of the field's type, and the properties that would take it; none: empty."""
    for kinds, form, looks, properties in _LOOKS:
        if field.type in kinds.split("|") and re.fullmatch(form, value):
            return looks, properties
    return "", {}


def _say_properties(properties: Mapping[str, Any]) -> str:
    listed = " and ".join(f"`{name}: {json.dumps(value)}`" for name, value in properties.items())
    listed = listed.replace('`type: "', "`type: ").replace('"`', "`") if "type" in properties else listed
    return f"; if all are like it, write {listed}" if listed else ""


def _name_rule(rule: str) -> str:
    return f"correct it at the source, or change `{rule}:` in the schema if the value is right" if rule else ""
