"""Accepted rows meet the rows published before: one table a partition, the newest row for each primary key.

Row identity (`model.Counts`): accepted = added + changed + unchanged + superseded, and
settled = previous + added - removed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from lamppost.errors import RefusedError
from lamppost.model import Issue, Publish, Resource, Sample
from lamppost.table.keys import number_keys, number_rows, rank_instants, sort_by_key
from lamppost.table.partition import partition_key
from lamppost.table.read import ROW

__all__ = ["Settled", "partition_key", "settle"]


@dataclass(frozen=True)
class Settled:
    """The partitions that changed, whole and sorted, and where every row went; the counts are of the whole table."""

    partitions: Mapping[str, pa.Table]
    """Partition (`""` when there are none) → all of its rows; a partition that lost its last row is there, empty."""
    accepted: int = 0
    deduplicated: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    superseded: int = 0
    removed: int = 0
    previous: int = 0
    settled: int = 0
    table: pa.Table | None = None
    """All rows, in no order."""
    fresh: pa.Table | None = None
    """Those that were added or changed."""


@dataclass(frozen=True)
class _Rows:
    """Rows with what settling needs to know of each; `keys`, `contents` and `ranks` compare across tables."""

    table: pa.Table
    keys: Sequence[int]
    contents: Sequence[int]
    ranks: Sequence[int]


def settle(
    accepted: pa.Table, previous: Mapping[str, pa.Table], resource: Resource, *, held: pa.Table | None = None
) -> Settled:
    """Settle the accepted rows on the previous partitions; columns are the schema's, without `_row`.

    snapshot: previous rows whose key did not come again are removed, unless `held` (the quarantined rows) has their
    key: a bad row never removes a good one. append: what came is added, an existing key is revised. upsert: the newest
    event time wins, then the later row; an incoming row older than the stored one is superseded. Two incoming rows with
    one key: the newest counts, the other is deduplicated; outside upsert they must be equal, else RefusedError.
    """
    names = list(resource.schema.names)
    stored, origins = _join_previous(previous, names)
    incoming, old = _number(accepted, stored, resource)
    newest = _choose_newest(incoming, accepted.column(ROW).to_pylist(), resource)
    where = {key: index for index, key in enumerate(old.keys)}
    fate = _compare(newest, where, incoming, old, resource.publish)
    gone = _find_removed(newest, where, stored, resource, held)
    replaced = {where[incoming.keys[index]] for index in fate["changed"]} | set(gone)
    kept = [index for index in range(stored.num_rows) if index not in replaced]
    taken = sorted([*fate["added"], *fate["changed"]])
    fresh = incoming.table.take(pa.array(taken, pa.int64()))
    table = pa.concat_tables([stored.take(pa.array(kept, pa.int64())), fresh])
    was = [origins[index] for index in kept] + [None] * len(taken)
    left = {origins[index] for index in replaced} | _find_misshapen(previous, names)
    return Settled(
        partitions=_cut(table, was, left, previous, resource),
        accepted=len(newest),
        deduplicated=accepted.num_rows - len(newest),
        added=len(fate["added"]),
        changed=len(fate["changed"]),
        unchanged=len(fate["unchanged"]),
        superseded=len(fate["superseded"]),
        removed=len(gone),
        previous=stored.num_rows,
        settled=table.num_rows,
        table=table,
        fresh=fresh,
    )


def _join_previous(previous: Mapping[str, pa.Table], names: Sequence[str]) -> tuple[pa.Table, list[str]]:
    """All previous rows with today's columns (null where a field is new), and the partition each one lies in."""
    tables = {key: previous[key] for key in sorted(previous)}
    shaped = [_shape(table, names) for table in tables.values()]
    empty = pa.table({name: pa.nulls(0, pa.string()) for name in names})
    origins = [key for key, table in tables.items() for _ in range(table.num_rows)]
    return pa.concat_tables([empty, *shaped]), origins


def _shape(table: pa.Table, names: Sequence[str]) -> pa.Table:
    have = set(table.column_names)
    nothing = pa.nulls(table.num_rows, pa.string())
    return pa.table({name: table.column(name).cast(pa.string()) if name in have else nothing for name in names})


def _find_misshapen(previous: Mapping[str, pa.Table], names: Sequence[str]) -> set[str]:
    """Partitions written with other columns than today's: they are written anew even if no row of theirs came."""
    return {key for key in previous if [name for name in previous[key].column_names if name != ROW] != list(names)}


def _number(accepted: pa.Table, stored: pa.Table, resource: Resource) -> tuple[_Rows, _Rows]:
    """Incoming and stored rows; both are numbered in one go, so that equal numbers mean equal keys and contents."""
    schema, publish = resource.schema, resource.publish
    incoming = _shape(accepted, schema.names)
    both = pa.concat_tables([incoming, stored])
    keys = number_keys(both, schema)
    contents = number_rows(both.columns)
    timed = publish.mode == "upsert" and publish.event_time
    kind = schema.field(publish.event_time).type if timed else ""
    ranks = rank_instants(both.column(publish.event_time), kind) if timed else [0] * both.num_rows
    cut = incoming.num_rows
    return (
        _Rows(incoming, keys[:cut], contents[:cut], ranks[:cut]),
        _Rows(stored, keys[cut:], contents[cut:], ranks[cut:]),
    )


def _choose_newest(rows: _Rows, numbers: Sequence[int], resource: Resource) -> dict[int, int]:
    """Key → index of the one incoming row that counts: the latest event time, then the last in the pull's order."""
    newest: dict[int, int] = {}
    conflicts: list[int] = []
    for index, key in enumerate(rows.keys):
        other = newest.get(key)
        if other is not None and resource.publish.mode != "upsert" and rows.contents[index] != rows.contents[other]:
            conflicts.append(numbers[index])
        if other is None or rows.ranks[index] >= rows.ranks[other]:
            newest[key] = index
    if conflicts:
        raise _refuse_conflicts(conflicts, resource)
    return newest


def _refuse_conflicts(rows: Sequence[int], resource: Resource) -> RefusedError:
    key = ", ".join(resource.schema.primary_key)
    message = (
        f"resource {resource.name}: {len(rows)} accepted rows have the primary key ({key}) of another but different "
        "values, expected one row a key; correct the source, or publish with `mode: upsert` and an `event_time:`"
    )
    samples = tuple(Sample(row=row) for row in rows[:5])
    return RefusedError(message, [Issue("primary-key", key, message, count=len(rows), samples=samples)])


def _compare(
    newest: Mapping[int, int], where: Mapping[int, int], incoming: _Rows, old: _Rows, publish: Publish
) -> dict[str, list[int]]:
    """What becomes of each incoming row (by index) when it meets the stored row with its key."""
    fate: dict[str, list[int]] = {"added": [], "changed": [], "unchanged": [], "superseded": []}
    for key, index in newest.items():
        stored = where.get(key)
        if stored is None:
            fate["added"].append(index)
        elif incoming.contents[index] == old.contents[stored]:
            fate["unchanged"].append(index)
        elif publish.mode == "upsert" and incoming.ranks[index] < old.ranks[stored]:
            fate["superseded"].append(index)
        else:
            fate["changed"].append(index)
    return fate


def _find_removed(
    newest: Mapping[int, int],
    where: Mapping[int, int],
    stored: pa.Table,
    resource: Resource,
    held: pa.Table | None,
) -> list[int]:
    """Indexes of stored rows that a snapshot no longer has; rows that came but went to quarantine keep theirs."""
    if resource.publish.mode != "snapshot":
        return []
    gone = [index for key, index in where.items() if key not in newest]
    if held is None or not held.num_rows or not gone:
        return gone
    names = list(resource.schema.names)
    keys = number_keys(pa.concat_tables([_shape(held, names), stored]), resource.schema)
    safe = set(keys[: held.num_rows])
    return [index for index in gone if keys[held.num_rows + index] not in safe]


def _cut(
    table: pa.Table, was: Sequence[str | None], left: set[str], previous: Mapping[str, pa.Table], resource: Resource
) -> dict[str, pa.Table]:
    """The partitions whose rows are not what they were, each sorted by primary key."""
    keys = partition_key(table, resource.publish).to_pylist()
    moved = {key for key, origin in zip(keys, was, strict=True) if key != origin}
    moved |= {origin for key, origin in zip(keys, was, strict=True) if origin is not None and key != origin}
    touched = moved | left | (set() if previous or resource.publish.partition_by else {""})
    members: dict[str, list[int]] = {key: [] for key in touched}
    for index, key in enumerate(keys):
        if key in touched:
            members[key].append(index)
    return {
        key: sort_by_key(table.take(pa.array(members[key], pa.int64())), resource.schema).combine_chunks()
        for key in sorted(members)
    }
