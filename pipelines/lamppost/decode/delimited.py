"""CSV, tokenised by Python's own reader in strict mode with the declared dialect; by Arrow where there are no quotes.

Every physical line is accounted for: a quote that is never closed, or closed only by a later stray one, would turn
many rows into one cell without any reader complaining (RFC 4180 section 2.6 makes such a cell legal).
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from lamppost.decode.delimited_plain import read_plain
from lamppost.decode.records import CELL_LIMIT, Records, Row, Shortcut, check_header
from lamppost.decode.text import decode_text, is_utf8, looks_like_html
from lamppost.decode.texts import lay_texts, no_collection
from lamppost.errors import RefusedError
from lamppost.model import Issue, Sample, Snapshot

_BOM = b"\xef\xbb\xbf"
_HEAD = 1 << 16
_SLICE = 1 << 15
"""Rows that are laid into columns at a time."""
_DELIMITERS = 2
"""A line of prose inside a cell often has one delimiter by chance; with more it is taken for a row."""
_MANY = 10
"""So many lines of prose do not all have exactly one delimiter by chance."""
_OPTIONS = ("delimiter", "quotechar", "escapechar", "doublequote", "skipinitialspace")


@dataclass(frozen=True)
class _File:
    """The rows below the header; row i starts on the physical line `lines[i]`, and `last` is the last line there is."""

    names: Sequence[str]
    first: int
    rows: Sequence[Sequence[str]]
    lines: Sequence[int]
    last: int
    blank: int
    """Lines that hold no record."""


def decode_csv(data: bytes, snapshot: Snapshot, place: str) -> Records:
    """The rows below the header, empty cells as None; RefusedError when any row's shape is in doubt."""
    plain = _read_plain(data, snapshot, read_dialect(snapshot, place), place)
    if plain is None:
        return decode_strictly(data, snapshot, place)
    names, table = plain
    check_header(names, f"{place}, line 1")
    header = tuple(name for name in names if name)
    rows = Shortcut(table.num_rows, table.to_pylist, columns=table)
    return Records(rows, header)


def _read_plain(
    data: bytes, snapshot: Snapshot, options: Mapping[str, Any], place: str
) -> tuple[tuple[str, ...], pa.Table] | None:
    if is_utf8(snapshot.encoding):
        data = data.removeprefix(_BOM)
    else:
        try:
            data = decode_text(data, snapshot.encoding, place).encode()
        except UnicodeEncodeError:
            return None
    head = data[:_HEAD].decode("utf-8", "ignore")
    return None if not head.strip() or looks_like_html(head) else read_plain(data, options)


def decode_strictly(data: bytes, snapshot: Snapshot, place: str) -> Records:
    """The same by Python's reader alone."""
    options = read_dialect(snapshot, place)
    text = decode_text(data, snapshot.encoding, place)
    found = _tokenise(text, options, place)
    names = found.names
    check_header(names, f"{place}, line {found.first}")
    _check_widths(found, place)
    _check_swallowed(found, options, place)
    _check_lines(text, found, place)
    _check_nameless(found, place)
    kept = [index for index, name in enumerate(names) if name]
    header = tuple(names[index] for index in kept)

    def make() -> list[Row]:
        return [{names[index]: row[index] or None for index in kept} for row in found.rows]

    if not kept:
        return Records(make(), header)
    try:
        table = _lay_columns(found.rows, {names[index]: index for index in kept})
    except UnicodeEncodeError:  # half a surrogate pair, which some encodings can hold
        return Records(make(), header)
    return Records(Shortcut(len(found.rows), table.to_pylist, columns=table), header)


def find_lines(data: bytes, snapshot: Snapshot) -> Sequence[int]:
    """The physical line on which each record begins, of a file that was decoded before."""
    options = read_dialect(snapshot, "the answer")
    is_plain = is_utf8(snapshot.encoding) and str(options["quotechar"]).encode() not in data
    is_plain = is_plain and data.count(b"\r") == data.count(b"\r\n") and not data.startswith((b"\n", b"\r\n"))
    if is_plain and b"\n\n" not in data and b"\n\r\n" not in data:
        return range(2, data.count(b"\n") + 2)  # the last one may stand for nothing
    return _tokenise(decode_text(data, snapshot.encoding, "the answer"), options, "the answer").lines


def _lay_columns(rows: Sequence[Sequence[str]], kept: Mapping[str, int]) -> pa.Table:
    schema = pa.schema([(name, pa.string()) for name in kept])
    tables = [schema.empty_table()]
    for start in range(0, len(rows), _SLICE):
        columns = list(zip(*rows[start : start + _SLICE], strict=True))
        cells = {name: [cell or None for cell in columns[index]] for name, index in kept.items()}
        tables.append(pa.table({name: lay_texts(one) for name, one in cells.items()}))
    return pa.concat_tables(tables)


def read_dialect(snapshot: Snapshot, place: str) -> dict[str, Any]:
    """What Python's reader is told; RefusedError for an option that it does not know."""
    dialect = dict(snapshot.dialect)
    unknown = sorted(set(dialect) - set(_OPTIONS))
    if unknown:
        raise RefusedError(
            f"{place}: the dialect says `{unknown[0]}`, expected one of {', '.join(_OPTIONS)}; remove or correct it"
        )
    flags = {key: dialect[key] == "true" for key in ("doublequote", "skipinitialspace") if key in dialect}
    options: dict[str, Any] = {"delimiter": ",", "quotechar": '"'}
    return options | dialect | flags


def _tokenise(text: str, options: Mapping[str, Any], place: str) -> _File:
    """All records with the line each starts on, and the number of physical lines; blank lines hold no record."""
    try:
        reader = csv.reader(io.StringIO(text, newline=""), strict=True, **options)
    except (TypeError, ValueError) as error:
        raise RefusedError(f"{place}: {error}; expected single characters; correct the declared dialect") from None
    before = csv.field_size_limit(CELL_LIMIT)  # the limit is the process's, and other libraries move it
    rows: list[Sequence[str]] = []
    lines: list[int] = []
    line, blank = 1, 0
    try:
        with no_collection():
            for cells in reader:
                if cells:
                    rows.append(cells)
                    lines.append(line)
                else:
                    blank += 1
                line = reader.line_num + 1
    except csv.Error as error:
        raise RefusedError(_explain(str(error), line, reader.line_num, len(rows), place)) from None
    finally:
        csv.field_size_limit(before)
    return _File(rows[0], lines[0], rows[1:], lines[1:], reader.line_num, blank)


def _explain(error: str, line: int, reached: int, rows: int, place: str) -> str:
    if "unexpected end" in error:
        return (
            f"{place}, line {line}: a quote opens and never closes, so {reached - line + 1} physical lines would "
            f"become one row ({reached} lines, {rows} rows before it, header included); expected a closing quote; "
            "ask for the file again, or have the quote corrected at the source"
        )
    if "field larger" in error:
        return f"{place}, line {line}: found a cell of more than {CELL_LIMIT:,} characters; look for an open quote"
    return f"{place}, line {reached}: {error}; expected well-formed CSV; check the declared delimiter and quotechar"


def _check_widths(found: _File, place: str) -> None:
    width = len(found.names)
    if set(map(len, found.rows)) <= {width}:
        return
    ragged = [
        (number, line, len(row))
        for number, (row, line) in enumerate(zip(found.rows, found.lines, strict=True), 1)
        if len(row) != width
    ]
    samples = tuple(
        Sample(row=number, note=f"line {line}: {cells} cells, expected {width}") for number, line, cells in ragged[:5]
    )
    message = (
        f"{place}, line {ragged[0][1]}: found {ragged[0][2]} cells, expected {width} as in the header; "
        f"{len(ragged)} of {len(found.rows)} rows in {found.last} physical lines are like this; "
        "quote cells that hold the delimiter, or declare the right one"
    )
    raise RefusedError(message, [Issue("ragged-row", place, message, count=len(ragged), samples=samples)])


def _check_swallowed(found: _File, options: Mapping[str, Any], place: str) -> None:
    """Refuse a cell over several lines whose every further line has the shape of a row: two stray quotes did that."""
    width = len(found.names)
    for row, line, following in zip(found.rows, found.lines, [*found.lines, found.last + 1][1:], strict=True):
        for index, cell in enumerate(row if following > line + 1 else ()):
            if "\n" in cell and _looks_swallowed(cell, index, width, options):
                last = line + cell.count("\n")
                raise RefusedError(
                    f"{place}, line {line}: one cell runs to line {last}, and each line in it looks like a row of "
                    f"{width} cells; expected a quote that closes on its own line; correct the quote at the source"
                )


def _check_lines(text: str, found: _File, place: str) -> None:
    """Hold the reader to account: line ends, counted in the text itself, must be those between and inside of rows."""
    ends = _count_ends(text)
    physical = ends + (not text.endswith(("\n", "\r")))
    spans = zip(found.rows, found.lines, [*found.lines, found.last + 1][1:], strict=True)
    inside = sum(_count_ends(cell) for row, line, following in spans if following > line + 1 for cell in row)
    inside += sum(map(_count_ends, found.names))
    told = 1 + len(found.rows) + inside + found.blank
    if told != physical:
        message = (
            f"{place}: {physical:,} physical lines came, {told:,} are accounted for (the header, {len(found.rows):,} "
            f"rows, {inside:,} line breaks inside of cells, {found.blank:,} blank lines); expected the same number; "
            "look for an open quote or a strange line end"
        )
        raise RefusedError(message, [Issue("lines-unaccounted", place, message)])


def _count_ends(text: str) -> int:
    r"""Line ends of all three kinds, of which `\r\n` is one."""
    returns = text.count("\r")
    return text.count("\n") + (returns - text.count("\r\n") if returns else 0)


def _looks_swallowed(cell: str, index: int, width: int, options: Mapping[str, Any]) -> bool:
    _first, *inner, last = cell.split("\n")
    if (width <= _DELIMITERS and len(inner) < _MANY) or width == 1 or (not inner and index < _DELIMITERS):
        return False
    expected = [*(width for _line in inner), index + 1]
    return expected == [len(next(csv.reader([line or " "], **options))) for line in [*inner, last]]


def _check_nameless(found: _File, place: str) -> None:
    for index in [index for index, name in enumerate(found.names) if not name]:
        for row, line in zip(found.rows, found.lines, strict=True):
            if row[index]:
                raise RefusedError(
                    f"{place}, line {line}: cell {index + 1} has a value, but its column has no name; "
                    "expected a name in the header; add one at the source"
                )
