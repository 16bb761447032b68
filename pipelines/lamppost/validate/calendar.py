"""Days and instants in their canonical form, checked and compared eight bytes at a time (pure)."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from lamppost.validate.numerals import BOUNDS, inside
from lamppost.validate.octets import Bytes, Ints, Mask, Octets, Words, are_digits, of_texts

_DAY = 10
_INSTANT = 20
_DASHES = np.uint64(0x2D00_002D_0000_0000)
"""`YYYY-MM-`: bytes 4 and 7."""
_DASH_PLACES = np.uint64(0xFF00_00FF_0000_0000)
_YEAR = np.uint64(0x0F0F_0F0F)
_LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_LEAP = 2
_FEW = 0.1
"""So few changes of day pay for looking at each day once."""
_TWO = np.uint64(0xFFFF)
# the second word of an instant is `DDTHH:MM`, the third `:SSZ`
_SECOND_FIXED = np.uint64(0x0000_3A00_0054_0000)
_SECOND_PLACES = np.uint64(0x0000_FF00_00FF_0000)
_THIRD_FIXED = np.uint64(0x5A00_003A)
_THIRD_PLACES = np.uint64(0xFF00_00FF)
_THIRD_DIGITS = np.uint64(0x00FF_FF00)
_DIGITS, _TEN, _BYTE = np.uint64(0x0F0F_0F0F_0F0F_0F0F), np.uint64(10), np.uint64(8)
_HOURS, _SIXTY = 23, 59
Read = Callable[[Octets], tuple[Mask, Ints]]


def _list_days() -> Bytes:
    """By month * 256 + day whether there is such a day; 2 for the one that only leap years have."""
    found = np.zeros(2**16, dtype=np.uint8)
    for month, longest in enumerate(_LENGTHS, 1):
        found[(month << 8) + 1 : (month << 8) + longest + 1] = 1
    found[(2 << 8) | 29] = _LEAP
    return found


_DAYS = _list_days()


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
    pairs = _pair(second)
    hours, minutes, seconds = _two(pairs, 3), _two(pairs, 6), _two(_pair(third), 1)
    days, number = _read_date(first, second & _TWO)
    form &= days & (hours <= _HOURS) & (minutes <= _SIXTY) & (seconds <= _SIXTY)
    return form, number * 1_000_000 + hours * 10_000 + minutes * 100 + seconds


def _read_date(first: Words, last: Words) -> tuple[Mask, Ints]:
    """`first` holds `YYYY-MM-`, `last` the two digits of the day; rows of one day often stand together."""
    fresh = (first[1:] != first[:-1]) | (last[1:] != last[:-1])
    heads = np.flatnonzero(fresh) + 1
    if len(heads) > _FEW * len(first):
        return _read_each_date(first, last)
    heads = np.concatenate([np.zeros(min(len(first), 1), dtype=np.int64), heads])
    many = np.diff(heads, append=len(first))
    form, numbers = _read_each_date(first[heads], last[heads])
    return np.repeat(form, many), np.repeat(numbers, many)


def _read_each_date(first: Words, last: Words) -> tuple[Mask, Ints]:
    form: Mask = ((first & _DASH_PLACES) == _DASHES) & are_digits(first, ~_DASH_PLACES) & are_digits(last, _TWO)
    form &= (first & _YEAR) != 0
    pairs = _pair(first)
    century, year, month, day = _two(pairs, 0), _two(pairs, 2), _two(pairs, 5), _two(_pair(last), 0)
    whole = century * 100 + year
    known = _DAYS[(month << 8) | day]
    form &= known > 0
    leap = np.flatnonzero(known == _LEAP)
    if len(leap):
        when = whole[leap]
        form[leap] &= (when % 4 == 0) & ((when % 100 != 0) | (when % 400 == 0))
    return form, whole * 10_000 + month * 100 + day


def _pair(words: Words) -> Words:
    """At each byte the number that it makes with the next one, both being digits: at most 15 * 10 + 15 for others."""
    digits = words & _DIGITS
    return digits * _TEN + (digits >> _BYTE)


def _two(pairs: Words, at: int) -> Ints:
    """The number that the two digits from byte `at` on make."""
    return ((pairs >> np.uint64(8 * at)) & np.uint64(0xFF)).view(np.int64)
