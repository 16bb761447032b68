"""JSON (RFC 8259) with numbers as they were written; stricter than Python's json.

A key written twice, NaN and Infinity are refused (sections 4 and 6).
"""

import json
from collections import Counter
from typing import Any, Never

from lamppost.errors import RefusedError


class Numeral(str):
    """A JSON number as written, told apart from a string so that nested values are written back as they were."""

    __slots__ = ()


def parse_json(text: str, place: str) -> Any:
    """The value with every number as a Numeral; RefusedError with line and column."""
    hooks: dict[str, Any] = {"parse_constant": _refuse_constant, "object_pairs_hook": _make_object}
    try:
        return json.loads(text, parse_int=Numeral, parse_float=Numeral, **hooks)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise RefusedError(f"{place}, {where}: {error.msg}; expected JSON; the answer may have been cut") from None
    except RecursionError:
        raise RefusedError(f"{place}: values are nested too deep, expected a table's worth; check the source") from None
    except ValueError as error:
        raise RefusedError(f"{place}: {error}; correct it at the source") from None


def _refuse_constant(name: str) -> Never:
    raise ValueError(f"found {name}, which is not JSON, expected a number or null")


def _make_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        name, _count = Counter(name for name, _value in pairs).most_common(1)[0]
        raise ValueError(f"found the key {name!r} more than once in one object, expected it once")
    return made
