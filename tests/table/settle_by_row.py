"""Settling told row by row: slow, plain, and what the fast way is held against (`test_settle_oracle`)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import pyarrow as pa

from lamppost.model import Resource
from lamppost.table.partition import partition_key

Cells = tuple[str | None, ...]
COUNTS = ("accepted", "deduplicated", "added", "changed", "unchanged", "superseded", "removed", "previous", "settled")


@dataclass(frozen=True)
class Told:
    """Partitions that changed, as lists of rows in order, and the counts."""

    partitions: Mapping[str, list[Cells]]
    counts: Mapping[str, int]


def settle_by_row(
    accepted: pa.Table, previous: Mapping[str, pa.Table], resource: Resource, held: pa.Table | None = None
) -> Told | list[int]:
    """What `settle` gives, by dictionaries; or the numbers of rows that have another one's key and different cells."""
    names, mode = list(resource.schema.names), resource.publish.mode
    stored = {_read_key(row, resource): (row, part) for part, table in previous.items() for row in _list(table, names)}
    newest: dict[Any, Cells] = {}
    conflicts = []
    for row, number in zip(_list(accepted, names), accepted.column("_row").to_pylist(), strict=True):
        other = newest.get(key := _read_key(row, resource))
        if other is not None and mode != "upsert" and row != other:
            conflicts.append(number)
        if other is None or _rank(row, resource) >= _rank(other, resource):
            newest[key] = row
    if conflicts:
        return conflicts
    counts = dict.fromkeys(COUNTS, 0) | {"accepted": len(newest), "deduplicated": accepted.num_rows - len(newest)}
    fresh: dict[Any, Cells] = {}
    for key, row in newest.items():
        old = stored[key][0] if key in stored else None
        late = old is not None and mode == "upsert" and _rank(row, resource) < _rank(old, resource)
        fate = "added" if old is None else "unchanged" if old == row else "superseded" if late else "changed"
        counts[fate] += 1
        if fate in {"added", "changed"}:
            fresh[key] = row
    safe = {_read_key(row, resource) for row in _list(held, names)} if held is not None else set()
    gone = {key for key in stored if mode == "snapshot" and key not in newest and key not in safe}
    final = {key: row for key, (row, _part) in stored.items() if key not in gone} | fresh
    counts |= {"removed": len(gone), "previous": len(stored), "settled": len(final)}
    return Told(_cut(final, stored, previous, resource), counts)


def _cut(
    final: Mapping[Any, Cells],
    stored: Mapping[Any, tuple[Cells, str]],
    previous: Mapping[str, pa.Table],
    resource: Resource,
) -> dict[str, list[Cells]]:
    names = list(resource.schema.names)
    now: dict[str, set[Cells]] = defaultdict(set)
    table = pa.table({name: pa.array([row[n] for row in final.values()], pa.string()) for n, name in enumerate(names)})
    for row, part in zip(final.values(), partition_key(table, resource.publish).to_pylist(), strict=True):
        now[part].add(row)
    was: dict[str, set[Cells]] = defaultdict(set)
    for row, part in stored.values():
        was[part].add(row)
    touched = {part for part in {*now, *was} if now[part] != was[part]}
    touched |= {part for part, table in previous.items() if table.column_names != names}
    if not previous and not resource.publish.partition_by:
        touched.add("")
    return {part: sorted(now[part], key=lambda row: _place(row, resource)) for part in sorted(touched)}


def _list(table: pa.Table, names: Sequence[str]) -> list[Cells]:
    have = set(table.column_names)
    columns = [table.column(name).to_pylist() if name in have else [None] * table.num_rows for name in names]
    return list(zip(*columns, strict=True))


def _read_key(row: Cells, resource: Resource) -> tuple[Any, ...]:
    cells = dict(zip(resource.schema.names, row, strict=True))
    return tuple(_mean(cells[name], resource.schema.field(name).type) for name in resource.schema.primary_key)


def _mean(text: str | None, kind: str) -> Any:
    """What the text stands for, or the text itself."""
    try:
        if text is not None and kind in {"integer", "number"}:
            return Decimal(text) if Decimal(text).is_finite() else text
        if text is not None and kind == "date":
            return date(*map(int, text.split("-")))
        if text is not None and kind == "datetime":
            found = datetime.fromisoformat(text)
            return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, InvalidOperation, TypeError):
        pass
    return text


def _rank(row: Cells, resource: Resource) -> tuple[int, Any]:
    name = resource.publish.event_time
    if resource.publish.mode != "upsert" or not name:
        return (0, 0)
    kind = resource.schema.field(name).type
    text = row[resource.schema.names.index(name)]
    found = _mean(text, kind if kind in {"integer", "number"} else "datetime")
    return (0, 0) if found is None or isinstance(found, str) else (1, found)


def _place(row: Cells, resource: Resource) -> list[tuple[Any, ...]]:
    cells = dict(zip(resource.schema.names, row, strict=True))
    found: list[tuple[Any, ...]] = []
    for name in resource.schema.primary_key:
        text, kind = cells[name], resource.schema.field(name).type
        value = _mean(text, kind) if kind in {"integer", "number"} else None
        if kind in {"integer", "number"}:
            known = isinstance(value, Decimal)
            found.append((not known, value if known else Decimal(0), text or ""))
        else:
            found.append((text is None, text or ""))
    return found
