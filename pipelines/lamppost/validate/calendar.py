"""Days and instants in their canonical form, checked eight bytes at a time (pure)."""

from collections.abc import Callable

import numpy as np

from lamppost.validate.octets import Ints, Mask, Octets, Words, are_digits

_DAY = 10
_INSTANT = 20
_DASHES = np.uint64(0x2D00_002D_0000_0000)
"""`YYYY-MM-`: bytes 4 and 7."""
_DASH_PLACES = np.uint64(0xFF00_00FF_0000_0000)
_LENGTHS = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], dtype=np.int64)
_TWO = np.uint64(0xFFFF)
# the second word of an instant is `DDTHH:MM`, the third `:SSZ`
_SECOND_FIXED = np.uint64(0x0000_3A00_0054_0000)
_SECOND_PLACES = np.uint64(0x0000_FF00_00FF_0000)
_THIRD_FIXED = np.uint64(0x5A00_003A)
_THIRD_PLACES = np.uint64(0xFF00_00FF)
_HOURS, _SIXTY = 23, 59


def are_days(cells: Octets) -> Mask:
    """`2026-11-22`: ten bytes, a day of the Gregorian calendar, year 1 to 9999."""
    if cells.width == _DAY:
        return _check_days(cells)
    return _only(cells, cells.lengths == _DAY, _check_days)


def are_instants(cells: Octets) -> Mask:
    """`2026-11-22T07:00:00Z`: twenty bytes, in UTC, no leap second."""
    if cells.width == _INSTANT:
        return _check_instants(cells)
    return _only(cells, cells.lengths == _INSTANT, _check_instants)


def _only(cells: Octets, rows: Mask, check: Callable[[Octets], Mask]) -> Mask:
    proven = np.zeros(len(cells), dtype=np.bool_)
    if bool(rows.any()):
        proven[rows] = check(cells.take(rows))
    return proven


def _check_days(cells: Octets) -> Mask:
    return _check_date(cells.word(0), cells.word(1) & _TWO)


def _check_instants(cells: Octets) -> Mask:
    first, second, third = cells.word(0), cells.word(1), cells.word(2)
    form: Mask = ((second & _SECOND_PLACES) == _SECOND_FIXED) & ((third & _THIRD_PLACES) == _THIRD_FIXED)
    form &= are_digits(second, ~_SECOND_PLACES) & are_digits(third, np.uint64(0x00FF_FF00))
    hours, minutes, seconds = _two(second, 3), _two(second, 6), _two(third, 1)
    return form & (hours <= _HOURS) & (minutes <= _SIXTY) & (seconds <= _SIXTY) & _check_date(first, second & _TWO)


def _check_date(first: Words, last: Words) -> Mask:
    """`first` holds `YYYY-MM-`, `last` the two digits of the day."""
    form: Mask = ((first & _DASH_PLACES) == _DASHES) & are_digits(first, ~_DASH_PLACES) & are_digits(last, _TWO)
    year, month, day = _two(first, 0) * 100 + _two(first, 2), _two(first, 5), _two(last, 0)
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    known = (month >= 1) & (month <= 12)  # noqa: PLR2004  months of a year
    longest = _LENGTHS[np.where(known, month, 0)] + (leap & (month == 2))  # noqa: PLR2004  February
    result: Mask = form & known & (year >= 1) & (day >= 1) & (day <= longest)
    return result


def _two(words: Words, at: int) -> Ints:
    """The number that the two digits from byte `at` on make."""
    tens = (words >> np.uint64(8 * at)) & np.uint64(0xF)
    ones = (words >> np.uint64(8 * at + 8)) & np.uint64(0xF)
    return (tens * np.uint64(10) + ones).astype(np.int64)
