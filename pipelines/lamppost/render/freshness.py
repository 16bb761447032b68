"""When the next version is owed: the promise as a date that stays true when nobody is there to move it."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from lamppost.model import Dataset, Version


def due_at(last: date, promise: timedelta | None, zone: str) -> str:
    """The ISO instant (UTC) after which the promise is broken: the end, in the city's zone, of the day it falls on.

    Empty when nothing is promised. A promise of less than a day is owed by the end of the next day.
    """
    if promise is None:
        return ""
    day = last + max(promise, timedelta(days=1)) + timedelta(days=1)
    midnight = datetime.combine(day, time(), ZoneInfo(zone))
    return midnight.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def due_date(last: date, promise: timedelta | None) -> str:
    """The ISO day by whose end the next version is owed; empty when nothing is promised."""
    return "" if promise is None else (last + max(promise, timedelta(days=1))).isoformat()


def version_due(dataset: Dataset, version: Version, zone: str) -> tuple[str, str]:
    """(ISO day, ISO instant) by which the version after this one is owed; both empty when nothing is promised."""
    last = date.fromisoformat(version.date)
    return due_date(last, dataset.promise), due_at(last, dataset.promise, zone)


def city_day(moment: str, zone: str) -> str:
    """The city's ISO day of an ISO day or instant; what is neither is given back."""
    if "T" not in moment:
        return moment
    try:
        parsed = datetime.fromisoformat(moment)
    except ValueError:
        return moment
    aware = parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed
    return aware.astimezone(ZoneInfo(zone)).date().isoformat()
