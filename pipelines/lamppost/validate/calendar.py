"""Days and instants in their canonical form, checked and compared eight bytes at a time (pure)."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from lamppost.validate.numerals import BOUNDS, inside
from lamppost.validate.octets import Ints, Mask, Octets, Words, are_digits, of_texts

_DAY = 10
_INSTANT = 20
_DASHES = np.uint64(0x2D00_002D_0000_0000)
"""`YYYY-MM-`: bytes 4 and 7."""
_DASH_PLACES = np.uint64(0xFF00_00FF_0000_0000)
_LENGTHS = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 0, 0, 0], dtype=np.int64)
_FEBRUARY = 2
_TWO = np.uint64(0xFFFF)
# the second word of an instant is `DDTHH:MM`, the third `:SSZ`
_SECOND_FIXED = np.uint64(0x0000_3A00_0054_0000)
_SECOND_PLACES = np.uint64(0x0000_FF00_00FF_0000)
_THIRD_FIXED = np.uint64(0x5A00_003A)
_THIRD_PLACES = np.uint64(0xFF00_00FF)
_THIRD_DIGITS = np.uint64(0x00FF_FF00)
_HOURS, _SIXTY = 23, 59
Read = Callable[[Octets], tuple[Mask, Ints]]


def read_days(cells: Octets) -> tuple[Mask, Ints]:
    """`2026-11-22`: ten bytes, a day of the Gregorian calendar, year 1 to 9999; and 20261122."""
    return _only(cells, _DAY, _read_days)


def read_instants(cells: Octets) -> tuple[Mask, Ints]:
    """`2026-11-22T07:00:00Z`: twenty bytes, in UTC, no leap second; and 20261122070000."""
    return _only(cells, _INSTANT, _read_instants)


def are_days(cells: Octets) -> Mask:
    """Which cells are canonical days."""
    return read_days(cells)[0]


def are_instants(cells: Octets) -> Mask:
    """Which cells are canonical instants."""
    return read_instants(cells)[0]


def bind(read: Read, constraints: Mapping[str, Any]) -> Callable[[Octets], Mask] | None:
    """The proof of days or instants inside bounds; None when a bound is not canonical itself."""
    if set(constraints) - BOUNDS:
        return None
    known, limits = read(of_texts([str(limit) for limit in constraints.values()]))
    if not bool(known.all()):
        return None
    bounds = dict(zip(constraints, limits.tolist(), strict=True))

    def certain(cells: Octets) -> Mask:
        proven, numbers = read(cells)
        return proven & inside(numbers, bounds)

    return certain


def _only(cells: Octets, width: int, read: Read) -> tuple[Mask, Ints]:
    """What is read of the cells that have this width, False for the others."""
    if cells.width == width:
        return read(cells)
    rows = np.flatnonzero(cells.lengths == width)
    proven, numbers = np.zeros(len(cells), dtype=np.bool_), np.zeros(len(cells), dtype=np.int64)
    if len(rows):
        taken = cells.take(rows)
        proven[rows], numbers[rows] = read(taken)
    return proven, numbers


def _read_days(cells: Octets) -> tuple[Mask, Ints]:
    return _read_date(cells.word(0), cells.word(1) & _TWO)


def _read_instants(cells: Octets) -> tuple[Mask, Ints]:
    first, second, third = cells.word(0), cells.word(1), cells.word(2)
    form: Mask = ((second & _SECOND_PLACES) == _SECOND_FIXED) & ((third & _THIRD_PLACES) == _THIRD_FIXED)
    form &= are_digits(second, ~_SECOND_PLACES) & are_digits(third, _THIRD_DIGITS)
    hours, minutes, seconds = _two(second, 3), _two(second, 6), _two(third, 1)
    days, number = _read_date(first, second & _TWO)
    form &= days & (hours <= _HOURS) & (minutes <= _SIXTY) & (seconds <= _SIXTY)
    return form, number * 1_000_000 + hours * 10_000 + minutes * 100 + seconds


def _read_date(first: Words, last: Words) -> tuple[Mask, Ints]:
    """`first` holds `YYYY-MM-`, `last` the two digits of the day."""
    form: Mask = ((first & _DASH_PLACES) == _DASHES) & are_digits(first, ~_DASH_PLACES) & are_digits(last, _TWO)
    century, year, month, day = _two(first, 0), _two(first, 2), _two(first, 5), _two(last, 0)
    longest = _LENGTHS[month & 0xF]
    form &= (month <= 12) & (day >= 1) & (day <= longest)  # noqa: PLR2004  months of a year; month 0 has no day
    whole = century * 100 + year
    form &= whole >= 1
    leap_day = np.flatnonzero((month == _FEBRUARY) & (day == 29))  # noqa: PLR2004  the one day that needs its year
    if len(leap_day):
        when = whole[leap_day]
        form[leap_day] = _is_form(first[leap_day], last[leap_day]) & (
            (when % 4 == 0) & ((when % 100 != 0) | (when % 400 == 0)) & (when >= 1)
        )
    return form, whole * 10_000 + month * 100 + day


def _is_form(first: Words, last: Words) -> Mask:
    result: Mask = ((first & _DASH_PLACES) == _DASHES) & are_digits(first, ~_DASH_PLACES) & are_digits(last, _TWO)
    return result


def _two(words: Words, at: int) -> Ints:
    """The number that the two digits from byte `at` on make."""
    tens = (words >> np.uint64(8 * at)) & np.uint64(0xF)
    ones = (words >> np.uint64(8 * at + 8)) & np.uint64(0xF)
    return (tens * np.uint64(10) + ones).view(np.int64)
