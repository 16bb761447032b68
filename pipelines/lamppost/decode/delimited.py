"""CSV, tokenised by Python's own reader in strict mode with the declared dialect.

Every physical line is accounted for: a quote that is never closed, or closed only by a later stray one, would turn
many rows into one cell without any reader complaining (RFC 4180 section 2.6 makes such a cell legal).
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lamppost.decode.records import CELL_LIMIT, Records, check_header
from lamppost.decode.text import decode_text
from lamppost.errors import RefusedError
from lamppost.model import Issue, Sample, Snapshot

_DELIMITERS = 2
"""A line of prose inside a cell often has one delimiter by chance; with more it is taken for a row."""
_OPTIONS = ("delimiter", "quotechar", "escapechar", "doublequote", "skipinitialspace")


@dataclass(frozen=True)
class _Row:
    """One record of the file; `line` is the physical line on which it starts."""

    line: int
    cells: Sequence[str]


def decode_csv(data: bytes, snapshot: Snapshot, place: str) -> Records:
    """The rows below the header, empty cells as None; RefusedError when any row's shape is in doubt."""
    text = decode_text(data, snapshot.encoding, place)
    options = _read_dialect(snapshot, place)
    rows, lines = _tokenise(text, options, place)
    names, body = rows[0].cells, rows[1:]
    check_header(names, f"{place}, line {rows[0].line}")
    _check_widths(body, len(names), lines, place)
    _check_swallowed(body, len(names), options, place)
    _check_nameless(names, body, place)
    header = tuple(name for name in names if name)
    kept = [index for index, name in enumerate(names) if name]
    return Records([{names[index]: row.cells[index] or None for index in kept} for row in body], header)


def _read_dialect(snapshot: Snapshot, place: str) -> dict[str, Any]:
    dialect = dict(snapshot.dialect)
    unknown = sorted(set(dialect) - set(_OPTIONS))
    if unknown:
        raise RefusedError(
            f"{place}: the dialect says `{unknown[0]}`, expected one of {', '.join(_OPTIONS)}; remove or correct it"
        )
    flags = {key: dialect[key] == "true" for key in ("doublequote", "skipinitialspace") if key in dialect}
    options: dict[str, Any] = {"delimiter": ",", "quotechar": '"'}
    return options | dialect | flags


def _tokenise(text: str, options: Mapping[str, Any], place: str) -> tuple[list[_Row], int]:
    """All records with the line each starts on, and the number of physical lines; blank lines hold no record."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, **options)
    before = csv.field_size_limit(CELL_LIMIT)  # the limit is the process's, and other libraries move it
    rows: list[_Row] = []
    line = 1
    try:
        for cells in reader:
            if cells:
                rows.append(_Row(line, cells))
            line = reader.line_num + 1
    except csv.Error as error:
        raise RefusedError(_explain(str(error), line, reader.line_num, len(rows), place)) from None
    finally:
        csv.field_size_limit(before)
    return rows, reader.line_num


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


def _check_widths(rows: Sequence[_Row], width: int, lines: int, place: str) -> None:
    ragged = [(number, row) for number, row in enumerate(rows, 1) if len(row.cells) != width]
    if not ragged:
        return
    samples = tuple(
        Sample(row=number, note=f"line {row.line}: {len(row.cells)} cells, expected {width}")
        for number, row in ragged[:5]
    )
    message = (
        f"{place}, line {ragged[0][1].line}: found {len(ragged[0][1].cells)} cells, expected {width} as in the header; "
        f"{len(ragged)} of {len(rows)} rows in {lines} physical lines are like this; "
        "quote cells that hold the delimiter, or declare the right one"
    )
    raise RefusedError(message, [Issue("ragged-row", place, message, count=len(ragged), samples=samples)])


def _check_swallowed(rows: Sequence[_Row], width: int, options: Mapping[str, Any], place: str) -> None:
    """Refuse a cell over several lines whose every further line has the shape of a row: two stray quotes did that."""
    for row in rows:
        for index, cell in enumerate(row.cells):
            if "\n" in cell and _looks_swallowed(cell, index, width, options):
                last = row.line + cell.count("\n")
                raise RefusedError(
                    f"{place}, line {row.line}: one cell runs to line {last}, and each line in it looks like a row of "
                    f"{width} cells; expected a quote that closes on its own line; correct the quote at the source"
                )


def _looks_swallowed(cell: str, index: int, width: int, options: Mapping[str, Any]) -> bool:
    _first, *inner, last = cell.split("\n")
    if width <= _DELIMITERS or (not inner and index < _DELIMITERS):
        return False
    expected = [*(width for _line in inner), index + 1]
    return expected == [len(next(csv.reader([line or " "], **options))) for line in [*inner, last]]


def _check_nameless(names: Sequence[str], rows: Sequence[_Row], place: str) -> None:
    for index in [index for index, name in enumerate(names) if not name]:
        for row in rows:
            if row.cells[index]:
                raise RefusedError(
                    f"{place}, line {row.line}: cell {index + 1} has a value, but its column has no name; "
                    "expected a name in the header; add one at the source"
                )
