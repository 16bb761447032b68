"""XLSX: one sheet's cells as text; numbers lose a trailing `.0`, dates are ISO 8601, errors stay visible."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

from python_calamine import CalamineError, load_workbook

from lamppost.decode.records import Records, check_header
from lamppost.errors import RefusedError
from lamppost.formats.sheet_xml import Sheet, list_sheets, name_cell, survey_cells
from lamppost.model import Snapshot

Grid = list[list[Any]]


def decode_xlsx(data: bytes, snapshot: Snapshot, place: str) -> Records:
    """The rows below `header_row` (from 1) of `sheet`, which may be left out when just one sheet is visible.

    Rows without any value are skipped. Messages name cells as a spreadsheet does: `Budget!D14`.
    """
    dialect = dict(snapshot.dialect)
    sheet = _choose_sheet(list_sheets(data, place), dialect.get("sheet", ""), place)
    errors = survey_cells(data, sheet, place)
    grid, top, left = _read_grid(data, sheet, place)
    for (row, column), text in errors.items():
        if top <= row < top + len(grid) and left <= column < left + len(grid[0]):
            grid[row - top][column - left] = text
    start = _find_header(dialect.get("header_row", "1"), top, len(grid), f"{place}, {sheet.name}")
    names = ["" if cell is None else str(cell) for cell in grid[start]]
    check_header(names, f"{place}, {sheet.name} row {start + top}")
    body = grid[start + 1 :]
    _check_nameless(names, body, (start + top + 1, left), f"{place}, {sheet.name}")
    columns = {name: _write_column([row[index] for row in body]) for index, name in enumerate(names) if name}
    rows = [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]
    return Records([row for row in rows if any(cell is not None for cell in row.values())], tuple(columns))


def _choose_sheet(sheets: Sequence[Sheet], name: str, place: str) -> Sheet:
    """The declared sheet, else the only visible one; names of hidden sheets are never shown."""
    visible = [sheet for sheet in sheets if sheet.visible]
    chosen = [sheet for sheet in sheets if sheet.name == name] if name else visible
    if len(chosen) == 1:
        return chosen[0]
    listed = ", ".join(f"`{sheet.name}`" for sheet in visible) or "none"
    found = f"no sheet `{name}`" if name else f"{len(visible)} visible sheets"
    raise RefusedError(f"{place}: found {found}, expected one; set `sheet:` to one of: {listed}")


def _read_grid(data: bytes, sheet: Sheet, place: str) -> tuple[Grid, int, int]:
    """The used rectangle, and the row and column (from 1) of its first cell; empty cells are None."""
    try:
        found = load_workbook(BytesIO(data)).get_sheet_by_name(sheet.name)
    except CalamineError as error:
        raise RefusedError(f"{place}, {sheet.name}: {error}; expected a whole XLSX file; save it again") from None
    if found.start is None:
        raise RefusedError(f"{place}, {sheet.name}: the sheet is empty, expected a header and rows")
    grid = [[None if cell == "" else cell for cell in row] for row in found.to_python(skip_empty_area=True)]
    return grid, found.start[0] + 1, found.start[1] + 1


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


def _write_column(cells: Sequence[Any]) -> list[str | None]:
    """Text of one column's cells; where one has a time of day its days get midnight: the file writes both alike."""
    timed = any(isinstance(cell, datetime) for cell in cells)
    return [None if cell is None else _write_cell(cell, timed=timed) for cell in cells]


def _write_cell(cell: Any, *, timed: bool) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, datetime | time):
        return cell.isoformat()
    if isinstance(cell, date):
        return f"{cell.isoformat()}T00:00:00" if timed else cell.isoformat()
    if isinstance(cell, timedelta):
        return _write_duration(cell)
    return _write_number(cell)


def _write_number(value: float) -> str:
    return f"{Decimal(repr(value)):f}".removesuffix(".0")


def _write_duration(value: timedelta) -> str:
    """ISO 8601 in seconds: `PT5400S`."""
    sign, seconds = ("-", -value) if value < timedelta() else ("", value)
    return f"{sign}PT{_write_number(seconds.total_seconds())}S"
