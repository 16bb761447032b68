"""A stream out of a Compound File (MS-CFB 2.0-2.6), the container of XLS and of encrypted workbooks.

Chains of sectors that bite their own tail, or are longer than the file, are refused: readers follow them for ever.
"""

import struct
from collections.abc import Sequence

from lamppost.errors import RefusedError
from lamppost.formats.sheet_package import OLE_MARK

_HEADER = 512
_END = 0xFFFFFFFE
_LAST = 0xFFFFFFFA
"""Numbers above it are no sectors (section 2.1)."""
_ENTRY = 128
_ROOT, _STREAM = 5, 2


class _File:
    """The sectors of one file; every chain is followed at most as far as the file is long."""

    def __init__(self, data: bytes, place: str) -> None:
        self.data, self.place = data, place
        if not data.startswith(OLE_MARK):
            raise RefusedError(f"{place}: found no XLS file, expected one; save it as .xls (not .xlsx or .ods)")
        if len(data) < _HEADER:
            raise self.broken("half a header")
        self.shift, self.mini_shift = struct.unpack_from("<HH", data, 30)
        if (self.shift, self.mini_shift) not in {(9, 6), (12, 6)}:
            raise self.broken("sector size")
        self.first_dir, self.cutoff, self.first_mini = (
            struct.unpack_from("<L", data, 48)[0], *struct.unpack_from("<LL", data, 56),
        )  # fmt: skip
        self.fat = self._read_fat()

    def broken(self, what: str) -> RefusedError:
        """The error to raise."""
        return RefusedError(f"{self.place}: its container is broken ({what}), expected a whole XLS file; save it again")

    def sector(self, number: int) -> bytes:
        """One sector, whole."""
        at = (number + 1) << self.shift
        found = self.data[at : at + (1 << self.shift)]
        if not found:
            raise self.broken("a sector beyond its end")
        return found.ljust(1 << self.shift, b"\0")

    def _read_fat(self) -> Sequence[int]:
        count, numbers = struct.unpack_from("<L", self.data, 44)[0], list(struct.unpack_from("<109L", self.data, 76))
        following, links = struct.unpack_from("<LL", self.data, 68)
        limit = (len(self.data) >> self.shift) + 1
        for _link in range(min(links, limit)):
            if following > _LAST:
                break
            *more, following = struct.unpack(f"<{(1 << self.shift) // 4}L", self.sector(following))
            numbers += more
        wanted = [one for one in numbers if one <= _LAST][: min(count, limit)]
        table = b"".join(self.sector(one) for one in wanted)
        return struct.unpack(f"<{len(table) // 4}L", table)

    def chain(self, first: int, table: Sequence[int]) -> list[int]:
        """The sectors from `first` to the end of their chain."""
        found: list[int] = []
        while first != _END:
            if first >= len(table) or len(found) > len(table):
                raise self.broken("a chain without an end")
            found.append(first)
            first = table[first]
        return found

    def stream(self, first: int) -> bytes:
        """All sectors of a chain."""
        return b"".join(self.sector(one) for one in self.chain(first, self.fat))


def read_stream(data: bytes, names: Sequence[str], place: str) -> bytes:
    """The first stream that bears one of `names`; RefusedError for a broken container, or one without it."""
    file = _File(data, place)
    entries = _list_entries(file)
    for name in names:
        if name in entries:
            first, size = entries[name]
            return _read(file, entries, first, size)
    if "EncryptedPackage" in entries:
        raise RefusedError(f"{place}: the workbook has a password, expected it open; save it without one")
    raise RefusedError(f"{place}: found a container without a workbook, expected an XLS file; save it again")


def _list_entries(file: _File) -> dict[str, tuple[int, int]]:
    """Name → first sector and size; the root's name is empty, its stream holds the small ones."""
    table = file.stream(file.first_dir)
    found: dict[str, tuple[int, int]] = {}
    for at in range(0, len(table) - _ENTRY + 1, _ENTRY):
        length, kind = struct.unpack_from("<HB", table, at + 64)
        first, size = struct.unpack_from("<LL", table, at + 116)
        name = table[at : at + min(max(length - 2, 0), 62)].decode("utf-16-le", "replace")
        if kind in {_ROOT, _STREAM}:
            found.setdefault("" if kind == _ROOT else name, (first, size))
    return found


def _read(file: _File, entries: dict[str, tuple[int, int]], first: int, size: int) -> bytes:
    if size >= file.cutoff:
        content = file.stream(first)
    else:
        table = file.stream(file.first_mini)
        mini = struct.unpack(f"<{len(table) // 4}L", table)
        small = file.stream(entries.get("", (_END, 0))[0])
        step = 1 << file.mini_shift
        content = b"".join(small[one * step : (one + 1) * step] for one in file.chain(first, mini))
    if len(content) < size:
        raise file.broken("a stream shorter than it says")
    return content[:size]
