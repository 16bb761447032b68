"""When two texts mean the same key, and which comes first: the rules that settling and sorting share (pure).

A key is compared as the schema reads it, because the reader of the published file will: `7` and `007` are one
integer, 08:00Z and 00:00-08:00 one instant. Everything else is compared as text.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lamppost.formats.codes import Ints, flatten, join, number_rows
from lamppost.model import Schema


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
_NUMBERS = frozenset({"integer", "number", "year"})


def find_normal(kind: str, other: str) -> Callable[[str], str] | None:
    """One text for all that mean the same in fields of both types; None where they are compared as they stand."""
    return _NORMAL.get(kind) if kind == other or {kind, other} <= _NUMBERS else None


_ONE_WAY: Mapping[str, str] = {
    "integer": r"^(0|-?[1-9][0-9]*)$",
    "number": r"^(0|-?[1-9][0-9]*|-?(0|[1-9][0-9]*)\.[0-9]*[1-9])$",
    "year": r"^[1-9][0-9]*$",
    "datetime": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z$",
    "date": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
    "boolean": r"^(true|false)$",
}
"""field type → texts of which no two mean the same, so that a column of nothing else is compared as it stands."""


def number_keys(table: pa.Table, schema: Schema) -> Ints:
    """A number from 0 for each row, the same for two rows exactly when their primary keys mean the same."""
    return number_rows([normalise(table.column(name), schema.field(name).type) for name in schema.primary_key])


def normalise(column: pa.ChunkedArray, kind: str) -> pa.ChunkedArray | pa.DictionaryArray:
    """The column with one text for all texts that a field of type `kind` takes for the same."""
    change = _NORMAL.get(kind)
    if change is None:
        return column
    encoded = flatten(column).dictionary_encode()
    if is_one_way(encoded.dictionary, kind):
        return encoded
    changed = [None if text is None else change(text) for text in encoded.dictionary.to_pylist()]
    return pa.array(changed, pa.string()).take(encoded.indices)


def is_one_way(texts: pa.Array | pa.ChunkedArray, kind: str) -> bool:
    """True when no two different ones of these texts, and of all others that it is true of, mean the same."""
    form = _ONE_WAY.get(kind)
    if form is None:
        return kind not in _NORMAL
    return bool(pc.all(pc.match_substring_regex(texts, form), min_count=0).as_py())


def rank_instants(column: pa.ChunkedArray, kind: str) -> Ints:
    """A rank for each cell of an event-time field, later ones higher; 0 where there is none or it cannot be read.

    Numbers (sequence numbers, epochs) rank by value, everything else as an instant with its zone.
    """
    read: Callable[[str], datetime | Decimal | None] = read_number if kind in {"integer", "number"} else read_instant
    encoded = flatten(column).dictionary_encode()
    values = [None if text is None else read(text) for text in encoded.dictionary.to_pylist()]
    order = {value: rank for rank, value in enumerate(sorted({one for one in values if one is not None}), 1)}
    ranks = pa.array([0 if value is None else order[value] for value in values], pa.int64())
    found: Ints = pc.fill_null(ranks.take(encoded.indices), 0).to_numpy(zero_copy_only=False)
    return found


def sort_by_key(table: pa.Table, schema: Schema) -> pa.Table:
    """The rows by primary key: integer and number fields by value, all others by code point; missing ones last."""
    order = order_by_key(table, schema)
    return table if order is None else table.take(pa.array(order))


def order_by_key(table: pa.Table, schema: Schema, groups: Ints | None = None) -> Ints | None:
    """Row numbers in that order, inside of ascending `groups` where these are given; None when it is the order now."""
    columns = [] if groups is None else [(groups, int(groups.max(initial=0)) + 1)]
    columns += [_rank(table.column(name), schema.field(name).type) for name in schema.primary_key]
    if not columns or not table.num_rows:
        return None
    codes = join(columns[0], columns[1:])
    if bool((codes[1:] >= codes[:-1]).all()):
        return None
    return np.argsort(codes, kind="stable").astype(np.int64)


def _rank(column: pa.ChunkedArray, kind: str) -> tuple[Ints, int]:
    """The place of each cell among the different ones of its column, and how many there are."""
    encoded = flatten(column).dictionary_encode(null_encoding="encode")
    ranks = _rank_texts(encoded.dictionary, kind)
    return ranks[encoded.indices.to_numpy(zero_copy_only=False)], len(ranks)


def _rank_texts(texts: pa.Array, kind: str) -> Ints:
    ranks = np.empty(len(texts), np.int64)
    if kind not in {"integer", "number"}:
        order = pc.sort_indices(texts).to_numpy()
    elif not texts.null_count and bool(pc.all(pc.match_substring_regex(texts, _SHORT), min_count=0).as_py()):
        order = np.argsort(texts.cast(pa.int64()).to_numpy(), kind="stable")
    else:
        words = texts.to_pylist()
        order = np.array(sorted(range(len(words)), key=lambda index: _place_number(words[index])), np.int64)
    ranks[order] = np.arange(len(texts))
    return ranks


_SHORT = r"^(0|-?[1-9][0-9]{0,17})$"
"""Whole numbers that are in order when their 64 bits are."""


def _place_number(text: str | None) -> tuple[bool, Decimal, str]:
    number = None if text is None else read_number(text)
    return number is None, number or Decimal(0), text or ""
