"""A workbook without formula or link: the first sheet holds the values typed, the second says what they are.

Whole columns are typed, never single cells: numbers of at most 15 digits, days from March 1900 on, instants without a
zone, booleans. Everything else is text as the CSV has it; so is a column with one value that Excel would change
(ECMA-376 part 1, 18.17.4: serial dates; IEEE 754 doubles of which Excel shows 15 digits).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from lamppost.errors import RefusedError
from lamppost.formats.about import About, describe_field
from lamppost.formats.json import cut
from lamppost.formats.missing import present
from lamppost.formats.typed import read_column
from lamppost.model import Field, Schema

DIGITS = 15
LONGEST = 32_767
"""UTF-16 units that a cell holds (Excel specifications and limits)."""
MOST_ROWS = 1_048_575
"""Below the header, in one sheet."""
FIRST_DAY = date(1900, 3, 1)
"""Days before it have two serial numbers, as Excel believes in a 29 February 1900."""
WIDEST = 40
ABOUT = "About this data"
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_date_format": "yyyy-mm-dd",
}
_WORDS = {
    "number": "a number",
    "boolean": "true or false",
    "date": "a date",
    "datetime": "a date with time",
    "text": "text",
}


@dataclass(frozen=True)
class Column:
    """How one field is written: `kind` is a key of `_WORDS`."""

    field: Field
    kind: str

    def cells(self, block: pa.Table, schema: Schema) -> Sequence[Any]:
        """The values of some rows, None where there is none."""
        cells = present(block.column(self.field.name), self.field, schema)
        found: list[Any] = (cells if self.kind == "text" else read_column(cells, self.field)).to_pylist()
        return found


def write(tables: Iterable[pa.Table], path: Path, schema: Schema, about: About) -> None:
    """Writes the text tables one below the other; RefusedError for more rows or longer cells than a sheet can hold.

    `tables` is gone through twice.
    """
    import xlsxwriter  # noqa: PLC0415 - 0.1 s that other formats do not need

    columns = choose_columns(tables, schema)
    with xlsxwriter.Workbook(path, _OPTIONS) as book:
        made = datetime.fromisoformat(f"{about.date}T00:00:00")
        book.set_properties({"title": about.title or about.name, "company": about.publisher, "created": made})
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet(f"{about.name[:20]} simulated" if about.simulated else about.name[:31])
        for number, column in enumerate(columns):
            sheet.set_column(number, number, min(max(len(column.field.name) + 2, 12), WIDEST))
            sheet.write_string(0, number, column.field.name, bold)
        sheet.freeze_panes(1, 0)
        writers = [_writer_for(sheet, book, one.kind) for one in columns]
        row = 1
        for block in cut(tables):
            for cells in zip(*(one.cells(block, schema) for one in columns), strict=True):
                for number, value in enumerate(cells):
                    if value is not None:
                        writers[number](row, number, value)
                row += 1
        _write_about(book, columns, about, bold)


def _writer_for(sheet: Any, book: Any, kind: str) -> Callable[[int, int, Any], object]:
    if kind == "date":
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        return lambda row, column, value: sheet.write_datetime(row, column, value, day)
    if kind == "datetime":
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        return lambda row, column, value: sheet.write_datetime(row, column, value, moment)
    plain: Mapping[str, Any] = {
        "number": sheet.write_number,
        "boolean": sheet.write_boolean,
        "text": sheet.write_string,
    }
    found: Callable[[int, int, Any], object] = plain[kind]
    return found


def choose_columns(tables: Iterable[pa.Table], schema: Schema) -> tuple[Column, ...]:
    """How each field can be written so that Excel shows every value of it as it is."""
    kinds: dict[str, set[str]] = {one.name: set() for one in schema.fields}
    rows = 0
    for block in cut(tables):
        rows += block.num_rows
        if rows > MOST_ROWS:
            raise RefusedError(f"found more than {MOST_ROWS:,} rows; a sheet holds no more")
        for field in schema.fields:
            cells = present(block.column(field.name), field, schema)
            _refuse_long(cells, field)
            if cells.null_count < len(cells):
                kinds[field.name].add(_find_kind(read_column(cells, field)))
    return tuple(Column(one, kinds[one.name].pop() if len(kinds[one.name]) == 1 else "text") for one in schema.fields)


def _refuse_long(cells: pa.Array, field: Field) -> None:
    longest = pc.max(pc.utf8_length(cells)).as_py() or 0
    if longest > LONGEST // 2:
        longest = max(len(one.encode("utf-16-le")) // 2 for one in cells.to_pylist() if one is not None)
    if longest > LONGEST:
        raise RefusedError(f"column {field.name}: found a text of {longest:,} characters; a cell holds {LONGEST:,}")


def _find_kind(cells: pa.Array) -> str:
    kind = cells.type
    if pa.types.is_boolean(kind):
        return "boolean"
    if pa.types.is_integer(kind) or pa.types.is_decimal(kind):
        return "number" if all(map(_fits, cells.unique().to_pylist())) else "text"
    if pa.types.is_date(kind):
        return "date" if pc.min(cells).as_py() >= FIRST_DAY else "text"
    if pa.types.is_timestamp(kind) and kind.tz is None:
        early = pc.min(cells).as_py().date() < FIRST_DAY
        exact = pc.all(pc.equal(cells, pc.floor_temporal(cells, unit="second"))).as_py()
        return "datetime" if exact and not early else "text"
    return "text"


def _fits(value: int | Decimal | None) -> bool:
    """True when a double gives the number back with the digits that Excel shows; a zero behind the point is idle."""
    return value is None or Decimal(f"{float(value):.{DIGITS}g}") == value


def _write_about(book: Any, columns: Sequence[Column], about: About, bold: Any) -> None:
    sheet = book.add_worksheet(ABOUT)
    sheet.set_column(0, 1, 24)
    sheet.set_column(2, 2, 80)
    row = 0
    for label, text in about.lines():
        sheet.write_string(row, 0, label, bold)
        sheet.write_string(row, 1, text[:LONGEST])
        row += 1
    row += 1
    for number, label in enumerate(("Column", "Written as", "What it means")):
        sheet.write_string(row, number, label, bold)
    for column in columns:
        row += 1
        for number, text in enumerate((column.field.name, _describe(column), describe_field(column.field)[:LONGEST])):
            sheet.write_string(row, number, text)


def _describe(column: Column) -> str:
    """The words for one column; where it is text against its type, they say so."""
    exact = column.kind == "text" and column.field.type in ("integer", "number", "date", "datetime", "boolean", "year")
    return "text, so that Excel alters nothing" if exact else _WORDS[column.kind]
