"""Rows become pages of NDJSON on disk, as many at a time as fit into little memory, however many there are."""

import os
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import msgspec

from lamppost.model import Page
from lamppost.notation import find_conversion
from lamppost.pull.fault import fault
from lamppost.pull.job import Job
from lamppost.pull.snapshot import keep_page
from lamppost.pull.sql.asked import Asked
from lamppost.pull.sql.columns import Column
from lamppost.pull.sql.database import DEADLINE
from lamppost.pull.sql.value import write_column
from lamppost.pull.window import parse_instant

PAGE = 50_000
"""Rows in a page, at most."""
PAGE_BYTES = 32 * 2**20
"""A page that has grown to this is closed, so that wide rows need no more memory than narrow ones."""
BATCH, FIRST_BATCH, BATCH_BYTES = 4_096, 64, 4 * 2**20
"""Rows fetched at once: few at first, then as many as make about so many bytes."""
ESCAPED = re.compile(r'["\\\x00-\x1f]')
Fetch = Callable[[int], Sequence[Sequence[Any]]]


@dataclass(frozen=True)
class Limits:
    """What one pull may take."""

    size: int = 20 * 2**30
    """Bytes of all pages."""
    seconds: float = DEADLINE


def make_encoder(names: Sequence[str]) -> Callable[[Sequence[Sequence[str | None]]], bytes]:
    """What writes columns as lines of JSON; seven times faster where no name needs an escape."""
    encode = msgspec.json.Encoder().encode_lines
    if any(ESCAPED.search(name) for name in names):
        return lambda cells: encode([dict(zip(names, row, strict=True)) for row in zip(*cells, strict=True)])
    keys = [f"c{number}" for number in range(len(names))]
    line = msgspec.defstruct("Line", keys, rename=dict(zip(keys, names, strict=True)), gc=False)
    return lambda cells: encode(list(map(line, *cells)))


class Writer:
    """Writes rows as lines; counts them, and remembers the last value of the cursor that can be."""

    def __init__(self, job: Job, asked: Asked, columns: Sequence[Column]) -> None:
        self.count = 0
        self.cursor: str | None = None
        """As the published field writes it."""
        self._columns = columns
        self._cursor = asked.cursor
        self._convert = find_conversion(asked.convert, asked.zone) or str
        self._latest = job.now + timedelta(days=1)
        self._encode = make_encoder([one.name for one in columns])

    def write(self, rows: Sequence[Sequence[Any]]) -> bytes:
        """A line a row, in UTF-8, the columns in their order."""
        cells = [self._write_column(*one) for one in zip(self._columns, zip(*rows, strict=True), strict=True)]
        self.count += len(rows)
        return self._encode(cells)

    def _write_column(self, column: Column, values: Sequence[Any]) -> Sequence[str | None]:
        if column.write is not None:
            values = write_column(values, column.write, lambda at: f"row {self.count + at + 1}, column {column.name}")
        if column.name == self._cursor:
            self._move(values)
        return values

    def _move(self, texts: Sequence[str | None]) -> None:
        """Rows come in the cursor's order; a value far ahead of now is a mistake, and would skip all that follows."""
        for text in filter(None, reversed(texts)):
            written = self._convert(text)
            instant = parse_instant(written)
            if instant and instant <= self._latest:
                self.cursor = written
                return


def keep_rows(job: Job, writer: Writer, fetch: Fetch, limits: Limits) -> list[Page]:
    """All rows that `fetch(n)` hands out, as pages; a pull that breaks off leaves none that it wrote."""
    known = {path.name for path in job.folder.glob("*.ndjson")}
    pages: list[Page] = []
    size = 0
    try:
        for body, rows in _cut(job, writer, fetch, time.monotonic() + limits.seconds):
            size += len(body)
            _check_size(job, size, limits)
            pages.append(keep_page(job.folder, body, "ndjson", rows=rows))
    except BaseException:
        left = [*(page.path for page in pages), *job.folder.glob(f"*.{os.getpid()}.part")]
        for path in left:
            if path.name not in known:
                path.unlink(missing_ok=True)
        raise
    return pages


def _check_size(job: Job, size: int, limits: Limits) -> None:
    if size > limits.size:
        raise fault(job.place, f"more than {limits.size:,} bytes", "less", "name fewer `columns:`")


def _cut(job: Job, writer: Writer, fetch: Fetch, end: float) -> Iterator[tuple[bytes, int]]:
    """The body of each page, and its number of rows."""
    parts: list[bytes] = []
    rows = size = 0
    batch = FIRST_BATCH
    while found := fetch(min(batch, PAGE - rows)):
        if time.monotonic() > end:
            do = "name fewer `columns:`, or a `cursor:` and its `lookback:`"
            raise fault(job.place, f"no end after {writer.count:,} rows", "all of them within the time of a pull", do)
        parts.append(writer.write(found))
        rows, size = rows + len(found), size + len(parts[-1])
        batch = max(1, min(BATCH, BATCH_BYTES * len(found) // len(parts[-1])))
        if rows >= PAGE or size >= PAGE_BYTES:
            yield b"".join(parts), rows
            parts, rows, size = [], 0, 0
    if rows:
        yield b"".join(parts), rows
