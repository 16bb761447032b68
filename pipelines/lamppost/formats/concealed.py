"""What a workbook holds that somebody who opens it does not see: hidden sheets, rows, columns, notes, copies of data.

Only what has content counts: a program that hides the empty rest of a sheet hides nothing.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from lamppost.formats.compound import read_stream
from lamppost.formats.sheet import Sheet, count_column, name_column, read_whole
from lamppost.formats.sheet_biff import CELLS, COLINFO, NOTE, ROW, STREAMS, walk
from lamppost.formats.sheet_biff import list_sheets as list_xls
from lamppost.formats.sheet_ods import CELL_ELEMENTS, CONTENT, check_password, open_ods
from lamppost.formats.sheet_package import local, open_package, parse_part
from lamppost.formats.sheet_xml import list_sheets as list_xlsx

Kind = Literal["sheet", "row", "column", "comment", "content"]
SHOWN = 5
_COPIES = {
    "xl/pivotcache/pivotcacherecords": "the rows behind a pivot table",
    "xl/externallinks/externallink": "cells of another workbook",
    "xl/embeddings/": "a file within the file",
    "xl/revisions/": "earlier values",
}
"""Beginning of a part's name → what it holds (ECMA-376 part 1, sections 18.10, 18.14, 15.2.9, 18.11)."""
_NOTES = ("xl/comments", "xl/threadedcomments/")
_ROW_HIDDEN, _COLUMN_HIDDEN = 0x20, 0x1


@dataclass(frozen=True)
class Concealed:
    """One thing that is there and not seen; `found` names places, never values or the names of hidden sheets."""

    kind: Kind
    found: str


@dataclass
class _Look:
    """Hidden rows and columns of one sheet, from 1, and those with content."""

    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    used_rows: set[int] = field(default_factory=set)
    used_columns: set[int] = field(default_factory=set)
    notes: int = 0

    def use(self, row: int, column: int) -> None:
        """A cell with content."""
        self.used_rows.add(row)
        self.used_columns.add(column)

    def tell(self, sheet: Sheet) -> Iterator[Concealed]:
        """What of it is concealed; a hidden sheet is told as a whole."""
        if not sheet.visible:
            return
        if rows := sorted(self.hidden_rows & self.used_rows):
            yield Concealed("row", f"{sheet.name}: hidden {_list('row', map(str, rows))}")
        columns = [one for one in sorted(self.used_columns) if any(a <= one <= b for a, b in self.hidden_columns)]
        if columns:
            yield Concealed("column", f"{sheet.name}: hidden {_list('column', map(name_column, columns))}")
        if self.notes:
            yield Concealed("comment", f"{sheet.name}: {_count(self.notes, 'comment')}")


def find_concealed(data: bytes, form: str, place: str) -> list[Concealed]:
    """Everything concealed in an `xlsx`, `xls` or `ods` file; RefusedError when it cannot be read."""
    return list(_FINDERS[form](data, place))


def _find_xlsx(data: bytes, place: str) -> Iterator[Concealed]:
    archive = open_package(data, "XLSX", place)
    sheets = list_xlsx(archive, place)
    yield from _tell_sheets(sheets)
    for sheet in sheets:
        if sheet.visible and sheet.part in archive.namelist():
            look = _Look()
            parse_part(archive, sheet.part, place, **_handle_xlsx(look))
            yield from look.tell(sheet)
    names = [one.replace("\\", "/").lower() for one in archive.namelist()]
    if notes := sum(one.startswith(_NOTES) and one.endswith(".xml") for one in names):
        yield Concealed("comment", f"comments on {_count(notes, 'sheet')}")
    copies = Counter(told for one in names for start, told in _COPIES.items() if one.startswith(start))
    yield from (Concealed("content", told) for told in copies)


def _handle_xlsx(look: _Look) -> dict[str, Any]:
    row, column, all_hidden = 0, 0, False

    def start(name: str, attributes: Mapping[str, str]) -> None:
        nonlocal row, column, all_hidden
        if name == "c":
            letters = re.match("[A-Z]{1,3}", attributes.get("r", ""))
            column = count_column(letters[0]) if letters else column + 1
        elif name in {"v", "is", "f"}:
            look.use(row, column)
        elif name == "row":
            row, column = read_whole(attributes, "r", row + 1), 0
            if _is_on(attributes, "hidden", default=all_hidden) or attributes.get("ht") == "0":
                look.hidden_rows.add(row)
        elif name == "col" and (_is_on(attributes, "hidden") or attributes.get("width") == "0"):
            look.hidden_columns.append((read_whole(attributes, "min"), read_whole(attributes, "max")))
        elif name == "sheetFormatPr":
            all_hidden = _is_on(attributes, "zeroHeight")

    return {"start": start}


def _is_on(attributes: Mapping[str, str], name: str, *, default: bool = False) -> bool:
    return attributes.get(name, "1" if default else "0") in {"1", "true"}


def _find_ods(data: bytes, place: str) -> Iterator[Concealed]:
    sheets = open_ods(data, place).sheets
    yield from _tell_sheets(sheets)
    archive = open_package(data, "ODS", place)
    check_password(archive, place)
    looks: list[_Look] = []
    changes: list[str] = []
    parse_part(archive, CONTENT, place, kind="ODS", **_handle_ods(looks, changes))
    for sheet, look in zip(sheets, looks, strict=True):
        yield from look.tell(sheet)
    if changes:
        yield Concealed("content", "earlier values (tracked changes)")


def _handle_ods(looks: list[_Look], changes: list[str]) -> dict[str, Any]:
    row, rows, column, seen = 1, 0, 1, 1

    def start(name: str, attributes: Mapping[str, str]) -> None:
        nonlocal row, rows, column, seen
        own = local(attributes)
        if name in CELL_ELEMENTS:
            columns = max(read_whole(own, "number-columns-repeated"), 1)
            if "value-type" in own:
                looks[-1].used_rows.add(row)  # the first of equal rows tells of all
                looks[-1].used_columns.update(range(column, column + columns))
            column += columns
        elif name == "table":
            looks.append(_Look())
            row, rows, seen = 1, 0, 1
        elif name == "table-row":
            row, rows, column = row + rows, max(read_whole(own, "number-rows-repeated"), 1), 1
            looks[-1].hidden_rows |= {row} if own.get("visibility") in {"collapse", "filter"} else set()
        elif name == "table-column":
            count = max(read_whole(own, "number-columns-repeated"), 1)
            looks[-1].hidden_columns += [(seen, seen + count - 1)] if own.get("visibility") == "collapse" else []
            seen += count
        elif name == "annotation":
            looks[-1].notes += 1
        elif name == "tracked-changes":
            changes.append(name)

    return {"start": start}


def _find_xls(data: bytes, place: str) -> Iterator[Concealed]:
    stream = read_stream(data, STREAMS, place)
    sheets = list_xls(stream, place)
    yield from _tell_sheets(sheets)
    for sheet in sheets:
        look = _Look()
        for record in walk(stream, int(sheet.part), place):
            if record.kind == ROW and record.read("<H", 12)[0] & _ROW_HIDDEN:
                look.hidden_rows.add(record.read("<H")[0] + 1)
            elif record.kind == COLINFO and record.read("<H", 8)[0] & _COLUMN_HIDDEN:
                first, last = record.read("<HH")
                look.hidden_columns.append((first + 1, last + 1))
            elif record.kind in CELLS:
                row, column = record.read("<HH")
                look.use(row + 1, column + 1)
            look.notes += record.kind == NOTE
        yield from look.tell(sheet)


def _tell_sheets(sheets: tuple[Sheet, ...]) -> Iterator[Concealed]:
    if hidden := sum(not one.visible for one in sheets):
        yield Concealed("sheet", _count(hidden, "hidden sheet"))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")


def _list(noun: str, names: Iterator[str]) -> str:
    shown = list(names)
    more = ", …" if len(shown) > SHOWN else ""
    return f"{noun if len(shown) == 1 else noun + 's'} {', '.join(shown[:SHOWN])}{more}"


_FINDERS: Mapping[str, Callable[[bytes, str], Iterator[Concealed]]] = {
    "xlsx": _find_xlsx,
    "xls": _find_xls,
    "ods": _find_ods,
}
