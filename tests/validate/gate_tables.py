"""Tables for the tests of gates: thirty honest days of two sensors, and what was changed in them."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa

from lamppost.model import Checks, Field, Publish, Resource, Schema
from lamppost.model.dataset import Mode
from lamppost.validate.gates import History, Surroundings, check_incoming, check_settled

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
FIRST = datetime(2026, 10, 23, tzinfo=UTC)
AROUND = Surroundings(NOW, boundary=(-118.40, 34.07, -118.34, 34.10))
DAY = timedelta(days=1)
TYPES = {
    "station_code": "string",
    "observed_at": "datetime",
    "pm25_ugm3": "number",
    "kind": "string",
    "longitude": "number",
    "latitude": "number",
    "installed_date": "date",
}
Row = dict[str, str | None]


def make_resource(mode: Mode = "upsert", types: dict[str, str] | None = None, **checks: Any) -> Resource:
    """A resource whose rows happen at `observed_at`; `types` adds fields."""
    kinds = TYPES | (types or {})
    fields = tuple(Field(name, kind, descriptor={"name": name, "type": kind}) for name, kind in kinds.items())
    schema = Schema(fields, ("station_code", "observed_at"))
    publish = Publish(mode=mode, event_time="observed_at")
    return Resource("readings", schema, checks=Checks(**checks), publish=publish)


def make_day(number: int, hours: int = 24) -> list[Row]:
    """The readings of one day: two stations, hour by hour, never twice the same value in a row."""
    return [
        {
            "station_code": f"AQ-0{station}",
            "observed_at": f"{FIRST + timedelta(days=number, hours=hour):%Y-%m-%dT%H:%M:%SZ}",
            "pm25_ugm3": str(round(5 + (hour * 7 + number * 3 + station) % 24 / 4, 2)),
            "kind": ("street", "park", "school")[(hour + number) % 3],
            "longitude": f"-118.3{6 + station}",
            "latitude": "34.085",
            "installed_date": "2019-05-01",
        }
        for station in (1, 2)
        for hour in range(hours)
    ]


def make_days(*numbers: int) -> list[Row]:
    return [row for number in numbers for row in make_day(number)]


def lay(rows: Iterable[Row], resource: Resource) -> pa.Table:
    """The rows as a table of text with the fields of the schema."""
    names, kept = resource.schema.names, list(rows)
    return pa.table(
        {name: pa.chunked_array([pa.array([row.get(name) for row in kept], pa.string())]) for name in names}
    )


def change(rows: Iterable[Row], change_row: Callable[[Row], Row]) -> list[Row]:
    return [row | change_row(row) for row in rows]


def caught(rows: list[Row], resource: Resource, around: Surroundings = AROUND) -> dict[str, tuple[int, ...]]:
    """Code → rows that the gates on incoming rows caught."""
    return {one.issue.code: one.rows for one in check_incoming(lay(rows, resource), resource, around)}


def noticed(before: list[Row], fresh: list[Row], resource: Resource, promise: timedelta | None = DAY) -> dict[str, str]:
    """Code → message of what the gates on the settled table noticed, when `fresh` rows come to those before."""
    kept = [] if resource.publish.mode == "snapshot" else before
    history = History(resource, lay(before, resource), lay([*kept, *fresh], resource), lay(fresh, resource))
    return {one.code: one.message for one in check_settled(history, AROUND, promise)}
