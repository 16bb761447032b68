r"""Patterns of one fixed length, such as `SL-[0-9]{8}`, checked eight bytes at a time (pure).

Every place of such a pattern allows some ASCII characters; whatever fits, Python's `^pattern$` accepts.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import numpy as np

from lamppost.validate.octets import WORD, Mask, Octets, are_digits

LONGEST = 24
"""Words behind a cell may be read for so many bytes."""
_ASCII = 128
_DIGITS = frozenset(range(ord("0"), ord("9") + 1))
_ENDS = (codes.AT, codes.AT_BEGINNING), (codes.AT, codes.AT_END)
_ANCHORS = 2
Places = tuple[frozenset[int], ...]


class _NoShapeError(Exception):
    """The pattern has no fixed length, or allows what is not ASCII."""


def find_shape(pattern: str) -> Places | None:
    """What each place allows; None when the pattern, anchored as frictionless anchors it, is not of that kind."""
    try:
        tree = parser.parse(f"^{pattern}$")
        items = list(tree)
        if tree.state.flags & ~re.UNICODE or len(items) < _ANCHORS or (items[0], items[-1]) != _ENDS:
            return None
        places = tuple(_spread(items[1:-1]))
    except (_NoShapeError, re.error, RecursionError, OverflowError):
        return None
    return places if 0 < len(places) <= LONGEST else None


def _spread(items: Sequence[tuple[Any, Any]]) -> Iterator[frozenset[int]]:
    for code, value in items:
        if code is codes.LITERAL:
            yield _allow([(code, value)])
        elif code is codes.IN:
            yield _allow(value)
        elif code is codes.MAX_REPEAT and value[0] == value[1] and value[0] <= LONGEST:
            yield from tuple(_spread(list(value[2]))) * value[0]
        elif code is codes.SUBPATTERN and not value[1] and not value[2]:
            yield from _spread(list(value[3]))
        else:
            raise _NoShapeError


def _allow(members: Sequence[tuple[Any, Any]]) -> frozenset[int]:
    found: set[int] = set()
    for code, value in members:
        if code is codes.LITERAL:
            found.add(value)
        elif code is codes.RANGE:
            found |= set(range(value[0], min(value[1], _ASCII) + 1))
        elif code is codes.CATEGORY and value is codes.CATEGORY_DIGIT:
            found |= _DIGITS
        else:
            raise _NoShapeError
    if not found or max(found) >= _ASCII:
        raise _NoShapeError
    return frozenset(found)


def fit(places: Places) -> Callable[[Octets], Mask]:
    """The proof that cells have a shape."""
    words = [_Word(places[at : at + WORD]) for at in range(0, len(places), WORD)]

    def certain(cells: Octets) -> Mask:
        proven: Mask = cells.lengths == len(places)
        for number, word in enumerate(words):
            proven &= word.check(cells.word(number))
        return proven

    return certain


class _Word:
    """Eight places: those with one letter at once, those with a digit at once, each other one by a table."""

    def __init__(self, places: Places) -> None:
        letters = {at: min(allowed) for at, allowed in enumerate(places) if len(allowed) == 1}
        self._letters = np.uint64(sum(0xFF << (8 * at) for at in letters))
        self._fixed = np.uint64(sum(letter << (8 * at) for at, letter in letters.items()))
        self._digits = np.uint64(sum(0xFF << (8 * at) for at, allowed in enumerate(places) if allowed == _DIGITS))
        self._others = [
            (np.uint64(8 * at), np.isin(np.arange(256), list(allowed)))
            for at, allowed in enumerate(places)
            if at not in letters and allowed != _DIGITS
        ]

    def check(self, words: Any) -> Mask:
        proven: Mask = (words & self._letters) == self._fixed
        if self._digits:
            proven &= are_digits(words, self._digits)
        for shift, allowed in self._others:
            proven &= allowed[((words >> shift) & np.uint64(0xFF)).view(np.int64)]
        return proven
