"""An array of objects, one a line, or the lines alone (NDJSON): numbers, booleans, and strings for everything else.

Numbers keep the digits of the CSV: `1.50` stays `1.50`, and nothing passes through a float. A value that JSON cannot
write, such as NaN, is a string. What a cell becomes does not depend on its neighbours.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from lamppost.formats.missing import present
from lamppost.formats.typed import all_match, boolean_of, decimal_of, integer_of, read_distinct
from lamppost.model import Field, Schema

JSON_INTEGER = r"^(0|-?[1-9][0-9]{0,398})$"
JSON_NUMBER = r"^-?(0|[1-9][0-9]{0,398})(\.[0-9]{1,398})?$"
NEEDS_ESCAPE = r'[\x00-\x1f"\\\x{2028}\x{2029}]'
SPELLINGS = frozenset({"groupChar", "trueValues", "falseValues"})
BLOCK = 20_000
LONGEST = 400
"""Digits; a number with more is a string, as hardly any reader takes it."""


def encode(table: pa.Table, schema: Schema) -> bytes:
    """The bytes of the fields of `schema` out of the text table `table`."""
    return b"".join(pieces([table], schema))


def pieces(tables: Iterable[pa.Table], schema: Schema) -> Iterator[bytes]:
    """The same of several tables one after the other, in the memory of one block of rows."""
    start, between = b"[\n", b",\n"
    for rows in encode_rows(tables, schema):
        yield start + between.join(rows)
        start = between
    yield b"[]\n" if start != between else b"\n]\n"


def encode_rows(tables: Iterable[pa.Table], schema: Schema) -> Iterator[list[bytes]]:
    """The objects of one block of rows after the other."""
    for block in cut(tables):
        objects = join_objects(encode_cells(block, schema, schema.fields), schema.names)
        yield objects.cast(pa.binary()).to_pylist()


def cut(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """The rows in blocks of at most `BLOCK`; none of them is empty."""
    for table in tables:
        for start in range(0, table.num_rows, BLOCK):
            yield table.slice(start, BLOCK)


def write(tables: Iterable[pa.Table], path: Path, schema: Schema) -> None:
    """Writes what `encode` gives of all tables together to `path`."""
    with path.open("wb") as file:
        file.writelines(pieces(tables, schema))


def write_lines(tables: Iterable[pa.Table], path: Path, schema: Schema) -> None:
    """Writes one object a line, each ended by a line feed (github.com/ndjson/ndjson-spec 1.0)."""
    with path.open("wb") as file:
        for rows in encode_rows(tables, schema):
            file.write(b"\n".join(rows) + b"\n")


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
        number = integer_of(text, field)
    except ValueError:
        return _write_string(text, field)
    return str(number) if abs(number) < 10**LONGEST else _write_string(text, field)


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
