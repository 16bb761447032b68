"""Which partitions are settled together: some at a time where no key can be in two of them, else all at once (pure)."""

from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from lamppost.model import Part, Publish, Resource
from lamppost.table.partition import NONE

_AS_WRITTEN = frozenset({"string", "any"})
_TIMES = frozenset({"date", "datetime"})


@dataclass(frozen=True)
class Lot:
    """Partitions that are settled together."""

    keys: tuple[str, ...]
    """Of the incoming rows."""
    parts: tuple[Part, ...]
    """Of the version before."""


def plan_lots(
    sizes: Mapping[str, int], parts: Sequence[Part], *, apart: bool, every: bool, most: int
) -> tuple[Lot, ...]:
    """Lots in the order of partitions; `sizes` counts the incoming rows of each.

    `apart`: no key can lie in two partitions, so only partitions that rows came for are looked at, or `every` one.
    `most` rows, incoming and previous ones, are settled at a time; a larger partition is a lot by itself.
    """
    if not apart:
        return (Lot(tuple(sorted(sizes)), tuple(parts)),)
    known = {part.partition: part for part in parts}
    wanted = sorted(sizes.keys() | known.keys() if every else sizes.keys())
    lots = tuple(_group(wanted, sizes, known, most))
    return lots if lots or parts else (Lot((), ()),)


def _group(wanted: Iterable[str], sizes: Mapping[str, int], known: Mapping[str, Part], most: int) -> Iterator[Lot]:
    lot: list[str] = []
    rows = 0
    for key in wanted:
        more = sizes.get(key, 0) + (known[key].rows if key in known else 0)
        if lot and rows + more > most:
            yield _make(lot, sizes, known)
            lot, rows = [], 0
        lot.append(key)
        rows += more
    if lot:
        yield _make(lot, sizes, known)


def _make(keys: Sequence[str], sizes: Mapping[str, int], known: Mapping[str, Part]) -> Lot:
    return Lot(tuple(key for key in keys if key in sizes), tuple(known[key] for key in keys if key in known))


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
