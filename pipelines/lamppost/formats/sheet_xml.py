"""Looks over a worksheet's XML before a reader is let loose on it (ECMA-376 part 1, section 18.3).

A two-kilobyte file can name a cell 17 billion cells away, which a reader that lays out the whole rectangle answers by
aborting the process; and an error such as #N/A, or a formula that nobody calculated, reads as an empty cell.
"""

import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from xml.parsers import expat

from lamppost.errors import RefusedError

BYTES_LIMIT = 256 << 20
"""Unpacked bytes of all parts together."""
AREA_LIMIT = 5_000_000
"""Cells in the rectangle from the first used cell to the last."""
_UNREADABLE = (
    expat.ExpatError,
    zipfile.BadZipFile,
    zlib.error,
    LookupError,
    ValueError,
    OSError,
    EOFError,
    RuntimeError,
)
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


@dataclass(frozen=True)
class Sheet:
    """One sheet as `xl/workbook.xml` lists it."""

    name: str
    part: str
    visible: bool


@dataclass
class _Survey:
    """What has been seen of a worksheet so far; rows and columns count from 1."""

    first: tuple[int, int] = (1 << 30, 1 << 30)
    last: tuple[int, int] = (0, 0)
    at: tuple[int, int] = (0, 0)
    kind: str = ""
    value: str = ""
    formula: bool = False
    inside: str = ""
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    uncalculated: list[tuple[int, int]] = field(default_factory=list)


def list_sheets(data: bytes, place: str) -> tuple[Sheet, ...]:
    """The workbook's sheets in its own order; RefusedError when the bytes are no XLSX file of bearable size."""
    with _open(data, place) as archive:
        targets: dict[str, str] = {}
        found: list[tuple[str, str, bool]] = []

        def note(name: str, attributes: Mapping[str, str]) -> None:
            if name == "Relationship":
                targets[attributes.get("Id", "")] = attributes.get("Target", "")
            elif name == "sheet":
                relation = next((value for key, value in attributes.items() if _local(key) == "id"), "")
                found.append((attributes.get("name", ""), relation, attributes.get("state", "visible") == "visible"))

        for part in ("xl/_rels/workbook.xml.rels", "xl/workbook.xml"):
            _parse(archive, part, place, start=note)
    return tuple(
        Sheet(name, posixpath.normpath(posixpath.join("/xl", targets.get(relation, ""))).lstrip("/"), visible)
        for name, relation, visible in found
    )


def survey_cells(data: bytes, sheet: Sheet, place: str) -> Mapping[tuple[int, int], str]:
    """The cells that hold an error, (row, column) from 1 → its text such as `#N/A`.

    RefusedError when the used rectangle is too large, or when a formula was never calculated.
    """
    seen = _Survey()
    with _open(data, place) as archive:
        _parse(archive, sheet.part, place, **_handlers(seen, f"{place}, {sheet.name}"))
    if seen.uncalculated:
        row, column = seen.uncalculated[0]
        raise RefusedError(
            f"{place}, {sheet.name}!{name_cell(row, column)}: the formula was never calculated "
            f"({len(seen.uncalculated)} such cells), expected a value; open and save the file in a spreadsheet program"
        )
    return seen.errors


def name_cell(row: int, column: int) -> str:
    """`D14` for row 14, column 4."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"


def _open(data: bytes, place: str) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(BytesIO(data))
    except zipfile.BadZipFile:
        raise RefusedError(
            f"{place}: found no XLSX file, expected one; save it as .xlsx (not .xls, .ods or with a password)"
        ) from None
    size = sum(part.file_size for part in archive.infolist())
    if size > BYTES_LIMIT:
        raise RefusedError(
            f"{place}: the file unpacks to {size:,} bytes, expected at most {BYTES_LIMIT:,}; publish a smaller workbook"
        )
    return archive


def _parse(
    archive: zipfile.ZipFile,
    part: str,
    place: str,
    *,
    start: Callable[[str, Mapping[str, str]], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Feed one part to the handlers, which get names without namespaces; a document type is refused unread."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = lambda name, attributes: start(_local(name), attributes)
    parser.EndElementHandler = end and (lambda name: end(_local(name)))
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = lambda *_: _refuse_doctype(part, place)
    try:
        with archive.open(part) as file:
            parser.ParseFile(file)
    except _UNREADABLE as error:
        raise RefusedError(
            f"{place}: {part} cannot be read ({type(error).__name__}), expected a whole XLSX file; ask for it again"
        ) from None


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def _refuse_doctype(part: str, place: str) -> None:
    raise RefusedError(
        f"{place}: {part} declares a document type, which no spreadsheet program writes; the file is refused"
    )


def _handlers(seen: _Survey, place: str) -> dict[str, Any]:
    def start(name: str, attributes: Mapping[str, str]) -> None:
        if name == "row":
            seen.at = (int(attributes.get("r", seen.at[0] + 1)), 0)
        elif name == "c":
            _enter_cell(seen, attributes, place)
        elif name in ("v", "f"):
            seen.inside = name
            seen.formula = seen.formula or name == "f"

    def text(value: str) -> None:
        if seen.inside == "v":
            seen.value += value

    def end(name: str) -> None:
        seen.inside = ""
        if name == "c":
            _leave_cell(seen)

    return {"start": start, "text": text, "end": end}


def _enter_cell(seen: _Survey, attributes: Mapping[str, str], place: str) -> None:
    match = _REFERENCE.fullmatch(attributes.get("r", ""))
    seen.at = (int(match[2]), _count_column(match[1])) if match else (seen.at[0], seen.at[1] + 1)
    seen.kind, seen.value, seen.formula = attributes.get("t", "n"), "", False
    seen.first = (min(seen.first[0], seen.at[0]), min(seen.first[1], seen.at[1]))
    seen.last = (max(seen.last[0], seen.at[0]), max(seen.last[1], seen.at[1]))
    area = (seen.last[0] - seen.first[0] + 1) * (seen.last[1] - seen.first[1] + 1)
    if area > AREA_LIMIT:
        raise RefusedError(
            f"{place}!{name_cell(*seen.at)}: cells spread over {area:,} places, expected at most {AREA_LIMIT:,}; "
            "delete the stray cells far from the table"
        )


def _leave_cell(seen: _Survey) -> None:
    if seen.kind == "e":
        seen.errors[seen.at] = seen.value
    elif seen.formula and not seen.value and seen.kind == "n":
        seen.uncalculated.append(seen.at)


def _count_column(letters: str) -> int:
    total = 0
    for letter in letters:
        total = total * 26 + ord(letter) - 64
    return total
