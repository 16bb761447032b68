"""What `as:` may ask for: a source's way to write a time, a day or a duration, turned into ISO 8601.

What a conversion cannot read stays as it was: validation then refuses that row alone, with the value to be seen. All
instants are written in UTC (`2026-11-22T15:00:00Z`), so that their order is that of their texts.

epoch_s, epoch_ms, epoch_ns   a number counted from 1970-01-01T00:00:00Z, to the microsecond
epoch_ms_date                 the day of such a number in UTC: ArcGIS keeps a date without time as midnight UTC, and in
                              any zone west of it that midnight belongs to the day before
interval_start                the first half of `a/b`
local                         an instant without zone, in the zone that `zone:` names: `2026-11-22T07:00:00`. One that
                              the clocks show twice or never because they are set is not guessed: it gets the zone's
                              name behind it, which no schema takes for an instant; so does a day without time
local_date                    the day of an instant without zone: `2026-11-22T00:00:00.000` → `2026-11-22`
gtfs_date                     `20261122` → `2026-11-22` (GTFS Schedule, Field Types, Date)
gtfs_time                     `25:10:00` → `PT25H10M`, the time since noon minus 12 hours of the service day (GTFS
                              Schedule, Field Types, Time): no time of day, since it may pass 24 hours, and on the two
                              days a year when the clocks are set it differs from them by an hour until noon
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

Convert = Callable[[str], str]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECONDS = 10**18
"""More than there are up to the year 9999."""
_LOCAL = re.compile(r"(\d{4}-\d{2}-\d{2})([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?)?", re.ASCII)
_GTFS_DATE = re.compile(r"\d{8}", re.ASCII)
_GTFS_TIME = re.compile(r"(\d{1,3}):([0-5]\d):([0-5]\d)", re.ASCII)


def find_conversion(name: str, zone: str = "") -> Convert | None:
    """What turns the text of one cell into another; None for a name that nobody knows."""
    return _in_zone(zone) if name == ZONED else CONVERSIONS.get(name)


def _read_epoch(text: str, *, per_second: int) -> datetime | None:
    try:
        exact = Decimal(text) * 1_000_000 / per_second
        return _EPOCH + timedelta(microseconds=int(exact)) if abs(exact) < _MICROSECONDS else None
    except ArithmeticError:  # no number, NaN, or a date beyond the year 9999
        return None


def _write_instant(text: str, *, per_second: int) -> str:
    found = _read_epoch(text, per_second=per_second)
    return text if found is None else _write(found)


def _write(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _write_day(text: str) -> str:
    found = _read_epoch(text, per_second=1000)
    return text if found is None else found.date().isoformat()


def _write_local_date(text: str) -> str:
    match = _LOCAL.fullmatch(text)
    return match.group(1) if match else text


def _write_gtfs_date(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat() if _GTFS_DATE.fullmatch(text) else text
    except ValueError:  # the thirty-first of February
        return text


def _write_gtfs_time(text: str) -> str:
    match = _GTFS_TIME.fullmatch(text.strip())
    if match is None:
        return text
    parts = [f"{int(number)}{unit}" for number, unit in zip(match.groups(), "HMS", strict=True) if int(number)]
    return "PT" + ("".join(parts) or "0S")


@lru_cache
def _in_zone(name: str) -> Convert:
    zone = ZoneInfo(name)

    def write(text: str) -> str:
        match = _LOCAL.fullmatch(text)
        if match is None:
            return text
        try:
            local = datetime.fromisoformat(text).replace(tzinfo=zone)
            sure = match.group(2) and local.utcoffset() == local.replace(fold=1).utcoffset()
            return _write(local) if sure else f"{text} {name}"
        except (ValueError, OverflowError):  # no such day, or outside the years 1 to 9999
            return text

    return write


ZONED = "local"
"""The conversion that needs `zone:`."""
CONVERSIONS: Mapping[str, Convert] = {
    "": lambda text: text,
    "epoch_s": lambda text: _write_instant(text, per_second=1),
    "epoch_ms": lambda text: _write_instant(text, per_second=1000),
    "epoch_ns": lambda text: _write_instant(text, per_second=10**9),
    "epoch_ms_date": _write_day,
    "interval_start": lambda text: text.partition("/")[0],
    "local_date": _write_local_date,
    "gtfs_date": _write_gtfs_date,
    "gtfs_time": _write_gtfs_time,
}
"""`as:` → conversion of one cell's text, of those that need nothing else."""
CONVERSION_NAMES = (*filter(None, CONVERSIONS), ZONED)
