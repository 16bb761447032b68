"""An array of objects, one a line; integers, numbers and booleans are JSON values, everything else is a string.

Numbers keep the digits of the CSV: `1.50` stays `1.50`, and nothing passes through a float. A value that JSON cannot
write, such as NaN, is a string.
"""

import json
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from lamppost.formats.typed import all_match, boolean_of, decimal_of, integer_of, present, read_distinct
from lamppost.model import Field, Schema

JSON_INTEGER = r"^-?(0|[1-9][0-9]*)$"
JSON_NUMBER = r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?$"
NEEDS_ESCAPE = r'[\x00-\x1f"\\\x{2028}\x{2029}]'
SPELLINGS = frozenset({"groupChar", "trueValues", "falseValues"})
LONGEST = 400
"""Digits; a number with more is a string, as hardly any reader takes it."""


def encode(table: pa.Table, schema: Schema) -> bytes:
    """The bytes of the fields of `schema` out of the text table `table`."""
    rows = join_objects(encode_cells(table, schema, schema.fields), schema.names).to_pylist()
    return ("[\n" + ",\n".join(rows) + "\n]\n" if rows else "[]\n").encode()


def write(table: pa.Table, path: Path, schema: Schema) -> None:
    """Writes what `encode` gives to `path`."""
    path.write_bytes(encode(table, schema))


def encode_cells(table: pa.Table, schema: Schema, fields: Sequence[Field]) -> list[pa.Array]:
    """For each of `fields` one array of JSON texts, `null` where a value is missing."""
    return [pc.fill_null(encode_column(present(table.column(one.name), one, schema), one), "null") for one in fields]


def join_objects(cells: Sequence[pa.Array], names: Sequence[str]) -> pa.Array:
    """One JSON object a row out of arrays of JSON texts and their names."""
    pieces: list[pa.Array | str] = []
    for name, column in zip(names, cells, strict=True):
        pieces += [("," if pieces else "{") + json.dumps(name, ensure_ascii=False) + ":", column]
    return pc.binary_join_element_wise(*pieces, "}", "")


def encode_column(cells: pa.Array, field: Field) -> pa.Array:
    """The JSON texts of one column, null where the cell is null."""
    plain, write_one = _WRITERS.get(field.type, ("", _write_string))
    if plain and SPELLINGS.isdisjoint(field.descriptor) and all_match(cells, plain):
        return cells
    if not plain and not pc.any(pc.match_substring_regex(cells, NEEDS_ESCAPE), min_count=0).as_py():
        return pc.binary_join_element_wise('"', cells, '"', "")
    return read_distinct(cells, lambda text: write_one(text, field), lambda texts: pa.array(texts, pa.string()))


def plain_number(value: Decimal) -> str:
    """`value` in plain decimal notation, all digits kept; ValueError when it is none or too long."""
    if not value.is_finite() or abs(value.adjusted()) > LONGEST:
        raise ValueError(str(value))
    return f"{value:f}"


def _write_string(text: str, _: Field) -> str:
    # U+2028 and U+2029 end a line in old JavaScript
    return json.dumps(text, ensure_ascii=False).replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _write_integer(text: str, field: Field) -> str:
    try:
        return str(integer_of(text, field))
    except ValueError:
        return _write_string(text, field)


def _write_number(text: str, field: Field) -> str:
    try:
        return plain_number(decimal_of(text, field))
    except (ValueError, InvalidOperation):
        return _write_string(text, field)


def _write_boolean(text: str, field: Field) -> str:
    try:
        return "true" if boolean_of(text, field) else "false"
    except ValueError:
        return _write_string(text, field)


_WRITERS: dict[str, tuple[str, Callable[[str, Field], str]]] = {
    "integer": (JSON_INTEGER, _write_integer),
    "year": (JSON_INTEGER, _write_integer),
    "number": (JSON_NUMBER, _write_number),
    "boolean": ("^(true|false)$", _write_boolean),
}
