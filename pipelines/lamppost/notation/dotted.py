"""Dotted paths into JSON: `features`, `attributes.WATTS`, `geometry.coordinates.0`, `Datastream.@iot.id`."""

from collections.abc import Mapping
from typing import Any, Final

ABSENT: Final = object()
"""What `find` gives where there is nothing; null is something."""


def find(value: Any, path: str) -> Any:
    """What stands at `path`, or ABSENT; the empty path is the value itself.

    A key may hold dots itself: at each step the longest key that leads somewhere is taken. Lists are indexed from 0.
    """
    if not path:
        return value
    if isinstance(value, Mapping):
        if path in value:  # nearly always: columns and flat records
            return value[path]
        return _find_in_object(value, path.split("."))
    step, _dot, rest = path.partition(".")
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
