"""Durations in words, for messages and explanations (pure)."""

from datetime import timedelta

_DAY = 86_400
_UNITS = ((7 * _DAY, "week"), (_DAY, "day"), (3600, "hour"), (60, "minute"), (1, "second"))


def word_span(span: timedelta) -> str:
    """`3 days`, `1 hour`, `90 minutes`: the largest unit that leaves nothing over."""
    seconds = int(span.total_seconds())
    size, name = next(((size, name) for size, name in _UNITS if seconds and seconds % size == 0), (1, "second"))
    if name == "week" and seconds // size > 1:
        size, name = _DAY, "day"
    count = seconds // size
    return f"{count:,} {name}" if count == 1 else f"{count:,} {name}s"
