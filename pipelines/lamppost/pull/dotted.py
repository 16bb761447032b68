"""Dotted paths into JSON (pure): `features`, `data.vehicles`, `0.code`, `@iot.nextLink`."""

from collections.abc import Mapping
from typing import Any

MISSING = object()
"""What `find` gives where there is nothing; null is something."""


def find(value: Any, path: str) -> Any:
    """What stands at `path`, or MISSING; the empty path is the value itself.

    A key may hold a dot itself (`@iot.nextLink`): at each step the longest key that leads on is taken.
    Lists are indexed by number.
    """
    if not path:
        return value
    if isinstance(value, Mapping):
        return value[path] if path in value else _find_key(value, path.split("."))
    first, _dot, rest = path.partition(".")
    if isinstance(value, list) and first.isdigit() and int(first) < len(value):
        return find(value[int(first)], rest)
    return MISSING


def _find_key(value: Mapping[str, Any], steps: list[str]) -> Any:
    for end in range(len(steps) - 1, 0, -1):
        key = ".".join(steps[:end])
        if key in value:
            found = find(value[key], ".".join(steps[end:]))
            if found is not MISSING:
                return found
    return MISSING
