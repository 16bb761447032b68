r"""Which patterns mean the same, or less, to RE2 as to Python's `re` (pure).

frictionless matches `^pattern$` with Python's `re`. RE2 takes linear time, so a pattern made by an attacker cannot hang
it; it may stand in where everything it accepts Python accepts too. That holds for literals, ranges of ASCII, `\d`,
`\w` and `\s` (narrower in RE2), repetition, groups and alternation; what excludes something (`[^…]`, `\D`, `.`) or
looks around is left to Python. The text for RE2 is written anew from what Python understood: `{,3}` and `[[:alpha:]]`
mean something else there.
"""

import re
from collections.abc import Sequence
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

_ASCII = 128
_REPEATS = 1000
"""RE2 counts no further."""
_CATEGORIES = {codes.CATEGORY_DIGIT: r"\d", codes.CATEGORY_WORD: r"\w", codes.CATEGORY_SPACE: r"\s"}
_PLACES = {codes.AT_BEGINNING: "^", codes.AT_END: "$"}


class _UnsafeError(Exception):
    """RE2 might accept what Python does not."""


def to_re2(pattern: str) -> str | None:
    """The pattern for RE2, anchored as frictionless anchors it; None when it is not known to be safe."""
    try:
        tree = parser.parse(f"^{pattern}$")
        if tree.state.flags & ~re.UNICODE:
            return None
        return f"^(?:{_write(list(tree))})"
    except (_UnsafeError, re.error, RecursionError, OverflowError):
        return None


def _write(items: Sequence[tuple[Any, Any]]) -> str:
    return "".join(_write_item(code, value) for code, value in items)


def _write_item(code: Any, value: Any) -> str:
    if code is codes.LITERAL:
        return _write_letter(value)
    if code is codes.IN:
        return "[" + "".join(_write_member(*member) for member in value) + "]"
    if code in {codes.MAX_REPEAT, codes.MIN_REPEAT}:
        return _write_repeat(*value)
    if code is codes.SUBPATTERN:
        _group, added, removed, inner = value
        if added or removed:
            raise _UnsafeError
        return f"(?:{_write(list(inner))})"
    if code is codes.BRANCH:
        return "(?:" + "|".join(_write(list(branch)) for branch in value[1]) + ")"
    if code is codes.AT and value in _PLACES:
        return _PLACES[value]
    raise _UnsafeError


def _write_repeat(least: int, most: Any, inner: Any) -> str:
    endless = most is codes.MAXREPEAT
    if least > _REPEATS or (not endless and most > _REPEATS):
        raise _UnsafeError
    return f"(?:{_write(list(inner))}){{{least},{'' if endless else most}}}"


def _write_member(code: Any, value: Any) -> str:
    if code is codes.LITERAL:
        return _write_letter(value)
    if code is codes.RANGE:
        return f"{_write_letter(value[0])}-{_write_letter(value[1])}"
    if code is codes.CATEGORY and value in _CATEGORIES:
        return _CATEGORIES[value]
    raise _UnsafeError


def _write_letter(number: int) -> str:
    if number >= _ASCII:
        raise _UnsafeError
    return f"\\x{number:02x}"
