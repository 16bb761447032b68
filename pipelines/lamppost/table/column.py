"""One field of many records: found, written as text, and checked, a column at a time.

Gives what `table.convert` gives record by record; the differential tests hold the two together.
"""

from collections.abc import Sequence
from itertools import repeat
from operator import contains
from types import NoneType
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from lamppost.decode.json_strict import Numeral
from lamppost.decode.records import CELL_LIMIT, Row, Shortcut
from lamppost.decode.texts import lay_integers, lay_texts
from lamppost.errors import RefusedError
from lamppost.model import FieldSource
from lamppost.notation import ABSENT, find
from lamppost.table.convert import YEAR_ONE, convert_text, write_text

_NOTHING: Row = {}


def take_column(rows: Sequence[Row], name: str, source: FieldSource, first: int) -> tuple[pa.Array, bool]:
    """The field's text in each record, and whether its key was in none of them.

    `first` is the number of the first record, for messages. RefusedError for a cell beyond the limit.
    """
    cells, absent = _take(rows, name, source.path, first)
    for path in source.otherwise:
        unset = pc.or_kleene(pc.is_null(cells), pc.or_(pc.equal(cells, ""), pc.starts_with(cells, YEAR_ONE)))
        if not pc.any(unset).as_py():
            break
        others, missing = _take(rows, name, path, first)
        cells, absent = pc.if_else(unset, others, cells), absent and missing
    if source.otherwise:
        cells = _drop_unset(cells)
    return _convert(cells, name, source), absent


def _drop_unset(cells: pa.Array) -> pa.Array:
    return pc.if_else(pc.or_(pc.equal(cells, ""), pc.starts_with(cells, YEAR_ONE)), None, cells)


def _take(rows: Sequence[Row], name: str, path: str, first: int) -> tuple[pa.Array, bool]:
    if isinstance(rows, Shortcut) and rows.columns is not None:
        known = path in rows.columns.column_names
        cells = rows.columns.column(path) if known else pa.nulls(len(rows), pa.string())
        return _check_lengths(cells, name, first), not known
    values = pluck(rows.records if isinstance(rows, Shortcut) and rows.records is not None else rows, path)
    try:
        cells = write_texts(values)
    except RecursionError:
        raise RefusedError(f"field `{name}`: values are nested too deep, expected less; map an inner key") from None
    return _check_lengths(cells, name, first), all(value is ABSENT for value in values)


def pluck(rows: Sequence[Any], path: str) -> list[Any]:
    """What `find` gives for each record (a mapping), found for all of them at once."""
    step, dot, rest = path.partition(".")
    if not dot:
        return [row.get(path, ABSENT) for row in rows]
    steps = path.split(".")
    longer = [".".join(steps[:end]) for end in range(len(steps), 1, -1)]
    if any(any(map(contains, rows, repeat(key))) for key in longer):
        return [find(row, path) for row in rows]
    heads = [row.get(step) for row in rows]
    kinds = set(map(type, heads))
    if kinds <= {dict, NoneType}:
        inner = heads if NoneType not in kinds else [_NOTHING if one is None else one for one in heads]
        return pluck(inner, rest)
    return [ABSENT if one is None else find(one, rest) for one in heads]


def write_texts(values: Sequence[Any]) -> pa.Array:
    """The cells' text as `write_text` writes it, ABSENT as null."""
    types = set(map(type, values)) - {NoneType}
    if object in types:  # ABSENT
        types.discard(object)
        values = [None if value is ABSENT else value for value in values]
    try:
        if types <= {str, Numeral}:
            return lay_texts(values)
        if types == {int}:
            return lay_integers(values)
        if types == {bool}:
            return pa.array(values, pa.bool_()).cast(pa.string())
        if types <= {str, Numeral, int}:
            return lay_texts([None if value is None else str(value) for value in values])
    except UnicodeEncodeError:  # half a surrogate pair
        pass
    return pa.array([write_text(value) for value in values], pa.string())


def _check_lengths(cells: pa.Array, name: str, first: int) -> pa.Array:
    if cells.nbytes <= CELL_LIMIT:
        return cells
    lengths = pc.utf8_length(cells)
    if (pc.max(lengths).as_py() or 0) > CELL_LIMIT:
        number = next(index for index, one in enumerate(lengths.to_pylist()) if one and one > CELL_LIMIT)
        raise RefusedError(
            f"row {first + number}, `{name}`: found {lengths[number].as_py():,} characters, expected at most "
            f"{CELL_LIMIT:,}; leave the field out"
        )
    return cells


def _convert(cells: pa.Array, name: str, source: FieldSource) -> pa.Array:
    """Each different text is converted once."""
    change = convert_text(name, source)
    if not source.convert:
        return cells
    encoded = cells.combine_chunks() if isinstance(cells, pa.ChunkedArray) else cells
    encoded = encoded.dictionary_encode()
    changed = pa.array([change(text) for text in encoded.dictionary.to_pylist()], pa.string())
    return changed.take(encoded.indices)
