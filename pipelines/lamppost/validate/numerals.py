"""Whole and decimal numbers in their canonical form, checked and compared eight bytes at a time (pure).

At most fifteen characters: so many digits a double tells apart, so comparing doubles is comparing the numbers.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt

from lamppost.validate.octets import (
    WORD,
    Ints,
    Mask,
    Octets,
    Words,
    are_digits,
    find_bytes,
    pad_digits,
    replace_bytes,
)

EXACT = 15
"""So many significant digits a double tells apart."""
Doubles = npt.NDArray[np.float64]
BOUNDS = frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"})
_DASH, _DOT, _ZERO = ord("-"), ord("."), ord("0")
_TENS = np.array([10**power for power in range(EXACT + 2)], dtype=np.int64)
_FIRST = np.uint64(0xFF)
_PAIRS, _FOURS, _EIGHTS = np.uint64(2561), np.uint64(6553601), np.uint64(42949672960001)
_NIBBLE, _BYTE, _HALF = np.uint64(0x0F0F_0F0F_0F0F_0F0F), np.uint64(0x00FF_00FF_00FF_00FF), np.uint64(0xFFFF_0000_FFFF)


def are_integers(cells: Octets) -> Mask:
    """One to fifteen ASCII digits, a minus before them or not."""
    return _check_integers(_strip_sign(cells)[0])


def are_numbers(cells: Octets) -> Mask:
    """At most fifteen ASCII digits, a minus before and one point between them or not."""
    return _check_numbers(_strip_sign(cells)[0])


def are_integers_within(cells: Octets, bounds: Mapping[str, float]) -> Mask:
    """Canonical whole numbers inside the bounds."""
    plain, negative = _strip_sign(cells)
    proven = _check_integers(plain)
    return proven & inside(_sign(_read_digits(plain.word(0), plain.word(1), plain.lengths), negative), bounds)


def are_numbers_within(cells: Octets, bounds: Mapping[str, float]) -> Mask:
    """Canonical decimal numbers inside the bounds."""
    plain, negative = _strip_sign(cells)
    if plain.longest <= WORD:
        proven, digits, scale = _read_short(plain)
    else:
        proven, (digits, scale) = _check_numbers(plain), _read_decimal(plain)
    return proven & inside(_sign(digits, negative) / _TENS[np.clip(scale, 0, EXACT)], bounds)


def inside(values: Ints | Doubles, bounds: Mapping[str, float]) -> Mask:
    """Which values keep all the bounds."""
    result = np.ones(len(values), dtype=np.bool_)
    for rule, limit in bounds.items():
        result &= _COMPARE[rule](values, limit)
    return result


_COMPARE: Mapping[str, Any] = {
    "minimum": np.greater_equal,
    "maximum": np.less_equal,
    "exclusiveMinimum": np.greater,
    "exclusiveMaximum": np.less,
}


def read_bounds(constraints: Mapping[str, Any], *, whole: bool) -> Mapping[str, float] | None:
    """Bounds that a double holds exactly; None when a constraint is of another kind."""
    if set(constraints) - BOUNDS:
        return None
    found: dict[str, float] = {}
    form = r"-?[0-9]+" if whole else r"-?[0-9]+(\.[0-9]+)?"
    for rule, limit in constraints.items():
        if isinstance(limit, bool) or not re.fullmatch(form, str(limit), re.ASCII):
            return None
        exact = Decimal(str(limit))
        if len(exact.as_tuple().digits) > EXACT:
            return None
        found[rule] = int(exact) if whole else float(exact)
    return found


def _strip_sign(cells: Octets) -> tuple[Octets, Mask | None]:
    negative: Mask = (cells.head & _FIRST) == _DASH
    return (cells.skip(negative.astype(np.int64)), negative) if bool(negative.any()) else (cells, None)


def _sign(values: Ints, negative: Mask | None) -> Ints:
    return values if negative is None else np.where(negative, -values, values)


def _check_integers(cells: Octets) -> Mask:
    proven: Mask = (cells.lengths >= 1) & (cells.lengths <= EXACT)
    proven &= are_digits(pad_digits(cells.head, cells.lengths))
    if cells.longest > WORD:
        proven &= are_digits(pad_digits(cells.word(1), cells.lengths - WORD))
    return proven


def _check_numbers(cells: Octets) -> Mask:
    proven: Mask = (cells.lengths >= 1) & (cells.lengths <= EXACT)
    points = np.zeros(len(cells), dtype=np.uint8)
    for number in range(2 if cells.longest > WORD else 1):
        word = pad_digits(cells.word(number), cells.lengths - WORD * number)
        found = find_bytes(word, _DOT)
        points += np.bitwise_count(found)
        proven &= are_digits(replace_bytes(word, found, _DOT, _ZERO))
    proven &= (points <= 1) & ((cells.head & _FIRST) != _DOT)
    proven &= cells.body[cells.starts + (cells.lengths - 1)] != _DOT  # of an empty cell any byte
    return proven


def _read_short(cells: Octets) -> tuple[Mask, Ints, Ints]:
    """(which are canonical, the digits as one number, how many stand behind the point) of at most eight bytes."""
    word, lengths = cells.word(0), cells.lengths
    found = find_bytes(word, _DOT)
    has = found != 0
    below: Words = (found >> np.uint64(7)) - np.uint64(1)  # all bytes before the first point; all where there is none
    before = np.bitwise_count(below) >> 3
    joined: Words = (word & below) | ((word >> np.uint64(8)) & ~below)
    size = lengths - has
    behind = np.where(has, size - before, 0)
    proven = are_digits(pad_digits(joined, size))  # a second point would stand among the digits
    proven &= (size >= 1) & ~(has & ((behind == 0) | (before == 0)))
    return proven, _read_word(joined, size), behind


def _read_digits(first: Words, second: Words, lengths: Ints) -> Ints:
    """The number that digits make; nonsense where they are none."""
    if not len(lengths) or int(lengths.max()) <= WORD:
        return _read_word(first, lengths)
    more = np.clip(lengths - WORD, 0, WORD)
    return _read_word(first, lengths) * _TENS[more] + _read_word(second, more)


def _read_word(words: Words, lengths: Ints) -> Ints:
    """The number that the first digits of a word make: by twos, by fours, by eights."""
    missing = np.clip(WORD - lengths, 0, WORD)
    digits = (words & _NIBBLE) << (missing * WORD).astype(np.uint64)
    digits[missing == WORD] = 0
    digits = (digits * _PAIRS) >> np.uint64(8)
    digits = ((digits & _BYTE) * _FOURS) >> np.uint64(16)
    return (((digits & _HALF) * _EIGHTS) >> np.uint64(32)).astype(np.int64)


def _read_decimal(cells: Octets) -> tuple[Ints, Ints]:
    """(the digits as one number, how many of them stand behind the point)."""
    first = cells.word(0)
    found = find_bytes(first, _DOT)
    below: Words = (found >> np.uint64(7)) - np.uint64(1)  # all bytes before the point; all where there is none
    before = np.bitwise_count(below).astype(np.int64) >> 3
    has = found != 0
    low = first & below
    if cells.longest <= WORD:
        digits = _read_word(low | ((first >> np.uint64(8)) & ~below), cells.lengths - has)
        return digits, np.where(has, cells.lengths - 1 - before, 0)
    second = cells.word(1)
    later = find_bytes(second, _DOT)
    after = (later >> np.uint64(7)) - np.uint64(1)
    joined: Words = low | (((first >> np.uint64(8)) | (second << np.uint64(56))) & ~below)
    rest = np.where(has, second >> np.uint64(8), (second & after) | ((second >> np.uint64(8)) & ~after))
    behind = cells.lengths - 1 - np.where(has, before, WORD + (np.bitwise_count(after).astype(np.int64) >> 3))
    any_point = has | (later != 0)
    return _read_digits(joined, rest, cells.lengths - any_point), np.where(any_point, behind, 0)
