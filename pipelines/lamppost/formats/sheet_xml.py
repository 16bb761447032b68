"""XLSX looked over before a reader is let loose on it (ECMA-376 part 1, section 18.3).

An error such as #N/A, or a formula that nobody calculated, would read as an empty cell.
"""

import posixpath
import re
import zipfile
from collections.abc import Mapping
from typing import Any

from lamppost.formats.sheet import TEXT_LIMIT, Book, Errors, Extent, Sheet, count_column, read_whole
from lamppost.formats.sheet_package import local, open_package, parse_part

_SHARED = "xl/sharedstrings.xml"
_LETTERS = re.compile("[A-Z]{1,3}")
_COLUMNS: dict[str, int] = {}
"""Letters → number, as they were met; there are 18,278."""
_LONGEST = 32
"""Characters of a number or an error that are kept."""


def open_xlsx(data: bytes, place: str) -> Book:
    """The workbook's sheets in its own order; RefusedError when the bytes are no XLSX file of bearable size."""
    archive = open_package(data, "XLSX", place)
    return Book(list_sheets(archive, place), lambda sheet: _survey(archive, sheet, f"{place}, {sheet.name}"))


def list_sheets(archive: zipfile.ZipFile, place: str) -> tuple[Sheet, ...]:
    """The sheets as `xl/workbook.xml` lists them."""
    targets: dict[str, str] = {}
    found: list[tuple[str, str, bool]] = []

    def note(name: str, attributes: Mapping[str, str]) -> None:
        if name == "Relationship":
            targets[attributes.get("Id", "")] = attributes.get("Target", "")
        elif name == "sheet":
            state = attributes.get("state", "visible") == "visible"
            found.append((attributes.get("name", ""), local(attributes).get("id", ""), state))

    for part in ("xl/_rels/workbook.xml.rels", "xl/workbook.xml"):
        parse_part(archive, part, place, start=note)
    return tuple(
        Sheet(name, posixpath.normpath(posixpath.join("/xl", targets.get(relation, ""))).lstrip("/"), visible)
        for name, relation, visible in found
    )


def _survey(archive: zipfile.ZipFile, sheet: Sheet, place: str) -> Errors:
    seen, pointers = Extent(place), [0]
    parse_part(archive, sheet.part, place, **_handlers(seen, pointers, []))
    lengths = _measure_shared(archive, place)
    if pointers[0] * max(lengths, default=0) > TEXT_LIMIT:  # rarely so: only then is each cell's text looked up
        parse_part(archive, sheet.part, place, **_handlers(Extent(place), pointers, lengths))
    return seen.finish()


def _measure_shared(archive: zipfile.ZipFile, place: str) -> list[int]:
    """Characters of each shared text; one of them may stand in every cell."""
    lengths: list[int] = []
    found = [one for one in archive.namelist() if one.replace("\\", "/").lower() == _SHARED]  # as readers look it up
    if not found:
        return lengths

    def start(name: str, _attributes: Mapping[str, str]) -> None:
        if name == "si":
            lengths.append(0)

    def text(value: str) -> None:
        if lengths:
            lengths[-1] += len(value)

    parse_part(archive, found[0], place, start=start, text=text)
    return lengths


def _handlers(seen: Extent, pointers: list[int], lengths: list[int]) -> dict[str, Any]:
    """What notes each cell in `seen`; `pointers` counts cells with a shared text; its length is added up if known.

    Its state is in local names: this runs a million times a sheet.
    """
    at, kind, value, size, formula, inside = (0, 0), "", "", 0, False, ""

    def start(name: str, attributes: Mapping[str, str]) -> None:
        nonlocal at, kind, value, size, formula, inside
        if name == "c":
            at = _locate(attributes.get("r", ""), at)
            kind, value, size, formula = attributes.get("t", "n"), "", 0, False
            seen.add(*at)
        elif name in {"v", "f"}:
            inside, formula = name, formula or name == "f"
        elif name == "row":
            at = (read_whole(attributes, "r", at[0] + 1), 0)

    def text(part: str) -> None:
        nonlocal value, size
        size += len(part)
        if inside == "v" and len(value) < _LONGEST:
            value += part

    def end(name: str) -> None:
        nonlocal inside
        if name != "c":
            inside = ""
            return
        if kind == "s":
            pointers[0] += 1
            size_of = lengths[int(value)] if lengths and value.isdecimal() and int(value) < len(lengths) else 0
            seen.add_text(size_of)
        elif kind == "e":
            seen.errors[at] = value
        elif formula and not value and kind == "n":
            seen.uncalculated.append(at)
        seen.add_text(size)

    return {"start": start, "text": text, "end": end}


def _locate(reference: str, before: tuple[int, int]) -> tuple[int, int]:
    """Row and column of `D14`; a cell that does not say where it is follows the one before."""
    letters = reference.rstrip("0123456789")
    column = _COLUMNS.get(letters)
    if column is None:
        if not _LETTERS.fullmatch(letters):
            return before[0], before[1] + 1
        column = _COLUMNS[letters] = count_column(letters)
    row = reference[len(letters) :]
    return int(row) if row and len(row) < _LONGEST else before[0], column
