"""A CSV cut into blocks at ends of records; a file is read once, in one direction, and never held as a whole."""

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from lamppost.validate.octets import PADDING, Bytes
from lamppost.validate.tokens import UnprovableError, check_text

SIZE = 2 * 2**20
LARGEST = 16 * 2**20
"""A stretch in which no record ends is given to Python's reader at the latest here."""
_TAIL = 2**16
_FIRST_CHUNK, _CHUNK = 2**12, 2**18
"""A header is found in the first few lines; who reads on reads more at a time."""
_LINE = 2**23
"""A longer line is left to frictionless."""
_NEWLINE, _QUOTE, _ASCII = 0x0A, 0x22, 0x80


class Source:
    """A file whose bytes are read at places; only one thread may ask."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb", buffering=0)
        self.size = self._file.seek(0, io.SEEK_END)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def read(self, at: int, size: int) -> Bytes:
        """So many bytes, followed by padding; UnprovableError when the file has become shorter."""
        body = np.empty(size + PADDING, dtype=np.uint8)
        body[size:] = 0
        self._file.seek(at)
        view, got = memoryview(body.data), 0
        while got < size:
            more = self._file.readinto(view[got:size])
            if not more:
                raise UnprovableError
            got += more
        return body


@dataclass(frozen=True)
class Layout:
    """How the file is written: UTF-8, quotes doubled, one header record that ends at byte `start`."""

    labels: tuple[str, ...]
    delimiter: str
    start: int


@dataclass(frozen=True)
class Block:
    """Bytes from `start` to `end`: whole records, provided that all quotes in them are well-formed."""

    start: int
    end: int
    body: Bytes


def cut(source: Source, at: int, size: int) -> Block | None:
    """The next block: to the last newline before which the number of quotes is even; None when there is none near."""
    while True:
        reach = min(at + size, source.size)
        body = source.read(at, reach - at)
        end = len(body) - PADDING if reach == source.size else _find_end(body[: reach - at])
        if end:
            return Block(at, at + end, body)
        if size >= LARGEST:
            return None
        size = min(2 * size, LARGEST)


def _find_end(body: Bytes) -> int:
    """The place behind that newline, or 0."""
    odd = int(np.count_nonzero(body == _QUOTE)) & 1
    tail = body[-_TAIL:].tobytes()
    at = tail.rfind(b"\n")
    while at >= 0:
        if tail.count(b'"', at) & 1 == odd:
            return len(body) - len(tail) + at + 1
        at = tail.rfind(b"\n", 0, at)
    quotes, ends = np.flatnonzero(body == _QUOTE), np.flatnonzero(body == _NEWLINE)
    even = ends[np.searchsorted(quotes, ends) % 2 == 0]
    return int(even[-1]) + 1 if len(even) else 0


def check_unicode(source: Source, at: int) -> None:
    """UnprovableError unless the file is UTF-8 from this character on."""
    while at < source.size:
        size = min(LARGEST, source.size - at)
        body = source.read(at, size)
        while size > 1 and at + size < source.size and body[size - 1] >= _ASCII:
            size -= 1  # not amid a character; in a file of nothing but such characters at its first one
        check_text(body, size)
        at += size


def read_by_python(source: Source, at: int, size: int, delimiter: str) -> tuple[list[list[str]], list[int], int]:
    """(records, where each starts from `at` on, where the last ends) of about `size` bytes from a record's start."""
    lines = _Lines(source, at)
    records: list[list[str]] = []
    starts: list[int] = []
    begin = 0
    try:
        for record in csv.reader(lines, delimiter=delimiter):
            records.append(record)
            starts.append(begin)
            begin = lines.read
            if begin >= size:
                break
    except csv.Error:
        raise UnprovableError from None
    return records, starts, at + lines.read


def follow(source: Source, at: int, delimiter: str) -> Iterator[list[str]]:
    """Every record from one's start on, by Python's reader."""
    try:
        yield from csv.reader(_Lines(source, at), delimiter=delimiter)
    except csv.Error:
        raise UnprovableError from None


def read_header(source: Source, at: int, delimiter: str) -> tuple[list[str], int]:
    """The first record, and where the next one starts."""
    records, _starts, end = read_by_python(source, at, 1, delimiter)
    return (records[0] if records else []), end


def read_lines(source: Source, at: int, many: int) -> list[str]:
    """The first lines, as a text file of Python gives them."""
    return list(islice(_Lines(source, at), many))


class _Lines:
    """Lines from one byte on, ended by LF, CR LF or CR as in a text file of Python, and how many bytes they had."""

    def __init__(self, source: Source, at: int) -> None:
        self._texts = _decode(source, at)
        self._lines: Iterator[str] = iter(())
        self._rest = ""
        self.read = 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = next(self._lines, None)
        while line is None:
            self._refill()
            line = next(self._lines, None)
        self.read += len(line) if line.isascii() else len(line.encode())
        return line

    def _refill(self) -> None:
        """The last line of a chunk waits for the next one: it may go on, and its CR may have an LF."""
        more = next(self._texts, None)
        if more is None and not self._rest:
            raise StopIteration
        if len(self._rest) > _LINE:
            raise UnprovableError
        lines = list(io.StringIO(self._rest + (more or ""), newline=""))
        self._rest = lines.pop() if more is not None and lines else ""
        self._lines = iter(lines)


def _decode(source: Source, at: int) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8")()
    chunk = _FIRST_CHUNK
    try:
        while at < source.size:
            size = min(chunk, source.size - at)
            yield decoder.decode(source.read(at, size)[:size].tobytes())
            at, chunk = at + size, min(2 * chunk, _CHUNK)
        yield decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise UnprovableError from None
