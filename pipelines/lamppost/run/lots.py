"""Which partitions are settled together: some at a time where no key can be in two of them, else all at once (pure)."""

from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from lamppost.model import Part, Publish, Resource
from lamppost.table.partition import NONE, find_month, is_due_to_move

_AS_WRITTEN = frozenset({"string", "any"})
_TIMES = frozenset({"date", "datetime"})


@dataclass(frozen=True)
class Lot:
    """Partitions that are settled together."""

    keys: tuple[str, ...]
    """Of the incoming rows."""
    parts: tuple[Part, ...]
    """Of the version before."""


ANY = Publish()


def plan_lots(
    sizes: Mapping[str, int],
    parts: Sequence[Part],
    *,
    apart: bool,
    every: bool,
    most: int,
    publish: Publish = ANY,
) -> tuple[Lot, ...]:
    """Lots in the order of partitions; `sizes` counts the incoming rows of each.

    `apart`: no key can lie in two partitions, so only partitions that rows came for are looked at, or `every` one.
    `most` rows, incoming and previous ones, are settled at a time; a larger partition is a lot by itself. Days stay
    with the month that they become, or that they come from.
    """
    if not apart:
        return (Lot(tuple(sorted(sizes)), tuple(parts)),)
    wanted: dict[str, Lot] = {}
    for key in sorted(sizes):
        month = find_month(key, publish)
        lot = wanted.get(month, Lot((), ()))
        wanted[month] = Lot((*lot.keys, key), lot.parts)
    moving = {find_month(one.partition, publish) for one in parts if is_due_to_move(one.partition, publish)}
    for part in sorted(parts, key=lambda one: one.partition):
        month = find_month(part.partition, publish)
        if every or month in wanted or month in moving:
            lot = wanted.get(month, Lot((), ()))
            wanted[month] = Lot(lot.keys, (*lot.parts, part))
    lots = tuple(_group([wanted[month] for month in sorted(wanted)], sizes, most))
    return lots if lots or parts else (Lot((), ()),)


def _group(wanted: Iterable[Lot], sizes: Mapping[str, int], most: int) -> Iterator[Lot]:
    """Neighbours joined as far as they are few enough together."""
    joined: Lot | None = None
    rows = 0
    for one in wanted:
        more = sum(sizes[key] for key in one.keys) + sum(part.rows for part in one.parts)
        if joined is not None and rows + more > most:
            yield joined
            joined, rows = None, 0
        joined = Lot(joined.keys + one.keys, joined.parts + one.parts) if joined else one
        rows += more
    if joined is not None:
        yield joined


def keeps_keys(resource: Resource) -> bool:
    """True when the primary key decides about the partition, as far as each value is written in one way."""
    publish, schema = resource.publish, resource.schema
    if not publish.partition_by:
        return True
    if publish.partition_of not in schema.primary_key:
        return False
    kind = schema.field(publish.partition_of).type
    return kind in _AS_WRITTEN or (publish.partition_by != "value" and kind in _TIMES)


def name_rule(publish: Publish) -> str:
    """How rows find their partition, in words: `month of observed_at`; empty for a table in one piece."""
    return f"{publish.partition_by} of {publish.partition_of}" if publish.partition_by else ""


def find_neighbours(keys: Iterable[str], publish: Publish) -> set[str]:
    """Where a time of one of the partitions may lie when it is written in another zone, or in no known way."""
    if publish.partition_by in {"", "value"}:
        return set()
    found = {NONE}
    for first, last in map(_read_span, keys):
        for day in (first - timedelta(days=1), last + timedelta(days=1)) if first and last else ():
            found.add(day.isoformat()[: {"day": 10, "month": 7, "year": 4}[publish.partition_by]])
            found |= {day.isoformat()} if publish.days_since else set()
    return found


def _read_span(key: str) -> tuple[date | None, date | None]:
    """First and last day of a partition; none of one that has no days, or that borders on the end of the calendar."""
    numbers = key.split("-")
    try:
        year, month, day = (*map(int, numbers), 0, 0)[:3]
        first = date(year, month or 1, day or 1)
        last = date(year, month or 12, day or monthrange(year, month or 12)[1])
    except ValueError:
        return None, None
    return (first, last) if 1 < year < 9999 else (None, None)  # noqa: PLR2004 - what `date` can hold
