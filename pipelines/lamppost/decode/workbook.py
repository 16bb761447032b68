"""XLSX, XLS and ODS: one sheet's cells as text; numbers lose a trailing `.0`, dates are ISO 8601, errors stay visible.

What a workbook does to values before anybody sees them cannot be undone here: a zip code typed as a number has lost its
leading zeros (a `pattern` in the schema finds it), and a cell that is formatted as a date is one.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

from python_calamine import CalamineError, load_workbook

from lamppost.decode.records import Records, check_header
from lamppost.errors import RefusedError
from lamppost.formats.sheet import Book, Sheet, name_cell, name_column
from lamppost.formats.sheet_biff import open_xls
from lamppost.formats.sheet_ods import open_ods
from lamppost.formats.sheet_xml import open_xlsx
from lamppost.model import Snapshot

Grid = list[list[Any]]
OPENERS: dict[str, Callable[[bytes, str], Book]] = {"xlsx": open_xlsx, "xls": open_xls, "ods": open_ods}
"""Format → what looks a workbook over before the reader sees it."""
_DAY_ZERO = 1899
"""The year of day 0: a cell with such a date holds a time of day that somebody formatted as a date."""


def decode_xlsx(data: bytes, snapshot: Snapshot, place: str) -> Records:
    """The rows below `header_row` (from 1) of `sheet`, which may be left out when just one sheet is visible.

    Rows without any value are skipped. Messages name cells as a spreadsheet does: `Budget!D14`.
    """
    return _decode(open_xlsx(data, place), data, snapshot, place)


def decode_xls(data: bytes, snapshot: Snapshot, place: str) -> Records:
    """The same of an XLS file (BIFF5 or BIFF8)."""
    return _decode(open_xls(data, place), data, snapshot, place)


def decode_ods(data: bytes, snapshot: Snapshot, place: str) -> Records:
    """The same of an ODS file."""
    return _decode(open_ods(data, place), data, snapshot, place)


def choose_sheet(sheets: Sequence[Sheet], name: str, place: str) -> Sheet:
    """The declared sheet, else the only visible one; names of hidden sheets are never shown."""
    visible = [sheet for sheet in sheets if sheet.visible]
    chosen = [sheet for sheet in sheets if sheet.name == name] if name else visible
    if len(chosen) == 1:
        return chosen[0]
    listed = ", ".join(f"`{sheet.name}`" for sheet in visible) or "none"
    found = f"no sheet `{name}`" if name else f"{len(visible)} visible sheets"
    raise RefusedError(f"{place}: found {found}, expected one; set `sheet:` to one of: {listed}")


@dataclass(frozen=True)
class Cells:
    """Where a sheet's records stand: record i in row `rows[i]`, each column under the letters it has there."""

    sheet: str
    rows: Sequence[int]
    columns: Mapping[str, str]

    def name(self, record: int, column: str = "") -> str:
        """`Budget!D14`, or `Budget row 14` where the column is not one of the sheet's; records count from 0."""
        row, letters = self.rows[record], self.columns.get(column)
        return f"{self.sheet}!{letters}{row}" if letters else f"{self.sheet} row {row}"


def find_cells(data: bytes, snapshot: Snapshot) -> Cells:
    """Where the records of a workbook stand that was decoded before."""
    place = "the answer"
    sheet, names, body, (top, left) = _open(OPENERS[snapshot.decode](data, place), data, snapshot, place)
    rows = [top + index for index, row in enumerate(body) if _has_value(row, names)]
    return Cells(sheet, rows, {name: name_column(left + index) for index, name in enumerate(names) if name})


def _has_value(row: Sequence[Any], names: Sequence[str]) -> bool:
    return any(cell is not None for cell, name in zip(row, names, strict=True) if name)


def _open(book: Book, data: bytes, snapshot: Snapshot, place: str) -> tuple[str, list[str], Grid, tuple[int, int]]:
    """The sheet's name, its header, the rows below, and the row and column (from 1) of the first cell below."""
    dialect = dict(snapshot.dialect)
    sheet = choose_sheet(book.sheets, dialect.get("sheet", ""), place)
    errors = book.survey(sheet)
    grid, top, left = _read_grid(data, sheet, snapshot.decode.upper(), place)
    for (row, column), text in errors.items():
        if top <= row < top + len(grid) and left <= column < left + len(grid[0]):
            grid[row - top][column - left] = text
    start = _find_header(dialect.get("header_row", "1"), top, len(grid), f"{place}, {sheet.name}")
    names = ["" if cell is None else write_cell(cell, timed=False) for cell in grid[start]]
    check_header(names, f"{place}, {sheet.name} row {start + top}")
    return sheet.name, names, grid[start + 1 :], (start + top + 1, left)


def _decode(book: Book, data: bytes, snapshot: Snapshot, place: str) -> Records:
    sheet, names, body, corner = _open(book, data, snapshot, place)
    _check_nameless(names, body, corner, f"{place}, {sheet}")
    timed = {name for index, name in enumerate(names) if any(isinstance(row[index], datetime) for row in body)}
    kept = [(index, name) for index, name in enumerate(names) if name]
    rows = (_write_row(row, kept, timed) for row in body if _has_value(row, names))
    return Records(list(rows), tuple(filter(None, names)))


def _write_row(row: list[Any], kept: Sequence[tuple[int, str]], timed: set[str]) -> dict[str, str | None]:
    """One row's texts; where a column has a time of day its days get midnight: the file writes both alike."""
    return {
        name: None if (cell := row[index]) is None else write_cell(cell, timed=name in timed) for index, name in kept
    }


def _read_grid(data: bytes, sheet: Sheet, kind: str, place: str) -> tuple[Grid, int, int]:
    """The used rectangle, and the row and column (from 1) of its first cell; empty cells are None."""
    try:
        found = load_workbook(BytesIO(data)).get_sheet_by_name(sheet.name)
        start, grid = found.start, found.to_python(skip_empty_area=True)
    except CalamineError as error:
        raise RefusedError(f"{place}, {sheet.name}: {error}; expected a whole {kind} file; save it again") from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # how its language ends what it did not foresee
            raise
        found_text = f"{place}, {sheet.name}: found a value that no reader can make sense of"
        raise RefusedError(f"{found_text}; expected a whole {kind} file; save it again") from None
    if start is None:
        raise RefusedError(f"{place}, {sheet.name}: the sheet is empty, expected a header and rows")
    for row in grid:
        row[:] = [None if cell == "" else cell for cell in row]
    return grid, start[0] + 1, start[1] + 1


def _find_header(declared: str, top: int, height: int, place: str) -> int:
    row = int(declared) if declared.isdecimal() else 0
    if top <= row < top + height:
        return row - top
    raise RefusedError(
        f"{place}: row {declared} is no row of the table, expected `header_row` between {top} and {top + height - 1}"
    )


def _check_nameless(names: Sequence[str], rows: Grid, corner: tuple[int, int], place: str) -> None:
    for index in [index for index, name in enumerate(names) if not name]:
        for number, row in enumerate(rows):
            if row[index] is not None:
                cell = name_cell(corner[0] + number, corner[1] + index)
                raise RefusedError(
                    f"{place}!{cell}: the cell has a value, but its column has no name; expected a name in "
                    "the header row; add one, or move notes to another sheet"
                )


def write_cell(cell: Any, *, timed: bool) -> str:
    """The text of one value; `timed`: a day is an instant at midnight."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, date | time):
        return _write_time(cell, timed=timed)
    if isinstance(cell, timedelta):
        return _write_duration(cell)
    return _write_number(cell)


def _write_time(cell: date | time, *, timed: bool) -> str:
    if isinstance(cell, datetime) and cell.year <= _DAY_ZERO:
        return cell.time().isoformat()
    if isinstance(cell, datetime | time) or not timed:
        return cell.isoformat()
    return f"{cell.isoformat()}T00:00:00"


def _write_number(value: float) -> str:
    return f"{Decimal(repr(value)):f}".removesuffix(".0")


def _write_duration(value: timedelta) -> str:
    """ISO 8601 in seconds: `PT5400S`."""
    sign, seconds = ("-", -value) if value < timedelta() else ("", value)
    return f"{sign}PT{_write_number(seconds.total_seconds())}S"
