"""Members of a ZIP archive by allow-list, unpacked in memory and byte for byte what the archive declares (APPNOTE 6.3).

Nothing is ever written under a member's name. An archive that tries anything is refused as a whole, wanted members and
all: who puts `../` into a name, two members on one place or a lie into a header did not just zip a table.
"""

import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from io import BytesIO
from struct import Struct

from lamppost.errors import RefusedError

MEMBER_LIMIT = 500
"""Members of an archive, wanted or not; a GTFS feed has 30."""
DIRECTORY_LIMIT = 1 << 20
"""Bytes of the archive's directory: 500 members with names of 2,000 letters."""
BYTES_LIMIT = 256 << 20
"""Unpacked bytes of all wanted members together."""
RATIO_LIMIT = 200
"""Unpacked bytes for one packed, counted from the first MiB on; tables stay below 50, deflate can do 1,032."""
FREE_BYTES = 1 << 20
_STEP = 1 << 16
_SHOWN = 8
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
"""Those of ISO/IEC 21320-1; others can ask for gigabytes of dictionary."""
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_SIZES_FOLLOW = 0x8
_LOCAL = Struct("<4s5H3L2H")
"""Local file header, section 4.3.7: signature, version, flags, method, time, day, CRC-32, two sizes, two lengths."""
_END = Struct("<4s4H2LH")
"""End of central directory record, section 4.3.16: signature, disks, counts, size, start, length of the comment."""
_ZIP64 = 0xFFFFFFFF
_UNREADABLE = (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, RuntimeError, IndexError)
_ZIPPED_TABLES = (".xlsx", ".ods")


def is_archive(data: bytes) -> bool:
    """True for bytes that begin as a ZIP file does; a workbook is one too."""
    return data.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def open_members(data: bytes, wanted: Sequence[str], place: str) -> list[tuple[str, bytes]]:
    """Name and content of each member that one of `wanted` (names, or globs such as `*/stops.txt`) names, by name.

    A `*` stays within one folder. RefusedError for one of `wanted` that names nothing, and for every archive that is
    broken, encrypted, nested, too big or up to something; the CRC-32 of each member is checked.
    """
    members = _list_members(data, place)
    names = sorted({one for pattern in wanted for one in _match(members, pattern, place)})
    by_name = {one.filename: one for one in members}
    found: list[tuple[str, bytes]] = []
    room = BYTES_LIMIT
    for name in names:
        content = _unpack(data, by_name[name], room, f"{place}, {name}")
        room -= len(content)
        if is_archive(content) and not name.lower().endswith(_ZIPPED_TABLES):
            raise RefusedError(f"{place}, {name}: found an archive within the archive, expected a table; unpack it")
        found.append((name, content))
    return found


def _list_members(data: bytes, place: str) -> list[zipfile.ZipInfo]:
    """All files of the archive, each on a place of its own; RefusedError for anything that is not plain."""
    if not is_archive(data):
        raise RefusedError(
            f"{place}: found {len(data):,} bytes that are no ZIP archive, expected one; check the source"
        )
    _check_end(data, place)
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            members, start = archive.infolist(), archive.start_dir
    except _UNREADABLE:
        raise RefusedError(
            f"{place}: found a ZIP archive without a readable directory at its end, expected a whole one; "
            "ask for the file again, it may have been cut"
        ) from None
    if len(members) > MEMBER_LIMIT:  # whatever the record at the end said
        raise RefusedError(f"{place}: found {len(members):,} members, expected at most {MEMBER_LIMIT}; ask for fewer")
    for one in members:
        _check_name(one.orig_filename, place)
        _check_name(one.filename, place)
        _check_kind(one, place)
    _check_twins(members, place)
    _check_places(data, members, start, place)
    return [one for one in members if not one.is_dir()]


def _check_end(data: bytes, place: str) -> None:
    """The record at the end is the last thing, is no ZIP64, and names a directory small enough to be read at all."""
    at = data.rfind(b"PK\x05\x06", max(0, len(data) - _END.size - 0xFFFF))
    record = data[at : at + _END.size] if at >= 0 else b""
    if len(record) < _END.size or at + _END.size + int(_END.unpack(record)[-1]) != len(data):
        raise RefusedError(
            f"{place}: found a ZIP archive whose end is not its end, expected a whole one and nothing after it; "
            "ask for the file again, it may have been cut"
        )
    _mark, _disk, _first, _here, count, size, _start, _comment = _END.unpack(record)
    if data[max(at - 20, 0) : at].startswith(b"PK\x06\x07"):
        raise RefusedError(f"{place}: found a ZIP64 archive, expected an ordinary one; zip fewer or smaller files")
    if count > MEMBER_LIMIT or size > DIRECTORY_LIMIT:
        found = f"found {count:,} members (a directory of {size:,} bytes)"
        raise RefusedError(f"{place}: {found}, expected at most {MEMBER_LIMIT}; ask for the wanted files only")


def _check_name(name: str, place: str) -> None:
    parts = name.removesuffix("/").split("/")
    bad = not name.removesuffix("/").strip() or any(part in {"", ".", ".."} for part in parts)
    if bad or "\\" in name or ":" in name or not name.isprintable():
        raise RefusedError(
            f"{place}: found a member called {name!r:.80}, expected a path inside the archive; "
            "have the source make it anew, and do not unpack it elsewhere"
        )


def _check_kind(member: zipfile.ZipInfo, place: str) -> None:
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
        raise RefusedError(f"{place}: found {member.filename!r}, a link or device, expected files; zip the file itself")
    if member.flag_bits & _ENCRYPTED:
        raise RefusedError(
            f"{place}: found {member.filename!r} encrypted, expected it open; ask for it without password"
        )
    if member.compress_type not in _METHODS:
        raise RefusedError(
            f"{place}: found {member.filename!r} packed by method {member.compress_type}, expected deflate or none; "
            "zip it with an ordinary tool"
        )


def _check_twins(members: Sequence[zipfile.ZipInfo], place: str) -> None:
    seen: dict[str, str] = {}
    for one in members:
        folded = unicodedata.normalize("NFC", one.filename.removesuffix("/")).casefold()
        if folded in seen:
            found = f"found the members {seen[folded]!r} and {one.filename!r}"
            raise RefusedError(
                f"{place}: {found}, expected names that differ on every system; rename one at the source"
            )
        seen[folded] = one.filename


def _check_places(data: bytes, members: Sequence[zipfile.ZipInfo], start: int, place: str) -> None:
    """Each member follows the one before, from the first byte to the directory, and says the same there as here."""
    ordered = sorted(members, key=lambda one: one.header_offset)
    ends = [*(one.header_offset for one in ordered[1:]), start]
    if ordered and ordered[0].header_offset != 0:
        raise RefusedError(f"{place}: found other data before the archive, expected a ZIP file alone; ask for it anew")
    for one, end in zip(ordered, ends, strict=True):
        if _find_content(data, one, place) + one.compress_size > end:
            raise RefusedError(
                f"{place}: found {one.filename!r} lying over its neighbour, expected one after the other"
            )


def _find_content(data: bytes, member: zipfile.ZipInfo, place: str) -> int:
    """Where the packed bytes begin; RefusedError when header and directory do not tell the same."""
    at = member.header_offset
    header = data[at : at + _LOCAL.size]
    if len(header) < _LOCAL.size:
        raise RefusedError(f"{place}: found {member.filename!r} cut short, expected it whole; ask for the file again")
    mark, _version, flags, method, _time, _day, crc, packed, unpacked, name_size, extra_size = _LOCAL.unpack(header)
    name_at = at + _LOCAL.size
    name = data[name_at : name_at + name_size].decode("utf-8" if flags & 0x800 else "cp437", "replace")
    same = (mark, name, method, flags & _ENCRYPTED) == (b"PK\x03\x04", member.orig_filename, member.compress_type, 0)
    if same and not flags & _SIZES_FOLLOW:
        declared = (member.CRC, member.compress_size, member.file_size)
        same = all(one in {_ZIP64, two} for one, two in zip((crc, packed, unpacked), declared, strict=True))
    if not same:
        found = f"found {member.filename!r} described in two ways"
        raise RefusedError(f"{place}: {found}, expected header and directory to agree; have the source make it anew")
    return name_at + int(name_size) + int(extra_size)


def _match(members: Sequence[zipfile.ZipInfo], pattern: str, place: str) -> list[str]:
    steps = pattern.split("/")
    names = [one.filename for one in members]
    found = [name for name in names if _fits(name.split("/"), steps)]
    if not found:
        listed = ", ".join(names[:_SHOWN]) + (", …" if len(names) > _SHOWN else "")
        raise RefusedError(f"{place}: found no member {pattern}, only {listed or 'none'}; correct `member:`")
    return found


def _fits(parts: Sequence[str], steps: Sequence[str]) -> bool:
    return len(parts) == len(steps) and all(map(fnmatchcase, parts, steps))


def _unpack(data: bytes, member: zipfile.ZipInfo, room: int, place: str) -> bytes:
    """The member's content; stopped at the first byte over a cap, or over what its header says."""
    if member.file_size > room:
        raise RefusedError(f"{place}: found more than {BYTES_LIMIT:,} bytes unpacked, expected fewer; split the file")
    made = BytesIO()
    crc, size = 0, 0
    for part in _inflate(data, member, place):
        size += len(part)
        if size > member.file_size:
            break
        if size > max(FREE_BYTES, RATIO_LIMIT * member.compress_size):
            found = f"found more than {RATIO_LIMIT} bytes unpacked for one packed"
            raise RefusedError(f"{place}: {found}, expected a table, not a bomb; ask for the file unpacked")
        crc = zlib.crc32(part, crc)
        made.write(part)
    if size != member.file_size or crc != member.CRC:
        many = f"{size:,} of {member.file_size:,}" if size < member.file_size else f"more than {member.file_size:,}"
        found = f"found {many} bytes" if size != member.file_size else "its checksum is wrong"
        raise RefusedError(f"{place}: {found}, expected what the archive declares; ask for the file again")
    return made.getvalue()


def _inflate(data: bytes, member: zipfile.ZipInfo, place: str) -> Iterator[bytes]:
    start = _find_content(data, member, place)
    packed = memoryview(data)[start : start + member.compress_size]
    if member.compress_type == zipfile.ZIP_STORED:
        yield from (bytes(packed[at : at + _STEP]) for at in range(0, len(packed), _STEP))
        return
    engine = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for at in range(0, len(packed), _STEP):
            waiting: bytes | memoryview = packed[at : at + _STEP]
            while waiting:
                yield engine.decompress(waiting, _STEP)
                waiting = engine.unconsumed_tail
        while part := engine.decompress(b"", _STEP) if not engine.eof else b"":
            yield part
    except zlib.error:
        raise RefusedError(f"{place}: found packed content that is broken; ask for the file again") from None
    if not engine.eof or engine.unused_data:
        raise RefusedError(f"{place}: found packed content without its own end; ask for the file again")
