"""When two texts mean the same key, and which comes first: the rules that settling and sorting share (pure).

A key is compared as the schema reads it, because the reader of the published file will: `7` and `007` are one
integer, 08:00Z and 00:00-08:00 one instant. Everything else is compared as text.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from functools import reduce

import pyarrow as pa
import pyarrow.compute as pc

from lamppost.model import Schema

_SHIFT = 1 << 62
"""Codes below this cannot overflow an int64 when one more column is joined to them."""


def read_number(text: str) -> Decimal | None:
    """The exact number, or None for what is none (NaN and infinities are not either)."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def read_instant(text: str) -> datetime | None:
    """The instant in UTC; a day counts from its midnight, and what names no zone is taken as UTC."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    try:
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except OverflowError:
        return None


def _normalise_number(text: str) -> str:
    """Sign, digits and exponent without trailing zeros: exact, and short whatever the exponent."""
    number = read_number(text)
    if number is None:
        return text
    sign, digits, exponent = number.as_tuple()
    plain = "".join(map(str, digits)).rstrip("0")
    assert isinstance(exponent, int)
    return f"{'-' if sign else ''}{plain.lstrip('0')}E{exponent + len(digits) - len(plain)}" if plain else "0"


def _normalise_instant(text: str) -> str:
    found = read_instant(text)
    return text if found is None else found.isoformat()


def _normalise_day(text: str) -> str:
    year, _dash, rest = text.partition("-")
    month, _dash, day = rest.partition("-")
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return text


def _normalise_time(text: str) -> str:
    try:
        return time.fromisoformat(text).isoformat()
    except ValueError:
        return text


_NORMAL: Mapping[str, Callable[[str], str]] = {
    "integer": _normalise_number,
    "number": _normalise_number,
    "year": _normalise_number,
    "datetime": _normalise_instant,
    "date": _normalise_day,
    "time": _normalise_time,
    "boolean": lambda text: {"1": "true", "0": "false"}.get(text, text.lower()),
}
"""field type → one text for all texts that mean the same; types not named here are compared as they stand."""


def number_keys(table: pa.Table, schema: Schema) -> list[int]:
    """A number for each row, the same for two rows exactly when their primary keys mean the same."""
    columns = []
    for name in schema.primary_key:
        normal = _NORMAL.get(schema.field(name).type)
        column = table.column(name)
        columns.append(_map_distinct(column, normal) if normal else column)
    return number_rows(columns)


def number_rows(columns: Sequence[pa.ChunkedArray]) -> list[int]:
    """A number for each row, the same for two rows exactly when all their cells are the same text."""
    found: list[int] = reduce(_join_codes, [_encode(column) for column in columns]).to_pylist()
    return found


def _encode(column: pa.ChunkedArray) -> pa.Array:
    joined = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return joined.dictionary_encode(null_encoding="encode").indices.cast(pa.int64())


def _join_codes(left: pa.Array, right: pa.Array) -> pa.Array:
    width = (pc.max(right).as_py() or 0) + 1
    assert ((pc.max(left).as_py() or 0) + 1) * width < _SHIFT
    return _encode(pc.add(pc.multiply(left, width), right))


def _map_distinct(column: pa.ChunkedArray, change: Callable[[str], str]) -> pa.Array:
    """`change` applied to every cell, but called once for each distinct text only."""
    encoded = column.combine_chunks().dictionary_encode()
    changed = [None if text is None else change(text) for text in encoded.dictionary.to_pylist()]
    return pa.array(changed, pa.string()).take(encoded.indices)


def rank_instants(column: pa.ChunkedArray, kind: str) -> list[int]:
    """A rank for each cell of an event-time field, later ones higher; 0 where there is none or it cannot be read.

    Numbers (sequence numbers, epochs) rank by value, everything else as an instant with its zone.
    """
    read: Callable[[str], datetime | Decimal | None] = read_number if kind in {"integer", "number"} else read_instant
    encoded = column.combine_chunks().dictionary_encode()
    values = [None if text is None else read(text) for text in encoded.dictionary.to_pylist()]
    order = {value: rank for rank, value in enumerate(sorted({one for one in values if one is not None}), 1)}
    ranks = pa.array([0 if value is None else order[value] for value in values], pa.int64())
    return [rank or 0 for rank in ranks.take(encoded.indices).to_pylist()]


def sort_by_key(table: pa.Table, schema: Schema) -> pa.Table:
    """The rows by primary key: integer and number fields by value, all others by code point; missing ones last."""
    columns = {}
    for name in schema.primary_key:
        kind = schema.field(name).type
        columns[name] = _rank_numbers(table.column(name)) if kind in {"integer", "number"} else table.column(name)
    if not columns:
        return table
    keys = pa.table(columns)
    return table.take(pc.sort_indices(keys, sort_keys=[(name, "ascending") for name in columns]))


def _rank_numbers(column: pa.ChunkedArray) -> pa.Array:
    encoded = column.combine_chunks().dictionary_encode()
    texts = encoded.dictionary.to_pylist()
    order = sorted(range(len(texts)), key=lambda index: _place_number(texts[index]))
    ranks = [0] * len(texts)
    for rank, index in enumerate(order):
        ranks[index] = rank
    return pa.array(ranks, pa.int64()).take(encoded.indices)


def _place_number(text: str | None) -> tuple[bool, Decimal, str]:
    number = None if text is None else read_number(text)
    return number is None, number or Decimal(0), text or ""
