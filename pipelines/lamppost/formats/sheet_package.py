"""A workbook that is a ZIP file of XML parts: opened, checked to its last byte, parsed without document types.

Readers look parts up without regard to case, and unpack as much as there is; so every part is unpacked once here,
against the size and checksum it declares, before any of them sees a reader.
"""

import zipfile
import zlib
from collections.abc import Callable, Mapping
from io import BytesIO
from xml.parsers import expat

from lamppost.errors import RefusedError
from lamppost.formats.sheet import BYTES_LIMIT

PART_LIMIT = 5_000
ELEMENT_LIMIT = 4_000_000
"""Elements of one part: a million cells have three million at most."""
OLE_MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = 0x1
_STEP = 1 << 20
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
Start = Callable[[str, Mapping[str, str]], None]


def open_package(data: bytes, kind: str, place: str) -> zipfile.ZipFile:
    """The archive, all its parts read through; RefusedError when it is not a whole one of bearable size."""
    try:
        archive = zipfile.ZipFile(BytesIO(data))
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError):
        raise RefusedError(_explain(data, kind, place)) from None
    parts = archive.infolist()
    names = {one.filename.replace("\\", "/").casefold() for one in parts}
    size = sum(part.file_size for part in parts)
    if size > BYTES_LIMIT:
        raise RefusedError(
            f"{place}: the file unpacks to {size:,} bytes, expected at most {BYTES_LIMIT:,}; publish a smaller workbook"
        )
    if len(parts) > PART_LIMIT or len(names) < len(parts):
        found = f"{len(parts):,} parts, {len(names):,} with names of their own"
        raise RefusedError(f"{place}: found {found}, expected an ordinary {kind} file; save it again")
    for part in parts:
        _read_through(archive, part, kind, place)
    return archive


def _explain(data: bytes, kind: str, place: str) -> str:
    if data.startswith(OLE_MARK) and "EncryptedPackage".encode("utf-16-le") in data:
        return f"{place}: the workbook has a password, expected it open; save it without one"
    if data.startswith(OLE_MARK):
        return f"{place}: found an XLS file, expected {kind}; write `format: xls`, or save it as .{kind.lower()}"
    other = {"XLSX": ".xlsx (not .xls, .ods or with a password)", "ODS": ".ods"}[kind]
    return f"{place}: found no {kind} file, expected one; save it as {other}"


def _read_through(archive: zipfile.ZipFile, part: zipfile.ZipInfo, kind: str, place: str) -> None:
    if part.flag_bits & _ENCRYPTED:
        raise RefusedError(f"{place}: the workbook has a password, expected it open; save it without one")
    try:
        with archive.open(part) as file:
            while file.read(_STEP):
                pass
    except _UNREADABLE as error:
        raise RefusedError(_unreadable(part.filename, error, kind, place)) from None


def _unreadable(part: str, error: Exception, kind: str, place: str) -> str:
    return (
        f"{place}: {part!r:.80} cannot be read ({type(error).__name__}), expected a whole {kind} file; ask for it again"
    )


def parse_part(
    archive: zipfile.ZipFile,
    part: str,
    place: str,
    *,
    start: Start,
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
    kind: str = "XLSX",
) -> None:
    """Feed one part to the handlers, which get names without prefixes; a document type is refused unread.

    Readers of workbooks go by prefixes, not by namespaces, so a name counts whatever its prefix is bound to.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    names: dict[str, str] = {}  # as written → without prefix; a sheet has a million elements of five names
    count = 0

    def begin(name: str, attributes: Mapping[str, str]) -> None:
        nonlocal count
        count += 1
        if count > ELEMENT_LIMIT:
            found = f"{part} has more than {ELEMENT_LIMIT:,} elements"
            raise RefusedError(f"{place}: {found}, expected fewer; publish a smaller workbook, or CSV")
        bare = names.get(name)
        if bare is None:
            bare = names[name] = name.rpartition(":")[2]
        start(bare, attributes)

    parser.StartElementHandler = begin
    parser.EndElementHandler = end and (lambda name: end(names[name]))
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = lambda *_: _refuse_doctype(part, place)
    try:
        with archive.open(part) as file:
            parser.ParseFile(file)
    except _UNREADABLE as error:
        raise RefusedError(_unreadable(part, error, kind, place)) from None


def local(attributes: Mapping[str, str]) -> dict[str, str]:
    """Attributes under their names without prefixes."""
    return {name.rpartition(":")[2]: value for name, value in attributes.items()}


def _refuse_doctype(part: str, place: str) -> None:
    raise RefusedError(
        f"{place}: {part} declares a document type, which no spreadsheet program writes; the file is refused"
    )
