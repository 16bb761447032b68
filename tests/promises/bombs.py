"""Small things that become big: each is made in a moment, and none is ever unpacked here."""

import itertools
import struct
import zlib
from collections.abc import Iterator

from tests.pull.wire import raw

MEBI = 2**20
HEADER = b"id,name,value\n"
TEN_GIB = 10 * 2**30
MOST_MEMBERS = 65_535
"""Above, an archive is a ZIP64."""


def deflate(piece: bytes, times: int) -> bytes:
    """A raw deflate stream of `piece` so many times: one block, repeated."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(piece) + packer.flush(zlib.Z_FULL_FLUSH)
    return block * times + packer.flush()


def make_gzip() -> bytes:
    """10 GiB of rows in gzip."""
    return b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + deflate(b"1,a,1\n" * (MEBI // 6), TEN_GIB // MEBI) + bytes(8)


def make_zip(claimed: int) -> bytes:
    """10 GiB of rows in the one member of an archive, which claims to be smaller."""
    body = deflate(b"1,a,1\n" * (MEBI // 6), TEN_GIB // MEBI)
    return _pack([b"rows.csv"], body, claimed)


def make_crowd(members: int) -> bytes:
    """An archive of so many members."""
    return _pack([b"%08d.csv" % number for number in range(members)], deflate(HEADER, 1), claimed=len(HEADER))


def _pack(names: list[bytes], body: bytes, claimed: int) -> bytes:
    """An archive whose members all have the same bytes, which are in it once."""
    sizes = struct.pack("<LLL", 0, len(body), claimed)
    local = b"PK\x03\x04" + struct.pack("<5H", 45, 0, 8, 0, 33) + sizes + struct.pack("<HH", len(names[0]), 0)
    start = b"PK\x01\x02" + struct.pack("<6H", 45, 45, 0, 8, 0, 33) + sizes
    listed = b"".join(start + struct.pack("<5HLL", len(name), 0, 0, 0, 0, 0, 0) + name for name in names)
    begin = len(local) + len(names[0]) + len(body)
    big = len(names) > MOST_MEMBERS
    end = b"PK\x06\x06" + struct.pack("<QHHLLQQQQ", 44, 45, 45, 0, 0, len(names), len(names), len(listed), begin)
    there = b"PK\x06\x07" + struct.pack("<LQL", 0, begin + len(listed), 1)
    told = (0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF) if big else (len(names), len(names), len(listed), begin)
    last = b"PK\x05\x06" + struct.pack("<4HLLH", 0, 0, *told, 0)
    return local + names[0] + body + listed + (end + there) * big + last


def stream_rows() -> Iterator[bytes]:
    """Rows without end."""
    yield raw("Content-Type: text/csv", body=HEADER)
    block = b"".join(b"%d,a,1\n" % number for number in range(100_000))
    yield from itertools.repeat(block)


def stream_cell() -> Iterator[bytes]:
    """One cell without end."""
    yield raw("Content-Type: text/csv", body=HEADER + b'1,"')
    yield from itertools.repeat(b"a" * MEBI)


def make_wide(columns: int) -> bytes:
    """A header of so many columns."""
    return b",".join(b"c%d" % number for number in range(columns)) + b"\n"


def make_deep() -> bytes:
    """Ten million lists in each other."""
    return b"[" * 10_000_000


def make_deep_xml() -> bytes:
    """A million elements in each other."""
    return b"<rows>" + b"<a>" * 1_000_000
