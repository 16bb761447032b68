"""Values of a database as text, none of them changed on the way (pure)."""

import json
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from lamppost.pull.fault import fault


def write_value(value: Any, place: str) -> str | None:
    """Plain decimal, ISO 8601, `true`/`false`, or None for NULL; PullError for what has no text, such as bytes."""
    if value is None or isinstance(value, str):
        return value
    for kinds, write in WRITERS:
        if isinstance(value, kinds):
            return write(value, place)
    found = f"a value of type {type(value).__name__}"
    raise fault(place, found, "text, number, date or truth value", "leave the column out, or cast it in the query")


def _write_bool(value: bool, _place: str) -> str:
    return "true" if value else "false"


def _write_plain(value: Any, _place: str) -> str:
    return str(value)


def _write_float(value: float, place: str) -> str:
    return _write_number(Decimal(repr(value)), place)


def _write_instant(value: datetime, _place: str) -> str:
    text = value.isoformat()
    return text.removesuffix("+00:00") + "Z" if value.utcoffset() == timedelta() else text


def _write_day(value: date | time, _place: str) -> str:
    return value.isoformat()


def _write_json(value: Any, _place: str) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)


def _write_number(number: Decimal, place: str) -> str:
    if not number.is_finite():
        raise fault(place, f"the number {number}", "a finite one", "have the query give NULL for it")
    return format(number, "f")


WRITERS: tuple[tuple[tuple[type, ...], Callable[[Any, str], str]], ...] = (
    ((bool,), _write_bool),  # before int, which it is a kind of; datetime is one of date
    ((int, UUID), _write_plain),
    ((float,), _write_float),
    ((Decimal,), _write_number),
    ((datetime,), _write_instant),
    ((date, time), _write_day),
    ((list, dict), _write_json),
)
