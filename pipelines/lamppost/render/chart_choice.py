"""Which picture a table gets, from its schema alone, and the rows of that picture, added up by the city's own days.

A measurement over time is a line; records that come in are counted by day; places are a map; amounts by label are bars.
What flows (`_kwh`, `_usd`) is added up, everything else is averaged: a sum of temperatures or of people says nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation, localcontext
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from lamppost.formats.filed import Typed, read_blocks
from lamppost.model import Dataset, Field, Resource, Version
from lamppost.render.chart import Chart, Kind, Row, instant
from lamppost.render.field import title_of

FLOWS = ("_kwh", "_usd", "_gal", "_tons", "_km", "_mi")
PLACE = ("longitude", "latitude")
BY_MONTH = timedelta(days=400)
"""Longer spans than this are drawn by month."""
DIGITS = 400
"""Enough for the sum of any numbers that a float can be."""
FULL = 0.95
"""A first or last day with a smaller share of the usual rows is left out of sums."""
_NUMBERS = ("number", "integer")


@dataclass(frozen=True)
class Roles:
    """What a table's fields are good for in a picture; None and False where it has no such field."""

    when: Field | None
    measure: Field | None
    label: Field | None
    placed: bool


def choose_chart(dataset: Dataset, version: Version, tables: Mapping[str, Typed], zone: str) -> Chart | None:
    """The chart of a dataset's first table that can have one, named `dataset/<name>`; None when none can.

    `tables`: resource → all its rows, as text or typed columns. Days are those of `zone`; the day on which the version
    was made is left out, since it was not over.
    """
    for resource in dataset.resources:
        table = tables.get(resource.name)
        if table is not None and (chart := _choose(dataset, version, resource, table, ZoneInfo(zone))):
            return chart
    return None


def _choose(dataset: Dataset, version: Version, resource: Resource, table: Typed, zone: ZoneInfo) -> Chart | None:
    roles = find_roles(resource)
    name, things = f"dataset/{dataset.name}", dataset.title.lower()

    def chart(
        kind: Kind, title: str, rows: Sequence[Row], said: str = "", unit: str = "", *, in_order: bool = False
    ) -> Chart:
        return Chart(name, kind, title, said, unit, tuple(rows), version.simulated, things=things, in_order=in_order)

    if roles.when and roles.measure and not (roles.placed and resource.publish.mode == "snapshot"):
        rows, said = _measure_by_time(table, roles.when, roles.measure, zone, version.date)
        made = chart("line", f"{dataset.title}: {_lower(title_of(roles.measure))}", rows, said, roles.measure.unit)
    elif roles.when and resource.publish.mode != "snapshot":
        said = f"Rows by day of “{title_of(roles.when)}”."
        made = chart("line", f"{dataset.title} by day", _count_days(table, roles.when, zone, version.date), said)
    elif roles.placed:
        made = chart("points", f"Where: {dataset.title}", _count_places(table))
    elif roles.label:
        subject = title_of(roles.measure) if roles.measure else dataset.title
        title, unit = f"{subject} by {title_of(roles.label).lower()}", roles.measure.unit if roles.measure else ""
        made = chart(
            "bar", title, _sum_labels(table, roles.label, roles.measure), unit=unit, in_order="year" in roles.label.name
        )
    else:
        return None
    return made if made.rows else None


def find_roles(resource: Resource) -> Roles:
    """The fields by role, by their types, names and place in the key."""
    schema = resource.schema
    times = {one.name: one for one in schema.fields if one.type in ("date", "datetime")}
    wanted = (*schema.primary_key, resource.publish.partition_of, *reversed(times))
    when = next((times[name] for name in wanted if name in times), None)
    skipped = {*schema.primary_key, *PLACE}
    numbers = [
        one for one in schema.fields if one.type in _NUMBERS and one.name not in skipped and "year" not in one.name
    ]
    flows = [one for one in numbers if one.name.endswith(FLOWS)]
    measure = next(iter([*flows, *reversed(numbers)]), None)
    return Roles(when, measure, _label(resource), set(PLACE) <= set(schema.names))


def _label(resource: Resource) -> Field | None:
    """The field whose values make good groups: a year first, then the first text that names no single thing."""
    alone = resource.schema.primary_key if len(resource.schema.primary_key) == 1 else ()
    single = ("_id", "title", "name", "description", "row_id")
    texts = [one for one in resource.schema.fields if one.type == "string" and one.name not in alone]
    years = [one for one in resource.schema.fields if one.type == "year" or one.name.endswith("year")]
    return next(iter([*years, *(one for one in texts if not one.name.endswith(single))]), None)


def _lower(title: str) -> str:
    """A title within a title: `Devices` → `devices`; what begins with two capitals, such as `PM2.5`, stays."""
    return title if title[:2].isupper() else title[:1].lower() + title[1:]


def _day(value: object, zone: ZoneInfo) -> date | None:
    """The city's day of a cell: a day is what it is, an instant is moved into the zone; None for anything else."""
    text = value.isoformat() if isinstance(value, date) else str(value or "")
    try:
        return date.fromisoformat(text) if len(text) <= len("2026-11-22") else instant(text).astimezone(zone).date()
    except ValueError:
        return None


def _number(value: object) -> Decimal | None:
    """The number that the cell shows, exact, so that the order of rows cannot change the last digit of a sum."""
    try:
        number = Decimal(str(float(str(value))) if isinstance(value, float | str) else str(value))
    except (ValueError, InvalidOperation):
        return None
    return number if number.is_finite() else None


def _count(rows: Typed, *names: str, days: str = "", zone: ZoneInfo | None = None) -> Iterator[tuple[Any, ...]]:
    """Each combination of cells that occurs in a block of rows, and how often; those of `days` as the city's days."""
    for block in read_blocks(rows, names):
        table = block
        if zone:
            encoded = table.column(days).combine_chunks().dictionary_encode()
            known = pa.array([_day(one, zone) for one in encoded.dictionary.to_pylist()], pa.date32())
            table = table.set_column(table.column_names.index(days), days, known.take(encoded.indices))
        counted = table.group_by(list(names)).aggregate([([], "count_all")])
        yield from zip(*(counted.column(name).to_pylist() for name in (*names, "count_all")), strict=True)


@dataclass
class _Sum:
    total: Decimal = Decimal()
    rows: int = 0

    def add(self, value: Decimal, rows: int) -> None:
        """Adds so many rows that hold `value` together."""
        self.total, self.rows = self.total + value, self.rows + rows


def _measure_by_time(
    rows: Typed, when: Field, measure: Field, zone: ZoneInfo, today: str
) -> tuple[tuple[Row, ...], str]:
    """Sum or mean of the measure by day, or by month over long spans; an open day or month is left out."""
    days: dict[date, _Sum] = defaultdict(_Sum)
    with localcontext(prec=DIGITS):
        for day, cell, many in _count(rows, when.name, measure.name, days=when.name, zone=zone):
            value = _number(cell)
            if day and value is not None and day.isoformat() < today:
                days[day].add(value * many, many)
        if not days:
            return (), ""
        monthly = max(days) - min(days) > BY_MONTH
        open_from = f"{today[:7]}-01" if monthly else today
        groups: dict[str, _Sum] = defaultdict(_Sum)
        for day, found in days.items():
            if day.isoformat() < open_from:
                groups[day.replace(day=1).isoformat() if monthly else day.isoformat()].add(found.total, found.rows)
    add = measure.name.endswith(FLOWS)
    shown = _cut_edges(groups) if add else sorted(groups)
    drawn = tuple((day, round(float(groups[day].total) / (1 if add else groups[day].rows), 6)) for day in shown)
    return drawn, f"{'Sum' if add else 'Average'} of all rows of each {'month' if monthly else 'day'}."


def _cut_edges(groups: Mapping[str, _Sum]) -> list[str]:
    """The days without a first or last one that is only partly there: its sum would look like a fall."""
    days = sorted(groups)
    usual = sorted(groups[day].rows for day in days)[len(days) // 2] if days else 0
    return [day for n, day in enumerate(days) if 0 < n < len(days) - 1 or groups[day].rows >= FULL * usual]


def _count_days(rows: Typed, when: Field, zone: ZoneInfo, today: str) -> tuple[Row, ...]:
    """Rows by day; a day between the first and the last without rows has none, which is a count and no gap."""
    days: Counter[date] = Counter()
    for day, many in _count(rows, when.name, days=when.name, zone=zone):
        if day and day.isoformat() < today:
            days[day] += many
    if not days:
        return ()
    every = [min(days) + timedelta(days=n) for n in range((max(days) - min(days)).days + 1)]
    return tuple((day.isoformat(), float(days[day])) for day in every)


def _count_places(rows: Typed) -> tuple[Row, ...]:
    """Each place once, with how many rows are there."""
    counts: dict[tuple[float, float], float] = defaultdict(float)
    for lon, lat, many in _count(rows, *PLACE):
        place = (_number(lon), _number(lat))
        if place[0] is not None and place[1] is not None:
            counts[float(place[0]), float(place[1])] += many
    return tuple((lon, lat, many) for (lon, lat), many in sorted(counts.items()))


def _sum_labels(rows: Typed, label: Field, measure: Field | None) -> tuple[Row, ...]:
    """Label and sum of the measure, or number of rows, in order of the label."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    with localcontext(prec=DIGITS):
        for name, *cells, many in _count(rows, *dict.fromkeys((label.name, *([measure.name] if measure else [])))):
            value = Decimal(1) if measure is None else _number(cells[0] if cells else name)
            sums["" if name is None else str(name)] += (value or 0) * many
    return tuple(sorted((name, float(total)) for name, total in sums.items()))
