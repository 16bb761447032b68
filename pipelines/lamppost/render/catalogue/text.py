"""How catalogue files are written, so that equal entries give equal bytes."""

import json
from collections.abc import Mapping
from typing import Any


def dump_json(value: Any) -> str:
    """UTF-8, two spaces, the order of the keys kept, a line break at the end."""
    return json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def full(values: Mapping[str, Any]) -> dict[str, Any]:
    """Only what says something: no None, no empty text, no empty list."""
    return {key: value for key, value in values.items() if value not in (None, "", [], {}, ())}


def cut(text: str, longest: int) -> str:
    """At most so many characters; what was cut ends in an ellipsis."""
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"


def decimal(number: float) -> str:
    """A coordinate without an exponent and without a point that says nothing."""
    return f"{number:.9f}".rstrip("0").rstrip(".")
