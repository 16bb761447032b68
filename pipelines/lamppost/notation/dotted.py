"""Dotted paths into JSON: `features`, `attributes.WATTS`, `geometry.coordinates.0`, `results.*.error`."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

ABSENT: Final = object()
"""What `find` gives where there is nothing; null is something."""


def find(value: Any, path: str) -> Any:
    """What stands at `path`, or ABSENT; the empty path is the value itself.

    A key may hold dots itself: at each step the longest key that leads somewhere is taken. Lists are indexed from 0.
    The step `*` stands for every item of a list or mapping: the first value that is not empty is taken.
    """
    if not path:
        return value
    if isinstance(value, Mapping):
        if path in value:  # nearly always: columns and flat records
            return value[path]
        found = _find_in_object(value, path.split("."))
        return _find_in_any(value.values(), path[2:]) if found is ABSENT and path[:2] in {"*", "*."} else found
    step, _dot, rest = path.partition(".")
    if step == "*" and isinstance(value, list):
        return _find_in_any(value, rest)
    if isinstance(value, list) and step.isascii() and step.isdigit() and int(step) < len(value):
        return find(value[int(step)], rest)
    return ABSENT


def _find_in_object(value: Mapping[str, Any], steps: list[str]) -> Any:
    for end in range(len(steps) - 1, 0, -1):
        key = ".".join(steps[:end])
        if key in value:
            found = find(value[key], ".".join(steps[end:]))
            if found is not ABSENT:
                return found
    return ABSENT


def _find_in_any(items: Iterable[Any], path: str) -> Any:
    """The first value at `path` that says something, else the first that is there at all."""
    first: Any = ABSENT
    for item in items:
        found = find(item, path)
        if found is not ABSENT and found not in (None, False, "", "false", [], {}):
            return found
        first = found if first is ABSENT else first
    return first
