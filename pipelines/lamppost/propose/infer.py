"""What a column's text can safely be taken for (pure): in doubt it stays text, because a lost zero never comes back."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from lamppost.propose.columns import Column
from lamppost.propose.words import is_code, is_time

_INTEGER = re.compile(r"-?(0|[1-9]\d{0,17})")
_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d{1,3})?")
_ZEROS = re.compile(r"-?0\d+(\.\d+)?")
_DIGITS = re.compile(r"\d+")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:?\d{2})?")
_INTERVAL = re.compile(r"\d{4}-\d{2}-\d{2}T[^/]+/\d{4}-\d{2}-\d{2}T[^/]+")
_EPOCHS = {"epoch_s": (10**8, 41 * 10**8), "epoch_ms": (10**11, 41 * 10**11)}
"""conversion → the range that is a time between 1973 and 2099."""
_TRUTHS = ({"true", "false"}, {"True", "False"}, {"TRUE", "FALSE"})
_CODE_WIDTH = 5
"""So many digits, the same number in every row, are a code; two or four could be watts or years."""
_FEW = 3
_LONGITUDES = frozenset({"longitude", "long", "lon", "lng"})
_LATITUDES = frozenset({"latitude", "lat"})


@dataclass(frozen=True)
class Kind:
    """A field's `type`, the `as:` that makes it so, and what a person should know or decide."""

    type: str
    convert: str = ""
    note: str = ""
    bounds: tuple[int, int] | None = None
    name: str = ""
    """The name that the field should have, where the format knows a word for it."""


def infer(column: Column, *, is_date: bool = False) -> Kind:
    """The narrowest safe type; `is_date` when the source itself declares epoch milliseconds (Esri dates)."""
    if column.name == "geometry":
        return Kind("geojson", name="geometry")
    values = column.values
    if not values:
        return Kind("string", note="no value on this page: what would it be?")
    if column.lists:
        return Kind("string", note="a list or an object, published as JSON text; map an inner path if one will do")
    if is_date:
        return _read_epoch_dates(values)
    for test in (_as_place, _as_truth, _as_epoch, _as_code, _as_number, _as_time):
        kind = test(column, values)
        if kind:
            return kind
    return Kind("string")


def _as_place(column: Column, values: Sequence[str]) -> Kind | None:
    word = column.name or column.path.rpartition(".")[2].lower()
    if not all(_NUMBER.fullmatch(one) for one in values):
        return None
    for words, limit, name in ((_LONGITUDES, 180, "longitude"), (_LATITUDES, 90, "latitude")):
        if word in words and all(-limit <= float(one) <= limit for one in values):
            return Kind("number", bounds=(-limit, limit), name=name)
    return None


def _as_truth(column: Column, values: Sequence[str]) -> Kind | None:
    return Kind("boolean") if column.truths or any(set(values) <= pair for pair in _TRUTHS) else None


def _as_epoch(column: Column, values: Sequence[str]) -> Kind | None:
    """Whole numbers in the range of a clock, under a name that says when."""
    if not is_time(column.path) or not all(_INTEGER.fullmatch(one) for one in values):
        return None
    for convert, (first, last) in _EPOCHS.items():
        if all(first <= int(one) <= last for one in values):
            return Kind("datetime", convert, f"the source counts {_name_epoch(convert)} since 1970")
    return None


def _name_epoch(convert: str) -> str:
    return "seconds" if convert == "epoch_s" else "milliseconds"


def _read_epoch_dates(values: Sequence[str]) -> Kind:
    if not all(_INTEGER.fullmatch(one) for one in values):
        return Kind("string", note="declared as a date, but not written as one")
    if all(int(one) % 86_400_000 == 0 for one in values):
        return Kind("date", "epoch_ms_date", "always midnight UTC, so taken for a day")
    return Kind("datetime", "epoch_ms", "the source counts milliseconds since 1970")


def _as_code(column: Column, values: Sequence[str]) -> Kind | None:
    if not all(_DIGITS.fullmatch(one) or _ZEROS.fullmatch(one) for one in values):
        return None
    if is_code(column.path):
        return Kind("string", note="a code: its digits are kept as they are")
    if any(_ZEROS.fullmatch(one) for one in values):
        return Kind("string", note="has leading zeros, so it is a code")
    if not column.numbers and len(values) >= _FEW and _is_fixed(values):
        return Kind("string", note=f"always {len(values[0])} digits, so taken for a code")
    return None


def _is_fixed(values: Sequence[str]) -> bool:
    return len({len(one) for one in values}) == 1 and len(values[0]) >= _CODE_WIDTH and len(set(values)) > 1


def _as_number(column: Column, values: Sequence[str]) -> Kind | None:
    del column
    if all(_INTEGER.fullmatch(one) for one in values):
        return Kind("integer")
    return Kind("number") if all(_NUMBER.fullmatch(one) for one in values) else None


def _as_time(column: Column, values: Sequence[str]) -> Kind | None:
    del column
    if _all(values, _DAY, date.fromisoformat):
        return Kind("date")
    if _all(values, _INSTANT, datetime.fromisoformat):
        if all(datetime.fromisoformat(one).tzinfo for one in values):
            return Kind("datetime")
        return Kind("string", note="a time without a zone: ask which; it stays text until that is known")
    starts = [one.partition("/")[0] for one in values]
    if any(_INTERVAL.fullmatch(one) for one in values) and _all(starts, _INSTANT, datetime.fromisoformat):
        return Kind("datetime", "interval_start", "some are from/to: the start is taken")
    return None


def _all(values: Sequence[str], shape: re.Pattern[str], read: Callable[[str], object]) -> bool:
    try:
        return all(shape.fullmatch(one) and read(one) for one in values)
    except ValueError:
        return False
