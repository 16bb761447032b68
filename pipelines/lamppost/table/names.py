"""What a source calls its columns, those that nobody asked for as well."""

from collections.abc import Iterable, Mapping, Sequence

from lamppost.decode import Records
from lamppost.decode.records import Row, Shortcut
from lamppost.model import FieldSource
from lamppost.table.column import pluck


def list_unmapped(records: Records, sources: Mapping[str, FieldSource]) -> set[str]:
    """The columns of a page that `sources` do not name: of its header, or the keys of its records.

    Where a path leads into a key, the keys beside it count too: `attributes.WATTS` shows all of `attributes`.
    """
    paths = {path for one in sources.values() for path in (one.path, *one.otherwise)}
    holders = {".".join(steps[:end]) for steps in (path.split(".") for path in paths) for end in range(1, len(steps))}
    return _list_names(records, holders) - paths - holders


def _list_names(records: Records, holders: Iterable[str]) -> set[str]:
    if records.header is not None:
        return {name for name in records.header if name}
    rows: Sequence[Row] = records.rows
    if isinstance(rows, Shortcut):
        if rows.columns is not None:
            return set(rows.columns.column_names)
        rows = rows.records if rows.records is not None else rows
    names = set().union(*rows)
    for holder in holders:
        inner = [one for one in pluck(rows, holder) if isinstance(one, dict)]
        names |= {f"{holder}.{name}" for name in set().union(*inner)}
    return names
