"""The one CSV writer, so that the hash of a file alone says whether data changed.

RFC 4180 with LF: UTF-8 without a byte order mark, a header in every part, quotes only where a cell holds a comma, a
quote or a line break. A null is an empty cell, and an empty string is written as a null, because no reader of the file
could tell the two apart. In a table of one column a null is `""`: a blank line is no row to most readers.
"""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from lamppost.errors import StoreError

NEEDS_QUOTES = b'",\r\n'
"""Signs of which any puts a cell in quotes."""
ROWS = 50_000
"""So many are encoded at a time."""
BLOCK = 4 << 20
"""So many bytes are read at a time."""


def encode(table: pa.Table, names: Sequence[str]) -> bytes:
    """The bytes of the columns `names` (all of type string), in that order; TypeError for a column that is not text."""
    return b"".join(iterate(table, names))


def write(table: pa.Table, path: Path, names: Sequence[str]) -> None:
    """Writes what `encode` gives to `path`."""
    with path.open("wb") as file:
        for block in iterate(table, names):
            file.write(block)


def iterate(table: pa.Table, names: Sequence[str], *, header: bool = True) -> Iterator[pa.Buffer | bytes]:
    """The same bytes, some thousand rows at a time; without the header they continue a file that has one."""
    if header:
        yield (",".join(_quote_name(name) for name in names) + "\n").encode()
    for start in range(0, max(table.num_rows, 1), ROWS):
        body = _encode_rows([_write_cells(table.column(name).slice(start, ROWS), name) for name in names])
        if body is not None:
            yield body


def _encode_rows(cells: list[pa.Array]) -> pa.Buffer | None:
    """All rows with their line ends: the texts that Arrow makes lie one behind the other, which is the file."""
    if not len(cells[0]):
        return None
    if len(cells) == 1:
        cells = [pc.if_else(pc.equal(cells[0], ""), _text('""'), cells[0])]
    last = pc.binary_join_element_wise(cells[-1], _text("\n"), _text(""))
    rows = pc.binary_join_element_wise(*cells[:-1], last, _text(",")) if len(cells) > 1 else last
    return _view(rows)


def _write_cells(column: pa.ChunkedArray, name: str) -> pa.Array:
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        raise TypeError(f"column {name} has type {column.type}; the CSV writer takes text only")
    cells = _flatten(column.cast(pa.large_string()))
    if cells.null_count:
        cells = pc.fill_null(cells, "")
    text = _view(cells).to_pybytes()
    if not any(sign in text for sign in NEEDS_QUOTES):
        return cells
    special = pc.match_substring_regex(cells, f"[{NEEDS_QUOTES.decode()}]")
    doubled = pc.replace_substring(cells, '"', '""')
    return pc.if_else(special, pc.binary_join_element_wise(_text('"'), doubled, _text('"'), _text("")), cells)


def _flatten(column: pa.ChunkedArray) -> pa.Array:
    if column.num_chunks == 1:
        return column.chunk(0)
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)


def _view(cells: pa.Array) -> pa.Buffer:
    """The bytes of all cells of a large_string array, without a gap."""
    _valid, offsets, data = cells.buffers()
    if data is None or not len(cells):
        return pa.py_buffer(b"")
    ends = np.frombuffer(offsets, np.int64)
    start, end = int(ends[cells.offset]), int(ends[cells.offset + len(cells)])
    return data.slice(start, end - start)


def _text(value: str) -> pa.Scalar:
    # large, because long cells of many rows may pass the 2 GiB that offsets of 32 bits can address
    return pa.scalar(value, pa.large_string())


def _quote_name(name: str) -> str:
    special = any(character in name for character in '",\r\n')
    return '"' + name.replace('"', '""') + '"' if special else name


def read(source: Path | bytes) -> pa.Table:
    """The file as text: every column string, an empty cell null, nothing converted; StoreError when it is no such file.

    All rows must have as many cells as the header, and the header must be one line of names without a repetition.
    """
    return _read(source.read_bytes(), source.name) if isinstance(source, Path) else _read(source, "CSV")


def _read(data: bytes, place: str) -> pa.Table:
    first, _, _ = data.partition(b"\n")
    try:
        names = next(csv.reader([first.decode()], strict=True), [])
        if not names or len(set(names)) < len(names):
            raise StoreError(f"{place}: the first line is {names!r}, expected a header without repeated names")
        return _read_rows(data, len(first) + 1, names)
    except (csv.Error, UnicodeDecodeError, pa.ArrowInvalid) as error:
        raise StoreError(f"{place}: not a CSV file as the store writes it: {error}") from error


def read_blocks(path: Path, size: int = BLOCK) -> Iterator[pa.Table]:
    """The rows of `read`, in the order of the file, in tables of about `size` bytes each; at least one table.

    StoreError as there, raised when the rows in question are come to.
    """
    with path.open("rb") as file:
        header, waiting, is_first = file.readline(), b"", True
        while chunk := file.read(size):
            waiting += chunk
            if end := _find_row_end(waiting):
                yield _read(header + waiting[:end], path.name)
                waiting, is_first = waiting[end:], False
        if waiting or is_first:
            yield _read(header + waiting, path.name)


def _find_row_end(data: bytes) -> int:
    """Where the last whole row ends: behind a line end with an even number of quotes before it; 0 if there is none."""
    end, quotes = len(data), data.count(b'"')
    while (found := data.rfind(b"\n", 0, end)) >= 0:
        quotes -= data.count(b'"', found, end)
        if quotes % 2 == 0:
            return found + 1
        end = found
    return 0


def _read_rows(data: bytes, start: int, names: list[str]) -> pa.Table:
    kinds = dict.fromkeys(names, pa.string())
    if len(data) <= start:
        return pa.schema(kinds).empty_table()
    body = pa.py_buffer(data).slice(start)
    return arrow_csv.read_csv(
        pa.BufferReader(body),
        # one block: a row is never cut, and the result does not depend on the number of cores
        read_options=arrow_csv.ReadOptions(column_names=names, use_threads=False, block_size=max(body.size, 1024)),
        parse_options=arrow_csv.ParseOptions(newlines_in_values=True),
        convert_options=arrow_csv.ConvertOptions(
            column_types=kinds, null_values=[""], strings_can_be_null=True, quoted_strings_can_be_null=True
        ),
    ).combine_chunks()
