"""Which stretch of time a pull asks for (pure).

The first pull starts `initial` before the beginning of today (the day of `now` in its own zone), so that two first
pulls on one day, at whatever hours, ask from the same instant. A later one starts at the cursor minus the lookback.
Every pull ends with the last full hour before `now`. Instants are written in UTC: `2026-11-22T07:00:00Z`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True)
class Window:
    """From (included) and to."""

    since: datetime
    until: datetime

    def names(self) -> dict[str, str]:
        """What `{since}` and `{until}` stand for."""
        return {"since": write_instant(self.since), "until": write_instant(self.until)}


def write_instant(instant: datetime) -> str:
    """`2026-11-22T07:00:00Z`."""
    return instant.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def parse_instant(text: str) -> datetime | None:
    """An ISO instant or day (midnight), taken for UTC where it names no zone; None for anything else."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


def split_windows(
    now: datetime, *, cursor: str | None, lookback: timedelta | None, initial: timedelta | None, size: timedelta | None
) -> tuple[Window, ...]:
    """The windows to ask for, oldest first, each at most `size` long; none when nothing says where to start.

    Neighbours share their boundary: a source that includes both ends sends a row twice, none sends it never.
    """
    start = parse_instant(cursor) if cursor else None
    if start is not None:
        start -= lookback or timedelta()
    elif initial is not None:
        start = now.replace(hour=0, minute=0, second=0, microsecond=0) - initial
    if start is None:
        return ()
    end = now.replace(minute=0, second=0, microsecond=0)
    return tuple(_cut(start.astimezone(UTC), max(end.astimezone(UTC), start.astimezone(UTC)), size))


def _cut(start: datetime, end: datetime, size: timedelta | None) -> Iterator[Window]:
    while size and end - start > size:
        yield Window(start, start + size)
        start += size
    yield Window(start, end)
