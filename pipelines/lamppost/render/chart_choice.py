"""Which picture a table gets, from its schema alone, and the rows of that picture, added up by the city's own days.

A measurement over time is a line; records that come in are counted by day; places are a map; amounts by label are bars.
What flows (`_kwh`, `_usd`) is added up, everything else is averaged: a sum of temperatures or of people says nothing.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import isfinite
from zoneinfo import ZoneInfo

import pyarrow as pa

from lamppost.model import Dataset, Field, Resource, Version
from lamppost.render.chart import Chart, Kind, Row, instant
from lamppost.render.field import title_of

FLOWS = ("_kwh", "_usd", "_gal", "_tons", "_km", "_mi")
PLACE = ("longitude", "latitude")
BY_MONTH = timedelta(days=400)
"""Longer spans than this are drawn by month."""
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


def choose_chart(dataset: Dataset, version: Version, tables: Mapping[str, pa.Table], zone: str) -> Chart | None:
    """The chart of a dataset's first table that can have one, named `dataset/<name>`; None when none can.

    `tables`: resource → all its rows, as text or typed columns. Days are those of `zone`; the day on which the version
    was made is left out, since it was not over.
    """
    for resource in dataset.resources:
        table = tables.get(resource.name)
        if table is not None and (chart := _choose(dataset, version, resource, table, ZoneInfo(zone))):
            return chart
    return None


def _choose(dataset: Dataset, version: Version, resource: Resource, table: pa.Table, zone: ZoneInfo) -> Chart | None:
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


def _number(value: object) -> float | None:
    try:
        number = float(str(value))
    except ValueError:
        return None
    return number if isfinite(number) else None


def _cells(table: pa.Table, name: str) -> list[object]:
    cells: list[object] = table.column(name).to_pylist()
    return cells


def _measure_by_time(
    table: pa.Table, when: Field, measure: Field, zone: ZoneInfo, today: str
) -> tuple[tuple[Row, ...], str]:
    """Sum or mean of the measure by day, or by month over long spans; an open day or month is left out."""
    pairs = zip(
        (_day(one, zone) for one in _cells(table, when.name)), map(_number, _cells(table, measure.name)), strict=True
    )
    known = [(day, value) for day, value in pairs if day and value is not None and day.isoformat() < today]
    if not known:
        return (), ""
    monthly = max(known)[0] - min(known)[0] > BY_MONTH
    open_from = f"{today[:7]}-01" if monthly else today
    groups: dict[str, list[float]] = defaultdict(list)
    for day, value in known:
        if day.isoformat() < open_from:
            groups[day.replace(day=1).isoformat() if monthly else day.isoformat()].append(value)
    add = measure.name.endswith(FLOWS)
    days = _cut_edges(groups) if add else sorted(groups)
    # sorted, so that the order of rows cannot change the last digit
    rows = tuple((day, round(sum(sorted(groups[day])) / (1 if add else len(groups[day])), 6)) for day in days)
    return rows, f"{'Sum' if add else 'Average'} of all rows of each {'month' if monthly else 'day'}."


def _cut_edges(groups: Mapping[str, Sequence[float]]) -> list[str]:
    """The days without a first or last one that is only partly there: its sum would look like a fall."""
    days = sorted(groups)
    usual = sorted(len(groups[day]) for day in days)[len(days) // 2] if days else 0
    return [day for n, day in enumerate(days) if 0 < n < len(days) - 1 or len(groups[day]) >= FULL * usual]


def _count_days(table: pa.Table, when: Field, zone: ZoneInfo, today: str) -> tuple[Row, ...]:
    """Rows by day; a day between the first and the last without rows has none, which is a count and no gap."""
    days = [day for day in (_day(one, zone) for one in _cells(table, when.name)) if day and day.isoformat() < today]
    if not days:
        return ()
    counts = {(min(days) + timedelta(days=n)).isoformat(): 0 for n in range((max(days) - min(days)).days + 1)}
    for day in days:
        counts[day.isoformat()] += 1
    return tuple((day, float(many)) for day, many in counts.items())


def _count_places(table: pa.Table) -> tuple[Row, ...]:
    """Each place once, with how many rows are there."""
    counts: dict[tuple[float, float], float] = defaultdict(float)
    for lon, lat in zip(*(map(_number, _cells(table, name)) for name in PLACE), strict=True):
        if lon is not None and lat is not None:
            counts[lon, lat] += 1
    return tuple((lon, lat, many) for (lon, lat), many in sorted(counts.items()))


def _sum_labels(table: pa.Table, label: Field, measure: Field | None) -> tuple[Row, ...]:
    """Label and sum of the measure, or number of rows, in order of the label."""
    values = [_number(one) for one in _cells(table, measure.name)] if measure else [1.0] * table.num_rows
    sums: dict[str, float] = defaultdict(float)
    for name, value in zip(_cells(table, label.name), values, strict=True):
        sums["" if name is None else str(name)] += value or 0.0
    return tuple(sorted(sums.items()))
