"""ODS looked over before a reader is let loose on it (OpenDocument 1.3 part 3, sections 9.1 and 19).

One cell may say that it stands a million times, and its row too; an error would read as an empty cell.
"""

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from lamppost.errors import RefusedError
from lamppost.formats.sheet import Book, Errors, Extent, Sheet, read_whole
from lamppost.formats.sheet_package import local, open_package, parse_part

CONTENT = "content.xml"
_MANIFEST = "META-INF/manifest.xml"
_ERRORS = ("#", "Err:")
CELL_ELEMENTS = frozenset({"table-cell", "covered-table-cell"})
"""What stands for a cell; a covered one lies below a merged one."""


@dataclass
class _Walk:
    """Where the parser stands in the document; rows and columns count from 1."""

    place: str
    hidden_styles: set[str] = field(default_factory=set)
    style: str = ""
    sheets: list[Sheet] = field(default_factory=list)
    extents: list[Extent] = field(default_factory=list)
    row: int = 1
    rows: int = 1
    column: int = 1
    cell: dict[str, str] | None = None
    text: str = ""
    note: int = 0
    """How deep inside annotations, whose text is not the cell's."""


def open_ods(data: bytes, place: str) -> Book:
    """The workbook's sheets in its own order, all of them looked over, because readers lay out all at once."""
    archive = open_package(data, "ODS", place)
    check_password(archive, place)
    if CONTENT not in archive.namelist():
        raise RefusedError(f"{place}: found no ODS file, expected one; save it as .ods")
    walk = _Walk(place)
    parse_part(archive, CONTENT, place, kind="ODS", **_handlers(walk))
    errors: dict[str, Extent] = {one.part: extent for one, extent in zip(walk.sheets, walk.extents, strict=True)}

    def survey(sheet: Sheet) -> Errors:
        return errors[sheet.part].finish()

    return Book(tuple(walk.sheets), survey)


def check_password(archive: zipfile.ZipFile, place: str) -> None:
    """RefusedError for an encrypted document, whose parts look like noise (part 2, section 4.8)."""
    if _MANIFEST in archive.namelist() and b"encryption-data" in archive.read(_MANIFEST):
        raise RefusedError(f"{place}: the workbook has a password, expected it open; save it without one")


def _handlers(walk: _Walk) -> dict[str, Any]:
    def start(name: str, attributes: Mapping[str, str]) -> None:
        if name in CELL_ELEMENTS:
            walk.cell, walk.text = local(attributes), ""
        elif name == "table-row":
            walk.rows, walk.column = max(read_whole(local(attributes), "number-rows-repeated"), 1), 1
        elif name == "annotation":
            walk.note += 1
        elif name in {"table", "style", "table-properties"}:
            _enter_table(walk, name, local(attributes))

    def text(value: str) -> None:
        if walk.cell is not None and not walk.note:
            walk.text += value

    def end(name: str) -> None:
        if name in CELL_ELEMENTS:
            _leave_cell(walk)
        elif name == "table-row":
            walk.row += walk.rows
        elif name == "annotation":
            walk.note -= 1

    return {"start": start, "text": text, "end": end}


def _enter_table(walk: _Walk, element: str, attributes: Mapping[str, str]) -> None:
    """A sheet, or the style that says of sheets that they are hidden; styles come first."""
    if element == "style":
        walk.style = attributes.get("name", "")
        return
    if element == "table-properties":
        walk.hidden_styles |= {walk.style} if attributes.get("display") == "false" else set()
        return
    name = attributes.get("name", "")
    visible = attributes.get("style-name", "") not in walk.hidden_styles
    walk.sheets.append(Sheet(name, str(len(walk.sheets)), visible))
    walk.extents.append(Extent(f"{walk.place}, {name if visible else 'a hidden sheet'}"))
    walk.row = 1


def _leave_cell(walk: _Walk) -> None:
    cell, walk.cell = walk.cell or {}, None
    columns = max(read_whole(cell, "number-columns-repeated"), 1)
    kind = cell.get("value-type", "")
    if walk.extents and (kind or walk.text or "formula" in cell):
        extent = walk.extents[-1]
        extent.add(walk.row, walk.column, walk.rows, columns)
        extent.add_text(len(walk.text or cell.get("string-value", "")), walk.rows * columns)
        block = product(range(walk.row, walk.row + walk.rows), range(walk.column, walk.column + columns))
        if "formula" in cell and walk.text.startswith(_ERRORS):
            extent.errors.update(dict.fromkeys(block, walk.text))
        elif "formula" in cell and not kind:
            extent.uncalculated += block
    walk.column += columns
