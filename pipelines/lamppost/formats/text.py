"""Typed values as canonical text: the same value always gives the same bytes, and frictionless reads them back."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pyarrow as pa


def as_text(column: pa.ChunkedArray, name: str) -> pa.Array:
    """One column in canonical text, an empty text being no null; TypeError for a list, a structure or bytes."""
    cells = pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)
    kind = cells.type
    if pa.types.is_null(kind):
        return cells.cast(pa.string())
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return cells.cast(pa.string())
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        return cells.cast(pa.string())
    writer = _writer_for(kind)
    if writer is None:
        raise TypeError(f"column {name} has type {kind}; expected text, a number, a boolean, a day or an instant")
    return pa.array([None if one is None else writer(one) for one in cells.to_pylist()], pa.string())


def _writer_for(kind: pa.DataType) -> Callable[[Any], str] | None:
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return write_number
    if pa.types.is_date(kind):
        return date.isoformat
    if pa.types.is_time(kind):
        return time.isoformat
    if pa.types.is_timestamp(kind) and kind.unit != "ns":
        return write_instant
    return None


def write_number(value: float | Decimal) -> str:
    """Plain decimal notation, `0.5` and never `5e-1`, without idle zeros or a minus before zero; NaN, INF, -INF."""
    number = Decimal(repr(value)) if isinstance(value, float) else value
    if number.is_nan():
        return "NaN"
    if number.is_infinite():
        return "INF" if number > 0 else "-INF"
    if not number:
        return "0"
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def write_instant(value: datetime) -> str:
    """ISO 8601: in UTC with `Z` when the value carries a zone, without one otherwise."""
    if value.tzinfo is None:
        return value.isoformat()
    return value.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
