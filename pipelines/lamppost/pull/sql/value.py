"""Values of a database as text, none of them changed on the way (pure)."""

import json
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from lamppost.pull.fault import fault

Write = Callable[[Any], str]


class NoTextError(ValueError):
    """A value that no text stands for; who knows its row and column turns it into a PullError."""

    def __init__(self, found: str, expected: str, do: str) -> None:
        super().__init__(found)
        self.parts = (found, expected, do)


def write_column(values: Sequence[Any], write: Write, place: Callable[[int], str]) -> list[str | None]:
    """All values of one column, NULL as None; PullError at `place(index)` of the first that has no text."""
    try:
        return [None if value is None else write(value) for value in values]
    except NoTextError:
        for index, value in enumerate(values):
            try:
                _ = value if value is None else write(value)
            except NoTextError as error:
                raise fault(place(index), *error.parts) from None
        raise


def write_value(value: Any) -> str:
    """Plain decimal, ISO 8601, `true`/`false`; NoTextError for what has no text, such as bytes."""
    if isinstance(value, str):
        return value
    for kinds, write in _WRITERS:
        if isinstance(value, kinds):
            return write(value)
    found = f"a value of type {type(value).__name__}"
    raise NoTextError(found, "text, number, date or truth value", "leave the column out, or cast it in the query")


def write_number(number: Decimal) -> str:
    """Plain digits; what is not finite is no number that can be published."""
    if not number.is_finite():
        raise NoTextError(f"the number {number}", "a finite one", "have the query give NULL for it")
    return format(number, "f")


def _write_bool(value: bool) -> str:
    return "true" if value else "false"


def _write_float(value: float) -> str:
    return write_number(Decimal(repr(value)))


def _write_instant(value: datetime) -> str:
    text = value.isoformat()
    return text.removesuffix("+00:00") + "Z" if value.utcoffset() == timedelta() else text


def _write_day(value: date | time) -> str:
    return value.isoformat()


def _write_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)


_WRITERS: tuple[tuple[tuple[type, ...], Write], ...] = (
    ((bool,), _write_bool),  # before int, which it is a kind of; datetime is one of date
    ((int, UUID), str),
    ((float,), _write_float),
    ((Decimal,), write_number),
    ((datetime,), _write_instant),
    ((date, time), _write_day),
    ((list, dict), _write_json),
)
