r"""Which patterns mean the same, or less, to RE2 as to Python's `re` (pure).

frictionless matches `^pattern$` with Python's `re`, which goes back and tries again and may do so for years. RE2 takes
linear time; it may stand in where everything it accepts Python accepts too: literals, ranges of ASCII, `\d`, `\w` and
`\s` (narrower in RE2), repetition, groups and alternation. Of a cell that ends in no newline it can tell as well what
excludes something (`[^…]`, `.`, and of ASCII alone `\D`), and for certain that Python does *not* accept it; what looks
around or back is left to Python. The text for RE2 is written anew from what Python understood: `{,3}` and `[[:alpha:]]`
mean something else there.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

_ASCII = 128
_REPEATS = 1000
"""RE2 counts no further."""
_PLACES = {codes.AT_BEGINNING: "^", codes.AT_BEGINNING_STRING: "^", codes.AT_END: "$", codes.AT_END_STRING: "$"}
_EDGES = {codes.AT_BOUNDARY: r"\b", codes.AT_NON_BOUNDARY: r"\B"}
_CATEGORIES = {codes.CATEGORY_DIGIT: r"\d", codes.CATEGORY_WORD: r"\w", codes.CATEGORY_SPACE: r"\s"}
_OF_ASCII = {
    codes.CATEGORY_DIGIT: "0-9",
    codes.CATEGORY_NOT_DIGIT: r"\x00-/:-\x7f",
    codes.CATEGORY_WORD: "0-9A-Z_a-z",
    codes.CATEGORY_NOT_WORD: r"\x00-/:-@\x5b-\x5e`\x7b-\x7f",
    codes.CATEGORY_SPACE: r"\t-\r\x1c-\x20",
    codes.CATEGORY_NOT_SPACE: r"\x00-\x08\x0e-\x1b\x21-\x7f",
}
"""What Python takes for these in ASCII, which for spaces is more than RE2 does."""


class _UnsafeError(Exception):
    """RE2 might not say what Python says."""


def to_re2(pattern: str) -> str | None:
    """The pattern for RE2, anchored as frictionless anchors it; None when it may accept what Python does not."""
    return _translate(pattern, _Writer())


def to_exact_re2(pattern: str, *, of_ascii: bool) -> str | None:
    """The pattern for RE2 that says what Python says of a cell (of ASCII only, or of any) without a newline at its end.

    None when there is none.
    """
    return _translate(pattern, _Writer(exact=True, of_ascii=of_ascii))


def _translate(pattern: str, writer: "_Writer") -> str | None:
    try:
        tree = parser.parse(f"^{pattern}$")
        if tree.state.flags & ~re.UNICODE:
            return None
        written = f"^(?:{writer.write(list(tree))})"
        pc.match_substring_regex(pa.array([""]), written)
    except (_UnsafeError, re.error, RecursionError, OverflowError, pa.ArrowInvalid):  # too large for RE2, perhaps
        return None
    return written


@dataclass(frozen=True)
class _Writer:
    """Writes what Python understood for RE2."""

    exact: bool = False
    of_ascii: bool = False

    def write(self, items: Sequence[tuple[Any, Any]]) -> str:
        """One part behind the other."""
        return "".join(self._write_item(code, value) for code, value in items)

    def _write_item(self, code: Any, value: Any) -> str:
        if code is codes.LITERAL:
            return _write_letter(value)
        if code is codes.IN:
            return "[" + "".join(self._write_member(*member) for member in value) + "]"
        if code in {codes.MAX_REPEAT, codes.MIN_REPEAT}:
            return self._write_repeat(*value)
        if code is codes.BRANCH:
            return "(?:" + "|".join(self.write(list(branch)) for branch in value[1]) + ")"
        if code is codes.AT and value in _PLACES:
            return _PLACES[value]
        return self._write_group(*value) if code is codes.SUBPATTERN else self._write_excluding(code, value)

    def _write_group(self, _number: Any, added: int, removed: int, inner: Any) -> str:
        if added or removed:
            raise _UnsafeError
        return f"(?:{self.write(list(inner))})"

    def _write_excluding(self, code: Any, value: Any) -> str:
        """Parts that in Python exclude other characters than in RE2 as soon as some are not ASCII."""
        if self.exact and code is codes.NOT_LITERAL:
            return f"[^{_write_letter(value)}]"
        if self.exact and code is codes.ANY:
            return r"[^\n]"
        if self.of_ascii and code is codes.AT and value in _EDGES:
            return _EDGES[value]
        raise _UnsafeError

    def _write_repeat(self, least: int, most: Any, inner: Any) -> str:
        endless = most is codes.MAXREPEAT
        if least > _REPEATS or (not endless and most > _REPEATS):
            raise _UnsafeError
        return f"(?:{self.write(list(inner))}){{{least},{'' if endless else most}}}"

    def _write_member(self, code: Any, value: Any) -> str:
        if code is codes.LITERAL:
            return _write_letter(value)
        if code is codes.RANGE:
            last = min(value[1], _ASCII - 1) if self.of_ascii else value[1]
            return f"{_write_letter(value[0])}-{_write_letter(last)}"
        if code is codes.NEGATE and self.exact:
            return "^"
        if code is codes.CATEGORY and (self.of_ascii or (value in _CATEGORIES and not self.exact)):
            return _OF_ASCII[value] if self.of_ascii else _CATEGORIES[value]
        raise _UnsafeError


def _write_letter(number: int) -> str:
    if number >= _ASCII:
        raise _UnsafeError
    return f"\\x{number:02x}"
