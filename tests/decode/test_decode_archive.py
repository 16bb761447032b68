"""ZIP archives: the wanted members, byte for byte, or a reason; nothing of them is ever written under their names."""

import io
import random
import stat
import struct
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from lamppost.decode.archive import BYTES_LIMIT, MEMBER_LIMIT, open_members
from lamppost.errors import RefusedError

SHARED = Path(__file__).parents[2].parent / "shared" / "attacks" / "files"
STOPS = b"stop_id,stop_name\n1,City Hall\n"


def pack(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED, mode: int = stat.S_IFREG) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, content in members:
            info = zipfile.ZipInfo(name, (2026, 11, 22, 0, 0, 0))
            info.compress_type, info.external_attr = method, (mode | 0o644) << 16
            archive.writestr(info, content)
    return made.getvalue()


def change(data: bytes, mark: bytes, at: int, shape: str, value: int) -> bytes:
    """The archive with one number of one header replaced."""
    made = bytearray(data)
    struct.pack_into("<" + shape, made, data.index(mark) + at, value)
    return bytes(made)


LOCAL, CENTRAL, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
GOOD = pack(("stops.txt", STOPS), ("routes.txt", b"route_id\n"))


def test_only_wanted_members_are_opened_in_order_of_name() -> None:
    data = pack(("b.csv", b"2"), ("a.csv", b"1"), ("c.txt", b"3"), ("x/d.csv", b"4"))
    assert open_members(data, ["*.csv"], "here") == [("a.csv", b"1"), ("b.csv", b"2")]
    assert open_members(data, ["c.txt", "*/d.csv"], "here") == [("c.txt", b"3"), ("x/d.csv", b"4")]


def test_a_member_without_packing_is_opened_too() -> None:
    assert open_members(pack(("stops.txt", STOPS), method=zipfile.ZIP_STORED), ["stops.txt"], "here")[0][1] == STOPS


def test_a_member_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(RefusedError, match=r"found no member shapes.txt, only stops.txt, routes.txt"):
        open_members(GOOD, ["stops.txt", "shapes.txt"], "here")


@pytest.mark.parametrize(
    "name",
    ["../a.csv", "/a.csv", "x/../../a.csv", "C:a.csv", "x\\a.csv", "x//a.csv", "./a.csv", "a\n.csv", "\u202ea.csv"],
)
def test_a_name_that_leads_anywhere_refuses_the_archive(name: str) -> None:
    with pytest.raises(RefusedError, match="expected a path inside the archive"):
        open_members(pack(("stops.txt", STOPS), (name, b"1")), ["stops.txt"], "here")


@pytest.mark.parametrize(("one", "two"), [("a.csv", "A.csv"), ("caf\u00e9", "cafe\u0301"), ("a/", "a")])
def test_two_members_on_one_place_are_refused(one: str, two: str) -> None:
    with pytest.raises(RefusedError, match="names that differ on every system"):
        open_members(pack((one, b""), (two, b"1")), [two], "here")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "no ZIP archive"),
        (STOPS, "no ZIP archive"),
        (GOOD[:-1], "whose end is not its end"),
        (GOOD[: len(GOOD) // 2], "whose end is not its end"),
        (GOOD + b"x", "whose end is not its end"),
        (b"PK\x03\x04" + GOOD, "other data before the archive"),
        (GOOD[:-22] + b"PK\x06\x07" + bytes(16) + GOOD[-22:], "a ZIP64 archive"),
        (pack(*((f"{number}.csv", b"") for number in range(MEMBER_LIMIT + 1))), "501 members"),
        (change(GOOD, END, 12, "L", 1 << 28), "expected at most 500"),
        (change(GOOD, CENTRAL, 8, "H", 1), "encrypted"),
        (change(GOOD, LOCAL, 6, "H", 1), "described in two ways"),
        (change(GOOD, CENTRAL, 10, "H", 14), "packed by method 14"),
        (change(GOOD, LOCAL, 30, "B", ord("t")), "described in two ways"),
        (change(GOOD, LOCAL, 22, "L", 1), "described in two ways"),
        (change(GOOD, CENTRAL, 42, "L", 7), "other data before the archive"),
        (change(GOOD, LOCAL, 39, "B", 0xFF), "packed content that is broken"),
        (pack(("stops.txt", b"../../etc/passwd"), mode=stat.S_IFLNK), "a link or device"),
        (pack(("stops.txt", GOOD)), "an archive within the archive"),
        (pack(("stops.txt", b"0" * 4_000_000)), "not a bomb"),
    ],
)
def test_an_archive_that_is_not_plain_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(RefusedError, match=message):
        open_members(data, ["stops.txt"], "here")


def change_both(data: bytes, central: int, local: int, value: int) -> bytes:
    return change(change(data, CENTRAL, central, "L", value), LOCAL, local, "L", value)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (change_both(GOOD, 16, 14, 7), "its checksum is wrong"),
        (change_both(change_both(GOOD, 24, 22, 5), 16, 14, zlib.crc32(STOPS[:5])), "more than 5 bytes"),
        (change_both(GOOD, 20, 18, 9), "without its own end"),
        (change_both(GOOD, 20, 18, 9_000), "lying over its neighbour"),
    ],
    ids=["checksum", "less than there is", "cut", "overlap"],
)
def test_headers_that_agree_on_a_lie_are_found_out(data: bytes, message: str) -> None:
    with pytest.raises(RefusedError, match=message):
        open_members(data, ["stops.txt"], "here")


def lie_over(count: int) -> bytes:
    """Many members of one content, as in the bomb that unpacks 10 MB to 281 TB: each name leads to the same bytes."""
    data = pack(("0.csv", b"0" * 1000))
    local, directory = data[: data.index(CENTRAL)], data[data.index(CENTRAL) : data.index(END)]
    many = b"".join(directory.replace(b"0.csv", f"{number}.csv".encode()) for number in range(count))
    return local + many + struct.pack("<4s4H2LH", END, 0, 0, count, count, len(many), len(local), 0)


def test_members_that_share_their_content_are_refused() -> None:
    with pytest.raises(RefusedError, match=r"described in two ways|lying over its neighbour"):
        open_members(lie_over(9), ["*.csv"], "here")


def noise(size: int) -> bytes:
    """Text that deflate packs about fiftyfold: below the ratio's cap, so that only the size can stop it."""
    chance = random.Random(7)
    return b"".join(chance.randbytes(600) + b"0" * 30_000 for _block in range(size // 30_600))


def test_a_bomb_is_stopped_at_the_cap_with_no_more_memory_than_that() -> None:
    half = noise(BYTES_LIMIT // 2 + 4_000_000)
    data = pack(("a.csv", half), ("b.csv", half))
    del half
    tracemalloc.start()
    with pytest.raises(RefusedError, match=r"b.csv: found more than 268,435,456 bytes unpacked"):
        open_members(data, ["*.csv"], "here")
    assert tracemalloc.get_traced_memory()[1] < BYTES_LIMIT * 1.4
    tracemalloc.stop()


EXPECTED: dict[str, tuple[str, str]] = {
    "zip-slip.zip": ("*.csv", "expected a path inside the archive"),
    "zip-dup-names.zip": ("a.csv", "names that differ on every system"),
    "zip-many.zip": ("1.csv", "600 members"),
    "tar-slip.tar": ("*", "no ZIP archive"),
    "far-cell.xlsx": ("*.csv", "found no member"),
}


@pytest.mark.skipif(not SHARED.is_dir(), reason="the folder ../shared with attacks is not here")
@pytest.mark.parametrize("name", EXPECTED)
def test_hostile_archives_are_refused_and_write_nothing(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    wanted, message = EXPECTED[name]
    with pytest.raises(RefusedError, match=message):
        open_members((SHARED / name).read_bytes(), [wanted], "here")
    assert list(tmp_path.rglob("*")) == []


def test_a_workbook_within_an_archive_is_a_table() -> None:
    book = pack(("xl/workbook.xml", b"<workbook/>"))
    assert open_members(pack(("budget.xlsx", book)), ["*.xlsx"], "here") == [("budget.xlsx", book)]


def test_a_member_written_without_knowing_its_size_is_opened() -> None:
    class Pipe(io.RawIOBase):
        def __init__(self, keep: Callable[[bytes], object]) -> None:
            self.keep = keep

        def writable(self) -> bool:
            return True

        def write(self, data: object) -> int:
            self.keep(bytes(data))  # type: ignore[call-overload]
            return len(data)  # type: ignore[arg-type]

    parts: list[bytes] = []
    with zipfile.ZipFile(Pipe(parts.append), "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("stops.txt", STOPS)
    assert open_members(b"".join(parts), ["stops.txt"], "here") == [("stops.txt", STOPS)]
