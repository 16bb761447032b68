"""XLS looked over before a reader is let loose on it (MS-XLS, BIFF8; BIFF5 has the same records for what counts here).

A record of ten bytes may declare a sheet of four billion rows, for which a reader makes room at once; an error in a
cell would read as an empty one.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from lamppost.errors import RefusedError
from lamppost.formats.compound import read_stream
from lamppost.formats.sheet import Book, Errors, Extent, Sheet

STREAMS = ("Workbook", "Book", "WORKBOOK", "BOOK")
BOF, EOF, BOUNDSHEET, FILEPASS = 0x809, 0x0A, 0x85, 0x2F
ROW, COLINFO, NOTE, DIMENSIONS = 0x208, 0x7D, 0x1C, 0x200
_SST, _CONTINUE, _LABEL_SST, _FORMULA, _BOOL_ERROR = 0xFC, 0x3C, 0xFD, 0x06, 0x205
_ONE_CELL = {_LABEL_SST, _FORMULA, _BOOL_ERROR, 0x203, 0x27E, 0x204, 0xD6}
"""Records of one cell that holds something: shared text, formula, boolean or error, number, RK, label, rich text."""
_MANY_CELLS = {0xBD}
CELLS = frozenset(_ONE_CELL | _MANY_CELLS)
"""Records of cells that hold something; each begins with row and column from 0."""
_ROWS, _COLUMNS = 65_536, 256
_PARTS = 256
_SHEET_TYPES = {0}
_ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
}  # fmt: skip
"""MS-XLS 2.5.10 BErr."""
_ERROR_RESULT = b"\x02"


@dataclass(frozen=True)
class Record:
    """One record of the stream: where it stands, what it is, what it holds."""

    at: int
    kind: int
    body: bytes

    def read(self, form: str, at: int = 0) -> tuple[int, ...]:
        """Numbers at an offset; RefusedError when the record is too short for them."""
        try:
            return struct.unpack_from(form, self.body, at)
        except struct.error:
            raise RefusedError(f"a record of kind {self.kind:#x} is cut") from None


def open_xls(data: bytes, place: str) -> Book:
    """The workbook's sheets in its own order, all of them looked over, because readers lay out all at once."""
    stream = read_stream(data, STREAMS, place)
    listed = _list_parts(stream, place)
    lengths = _measure_shared(stream, place)
    found: dict[str, Extent] = {}
    for sheet, _kind in listed:
        shown = f"{place}, {sheet.name if sheet.visible else 'a hidden sheet'}"
        found[sheet.part] = _survey(stream, sheet, lengths, shown)

    def survey(sheet: Sheet) -> Errors:
        return found[sheet.part].finish()

    return Book(tuple(sheet for sheet, kind in listed if kind in _SHEET_TYPES), survey)


def walk(stream: bytes, at: int, place: str) -> Iterator[Record]:
    """The records from an offset to the end of their part, with those of parts within it: readers see them too."""
    depth = 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        if at + 4 + size > len(stream):
            break
        depth += kind == BOF
        yield Record(at, kind, stream[at + 4 : at + 4 + size])
        if kind == EOF:
            depth -= 1
            if depth <= 0:
                return
        at += 4 + size
    raise RefusedError(f"{place}: its records end in the middle, expected a whole XLS file; save it again")


def list_sheets(stream: bytes, place: str) -> tuple[Sheet, ...]:
    """The worksheets as the globals list them (section 2.4.28); charts and macros hold no table."""
    return tuple(sheet for sheet, kind in _list_parts(stream, place) if kind in _SHEET_TYPES)


def _list_parts(stream: bytes, place: str) -> list[tuple[Sheet, int]]:
    """Every part with its type; RefusedError when there are more than anybody looks through."""
    found: list[tuple[Sheet, int]] = []
    wide = True
    for record in walk(stream, 0, place):
        if record.kind == BOF:
            wide = record.read("<H")[0] >= 0x600  # noqa: PLR2004 - BIFF8 has names in UTF-16
        elif record.kind == FILEPASS:
            raise RefusedError(f"{place}: the workbook has a password, expected it open; save it without one")
        elif record.kind == BOUNDSHEET:
            offset, state, kind, size = record.read("<LBBB")
            found.append((Sheet(_read_name(record.body, size, wide=wide), str(offset), state & 3 == 0), kind))
    if len(found) > _PARTS:
        raise RefusedError(f"{place}: found {len(found):,} sheets, expected at most {_PARTS}; save it again")
    return found


def _read_name(body: bytes, size: int, *, wide: bool) -> str:
    if not wide:
        return body[7 : 7 + size].decode("cp1252", "replace")
    if body[7:8] == b"\x01":
        return body[8 : 8 + 2 * size].decode("utf-16-le", "replace")
    return body[8 : 8 + size].decode("latin-1")


def _measure_shared(stream: bytes, place: str) -> list[int]:
    """Characters of each shared text (section 2.4.265); one of them may stand in every cell."""
    parts: list[bytes] = []
    count = 0
    for record in walk(stream, 0, place):
        if record.kind == _SST:
            count, parts = record.read("<L", 4)[0], [record.body[8:]]
        elif record.kind == _CONTINUE and parts:
            parts.append(record.body)
        elif parts:
            break
    try:
        return _measure_texts(parts, count)
    except (struct.error, IndexError):
        raise RefusedError(f"{place}: its table of texts is broken, expected a whole XLS file; save it again") from None


def _measure_texts(parts: list[bytes], count: int) -> list[int]:
    """Lengths of `count` texts; one that runs into the next record has a new flag byte there (section 2.5.293)."""
    lengths: list[int] = []
    part, at = 0, 0
    while len(lengths) < count:
        while at >= len(parts[part]):
            part, at = part + 1, at - len(parts[part])
        size, flags = struct.unpack_from("<HB", parts[part], at)
        at += 3
        runs = struct.unpack_from("<H", parts[part], at)[0] if flags & 8 else 0
        at += 2 if flags & 8 else 0
        extra = struct.unpack_from("<L", parts[part], at)[0] if flags & 4 else 0
        at += 4 if flags & 4 else 0
        lengths.append(size)
        while size > (room := (len(parts[part]) - at) >> (flags & 1)):
            size -= max(room, 0)
            part, at = part + 1, 1
            flags = parts[part][0]
        at += (size << (flags & 1)) + 4 * runs + extra
    return lengths


def _survey(stream: bytes, sheet: Sheet, lengths: list[int], place: str) -> Extent:
    seen = Extent(place)
    for record in walk(stream, int(sheet.part), place):
        if record.kind == DIMENSIONS:
            _check_dimensions(record, place)
        elif record.kind in _ONE_CELL:
            row, column = record.read("<HH")
            seen.add(row + 1, column + 1)
            _note_error(record, (row + 1, column + 1), seen)
            if record.kind == _LABEL_SST and (index := record.read("<L", 6)[0]) < len(lengths):
                seen.add_text(lengths[index])
        elif record.kind in _MANY_CELLS:
            row, column = record.read("<HH")
            seen.add(row + 1, column + 1, 1, max((len(record.body) - 6) // 6, 1))
    return seen


def _check_dimensions(record: Record, place: str) -> None:
    """Refuses a declared rectangle beyond the format's own (section 2.4.90): readers abort the process for it."""
    wide = len(record.body) >= struct.calcsize("<LLHH")
    top, bottom, left, right = record.read("<LLHH" if wide else "<HHHH")
    if bottom > _ROWS or right > _COLUMNS or (bottom and right and not (top < bottom and left < right)):
        raise RefusedError(
            f"{place}: it declares rows {top:,} to {bottom:,} and columns {left:,} to {right:,}, expected at most "
            f"{_ROWS:,} by {_COLUMNS}, which is all an XLS file can have; save it again"
        )


def _note_error(record: Record, at: tuple[int, int], seen: Extent) -> None:
    if record.kind == _BOOL_ERROR and record.body[7:8] == b"\x01":
        seen.errors[at] = _ERRORS.get(record.body[6], "#ERROR")
    elif record.kind == _FORMULA and record.body[12:14] == b"\xff\xff" and record.body[6:7] == _ERROR_RESULT:
        seen.errors[at] = _ERRORS.get(record.body[8], "#ERROR")
