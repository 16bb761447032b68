"""Times that cannot be: after now, before the device existed, or the day on which a clock without a time starts."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import numpy as np
import pyarrow as pa

from lamppost.model import Field, Resource
from lamppost.validate.gates.caught import Caught, Mask, Surroundings, catch
from lamppost.validate.gates.columns import Instants, read_instants

_TIMES = frozenset({"date", "datetime"})
_FIRST = np.datetime64("1971-01-01", "us")
"""Before this no device of ours has measured; a clock that starts at 1970-01-01 shows days of that year."""
_RARE = 0.05
"""Where more of a field's times than this lie ahead, the field plainly tells of plans."""
_NEVER = ("0001-01-01", "1753-01-01", "1899-12-30", "1899-12-31", "1900-01-01", "1970-01-01", "9999-12-31")
"""The first days of .NET, SQL Server, Excel, and Unix, and the last day of all: what programs write for "unknown"."""


def find_times(resource: Resource) -> tuple[str, ...]:
    """Fields that say when a row happened: the event time and the cursor, where they are dates or datetimes."""
    named = (resource.publish.event_time, resource.pull.cursor if resource.pull else "")
    known = [name for name in dict.fromkeys(named) if name in resource.schema.names]
    return tuple(name for name in known if resource.schema.field(name).type in _TIMES)


def catch_moments(table: pa.Table, resource: Resource, around: Surroundings) -> Iterator[Caught]:
    """`future-time` and `early-time` of fields that say when a row happened, the others' `future-value` and the like.

    A field with a `since:` of its own is judged by that.
    """
    happened = find_times(resource)
    for field in resource.schema.fields:
        if field.type in _TIMES:
            moments = read_instants(table.column(field.name), field)
            yield from _catch_future(table, field, moments, resource, around)
            yield from _catch_early(table, field, moments, resource, event=field.name in happened)


def _catch_future(
    table: pa.Table, field: Field, moments: Instants, resource: Resource, around: Surroundings
) -> Iterator[Caught]:
    if field.name in resource.checks.planned:
        return
    limit = np.datetime64((around.now.astimezone(UTC) + resource.checks.skew).replace(tzinfo=None), "us")
    late: Mask = moments > limit
    if not late.any():
        return
    if field.name in find_times(resource):
        message = (
            f"a time after {_show(limit)}, when the row was not yet there to be read; correct the device's clock, or "
            f"write `checks: {{future: [{field.name}]}}` if the field tells of plans"
        )
        yield from catch("future-time", field.name, late, table, resource, message)
    elif late.sum() <= _RARE * (~np.isnat(moments)).sum():
        message = (
            f"later than {_show(limit)}, while nearly all others are not; correct it at the source, or write "
            f"`checks: {{future: [{field.name}]}}` if the field tells of plans"
        )
        late &= moments < np.datetime64("9999-12-31", "us")
        yield from catch("future-value", field.name, late, table, resource, message)


def _catch_early(
    table: pa.Table, field: Field, moments: Instants, resource: Resource, *, event: bool
) -> Iterator[Caught]:
    since: date | None = resource.checks.since.get(field.name)
    if since or event:
        first = np.datetime64(since, "us") if since else _FIRST
        message = (
            f"a time before {_show(first)}, when the device did not exist; expected a later one; correct its clock, "
            f"let `pull.fields` take another field in its place, or set `checks: {{since: …}}`"
        )
        yield from catch("early-time", field.name, moments < first, table, resource, message)
        return
    days = moments.astype("datetime64[D]")
    never = np.isin(days, np.array(_NEVER, "datetime64[D]"))
    message = "a day that programs write for an unknown one; expected an empty cell; correct it at the source"
    yield from catch("placeholder-time", field.name, never, table, resource, message)


def _show(moment: np.datetime64) -> str:
    shown = moment.astype("datetime64[s]").item()
    assert isinstance(shown, datetime)
    return f"{shown:%Y-%m-%d}" if shown.time() == datetime.min.time() else f"{shown:%Y-%m-%d %H:%M} UTC"
