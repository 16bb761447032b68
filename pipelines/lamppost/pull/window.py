"""Which stretch of time a pull asks for (pure): `window:` of a descriptor.

initial   P31D: how far back the first pull goes
size      PT1H: how much is asked at once
align     hour | day: edges of windows are full hours or days, also after a cursor in between
form      how {since} and {until} are written: iso (2026-11-22T07:00:00Z), naive (2026-11-22T07:00:00), date
          (2026-11-22), epoch_s, epoch_ms, or a pattern such as "%Y-%m-%dT%H"
zone      America/Los_Angeles: the zone in which times are written and days begin; UTC without it
overlap   PT10M: how much earlier than the end of the one before each window begins
reach     P31D: how far back the source keeps anything; nothing older is asked for, and what is gone is told

The first pull starts `initial` before the beginning of today (the day of `now` in its own zone), so that two first
pulls on one day, at whatever hours, ask from the same instant. A later one starts at the cursor minus the lookback.
Every pull ends with the last full hour (`align: day`: day) before `now`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Literal
from zoneinfo import ZoneInfo

from lamppost.pull.fault import fault
from lamppost.pull.options import Options

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BEGINNING = datetime(2, 1, 1, tzinfo=UTC)
MAX_WINDOWS = 20_000
FORMS = {"naive": "%Y-%m-%dT%H:%M:%S", "date": "%Y-%m-%d"}
INSTANTS = ("iso", "naive", "epoch_s", "epoch_ms")
WORDS = (*INSTANTS, "date")


@dataclass(frozen=True)
class Grid:
    """How time is cut into windows, and how their edges are written."""

    initial: timedelta | None = None
    size: timedelta | None = None
    align: Literal["", "hour", "day"] = ""
    form: str = "iso"
    zone: tzinfo = UTC
    overlap: timedelta = timedelta()
    reach: timedelta | None = None

    def write(self, instant: datetime) -> str:
        """What a `{since}` or `{until}` stands for."""
        local = instant.astimezone(self.zone)
        if self.form == "iso":
            return write_instant(instant) if self.zone is UTC else local.isoformat(timespec="seconds")
        if self.form.startswith("epoch"):
            return str(int(instant.timestamp()) * (1 if self.form == "epoch_s" else 1000))
        return local.strftime(FORMS.get(self.form, self.form))

    def floor(self, instant: datetime) -> datetime:
        """The full hour or day before, in the grid's zone."""
        local = instant.astimezone(self.zone).replace(minute=0, second=0, microsecond=0)
        return (local.replace(hour=0, fold=0) if self.align == "day" else local).astimezone(UTC)


@dataclass(frozen=True)
class Window:
    """From (included) and to."""

    since: datetime
    until: datetime
    grid: Grid = field(default_factory=Grid)

    def names(self) -> dict[str, str]:
        """What `{since}` and `{until}` stand for."""
        return {"since": self.grid.write(self.since), "until": self.grid.write(self.until)}

    def halve(self) -> "tuple[Window, Window] | None":
        """Two windows in its place; None where their edges would be written like its own."""
        middle = (self.since + (self.until - self.since) / 2).replace(microsecond=0)
        if self.grid.write(middle) in self.names().values():
            return None
        return replace(self, until=middle), replace(self, since=middle)


def read_grid(options: Options | None) -> Grid:
    """`window:` as written."""
    if options is None:
        return Grid()
    grid = Grid(
        initial=options.span("initial"),
        size=options.span("size"),
        align=options.choice("align", ("", "hour", "day"), ""),
        form=options.text("form", "iso"),
        zone=_read_zone(options),
        overlap=options.span("overlap") or timedelta(),
        reach=options.span("reach"),
    )
    options.close()
    if grid.form not in WORDS and "%" not in grid.form:
        expected = f"one of {', '.join(WORDS)}, or a pattern such as %Y-%m-%dT%H"
        raise fault(f"{options.place}.form", repr(grid.form), expected, "correct the descriptor")
    return grid


def _read_zone(options: Options) -> tzinfo:
    name = options.text("zone", "")
    try:
        return ZoneInfo(name) if name else UTC
    except (KeyError, OSError, ValueError):
        raise fault(f"{options.place}.zone", repr(name), "a zone such as Europe/Berlin", "correct it") from None


def write_instant(instant: datetime) -> str:
    """`2026-11-22T07:00:00Z`."""
    return instant.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def parse_instant(text: str) -> datetime | None:
    """An ISO instant or day (midnight), taken for UTC where it names no zone; None for anything else."""
    try:
        instant = datetime.fromisoformat(text)
        return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
    except (ValueError, OverflowError):  # the latter for the last hours of the year 9999, written in another zone
        return None


def step_back(instant: datetime, span: timedelta) -> datetime:
    """So much earlier; not before the year 2, so that every zone can write it."""
    return max(instant, BEGINNING + span) - span


def hold_cursor(cursor: str | None, limit: str) -> str | None:
    """The cursor, or the instant `limit` where it lies after that."""
    instant, last = parse_instant(cursor or ""), parse_instant(limit)
    return limit if instant and last and instant > last else cursor


def split_windows(
    now: datetime, grid: Grid, *, cursor: str | None, lookback: timedelta | None
) -> tuple[Window, ...] | None:
    """The windows to ask for, oldest first; None when nothing says where to start, none when nothing is due.

    Neighbours share their boundary: a source that includes both ends sends a row twice, none sends it never.
    """
    start = parse_instant(cursor) if cursor else None
    if start is not None:
        start = step_back(start, lookback or timedelta())
    elif grid.initial is not None:
        start = now.replace(hour=0, minute=0, second=0, microsecond=0) - grid.initial
    if start is None:
        return None
    start = max(start, first_kept(now, grid) or start)
    start = grid.floor(start) if grid.align else start.astimezone(UTC)
    end = grid.floor(now) if grid.align else now.replace(minute=0, second=0, microsecond=0).astimezone(UTC)
    if end <= start and grid.align:
        return ()
    _check_number(start, end, grid)
    return tuple(
        Window(step_back(since, grid.overlap), until, grid) for since, until in _cut(start, max(end, start), grid)
    )


def first_kept(now: datetime, grid: Grid) -> datetime | None:
    """The first full hour that the source still keeps; None where it keeps everything."""
    return None if grid.reach is None else grid.floor(now - grid.reach + HOUR)


def find_lost(now: datetime, grid: Grid, cursor: str | None) -> tuple[datetime, datetime] | None:
    """The time between the cursor and what the source still keeps: nobody will ever send it again."""
    since, kept = parse_instant(cursor or ""), first_kept(now, grid)
    return (since, kept) if since and kept and since < kept else None


def _check_number(start: datetime, end: datetime, grid: Grid) -> None:
    """A clock that stood at 1970 must not become half a million questions."""
    number = (end - start) // grid.size if grid.size else 1
    if number > MAX_WINDOWS:
        found = f"{number:,} windows since {write_instant(start)}"
        do = "check the times in the source's records; ask for more at once (`window.size`)"
        raise fault("pull.window", found, f"no more than {MAX_WINDOWS:,}", do)


def _cut(start: datetime, end: datetime, grid: Grid) -> Iterator[tuple[datetime, datetime]]:
    while grid.size and end - start > grid.size:
        yield start, (middle := _step(start, grid))
        start = middle
    yield start, end


def _step(start: datetime, grid: Grid) -> datetime:
    """One size on; whole days are counted by the calendar of the grid's zone, where one may have 23 or 25 hours."""
    assert grid.size is not None
    if grid.align == "day" and not grid.size % DAY:
        return (start.astimezone(grid.zone) + grid.size).astimezone(UTC)
    return start + grid.size
