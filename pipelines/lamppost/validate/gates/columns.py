"""Columns of text as numbers, instants and places, for weighing only: what cannot be read is NaN, never an error.

Whether a cell is valid is for `validate` to say; a value that only frictionless can read counts for nothing here.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lamppost.model import Field

Numbers = npt.NDArray[np.float64]
Instants = npt.NDArray[np.datetime64]
_NUMBER = r"^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$"
_FORMATS = {"", "default"}
_PAIR = r"^\s*\[?\s*(?P<x>-?[0-9.]+)\s*,\s*(?P<y>-?[0-9.]+)\s*\]?\s*$"
_POSITION = (
    r'"coordinates"\s*:\s*[\[\s]*(?P<x>-?[0-9.]+(?:[eE][+-]?[0-9]+)?)\s*,\s*(?P<y>-?[0-9.]+(?:[eE][+-]?[0-9]+)?)'
)
_ZONED = re.compile(r"(Z|[+-]\d{2}:?\d{2})$")


def read_numbers(column: pa.ChunkedArray, field: Field) -> Numbers:
    """The numbers as doubles, NaN where there is none."""
    if group := field.descriptor.get("groupChar"):
        column = pc.replace_substring(column, str(group), "")
    if (point := str(field.descriptor.get("decimalChar", "."))) != ".":
        column = pc.replace_substring(column, point, ".")
    return _as_doubles(column)


def _as_doubles(column: Any) -> Numbers:
    try:
        numbers = pc.cast(column, pa.float64())
    except pa.ArrowInvalid:
        plain = pc.match_substring_regex(column, _NUMBER)
        numbers = pc.cast(pc.if_else(plain, column, None), pa.float64())
    return np.asarray(numbers.to_numpy(zero_copy_only=False) if isinstance(numbers, pa.Array) else numbers.to_numpy())


def read_instants(column: pa.ChunkedArray, field: Field) -> Instants:
    """Microseconds in UTC, NaT where there is none; a day counts from its midnight, and no zone means UTC."""
    form = str(field.descriptor.get("format", ""))
    if form == "any":
        return np.full(len(column), np.datetime64("NaT"), "datetime64[us]")
    if form in _FORMATS:
        for kind in (pa.timestamp("us", "UTC"), pa.timestamp("us")):
            try:
                return _as_instants(pc.cast(column, kind))
            except pa.ArrowInvalid:
                continue
    encoded = column.combine_chunks().dictionary_encode()
    read = _reader(form)
    values = pa.array([read(text) for text in encoded.dictionary.to_pylist()], pa.timestamp("us", "UTC"))
    return _as_instants(pa.chunked_array([values.take(encoded.indices)]))


def _as_instants(column: pa.ChunkedArray) -> Instants:
    found: Instants = pc.cast(column, pa.int64()).fill_null(np.iinfo(np.int64).min).to_numpy().view("datetime64[us]")
    return found  # the smallest integer is NaT


def _reader(form: str) -> Callable[[str | None], datetime | None]:
    def read(text: str | None) -> datetime | None:
        if text is None:
            return None
        try:
            found = datetime.fromisoformat(text) if form in _FORMATS else datetime.strptime(text, form)  # noqa: DTZ007
            return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
        except (ValueError, OverflowError):
            return None

    return read


def read_positions(column: pa.ChunkedArray, field: Field) -> tuple[Numbers, Numbers]:
    """Longitude and latitude of a geopoint, or of the first position of a GeoJSON geometry."""
    if field.type == "geojson":
        found = pc.extract_regex(column, _POSITION)
    elif field.descriptor.get("format") == "object":
        return tuple(  # type: ignore[return-value]
            _as_doubles(pc.struct_field(pc.extract_regex(column, f'"{key}"\\s*:\\s*"?(?P<n>-?[0-9.]+)'), "n"))
            for key in ("lon", "lat")
        )
    else:
        found = pc.extract_regex(column, _PAIR)
    return _as_doubles(pc.struct_field(found, "x")), _as_doubles(pc.struct_field(found, "y"))
