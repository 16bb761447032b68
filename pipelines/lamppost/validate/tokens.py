"""The records of a block as columns of cells, found by where its separators stand (pure).

Only text whose quotes are well-formed (RFC 4180) is taken apart here, for of that alone it is certain that Python's
reader, which frictionless uses, sees the same cells. The reader itself takes the rest.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lamppost.validate.octets import WORD, Bytes, Ints, Mask, Octets, of_texts, view

_NEWLINE, _RETURN, _QUOTE = 0x0A, 0x0D, 0x22
_ASCII = 0x80
_SHIFTS = tuple(np.uint64(1 << power) for power in range(6))


class UnprovableError(Exception):
    """The file cannot be taken apart for certain; frictionless alone has to look at all of it."""


@dataclass(frozen=True)
class Tokens:
    """The records of a block: those as wide as the header as columns, the others as their cells by place."""

    columns: Mapping[str, Octets]
    rows: Ints
    """Place in the block, from 0, of each record in the columns."""
    starts: Ints
    """Of all records, the byte of the block at which each starts."""
    odd: Mapping[int, Sequence[str]] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many records there are."""
        return len(self.starts)

    def collect(self, positions: Ints) -> list[list[str]]:
        """Some cells of each column."""
        return [cells.take(positions).text.to_pylist() for cells in self.columns.values()]


def tokenise(body: Bytes, size: int, labels: Sequence[str], delimiter: str) -> Tokens | None:
    """The records in the first `size` bytes; None when Python's reader has to look. UnprovableError without UTF-8."""
    text = body[:size]
    high = int(text.max(initial=0))
    plain = high < _ASCII
    if not plain:
        check_text(body, size)
    if not int(text.min(initial=1)):
        return None
    if int(text[-1]) != _NEWLINE:
        body[size] = _NEWLINE  # the last record of the file; the byte is padding
        text = body[: size + 1]
    found = _find_separators(text, ord(delimiter))
    if found is None:
        return None
    separators, newline, quoted, doubled = found
    lines = separators[newline]
    ends, starts, places = _find_cells(separators, newline, len(labels))
    returns = _find_returns(text, lines, quoted)
    if returns is None:
        return None
    if len(returns):
        ends[-1] -= returns[places]
    blank = _find_blank_lines(starts, ends) if len(labels) == 1 else None
    if blank is not None:
        starts, ends, places = starts[:, ~blank], ends[:, ~blank], places[~blank]
    columns = {
        name: _make_column(body, starts[at], ends[at], plain, quoted is not None, doubled)
        for at, name in enumerate(labels)
    }
    begins = np.concatenate([np.zeros(1, dtype=np.int64), lines[:-1] + 1])
    odd = np.ones(len(lines), dtype=np.bool_)
    odd[places] = False
    cells = {
        place: read_one(bytes(text[begins[place] : lines[place] + 1]), delimiter)
        for place in np.flatnonzero(odd).tolist()
    }
    return Tokens(columns, places, begins, cells)


def of_records(records: Sequence[list[str]], starts: Sequence[int], labels: Sequence[str]) -> Tokens:
    """Records that Python's reader has read."""
    width = len(labels)
    rows = [place for place, cells in enumerate(records) if len(cells) == width]
    columns = {name: of_texts([records[place][at] for place in rows]) for at, name in enumerate(labels)}
    odd = {place: cells for place, cells in enumerate(records) if len(cells) != width}
    return Tokens(columns, np.array(rows, dtype=np.int64), np.array(starts, dtype=np.int64), odd)


def read_all(body: bytes, delimiter: str) -> list[list[str]]:
    """All records, as Python's reader and so frictionless sees them."""
    try:
        return list(csv.reader(io.StringIO(body.decode("utf-8"), newline=""), delimiter=delimiter))
    except (csv.Error, UnicodeDecodeError):
        raise UnprovableError from None


def read_one(body: bytes, delimiter: str) -> list[str]:
    """The cells of one record; none for a blank line."""
    return read_all(body, delimiter)[0]


def check_text(body: Bytes, size: int) -> None:
    """UnprovableError unless the first bytes are UTF-8."""
    whole = pa.StringArray.from_buffers(1, pa.array([0, size], pa.int32()).buffers()[1], pa.py_buffer(body))
    try:
        whole.validate(full=True)
    except pa.ArrowInvalid:
        raise UnprovableError from None


def _find_separators(text: Bytes, delimiter: int) -> tuple[Ints, Mask, Ints | None, bool] | None:
    """(where delimiters and newlines stand outside quotes, which are newlines, where quotes stand, is one doubled).

    None when the quotes are ill-formed.
    """
    is_quote = text == _QUOTE
    marked = (text == delimiter) | (text == _NEWLINE)
    if not bool(is_quote.any()):
        marks = np.flatnonzero(marked)
        return marks, text[marks] == _NEWLINE, None, False
    marked |= is_quote
    marks = np.flatnonzero(marked)
    kinds = text[marks]
    quote = kinds == _QUOTE
    outside = ~(_count_odd(quote) | quote)  # behind an even number of quotes, and none itself
    quotes = marks[quote]
    doubled = _find_doubled(text, quotes, delimiter)
    return None if doubled is None else (marks[outside], kinds[outside] == _NEWLINE, quotes, doubled)


def _count_odd(quote: Mask) -> Mask:
    """Up to which places the number of quotes is odd: 64 places at a time, by adding each word of bits to itself."""
    bits = np.packbits(quote, bitorder="little")
    words = np.zeros(-(-len(bits) // WORD), dtype="<u8")
    words.view(np.uint8)[: len(bits)] = bits
    for shift in _SHIFTS:
        words ^= words << shift
    before = np.bitwise_xor.accumulate(words >> np.uint64(63))
    words[1:] ^= np.uint64(0) - before[:-1]
    return np.unpackbits(words.view(np.uint8), count=len(quote), bitorder="little").view(np.bool_)


def _find_doubled(text: Bytes, quotes: Ints, delimiter: int) -> bool | None:
    """Whether a quote is doubled; None unless each opens a cell, closes one, or is of a doubled pair inside."""
    opening, closing = quotes[0::2], quotes[1::2]
    if len(opening) != len(closing):
        return None
    follows = opening[1:] == closing[:-1] + 1
    before = text[np.maximum(opening - 1, 0)]
    opens = (before == delimiter) | (before == _NEWLINE) | (opening == 0)
    opens[1:] |= follows
    after = text[closing + 1]  # a newline is the last byte, so that something follows
    closes = (after == delimiter) | (after == _NEWLINE) | (after == _RETURN)
    closes[:-1] |= follows
    return bool(follows.any()) if bool(opens.all() and closes.all()) else None


def _find_cells(separators: Ints, newline: Mask, width: int) -> tuple[Ints, Ints, Ints]:
    """(ends, starts, places) of the cells of records with `width` cells; column by column."""
    lines = np.flatnonzero(newline)
    if len(separators) == len(lines) * width and bool(newline[width - 1 :: width].all()):
        ends = separators.reshape(-1, width)
        places = np.arange(len(ends))
        first = np.concatenate([np.zeros(1, dtype=np.int64), ends[:-1, -1] + 1])
    else:
        sizes = np.diff(lines, prepend=-1)
        places = np.flatnonzero(sizes == width)
        last = lines[places]
        ends = separators[last[:, None] - np.arange(width - 1, -1, -1)]
        before = np.maximum(last - width, 0)
        first = np.where(places == 0, 0, separators[before] + 1)
    columns = np.array(ends.T, order="C")  # a copy: CRs are cut off it
    starts = np.empty_like(columns)
    starts[0] = first
    np.add(columns[:-1], 1, out=starts[1:])
    return columns, starts, places


def _find_returns(text: Bytes, lines: Ints, quoted: Ints | None) -> Mask | None:
    """Which lines end in CR LF, empty if none does; None when a CR outside quotes stands elsewhere."""
    returns: Mask = text == _RETURN
    if not bool(returns.any()):
        return returns[:0]
    at = np.flatnonzero(returns)
    outside = len(at) if quoted is None else int((np.searchsorted(quoted, at) % 2 == 0).sum())
    ending = returns[np.maximum(lines - 1, 0)] & (lines > 0)
    return ending if int(ending.sum()) == outside else None


def _find_blank_lines(starts: Ints, ends: Ints) -> Mask | None:
    """In a table of one column: lines without a byte, which have no cell at all."""
    blank: Mask = starts[0] == ends[0]
    return blank if bool(blank.any()) else None


def _make_column(body: Bytes, starts: Ints, ends: Ints, plain: bool, quoted: bool, doubled: bool) -> Octets:
    if not quoted:
        return Octets(body, starts, ends - starts, plain)
    within = body[starts] == _QUOTE
    if not bool(within.any()):
        return Octets(body, starts, ends - starts, plain)
    cells = Octets(body, starts + within, ends - starts - 2 * within, plain)
    if not doubled:
        return cells
    return view(pc.replace_substring(cells.text, '""', '"'))
