"""Accepted rows meet the rows published before: one table a partition, the newest row for each primary key.

Row identity (`model.Counts`): accepted = added + changed + unchanged + superseded, and
settled = previous + added - removed.

Tables whose keys have nothing in common may be settled one by one: their counts add up, and their partitions are the
same. What is one row's business is done for all rows at once, by number.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lamppost.errors import RefusedError
from lamppost.formats.codes import NOWHERE, Ints, Mask, locate, number_rows, take
from lamppost.model import Issue, Resource, Sample
from lamppost.table.keys import number_keys, order_by_key, rank_instants
from lamppost.table.partition import partition_key
from lamppost.table.read import ROW

__all__ = ["Settled", "partition_key", "settle"]


@dataclass(frozen=True, eq=False)
class Settled:
    """The partitions that changed, whole and sorted, and where every row went; the counts are of the whole table."""

    partitions: Mapping[str, pa.Table]
    """Partition (`""` when there are none) → all of its rows; a partition that lost its last row is there, empty."""
    both: pa.Table
    """The rows stored before, then those that came in."""
    kept: Ints
    """Rows of `both` that stay as they were stored."""
    taken: Ints
    """Rows of `both` that were added or changed."""
    accepted: int = 0
    deduplicated: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    superseded: int = 0
    removed: int = 0
    previous: int = 0
    settled: int = 0

    @cached_property
    def table(self) -> pa.Table:
        """All rows, in no order."""
        return take(self.both, np.concatenate([self.kept, self.taken]))

    @cached_property
    def fresh(self) -> pa.Table:
        """Those that were added or changed."""
        return take(self.both, self.taken)


@dataclass(frozen=True, eq=False)
class _Meeting:
    """Incoming rows, the rows stored before, and the key of each as a number that compares between the two."""

    incoming: pa.Table
    stored: pa.Table
    keys: Ints
    old_keys: Ints
    many: int
    """All key numbers are below this."""
    resource: Resource

    @property
    def is_timed(self) -> bool:
        """Whether an event time says which of two rows is newer."""
        return self.resource.publish.mode == "upsert" and bool(self.resource.publish.event_time)

    def rank(self, rows: Ints, stored: Ints) -> tuple[Ints, Ints]:
        """Ranks of some incoming and some stored rows, the later ones higher."""
        if not self.is_timed:
            return np.zeros(len(rows), np.int64), np.zeros(len(stored), np.int64)
        name = self.resource.publish.event_time
        chunks = [take(self.incoming.select([name]), rows), take(self.stored.select([name]), stored)]
        kind = self.resource.schema.field(name).type
        ranks = rank_instants(pa.concat_tables(chunks).column(name), kind)
        return ranks[: len(rows)], ranks[len(rows) :]


@dataclass(frozen=True, eq=False)
class _Fate:
    """What becomes of the one incoming row that counts for each key; rows of `incoming`, ascending."""

    added: Ints
    changed: Ints
    unchanged: Ints
    superseded: Ints
    replaced: Ints
    """Rows of `stored` in whose place the changed ones come."""


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
    meeting = _meet(_shape(accepted, names), stored, resource)
    newest = _choose_newest(meeting, accepted.column(ROW))
    fate = _compare(meeting, newest)
    gone = _find_removed(meeting, newest, held)
    stays = np.ones(stored.num_rows, np.bool_)
    stays[fate.replaced] = stays[gone] = False
    kept, taken = np.flatnonzero(stays), np.sort(np.concatenate([fate.added, fate.changed])) + stored.num_rows
    parts = sorted(previous)
    left = {parts[place] for place in np.flatnonzero(np.bincount(origins[~stays])).tolist()}
    both = pa.concat_tables([stored, meeting.incoming])
    rows = np.concatenate([kept, taken])
    was = np.concatenate([origins[kept], np.full(len(taken), NOWHERE)])
    return Settled(
        partitions=_cut(both, rows, was, left | _find_misshapen(previous, names), previous, resource),
        both=both,
        kept=kept,
        taken=taken,
        accepted=len(newest),
        deduplicated=accepted.num_rows - len(newest),
        added=len(fate.added),
        changed=len(fate.changed),
        unchanged=len(fate.unchanged),
        superseded=len(fate.superseded),
        removed=len(gone),
        previous=stored.num_rows,
        settled=len(rows),
    )


def _join_previous(previous: Mapping[str, pa.Table], names: Sequence[str]) -> tuple[pa.Table, Ints]:
    """All previous rows with today's columns (null where a field is new), and the place of each one's partition."""
    tables = [_shape(previous[key], names) for key in sorted(previous)]
    empty = pa.table({name: pa.nulls(0, pa.string()) for name in names})
    sizes = [table.num_rows for table in tables]
    return pa.concat_tables([empty, *tables]), np.repeat(np.arange(len(tables)), sizes)


def _shape(table: pa.Table, names: Sequence[str]) -> pa.Table:
    have = set(table.column_names)
    nothing = pa.nulls(table.num_rows, pa.string())
    return pa.table({name: table.column(name).cast(pa.string()) if name in have else nothing for name in names})


def _find_misshapen(previous: Mapping[str, pa.Table], names: Sequence[str]) -> set[str]:
    """Partitions written with other columns than today's: they are written anew even if no row of theirs came."""
    return {key for key in previous if [name for name in previous[key].column_names if name != ROW] != list(names)}


def _meet(incoming: pa.Table, stored: pa.Table, resource: Resource) -> _Meeting:
    """Both are numbered in one go, so that equal numbers mean equal keys."""
    named = list(resource.schema.primary_key)
    keys = number_keys(pa.concat_tables([incoming.select(named), stored.select(named)]), resource.schema)
    cut, many = incoming.num_rows, int(keys.max(initial=-1)) + 1
    return _Meeting(incoming, stored, keys[:cut], keys[cut:], many, resource)


def _choose_newest(meeting: _Meeting, numbers: pa.ChunkedArray) -> Ints:
    """The one incoming row that counts for each key: the latest event time, then the last in the pull's order."""
    keys, rows = meeting.keys, np.arange(len(meeting.keys))
    last = locate(keys, meeting.many)
    newest = last[keys] == rows
    if bool(newest.all()):
        return rows
    repeated = np.bincount(keys, minlength=meeting.many)[keys] > 1
    rows = np.flatnonzero(repeated)
    ranks, _none = meeting.rank(rows, rows[:0])
    rows = rows[np.lexsort((rows, ranks, keys[rows]))]
    if meeting.resource.publish.mode != "upsert":
        _refuse_conflicts(meeting, rows, numbers)
    newest[rows] = np.append(keys[rows][1:] != keys[rows][:-1], True)
    return np.flatnonzero(newest)


def _refuse_conflicts(meeting: _Meeting, rows: Ints, numbers: pa.ChunkedArray) -> None:
    """RefusedError when one of `rows` (by key, then in their order) differs from the one with its key before it."""
    keys, contents = meeting.keys[rows], number_rows(take(meeting.incoming, rows).columns)
    found = rows[1:][(keys[1:] == keys[:-1]) & (contents[1:] != contents[:-1])]
    if not len(found):
        return
    resource, key = meeting.resource, ", ".join(meeting.resource.schema.primary_key)
    message = (
        f"resource {resource.name}: {len(found)} accepted rows have the primary key ({key}) of another but different "
        "values, expected one row a key; correct the source, or publish with `mode: upsert` and an `event_time:`"
    )
    samples = tuple(Sample(row=numbers[row].as_py()) for row in np.sort(found)[:5].tolist())
    raise RefusedError(message, [Issue("primary-key", key, message, count=len(found), samples=samples)])


def _compare(meeting: _Meeting, newest: Ints) -> _Fate:
    """What becomes of each incoming row that counts when it meets the stored row with its key."""
    where = locate(meeting.old_keys, meeting.many)[meeting.keys[newest]]
    known = where != NOWHERE
    rows, places = newest[known], where[known]
    same = _are_same(meeting.incoming, rows, meeting.stored, places)
    unchanged, rows, places = rows[same], rows[~same], places[~same]
    ranks, old_ranks = meeting.rank(rows, places)
    late = ranks < old_ranks
    return _Fate(newest[~known], rows[~late], unchanged, rows[late], places[~late])


def _are_same(one: pa.Table, rows: Ints, other: pa.Table, places: Ints) -> Mask:
    """Whether each of some rows has the cells of another table's row, null being a value of its own."""
    same = np.ones(len(rows), np.bool_)
    for name in one.column_names if len(rows) else ():
        mine = take(one.select([name]), rows).column(name)
        its = take(other.select([name]), places).column(name)
        equal = pc.fill_null(pc.equal(mine, its), False)
        if mine.null_count and its.null_count:
            equal = pc.or_(equal, pc.and_(pc.is_null(mine), pc.is_null(its)))
        same &= equal.to_numpy()
    return same


def _find_removed(meeting: _Meeting, newest: Ints, held: pa.Table | None) -> Ints:
    """Stored rows that a snapshot no longer has; rows that came but went to quarantine keep theirs."""
    if meeting.resource.publish.mode != "snapshot":
        return np.zeros(0, np.int64)
    came = np.zeros(meeting.many, np.bool_)
    came[meeting.keys[newest]] = True
    rows = np.arange(len(meeting.old_keys))
    gone: Ints = rows[~came[meeting.old_keys] & (locate(meeting.old_keys, meeting.many)[meeting.old_keys] == rows)]
    if held is None or not held.num_rows or not len(gone):
        return gone
    safe = _meet(_shape(held, meeting.resource.schema.names), take(meeting.stored, gone), meeting.resource)
    kept: Ints = gone[~np.isin(safe.old_keys, safe.keys)]
    return kept


def _cut(
    both: pa.Table, rows: Ints, was: Ints, left: set[str], previous: Mapping[str, pa.Table], resource: Resource
) -> dict[str, pa.Table]:
    """The partitions whose rows are not what they were, each sorted by primary key."""
    names = sorted(previous)
    lies = take(both.select(_list_fields(resource)), rows)
    encoded = partition_key(lies, resource.publish).dictionary_encode()
    order = sorted({*names, *encoded.dictionary.to_pylist(), *left, ""})
    places = {name: place for place, name in enumerate(order)}
    now = np.array([places[one] for one in encoded.dictionary.to_pylist()], np.int64)[encoded.indices.to_numpy()]
    before = np.array([*(places[name] for name in names), NOWHERE], np.int64)[was]
    moved = now != before
    touched = np.zeros(len(order), np.bool_)
    touched[now[moved]] = True
    touched[before[moved & (before != NOWHERE)]] = True
    touched[[places[name] for name in left]] = True
    touched[places[""]] |= not (previous or resource.publish.partition_by)
    inside = touched[now]
    now, rows = now[inside], rows[inside]
    table = take(both, rows)
    sorted_rows = order_by_key(table, resource.schema, now)
    if sorted_rows is not None:
        table, now = table.take(pa.array(sorted_rows)), now[sorted_rows]
    ends = np.searchsorted(now, np.arange(len(order) + 1))
    return {
        name: table.slice(ends[place], ends[place + 1] - ends[place]).combine_chunks()
        for place, name in enumerate(order)
        if touched[place]
    }


def _list_fields(resource: Resource) -> list[str]:
    """What the partition of a row depends on, or any field where it depends on none."""
    return [resource.publish.partition_of] if resource.publish.partition_by else list(resource.schema.names[:1])
