"""The city's days cut into hours: a day is 23, 24 or 25 of them, each named by the UTC second at which it starts."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/Los_Angeles")
HOUR = 3600
DAYS = 31
"""How many days back the measuring systems remember."""


@lru_cache(maxsize=8192)
def midnight(day: date) -> int:
    """The second since 1970 at which a day begins in the city."""
    return int(datetime.combine(day, time(), ZONE).timestamp())


def days_before(today: date, count: int = DAYS) -> tuple[date, ...]:
    """The `count` days before `today`, oldest first; `today` itself has no full hour yet."""
    return tuple(today - timedelta(days=back) for back in range(count, 0, -1))


def hours_of(day: date) -> range:
    """Seconds since 1970 at which each hour of one day starts."""
    return range(midnight(day), midnight(day + timedelta(days=1)), HOUR)


@lru_cache(maxsize=8192)
def local(second: int) -> datetime:
    """The city's wall clock at that second."""
    return datetime.fromtimestamp(second, ZONE)


@lru_cache(maxsize=65536)
def iso(second: int) -> str:
    """`2026-11-22T07:00:00Z`."""
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def is_weekend(day: date) -> bool:
    """Saturday or Sunday."""
    return day.weekday() in {5, 6}


def iso_local(second: int) -> str:
    """`2026-11-21T23:00:00-08:00`, as W3C dates and RFC 3339 have it."""
    return datetime.fromtimestamp(second, ZONE).isoformat(timespec="seconds")


def seconds(text: str) -> int:
    """Read an ISO 8601 instant or day; without a zone it is UTC. ValueError when it is neither."""
    parsed = datetime.fromisoformat(text)
    return int((parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp())
