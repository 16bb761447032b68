"""JSON read at full speed, with a proof that the strict reader gives the same; without a proof, nothing.

msgspec is as strict as we are but for two things: of two equal keys in one object it takes the last, and it forgets
the sign of `-0`. The second is looked for. The first is proven by counting quotes: JSON needs two for each key and each
text, and one more for each that is escaped. When a page holds no more of them than the keys and texts that were read
account for, no key was there twice.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from lamppost.decode.json_list import BOM, find_list, take_frame
from lamppost.decode.json_proof import is_proven, is_sound
from lamppost.decode.json_strict import Numeral
from lamppost.decode.records import COLUMN_LIMIT
from lamppost.decode.texts import lay_integers, lay_texts, no_collection
from lamppost.notation import find

_SAMPLE = 1 << 16
"""Bytes at the start of a page's list in which the shape of its records is looked for."""
_RECORDS = 20
_FAULTS = (msgspec.MsgspecError, ValueError, RecursionError)
_VALUES = msgspec.json.Decoder(float_hook=Numeral)
_SLICE = 1 << 15
"""Records that are Python objects at a time."""
Kind = Literal["text", "flag", "number"]
Shape = tuple[tuple[str, Kind], ...]
"""Name and kind of each key."""


@dataclass(frozen=True)
class Quick:
    """What was read and proven: either `columns`, all of text, or `records`, in which whole numbers are `int`."""

    count: int
    frame: Mapping[str, Any]
    columns: pa.Table | None = None
    records: Sequence[Any] | None = None


def read_list(data: bytes, path: str) -> Quick | None:
    """The list at `path` of a document in UTF-8, or None when it is to be read strictly."""
    data = data.removeprefix(BOM)
    place = find_list(data, path)
    if place is not None:
        frame, first, last = place
        body = data[first:last]
        columns = _read_columns([body], body, _sample(body[:_SAMPLE].decode("utf-8", "ignore")), many=True)
        if columns is not None:
            return Quick(columns.num_rows, frame, columns)
    with no_collection():
        try:
            root = _VALUES.decode(data)
        except _FAULTS:
            return None
        found = find(root, path)
        if not isinstance(found, list) or not is_proven(root, data):
            return None
    return Quick(len(found), take_frame(root), records=found)


def read_lines(data: bytes) -> Quick | None:
    """One value a line in UTF-8, blank lines apart; None when they are to be read strictly."""
    data = data.removeprefix(BOM)
    lines = [line for line in data.split(b"\n") if line.strip()]
    sample = [one for line in lines[:_RECORDS] for one in _sample(f"[{line.decode('utf-8', 'ignore')}")]
    columns = _read_columns(lines, data, sample, many=False)
    if columns is not None:
        return Quick(columns.num_rows, {}, columns)
    with no_collection():
        try:
            values = [_VALUES.decode(line) for line in lines]
        except _FAULTS:
            return None
        return Quick(len(values), {}, records=values) if is_proven(values, data) else None


def _sample(text: str) -> list[Any]:
    """The first records of a list as far as they are whole."""
    reader = json.JSONDecoder()
    found: list[Any] = []
    at = re.match(r"\s*\[\s*", text)
    while at is not None and len(found) < _RECORDS:
        try:
            value, end = reader.raw_decode(text, at.end())
        except (ValueError, RecursionError):
            break
        found.append(value)
        at = re.compile(r"\s*,\s*").match(text, end)
    return found


def _read_columns(parts: Sequence[bytes], whole: bytes, sample: Sequence[Any], *, many: bool) -> pa.Table | None:
    """Records without nested values as columns of text; None when they are of another kind, or without a proof.

    `parts` are single records, or, with `many`, lists of them; `whole` holds all of them and nothing else with quotes.
    """
    shape = _guess_shape(sample)
    if shape is None:
        return None
    for every in (True, False):
        decoder = _make_decoder(shape, every=every, many=many)
        with no_collection():
            try:
                laid = [_lay_columns(shape, rows, whole, every=every) for rows in _decode(decoder, parts, many=many)]
            except _FAULTS:
                continue
        tables = [one.table for one in laid if one.table is not None]
        quotes, zeros = sum(one.quotes for one in laid), any(one.zeros for one in laid)
        proven = len(tables) == len(laid) and is_sound(whole, quotes, zeros=zeros)
        return pa.concat_tables(tables) if proven else None
    return None


def _decode(decoder: msgspec.json.Decoder[Any], parts: Sequence[bytes], *, many: bool) -> Iterator[Sequence[Any]]:
    """The records, so many at a time that Python's objects stay few."""
    if many:
        for part in parts:
            rows = decoder.decode(part)
            yield from (rows[start : start + _SLICE] for start in range(0, len(rows), _SLICE))
    else:
        for start in range(0, len(parts), _SLICE):
            yield [decoder.decode(part) for part in parts[start : start + _SLICE]]


def _guess_shape(sample: Sequence[Any]) -> Shape | None:
    """Name and kind of every key, from the first records; None without records, or when a value is nested."""
    kinds: dict[str, set[type]] = {}
    for record in sample:
        if type(record) is not dict:
            return None
        for name, value in record.items():
            kinds.setdefault(name, set()).add(type(value))
    found = [(name, _name_kind(types - {type(None)})) for name, types in kinds.items()]
    if not found or len(found) > COLUMN_LIMIT or not all(map(_is_plain, kinds)):
        return None
    shape = tuple((name, kind) for name, kind in found if kind is not None)
    return shape if len(shape) == len(found) else None


def _is_plain(name: str) -> bool:
    return name.isprintable() and not {'"', "\\"} & set(name)


def _name_kind(types: set[type]) -> Kind | None:
    if types <= {str}:
        return "text"
    if types == {bool}:
        return "flag"
    return "number" if types <= {int, float} else None


@lru_cache(maxsize=64)
def _make_decoder(shape: Shape, *, every: bool, many: bool) -> msgspec.json.Decoder[Any]:
    """Reads records of just these keys; with `every`, none may lack."""
    types: Mapping[Kind, Any] = {"text": str | None, "flag": bool | None, "number": Any}
    names = {f"f{index}": name for index, (name, _kind) in enumerate(shape)}
    fields: list[Any] = []
    for field, (_name, kind) in zip(names, shape, strict=True):
        kept: Any = types[kind] if kind == "number" else types[kind] | msgspec.UnsetType
        fields.append((field, types[kind]) if every else (field, kept, msgspec.UNSET))
    record = msgspec.defstruct("Record", fields, rename=names, forbid_unknown_fields=True, gc=False)
    return msgspec.json.Decoder(list[record] if many else record, float_hook=str)  # type: ignore[valid-type]


@dataclass(frozen=True)
class _Laid:
    """Some records as columns."""

    table: pa.Table | None = None
    quotes: int = 0
    """That their keys and texts account for."""
    zeros: bool = False
    """A whole number is 0, and may have been written `-0`."""


def _lay_columns(shape: Shape, rows: Sequence[Any], whole: bytes, *, every: bool) -> _Laid:
    quotes, zeros = 0, False
    columns: dict[str, pa.Array] = {}
    for (name, kind), found in zip(shape, zip(*map(msgspec.structs.astuple, rows), strict=True), strict=True):
        known, cells = len(found), found
        if not every and msgspec.UNSET in found:
            known -= sum(one is msgspec.UNSET for one in found)
            cells = tuple(None if one is msgspec.UNSET else one for one in found)
        column, zero = _lay_column(kind, cells)
        if column is None:
            return _Laid()
        zeros = zeros or zero
        quotes += 2 * known
        if kind == "text":
            quotes += 2 * (len(column) - column.null_count)
            quotes += pc.sum(pc.count_substring(column, '"'), min_count=0).as_py() if b"\\" in whole else 0
        columns[name] = column
    return _Laid(pa.table(columns), quotes, zeros)


def _lay_column(kind: Kind, cells: Sequence[Any]) -> tuple[pa.Array | None, bool]:
    """The cells as text, and whether a whole number among them is 0; no column when they are of several kinds."""
    if kind == "flag":
        return pa.array(cells, pa.bool_()).cast(pa.string()), False
    if kind == "text":
        return lay_texts(cells), False
    try:
        if type(next((one for one in cells if one is not None), None)) is str:
            return lay_texts(cells), False
    except TypeError:
        pass  # decimals and whole numbers
    types = set(map(type, cells)) - {type(None)}
    if types == {int}:
        return lay_integers(cells), 0 in cells
    if not types <= {str, int}:
        return None, False
    return lay_texts([None if one is None else str(one) for one in cells]), 0 in cells
