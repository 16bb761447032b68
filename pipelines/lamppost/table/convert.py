"""Values to text, and the four conversions a mapping may ask for (pure).

What a conversion cannot read stays as it was: validation then refuses that row alone, with the value to be seen.
"""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from lamppost.decode.json_text import Numeral

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECONDS = 10**18
"""More than there are up to the year 9999."""


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
    if isinstance(value, Numeral):
        return str(value)
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{_quote(key)}:{_write_json(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(_write_json, value)) + "]"
    return "null" if value is None else _quote(value)


def _quote(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _read_epoch(text: str, *, per_second: int) -> datetime | None:
    try:
        exact = Decimal(text) * 1_000_000 / per_second
        return _EPOCH + timedelta(microseconds=int(exact)) if abs(exact) < _MICROSECONDS else None
    except ArithmeticError:  # no number, NaN, or a date beyond the year 9999
        return None


def _write_instant(text: str, *, per_second: int) -> str:
    found = _read_epoch(text, per_second=per_second)
    return text if found is None else found.isoformat().replace("+00:00", "Z")


def _write_day(text: str) -> str:
    found = _read_epoch(text, per_second=1000)
    return text if found is None else found.date().isoformat()


CONVERSIONS: Mapping[str, Callable[[str], str]] = {
    "": lambda text: text,
    "epoch_s": lambda text: _write_instant(text, per_second=1),
    "epoch_ms": lambda text: _write_instant(text, per_second=1000),
    "epoch_ms_date": _write_day,
    "interval_start": lambda text: text.partition("/")[0],
}
"""`as:` → conversion of one cell's text; epochs count from 1970-01-01T00:00:00Z."""
