"""A record's value for a field, and that value as text (pure); what `as:` may ask for is in `notation.conversion`."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from lamppost.decode.json_text import Numeral
from lamppost.errors import RefusedError
from lamppost.model import FieldSource
from lamppost.notation import ABSENT, CONVERSION_NAMES, find, find_conversion

YEAR_ONE = "0001-01-01"
"""The zero of Go's clock, which LoRaWAN servers send for a gateway without GPS."""


def write_text(value: Any) -> str | None:
    """The cell's text: null is None, booleans `true`/`false`, nested values compact JSON in the source's order.

    Half of a surrogate pair, which is no character, is written as the escape it came as.
    """
    if value is None:
        return None
    text = str(value) if isinstance(value, str) else _write_json(value)
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")


def _write_json(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Numeral | int):
        return str(value)
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{_quote(key)}:{_write_json(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(_write_json, value)) + "]"
    return "null" if value is None else _quote(value)


def _quote(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def convert_text(name: str, source: FieldSource) -> Callable[[str], str]:
    """The conversion of the field's cells; RefusedError for one that nobody knows."""
    change = find_conversion(source.convert, source.zone)
    if change is None:
        known = ", ".join(CONVERSION_NAMES)
        raise RefusedError(f"field `{name}`: `as: {source.convert}` is unknown, expected one of: {known}")
    return change


def take(record: Any, source: FieldSource) -> Any:
    """The record's value for a field: at `path`, or else at the first path of `otherwise` where there is one."""
    found = find(record, source.path)
    if not source.otherwise or not _is_unset(found):
        return found
    others = [find(record, path) for path in source.otherwise]
    nothing = ABSENT if all(one is ABSENT for one in (found, *others)) else None
    return next((one for one in others if not _is_unset(one)), nothing)


def _is_unset(value: Any) -> bool:
    return value is ABSENT or value is None or (isinstance(value, str) and (not value or value.startswith(YEAR_ONE)))
