"""Text becomes numbers, dates and booleans with the meaning that frictionless gives it, or it stays text.

No column is ever half converted or rounded: when one cell of a column cannot be held exactly by the type that its
field declares, the whole column stays string. Types come out as

    integer   int64; decimal128(38, 0) beyond 64 bits
    number    decimal128(38, s), s the smallest of 3, 9, 18 that holds every value; float64 where NaN or INF occur, or
              where more digits are needed and every value is exactly what a float prints
    boolean   bool            date    date32           year    int64
    datetime  timestamp[us, UTC] when every value carries a zone, timestamp[us] when none does
    time      time64[us], where no value carries a zone
    all other types of Table Schema: string
"""

import re
import time
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from datetime import time as datetime_time
from decimal import Decimal, InvalidOperation
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from lamppost.formats.missing import present
from lamppost.model import Field, Schema

SCALES = (3, 9, 18)
DIGITS = 38
PLAIN_INTEGER = r"^-?[0-9]{1,18}$"
PLAIN_NUMBER = r"^-?[0-9]{1,20}(\.[0-9]{1,18})?$"
TRUE_VALUES = ("true", "True", "TRUE", "1")
FALSE_VALUES = ("false", "False", "FALSE", "0")
DATE_SHAPE = "%Y-%m-%d"
CLOCK_SHAPE = r"^[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?$"
TIME_SHAPE = re.compile(r"\d{4}-\d\d-\d\d.\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:?\d\d)?", re.ASCII)


def typed(table: pa.Table, schema: Schema) -> pa.Table:
    """The fields of `schema` out of the text table `table`, each in its own type; what has no value is null."""
    columns = [read_column(present(table.column(one.name), one, schema), one) for one in schema.fields]
    return pa.table(columns, names=list(schema.names))


def read_column(cells: pa.Array, field: Field) -> pa.Array:
    """One text column in the type of its field, or unchanged when a cell does not fit it."""
    reader = _READERS.get(field.type)
    if reader is None:
        return cells
    try:
        return reader(cells, field)
    except (ValueError, OverflowError, InvalidOperation, pa.ArrowInvalid):
        return cells


def read_distinct(cells: pa.Array, read: Callable[[str], Any], finish: Callable[[list[Any]], pa.Array]) -> pa.Array:
    """Calls `read` once for every distinct text, `finish` on the values found, and puts them where the texts stood."""
    encoded = cells.dictionary_encode()
    return finish([read(text) for text in encoded.dictionary.to_pylist()]).take(encoded.indices)


def all_match(cells: pa.Array, pattern: str) -> bool:
    """True when every cell that is not null matches `pattern` (RE2)."""
    return bool(pc.all(pc.match_substring_regex(cells, pattern), min_count=0).as_py())


def integer_of(text: str, field: Field) -> int:
    """The integer that frictionless reads: spaces around it, `1_0` and digits of any script count; else ValueError."""
    return int(_strip_units(text.strip(), field))


def decimal_of(text: str, field: Field) -> Decimal:
    """The number that frictionless reads, exact, NaN and infinities included; else ValueError or InvalidOperation."""
    text = _strip_units(text.strip(), field)
    point = str(field.descriptor.get("decimalChar", "."))
    if not {"groupChar", "decimalChar", "bareNumber"}.isdisjoint(field.descriptor):
        text = text.replace(str(field.descriptor.get("groupChar", "")), "")
        if point != "." and "." in text:
            raise ValueError(text)
    return Decimal(text.replace(point, "."))


def boolean_of(text: str, field: Field) -> bool:
    """True or false as the field spells them; else ValueError."""
    if text in field.descriptor.get("falseValues", FALSE_VALUES):
        return False
    if text in field.descriptor.get("trueValues", TRUE_VALUES):
        return True
    raise ValueError(text)


def _strip_units(text: str, field: Field) -> str:
    if field.descriptor.get("bareNumber", True):
        return text
    return re.sub(r"((^[^-\d]*)|(\D*$))", "", text)


def _read_integers(cells: pa.Array, field: Field) -> pa.Array:
    if all_match(cells, PLAIN_INTEGER):
        return cells.cast(pa.int64())
    return read_distinct(cells, lambda text: integer_of(text, field), _hold_integers)


def _hold_integers(values: list[int]) -> pa.Array:
    if all(-(2**63) <= value < 2**63 for value in values):
        return pa.array(values, pa.int64())
    return pa.array([Decimal(value) for value in values], pa.decimal128(DIGITS, 0))


def _read_numbers(cells: pa.Array, field: Field) -> pa.Array:
    unusual = not {"groupChar", "decimalChar", "bareNumber"}.isdisjoint(field.descriptor)
    if unusual or not all_match(cells, PLAIN_NUMBER):
        return read_distinct(cells, lambda text: decimal_of(text, field), _hold_numbers)
    for scale in SCALES[:-1]:
        try:
            return cells.cast(pa.decimal128(DIGITS, scale))  # refuses to lose a digit that is not zero
        except pa.ArrowInvalid:
            continue
    return cells.cast(pa.decimal128(DIGITS, SCALES[-1]))


def _hold_numbers(values: list[Decimal]) -> pa.Array:
    if all(value.is_finite() for value in values):
        scale = _scale_for(values)
        if scale is not None:
            return pa.array([_rescale(value, scale) for value in values], pa.decimal128(DIGITS, scale))
    floats = [float(value) for value in values]
    if all(not value.is_finite() or Decimal(repr(one)) == value for one, value in zip(floats, values, strict=True)):
        return pa.array(floats, pa.float64())
    raise ValueError("more digits than any number type holds")


def _scale_for(values: Iterable[Decimal]) -> int | None:
    """The smallest scale that holds all finite `values`, None if there is none."""
    before = after = 0
    for value in values:
        _, digits, exponent = value.as_tuple()
        if not isinstance(exponent, int) or not value:
            continue
        trailing = len(digits) - len("".join(map(str, digits)).rstrip("0"))
        after = max(after, -exponent - trailing)
        before = max(before, value.adjusted() + 1)
    return next((scale for scale in SCALES if scale >= after and before + scale <= DIGITS), None)


def _rescale(value: Decimal, scale: int) -> Decimal:
    # written out, because arithmetic on Decimal would round to the precision of the context
    return Decimal(f"{value:.{scale}f}") if value else Decimal(0)


def _read_booleans(cells: pa.Array, field: Field) -> pa.Array:
    return read_distinct(cells, lambda text: boolean_of(text, field), lambda values: pa.array(values, pa.bool_()))


def _shape_of(field: Field, default: str) -> str:
    """The strptime pattern of a date or datetime field; ValueError for `any`, whose meaning is a guess."""
    shape = str(field.descriptor.get("format", "default"))
    if shape == "any":
        raise ValueError(shape)
    return default if shape == "default" else shape


def _read_dates(cells: pa.Array, field: Field) -> pa.Array:
    shape = _shape_of(field, DATE_SHAPE)

    def read(text: str) -> date:
        return date(*time.strptime(text, shape)[:3])

    return read_distinct(cells, read, lambda values: pa.array(values, pa.date32()))


def _read_instants(cells: pa.Array, field: Field) -> pa.Array:
    shape = _shape_of(field, "")

    def read(text: str) -> datetime:
        if shape:
            return datetime.strptime(text, shape)  # noqa: DTZ007 - the pattern says whether there is a zone
        if not TIME_SHAPE.fullmatch(text):
            raise ValueError(text)
        return datetime.fromisoformat(text)

    return read_distinct(cells, read, _hold_instants)


def _hold_instants(values: list[datetime]) -> pa.Array:
    zoned = [value.tzinfo is not None for value in values]
    if not any(zoned):
        return pa.array(values, pa.timestamp("us"))
    if not all(zoned):
        raise ValueError("some values carry a zone, some do not")
    return pa.array([value.astimezone(UTC) for value in values], pa.timestamp("us", "UTC"))


def _read_times(cells: pa.Array, field: Field) -> pa.Array:
    if field.descriptor.get("format", "default") != "default" or not all_match(cells, CLOCK_SHAPE):
        raise ValueError(field.name)
    return read_distinct(cells, datetime_time.fromisoformat, lambda values: pa.array(values, pa.time64("us")))


def _read_years(cells: pa.Array, _: Field) -> pa.Array:
    def read(text: str) -> int:
        year = int(text)
        if len(text) != len("2026") or year < 0:
            raise ValueError(text)
        return year

    return read_distinct(cells, read, lambda values: pa.array(values, pa.int64()))


_READERS: dict[str, Callable[[pa.Array, Field], pa.Array]] = {
    "integer": _read_integers,
    "number": _read_numbers,
    "boolean": _read_booleans,
    "date": _read_dates,
    "datetime": _read_instants,
    "time": _read_times,
    "year": _read_years,
}
