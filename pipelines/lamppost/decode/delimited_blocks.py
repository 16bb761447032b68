"""Large CSV files, some megabytes at a time: what the reader of whole files gives, in the memory of one block.

Only a plain file (UTF-8, no quotes, no NUL, no lone carriage return, no blank line) can be cut at any line end. At the
first thing that is not plain the whole reader takes over, behind the rows that were given already.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lamppost.decode.delimited import decode_csv, read_dialect
from lamppost.decode.delimited_plain import is_plain, read_lines, split_header
from lamppost.decode.records import Records, Shortcut, check_header
from lamppost.decode.text import is_utf8, looks_like_html
from lamppost.model import Snapshot

LARGE = 32 * 2**20
"""A smaller file is read as a whole."""
BLOCK = 4 * 2**20
_BOM = b"\xef\xbb\xbf"
_HEAD = 1 << 16
_END = ord("\n")


def decode_blocks(path: Path, snapshot: Snapshot, place: str, *, large: int = LARGE) -> Iterator[Records]:
    """The rows of the file, in order; several Records with one header when it has more than `large` bytes."""
    rows = 0
    if path.stat().st_size > large and is_utf8(snapshot.encoding):
        options = read_dialect(snapshot, place)
        names: tuple[str, ...] = ()
        for lines in cut_lines(path, min(BLOCK, large)):
            body = lines
            if not names:
                found = _begin(lines, options)
                if found is None:
                    break
                names, body = found
                check_header(names, f"{place}, line 1")
            table = read_lines(body, names, options)
            if table is None:
                break
            rows += table.num_rows
            yield _give(table, names)
        else:
            return
    yield _skip(decode_csv(path.read_bytes(), snapshot, place), rows)


def _begin(lines: bytes, options: Mapping[str, Any]) -> tuple[tuple[str, ...], bytes] | None:
    lines = lines.removeprefix(_BOM)
    head = lines[:_HEAD].decode("utf-8", "ignore")
    if not head.strip() or looks_like_html(head) or not is_plain(lines, options):
        return None
    return split_header(lines, str(options["delimiter"]))


def cut_lines(path: Path, size: int) -> Iterator[bytes]:
    """The file in pieces that end where a line ends, of `size` bytes or the length of a line."""
    with path.open("rb", buffering=0) as file:
        rest = b""
        while more := file.read(size):
            cut = more.rfind(b"\n") + 1
            if cut:
                yield rest + more[:cut]
                rest = more[cut:]
            else:
                rest += more
        if rest:
            yield rest


def _give(table: pa.Table, names: tuple[str, ...]) -> Records:
    return Records(Shortcut(table.num_rows, table.to_pylist, columns=table), tuple(name for name in names if name))


def _skip(records: Records, rows: int) -> Records:
    """The records without the first `rows`, which somebody has already."""
    if not rows:
        return records
    if isinstance(records.rows, Shortcut) and records.rows.columns is not None:
        return _give(records.rows.columns.slice(rows), records.header or ())
    return replace(records, rows=records.rows[rows:])


class LineCount:
    """Counts the rows of a plain CSV while its bytes go by; `rows` is None as soon as it is not plain."""

    def __init__(self) -> None:
        self._ends, self._last, self._plain = 0, b"\n", True

    def add(self, chunk: bytes) -> None:
        """Takes the next bytes."""
        ends = np.flatnonzero(np.frombuffer(chunk, np.uint8) == _END)
        self._plain = self._plain and not (
            self._is_blank(chunk, ends) or b'"' in chunk or b"\0" in chunk or self._is_lone(chunk)
        )
        self._ends += len(ends)
        self._last = chunk[-1:] or self._last

    def _is_blank(self, chunk: bytes, ends: npt.NDArray[np.int64]) -> bool:
        """Whether a line holds nothing."""
        begun = self._last == b"\n" and chunk[:1] in {b"\n", b"\r"}
        return begun or bool((np.diff(ends) == 1).any()) or (b"\r" in chunk and b"\n\r" in chunk)

    def _is_lone(self, chunk: bytes) -> bool:
        """Whether a carriage return has no line feed behind it."""
        if self._last == b"\r" and chunk[:1] != b"\n":
            return True
        return b"\r" in chunk and chunk[:-1].count(b"\r") != chunk.count(b"\r\n")

    @property
    def rows(self) -> int | None:
        """Rows below the header."""
        return self._ends + (self._last != b"\n") - 1 if self._plain and self._last != b"\r" else None
