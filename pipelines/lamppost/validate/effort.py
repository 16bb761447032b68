"""How long Python's `re` may try one pattern on one cell, at most (pure).

It tries one way of matching after the other. The ways are counted from the pattern: a repetition can end at each
character, and a repetition of what itself can be read in several ways doubles them with each character.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

_POWER = 10
"""A repetition of at most so many parts is counted out."""
_TAME = 1000
_REPEATS = {codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT}
_LEAVES = {codes.LITERAL, codes.NOT_LITERAL, codes.IN, codes.ANY, codes.AT, codes.GROUPREF, codes.FAILURE}

_INNER = {codes.SUBPATTERN: 3, codes.ASSERT: 1, codes.ASSERT_NOT: 1, codes.ATOMIC_GROUP: slice(None)}
"""Where each of these holds a pattern of its own."""


@dataclass(frozen=True)
class Effort:
    """At most `many * n ** degree * base ** n` ways for a cell of n characters; `many` also counts the parts."""

    many: float = 1
    degree: int = 0
    base: float = 1

    @property
    def single(self) -> bool:
        """There is one way only."""
        return self == Effort()

    @property
    def tame(self) -> bool:
        """Long cells take longer in proportion, and no more."""
        return self.base == 1 and self.degree <= 1 and self.many <= _TAME

    def exceeds(self, steps: float, length: int) -> bool:
        """Whether a cell of this length may take more steps."""
        if not self.many:
            return False
        size = math.log(self.many) + self.degree * math.log(max(length, 1)) + length * math.log(self.base)
        return size > math.log(steps)

    def then(self, other: "Effort") -> "Effort":
        """Both, one behind the other; where each may grow with the cell, it may be cut at any character."""
        cut = 1 if self.base > 1 and other.base > 1 else 0
        return Effort(self.many * other.many, self.degree + other.degree + cut, max(self.base, other.base))


ENDLESS = Effort(math.inf, 0, math.inf)
"""Of a part that nobody has counted."""


def estimate(pattern: str) -> Effort:
    """The ways of a pattern as frictionless anchors it; for one that Python refuses, a single one."""
    try:
        return _count(list(parser.parse(f"^{pattern}$")))
    except (re.error, RecursionError, OverflowError):
        return Effort()


def _count(items: Sequence[tuple[Any, Any]]) -> Effort:
    found = Effort()
    for code, value in items:
        found = found.then(_count_item(code, value))
    return found


def _count_item(code: Any, value: Any) -> Effort:
    if code in _LEAVES:
        return Effort()
    if code in _REPEATS:
        return _count_repeat(*value)
    if code in _INNER:
        return _count(list(value[_INNER[code]]))
    if code is codes.BRANCH:
        ways = [_count(list(branch)) for branch in value[1]]
        many = sum(one.many for one in ways)
        return Effort(many, max(one.degree for one in ways), max(one.base for one in ways))
    return ENDLESS


def _count_repeat(least: int, most: Any, inner: Any) -> Effort:
    one, endless = _count(list(inner)), most is codes.MAXREPEAT
    if one == ENDLESS:
        return ENDLESS
    if one.single:
        return Effort(1, 1) if endless else Effort(most - least + 1)
    if not endless and most <= _POWER and one.base == 1:
        return Effort(one.many**most * (most - least + 1), one.degree * most)
    return Effort(1, 1, 2 * max(one.many, 1) * 2**one.degree * one.base)
