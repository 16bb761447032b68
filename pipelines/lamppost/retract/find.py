"""Which rows a retraction is about: by primary key, by the value of a field, or by the digest of an earlier attempt.

A row is one primary key in all versions: whatever it looked like in any of them goes.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lamppost.errors import RefusedError
from lamppost.formats import csv
from lamppost.model import Schema, Table, Version
from lamppost.store import Store
from lamppost.store.barred import Barred, Key
from lamppost.store.diff import COLUMNS
from lamppost.store.redact import Needles, find_private

Names = tuple[str, ...]


@dataclass(frozen=True)
class Wanted:
    """What was asked for: rows of one table with one of `keys`, or with all the values of `where`; or every row."""

    resource: str
    names: Names
    """Fields of the primary key, as the newest version has it."""
    keys: frozenset[Key] = frozenset()
    where: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        """True when the table as a whole is meant."""
        return not self.keys and not self.where


@dataclass
class Found:
    """The keys of the rows meant, under each primary key that the table ever had, and what only these rows hold."""

    wanted: Wanted
    barred: Barred
    keys: dict[Names, set[Key]]
    met: set[Key] = field(default_factory=set)
    """Keys, as the newest version has them, that some version has or had."""
    cells: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    needles: Needles = field(default_factory=Needles)

    def mark(self, rows: pa.Table, primary_key: Names) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """True for each row that is meant."""
        found = self.barred.mark(rows, self.wanted.resource, primary_key)
        for names in {primary_key, self.wanted.names}:
            if self.keys.get(names) and set(names) <= set(rows.column_names):
                found |= match_keys(rows, names, self.keys[names])
        where = self.wanted.where
        if where and where.keys() <= set(rows.column_names):
            found |= match_values(rows, where)
        return found


def match_keys(rows: pa.Table, names: Names, keys: set[Key]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """True for each row whose fields `names` are one of `keys`."""
    found = np.ones(rows.num_rows, np.bool_)
    for place, name in enumerate(names):
        known = pa.array(sorted({key[place] for key in keys}, key=str), pa.string())
        found &= pc.is_in(rows.column(name), value_set=known).to_numpy()
    for row in np.flatnonzero(found):
        found[row] = tuple(rows.column(name)[int(row)].as_py() for name in names) in keys
    return found


def match_values(rows: pa.Table, where: Mapping[str, str]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """True for each row that has all these values."""
    found = np.ones(rows.num_rows, np.bool_)
    for name, value in where.items():
        found &= pc.fill_null(pc.equal(rows.column(name), value), False).to_numpy()
    return found


def find_rows(store: Store, versions: Sequence[Version], wanted: Wanted, barred: Barred) -> Found:
    """All keys meant, found in every version that still has its rows; RefusedError where an older key hides them."""
    found = Found(wanted, barred, {wanted.names: set(wanted.keys)})
    tables = [(one, table) for one in versions if (table := one.table(wanted.resource)) is not None]
    known = -1
    while known != (known := sum(map(len, found.keys.values()))):
        for schema, rows in _read_parts(store, tables):
            _require_key(wanted, schema, rows)
            _note(found, rows.filter(pa.array(found.mark(rows, schema.primary_key))), schema.primary_key)
    for version, table in tables:
        _note_listing(found, store, version, table)
    shared: dict[str, set[str]] = defaultdict(set)
    for schema, rows in _read_parts(store, tables):
        _note_shared(found, shared, rows.filter(pa.array(~found.mark(rows, schema.primary_key))))
    found.keys.setdefault(wanted.names, set()).update(found.met)
    texts = {text for keys in found.keys.values() for key in keys for text in key if text}
    found.needles = Needles(find_private(found.cells, shared) | _lone_keys(found, shared, texts))
    return found


def _lone_keys(found: Found, shared: Mapping[str, set[str]], texts: set[str]) -> frozenset[str]:
    """The keys themselves; of a key of several fields only what no other row has."""
    common = {text for name in found.wanted.names for text in shared.get(name, ())}
    return frozenset(texts - common)


def _require_key(wanted: Wanted, schema: Schema, rows: pa.Table) -> None:
    if wanted.keys and not set(wanted.names) <= set(rows.column_names):
        raise RefusedError(
            f"{wanted.resource}: an older version has the primary key {', '.join(schema.primary_key)} and no field "
            f"{', '.join(wanted.names)}, so that its rows cannot be told by it; name them by a value that all versions "
            "have (`--where FIELD=VALUE`), or retract the whole dataset"
        )


def _read_parts(store: Store, tables: Sequence[tuple[Version, Table]]) -> Iterator[tuple[Schema, pa.Table]]:
    """Each part that is still there, once for every primary key that it was published under."""
    seen: set[tuple[str, Names]] = set()
    for version, table in tables:
        there = store.objects(version.dataset)
        for part in table.parts:
            key = (part.path, table.schema.primary_key)
            if key not in seen and part.path in there:
                seen.add(key)
                yield table.schema, csv.read(store.read_key(store.key(version.dataset, part.path)))


def _note(found: Found, rows: pa.Table, primary_key: Names) -> None:
    columns = {name: rows.column(name).to_pylist() for name in rows.column_names}
    found.keys.setdefault(primary_key, set()).update(zip(*(columns[name] for name in primary_key), strict=True))
    if set(found.wanted.names) <= columns.keys():
        found.met.update(zip(*(columns[name] for name in found.wanted.names), strict=True))
    for name, values in columns.items():
        found.cells[name].update(value for value in values if value)


def _note_listing(found: Found, store: Store, version: Version, table: Table) -> None:
    if not table.diff.path or not store.holds(version.dataset, table.diff.path):
        return
    listing = csv.read(store.read_key(store.key(version.dataset, table.diff.path)))
    for row in listing.filter(pa.array(mark_listing(found, listing, table.schema.primary_key))).to_pylist():
        if table.schema.primary_key == found.wanted.names:
            found.met.add(tuple(row[f"key_{name}" if name in COLUMNS else name] for name in found.wanted.names))
        if row["field"]:
            found.cells[row["field"]].update(value for value in (row["was"], row["is"]) if value)


def mark_listing(found: Found, listing: pa.Table, primary_key: Names) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """True for each line of a list of changes that is about one of the rows."""
    shown = {name if name not in COLUMNS else f"key_{name}": name for name in primary_key}
    if not shown.keys() <= set(listing.column_names):  # of a version whose key is another one
        return np.zeros(listing.num_rows, np.bool_)
    keys = listing.select(list(shown)).rename_columns(list(shown.values()))
    marked = found.barred.mark(keys, found.wanted.resource, primary_key)
    own = found.keys.get(primary_key)
    return marked | match_keys(keys, primary_key, own) if own else marked


def _note_shared(found: Found, shared: dict[str, set[str]], rows: pa.Table) -> None:
    for name in rows.column_names:
        texts = found.cells.get(name)
        if texts:
            known = pc.is_in(rows.column(name), value_set=pa.array(sorted(texts), pa.string()))
            shared[name].update(pc.unique(rows.column(name).filter(known)).to_pylist())
