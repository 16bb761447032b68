"""The rows published before, as settling wants them."""

from collections.abc import Iterator, Mapping

import pyarrow as pa

from lamppost.model import Schema, Table, Version
from lamppost.store import Store


class Previous(Mapping[str, pa.Table]):
    """The parent's partitions as text, each read when first asked for, with the columns that the schema has today."""

    def __init__(self, store: Store, parent: Version | None, table: Table | None, schema: Schema) -> None:
        self._store, self._parent, self._table, self._schema = store, parent, table, schema
        self._keys = tuple(part.partition for part in table.parts) if table else ()
        self._read: dict[str, pa.Table] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)

    def __getitem__(self, key: str) -> pa.Table:
        if key not in self._keys or self._parent is None or self._table is None:
            raise KeyError(key)
        if key not in self._read:
            text = self._store.table_text(self._parent, self._table.resource, [key])[key]
            self._read[key] = conform(text, self._schema)
        return self._read[key]


def conform(table: pa.Table, schema: Schema) -> pa.Table:
    """The columns that the schema has today; null where a field is new."""
    empty = pa.nulls(table.num_rows, pa.string())
    have = set(table.column_names)
    return pa.table({name: table.column(name) if name in have else empty for name in schema.names})
