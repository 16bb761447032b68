"""A CSV cut into blocks at ends of records, and each block into columns of text.

A block whose quotes are well-formed (RFC 4180) goes to pyarrow; any other is read by Python's own reader, which is the
one frictionless uses, and which also tells where its last record ends.
"""

import csv
import io
import mmap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow_csv

Buffer = mmap.mmap | bytes
SIZE = 4 * 2**20
LARGEST = 64 * 2**20
"""A stretch in which no record ends is given to Python's reader at the latest here."""
_NEWLINE, _RETURN, _QUOTE = 0x0A, 0x0D, 0x22


class UnprovableError(Exception):
    """The file cannot be taken apart for certain; frictionless alone has to look at all of it."""


@dataclass(frozen=True)
class Layout:
    """How the file is written: UTF-8, quotes doubled, one header record that ends at byte `start`."""

    labels: tuple[str, ...]
    delimiter: str
    start: int


@dataclass(frozen=True)
class Block:
    """Bytes `start` to `end`, whole records; `plain` when pyarrow reads them as Python does."""

    start: int
    end: int
    plain: bool


@dataclass(frozen=True)
class Tokens:
    """The records of a block: regular ones as columns, the others as their cells by place in the block."""

    columns: Mapping[str, pa.Array]
    rows: np.ndarray[tuple[int], np.dtype[np.int64]]
    """Place in the block, from 0, of each regular record."""
    count: int
    odd: Mapping[int, Sequence[str]] = field(default_factory=dict)
    exact: bool = True
    """The columns' cells are what Python's reader gives, blank lines included."""


def cut(data: Buffer, layout: Layout, size: int = SIZE) -> Iterator[Block]:
    """The blocks behind the header, in order and without a gap."""
    at = layout.start
    while at < len(data):
        block = _cut_plain(data, at, size, ord(layout.delimiter))
        if block is None:
            block = Block(at, _end_by_python(data, at, size, layout), plain=False)
        yield block
        at = block.end


def _cut_plain(data: Buffer, at: int, size: int, delimiter: int) -> Block | None:
    """The next block that is well-formed throughout, or None."""
    while True:
        reach = min(at + size, len(data))
        body = np.frombuffer(data, dtype=np.uint8, count=reach - at, offset=at)
        end = _find_end(body, last=reach == len(data))
        if end:
            well = _is_well_formed(body[:end], delimiter) and not bool((body[:end] == 0).any())
            return Block(at, at + end, plain=True) if well else None
        if reach == len(data) or size >= LARGEST:
            return None
        size *= 2


def _find_end(body: "np.ndarray[tuple[int], np.dtype[np.uint8]]", *, last: bool) -> int:
    """Where the last record ends: behind a newline before which the number of quotes is even; 0 if nowhere."""
    quotes = np.flatnonzero(body == _QUOTE)
    if last and len(quotes) % 2 == 0:
        return len(body)
    ends = np.flatnonzero(body == _NEWLINE)
    even = ends[np.searchsorted(quotes, ends) % 2 == 0] if len(quotes) else ends
    return int(even[-1]) + 1 if len(even) else 0


def _is_well_formed(body: "np.ndarray[tuple[int], np.dtype[np.uint8]]", delimiter: int) -> bool:
    """True when each quote opens at the start of a cell, closes at its end, or is one of a doubled pair inside."""
    quotes = np.flatnonzero(body == _QUOTE)
    if not len(quotes):
        return True
    opening, closing = quotes[0::2], quotes[1::2]
    if len(opening) != len(closing):
        return False
    doubled = np.zeros(len(opening), dtype=np.bool_)
    doubled[1:] = opening[1:] == closing[:-1] + 1
    before = body[np.maximum(opening - 1, 0)]
    opens = (opening == 0) | (before == delimiter) | (before == _NEWLINE) | (before == _RETURN)
    last = closing == len(body) - 1
    after = body[np.minimum(closing + 1, len(body) - 1)]
    closes = last | (after == delimiter) | (after == _NEWLINE) | (after == _RETURN)
    continued = np.append(doubled[1:], False)
    return bool((opens | doubled).all() and (closes | continued).all())


def _end_by_python(data: Buffer, at: int, size: int, layout: Layout) -> int:
    """Where the record ends that reaches over `at + size`, or the file."""
    lines = _Lines(data, at)
    for _record in csv.reader(lines, delimiter=layout.delimiter):
        if lines.at >= at + size:
            break
    return lines.at


class _Lines:
    """Lines of the file from one byte on, and where the next one starts."""

    def __init__(self, data: Buffer, at: int) -> None:
        self._data = data
        self.at = at

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        if self.at >= len(self._data):
            raise StopIteration
        found = self._data.find(b"\n", self.at)
        end = len(self._data) if found < 0 else found + 1
        line = decode(self._data[self.at : end])
        self.at = end
        return line


def decode(body: bytes) -> str:
    """The text of some bytes; UnprovableError when they are not UTF-8."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise UnprovableError from None


def read_records(body: bytes, delimiter: str) -> list[list[str]]:
    """All records, as Python's reader and so frictionless sees them."""
    try:
        return list(csv.reader(io.StringIO(decode(body), newline=""), delimiter=delimiter))
    except csv.Error:
        raise UnprovableError from None


def tokenise(data: Buffer, block: Block, layout: Layout, coded: frozenset[str] = frozenset()) -> Tokens:
    """The block's records; columns in `coded` come as dictionaries."""
    body = memoryview(data)[block.start : block.end]
    return _by_arrow(body, layout, coded) if block.plain else _by_python(bytes(body), layout)


def _by_arrow(body: memoryview, layout: Layout, coded: frozenset[str]) -> Tokens:
    odd: dict[int, str] = {}

    def note(row: arrow_csv.InvalidRow) -> str:
        odd[row.number - 1] = row.text
        return "skip"

    kinds = {name: pa.dictionary(pa.int32(), pa.string()) if name in coded else pa.string() for name in layout.labels}
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(pa.py_buffer(body)),
            arrow_csv.ReadOptions(use_threads=False, block_size=len(body) + 1, column_names=list(layout.labels)),
            arrow_csv.ParseOptions(
                delimiter=layout.delimiter, newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=note
            ),
            arrow_csv.ConvertOptions(column_types=kinds, strings_can_be_null=False, null_values=[]),
        )
    except (pa.ArrowInvalid, UnicodeDecodeError):
        return _by_python(bytes(body), layout)
    count = table.num_rows + len(odd)
    regular = np.ones(count, dtype=np.bool_)
    regular[list(odd)] = False
    columns = {name: _join(table.column(name)) for name in layout.labels}
    cells = {place: next(csv.reader([text], delimiter=layout.delimiter)) for place, text in odd.items()}
    return Tokens(columns, np.flatnonzero(regular), count, cells, exact=False)


def _join(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _by_python(body: bytes, layout: Layout) -> Tokens:
    records = read_records(body, layout.delimiter)
    width = len(layout.labels)
    rows = [place for place, cells in enumerate(records) if len(cells) == width]
    columns = {
        name: pa.array([records[place][index] for place in rows], pa.string())
        for index, name in enumerate(layout.labels)
    }
    odd = {place: cells for place, cells in enumerate(records) if len(cells) != width}
    return Tokens(columns, np.array(rows, dtype=np.int64), len(records), odd)
