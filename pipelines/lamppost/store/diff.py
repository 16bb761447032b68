"""What changed between two versions of a table, row by row, found by primary key.

The listing is a CSV: `change` (added, changed, removed), the key's fields, `field`, `was`, `is`; one line for each
added or removed row, with the last three empty, and one for each changed cell. A key field that has one of those names
is called `key_<name>`. Cells of a field that the new schema lacks are not listed: a field is often removed because it
should never have been published, and `schema_changes` says that it went.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lamppost.formats import csv
from lamppost.formats.codes import NOWHERE, Ints, locate, number_rows, take
from lamppost.model import Diff, Schema

COLUMNS = ("change", "field", "was", "is")
TOLD = ("type", "format", "constraints", "missingValues", "trueValues", "falseValues", "rdfType")
"""Properties of a field whose change is a change of the schema; a title or a description is not."""


def diff(
    previous_parts: Mapping[str, pa.Table] | None,
    new_parts: Mapping[str, pa.Table],
    schema: Schema,
    previous_schema: Schema | None,
) -> tuple[Diff, bytes]:
    """Counts, and the listing's bytes: empty when there is no previous version or when no row changed.

    `new_parts` holds the partitions that were touched, whole, one that lost its last row as an empty table; previous
    partitions of other names are not looked at. Tables are text as `formats.csv.read` gives them.
    """
    change, listing = compare(previous_parts, new_parts, schema, previous_schema)
    return change, csv.encode(pa.concat_tables(listing), listing[0].column_names) if listing else b""


def compare(
    previous_parts: Mapping[str, pa.Table] | None,
    new_parts: Mapping[str, pa.Table],
    schema: Schema,
    previous_schema: Schema | None,
) -> tuple[Diff, tuple[pa.Table, ...]]:
    """Counts, and the listing as three tables: removed rows, added rows, changed cells; none where nothing changed."""
    new = _gather(new_parts, schema)
    if previous_parts is None or previous_schema is None:
        return Diff(added=new.num_rows), ()
    old = _gather({key: previous_parts[key] for key in new_parts if key in previous_parts}, schema)
    found = _match(old, new, schema)
    cells = {name: _changed_cells(old, new, found, name) for name in schema.names}
    changed = np.zeros(new.num_rows, np.bool_)
    for one in cells.values():
        changed[one["row"].to_numpy()] = True
    summary = Diff(
        added=len(found.added),
        changed=int(changed.sum()),
        removed=len(found.removed),
        fields={name: one.num_rows for name, one in cells.items() if one.num_rows},
        schema_changes=describe_schema_changes(previous_schema, schema),
    )
    if not summary.added and not summary.changed and not summary.removed:
        return summary, ()
    return summary, _list_all(old, new, found, cells, schema)


def add_up(changes: Sequence[Diff]) -> Diff:
    """The counts of several lots of partitions together; what is said of the schema is said once."""
    fields = {name: sum(one.fields.get(name, 0) for one in changes) for change in changes for name in change.fields}
    return Diff(
        added=sum(one.added for one in changes),
        changed=sum(one.changed for one in changes),
        removed=sum(one.removed for one in changes),
        fields=fields,
        schema_changes=tuple(dict.fromkeys(said for one in changes for said in one.schema_changes)),
    )


def describe_schema_changes(previous: Schema, new: Schema) -> tuple[str, ...]:
    """One sentence a change, fields in the order of the schemas."""
    changes = [f"field {name} removed" for name in previous.names if name not in new.names]
    changes += [f"field {name} added" for name in new.names if name not in previous.names]
    for field in new.fields:
        if field.name in previous.names:
            changes += _describe_field_changes(field.name, previous.field(field.name).descriptor, field.descriptor)
    if previous.primary_key != new.primary_key:
        changes.append(f"primary key was {', '.join(previous.primary_key)}, is {', '.join(new.primary_key)}")
    if previous.missing_values != new.missing_values:
        changes.append(f"missing values were {list(previous.missing_values)}, are {list(new.missing_values)}")
    return tuple(changes)


def _describe_field_changes(name: str, was: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    return [
        f"field {name}: {key} was {_show(was.get(key))}, is {_show(now.get(key))}"
        for key in TOLD
        if was.get(key) != now.get(key)
    ]


def _show(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {one}" for key, one in value.items()) or "none"
    return "none" if value is None else str(value)


def _gather(parts: Mapping[str, pa.Table], schema: Schema) -> pa.Table:
    """All parts as one table of the schema's fields; a field that a table lacks is null throughout."""
    tables = [
        pa.table(
            [
                part.column(name) if name in part.column_names else pa.nulls(part.num_rows, pa.string())
                for name in schema.names
            ],
            names=list(schema.names),
        )
        for part in parts.values()
    ]
    empty = pa.schema([(name, pa.string()) for name in schema.names]).empty_table()
    return pa.concat_tables([empty, *tables]).combine_chunks()


@dataclass(frozen=True, eq=False)
class _Match:
    """Row numbers: `removed` in the old table, `added` in the new one, `old` and `new` of the rows in both."""

    removed: Ints
    added: Ints
    old: Ints
    new: Ints


def _match(old: pa.Table, new: pa.Table, schema: Schema) -> _Match:
    named = list(schema.primary_key)
    codes = number_rows(pa.concat_tables([old.select(named), new.select(named)]).columns)
    was, now, many = codes[: old.num_rows], codes[old.num_rows :], int(codes.max(initial=-1)) + 1
    places = locate(was, many)[now]
    kept = np.zeros(len(was), np.bool_)
    kept[places[places != NOWHERE]] = True
    rows = np.flatnonzero(places != NOWHERE)
    return _Match(np.flatnonzero(~kept), np.flatnonzero(places == NOWHERE), places[rows], rows)


def _changed_cells(old: pa.Table, new: pa.Table, found: _Match, name: str) -> pa.Table:
    """Columns row (in the new table), was, is: the cells of one field that differ, null being a value of its own."""
    was = take(old.select([name]), found.old).column(name)
    now = take(new.select([name]), found.new).column(name)
    if was.equals(now):
        return pa.table({"row": pa.array([], pa.int64()), "was": was.slice(0, 0), "is": now.slice(0, 0)})
    differ = pc.not_equal(pc.fill_null(was, ""), pc.fill_null(now, ""))
    return pa.table({"row": found.new, "was": was, "is": now}).filter(differ)


def _list_all(
    old: pa.Table, new: pa.Table, found: _Match, cells: Mapping[str, pa.Table], schema: Schema
) -> tuple[pa.Table, ...]:
    """Removed rows in their old order, added ones in their new order, then changed cells by row, then by field."""
    changed = pa.concat_tables(
        [
            one.append_column("order", pa.array(np.full(one.num_rows, number))).append_column(
                "field", pa.array([name] * one.num_rows, pa.string())
            )
            for number, (name, one) in enumerate(cells.items())
        ]
    ).sort_by([("row", "ascending"), ("order", "ascending")])
    keys = {name: name if name not in COLUMNS else f"key_{name}" for name in schema.primary_key}
    named = list(schema.primary_key)
    return (
        _list("removed", take(old.select(named), found.removed), keys, None),
        _list("added", take(new.select(named), found.added), keys, None),
        _list("changed", take(new.select(named), changed.column("row").to_numpy()), keys, changed),
    )


def _list(change: str, rows: pa.Table, keys: Mapping[str, str], cells: pa.Table | None) -> pa.Table:
    columns: dict[str, Any] = {"change": pa.repeat(change, rows.num_rows)}
    columns |= {shown: rows.column(name) for name, shown in keys.items()}
    for name in COLUMNS[1:]:
        columns[name] = cells.column(name) if cells is not None else pa.nulls(rows.num_rows, pa.string())
    return pa.table(columns)
