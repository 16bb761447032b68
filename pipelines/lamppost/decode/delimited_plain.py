"""CSV without a single quote in it, tokenised by Arrow; nothing when a file is not that plain, or not in order.

Without quotes and lone carriage returns the two readers cannot disagree: each line is a row, each delimiter ends a
cell. What Arrow refuses, the strict reader explains.
"""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from lamppost.decode.records import CELL_LIMIT, COLUMN_LIMIT

_BLOCK = 1 << 24
"""Bytes that are tokenised at once; a line must fit."""
_PLAIN = {"delimiter", "quotechar", "doublequote"}
_MARK = b"\xef\xbb\xbf"
"""At the start of what it is given, Arrow takes these for a byte order mark and drops them."""
_NEVER = frozenset("\r\n\0 ")
"""What no delimiter is here."""


def read_plain(data: bytes, options: Mapping[str, Any]) -> tuple[tuple[str, ...], pa.Table] | None:
    """All names of the header, and the named columns as text with empty cells null; `data` is UTF-8."""
    if not is_plain(data, options):
        return None
    found = split_header(data, str(options["delimiter"]))
    table = read_lines(found[1], found[0], options) if found else None
    return (found[0], table) if found and table is not None else None


def split_header(data: bytes, delimiter: str) -> tuple[tuple[str, ...], bytes] | None:
    """All names of the header, and the lines below it; None where they cannot be told apart."""
    start = 0
    while data[start : start + 1] in {b"\r", b"\n"}:
        start += 1
    end = data.find(b"\n", start)
    try:
        names = tuple(data[start : max(end, start)].removesuffix(b"\r").decode().split(delimiter))
    except UnicodeDecodeError:
        return None
    if end < 0 or not any(names) or len(set(names)) < len(names) or len(names) > COLUMN_LIMIT:
        return None
    return names, data[end + 1 :]


def read_lines(body: bytes, names: tuple[str, ...], options: Mapping[str, Any]) -> pa.Table | None:
    """The named columns of whole lines below a header; None when they are not plain, or not in order."""
    if not is_plain(body, options) or body.startswith(_MARK):
        return None
    try:
        table = _tokenise(body, [f"f{index}" for index in range(len(names))], str(options["delimiter"]))
    except (UnicodeDecodeError, pa.ArrowInvalid):
        return None
    whole = body.endswith(b"\n") and table.num_rows == body.count(b"\n")
    if not whole and table.num_rows != _count_lines(body):  # by their ends alone; the strict reader says what is wrong
        return None
    columns = {name: table.column(index) for index, name in enumerate(names) if name}
    nameless = [table.column(index) for index, name in enumerate(names) if not name]
    if any(len(one) > one.null_count for one in nameless) or _has_long_cells(table):
        return None
    return pa.table(columns)


def _count_lines(body: bytes) -> int:
    """Physical lines that are not blank."""
    kept = body.strip(b"\r\n")
    if b"\n\n" in kept or b"\n\r" in kept:
        return sum(1 for line in kept.split(b"\n") if line.strip(b"\r"))
    return kept.count(b"\n") + 1 if kept else 0


def is_plain(data: bytes, options: Mapping[str, Any]) -> bool:
    """True when no quote, NUL or lone carriage return, and nothing in the dialect, can make two readers disagree."""
    delimiter, quote = str(options["delimiter"]), str(options["quotechar"])
    known = set(options) <= _PLAIN and len(delimiter) == 1 and delimiter.isascii() and delimiter not in _NEVER
    if not known or quote.encode() in data or b"\0" in data:
        return False
    return b"\r" not in data or data.count(b"\r") == data.count(b"\r\n")


def _tokenise(body: bytes, names: list[str], delimiter: str) -> pa.Table:
    if not body.strip(b"\r\n"):
        return pa.schema([(name, pa.string()) for name in names]).empty_table()
    return csv.read_csv(
        pa.BufferReader(body),
        read_options=csv.ReadOptions(column_names=names, block_size=_BLOCK),
        parse_options=csv.ParseOptions(delimiter=delimiter, quote_char=False, double_quote=False, escape_char=False),
        convert_options=csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), null_values=[""], strings_can_be_null=True
        ),
    )


def _has_long_cells(table: pa.Table) -> bool:
    """Measured in bytes, so perhaps not too long after all."""
    return any(
        (pc.max(pc.binary_length(chunk)).as_py() or 0) > CELL_LIMIT
        for column in table.columns
        for chunk in column.chunks
        if chunk.nbytes > CELL_LIMIT
    )
