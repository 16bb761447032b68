"""Durations and parameters in words, for messages and explanations (pure)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

_UNITS = ((86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))


def word_span(span: timedelta) -> str:
    """`7 days`, `1 hour`, `90 minutes`: in the largest unit that leaves nothing over."""
    seconds = int(span.total_seconds())
    size, name = next(((size, name) for size, name in _UNITS if seconds and seconds % size == 0), (1, "second"))
    count = seconds // size
    return f"{count:,} {name}" if count == 1 else f"{count:,} {name}s"


def word_pairs(pairs: Mapping[str, Any]) -> str:
    """`f=json, where=1=1`; `${NAME}` stays as written, and what is secret is not in the pairs."""
    return ", ".join(f"{name}={value}" for name, value in pairs.items())
