"""A body that is cut, broken, packed or mislabelled: it is whole, or known not to be, or refused in one sentence."""

import gzip
import zlib
from pathlib import Path
from typing import Any

import pytest
from tests.pull.wire import CSV, JSON, ask, raw, refused, sized

from lamppost.pull import Transport
from lamppost.pull.transport.body import inflate

ATTACKS = Path(__file__).parents[2].parent / "shared" / "attacks" / "files"
shared = pytest.mark.skipif(not ATTACKS.is_dir(), reason="the folder ../shared with attacks is not here")


@pytest.mark.parametrize(
    ("declared", "found"),
    [
        ("Content-Length: 20", "half an answer"),
        ("Content-Length: 3", "half an answer (more than the 3 bytes came that it declares)"),
        ("Content-Length: 3\r\nContent-Length: 9", "a broken answer (it declares two lengths)"),
    ],
)
@pytest.mark.parametrize("end", ["Connection: close", "Connection: keep-alive"])
def test_source_fault_11_wrong_content_length(
    source: Any, transport: Transport, declared: str, found: str, end: str
) -> None:
    said = refused(source, transport, raw(JSON, declared, body=b"[12]", end=end))
    assert found in said or "half an answer (the connection broke)" in said  # where its end comes before its surplus


def test_fault_content_length_that_is_no_number_proves_nothing(source: Any, transport: Transport) -> None:
    assert not ask(source, transport, raw(JSON, "Content-Length: three", body=b"[12]")).whole


def test_source_fault_11_chunked_cut(source: Any, transport: Transport) -> None:
    cut = raw(JSON, "Transfer-Encoding: chunked", body=b"4\r\n[1,2\r\n")
    assert ask(source, transport, cut, sized(b"[1]", JSON)).body == b"[1]"


def test_fault_transfer_encoding_that_hides_its_end(source: Any, transport: Transport) -> None:
    odd = raw(JSON, "Transfer-Encoding: gzip, chunked", body=b"3\r\n[1]\r\n0\r\n\r\n")
    assert "its transfer encoding is not chunked" in refused(source, transport, odd)


def test_source_fault_10_close_delimited_cut_is_not_called_whole(source: Any, transport: Transport) -> None:
    cut = raw("Content-Type: text/csv", body=CSV[:99])
    assert not ask(source, transport, cut, expect="csv").whole


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (gzip.compress(CSV)[:-9], "its gzip content has no end"),
        (gzip.compress(CSV)[:600], "its gzip content has no end"),
        (gzip.compress(CSV)[:1], "its gzip content has no end"),
        (gzip.compress(CSV)[:-8] + b"\0\0\0\0" + gzip.compress(CSV)[-4:], "its gzip content is broken"),
        (gzip.compress(CSV)[:-4] + b"\1\0\0\0", "its gzip content is broken"),
        (gzip.compress(CSV) + b"GARBAGE", "something follows the end of its gzip"),
        (gzip.compress(CSV) + bytes(8), "something follows the end of its gzip"),
        (gzip.compress(gzip.compress(CSV)), "a gzip file"), (CSV, "it is not gzip, as it says"),
        (zlib.compress(CSV), "it is not gzip, as it says"),
    ],
    ids=["no trailer", "cut", "one byte", "crc", "length", "garbage", "zeros", "double", "plain", "zlib"],
)  # fmt: skip
def test_source_fault_10_gzip(source: Any, transport: Transport, body: bytes, found: str) -> None:
    said = refused(source, transport, sized(body, "Content-Type: text/csv", "Content-Encoding: gzip"), expect="csv")
    assert found in said


@shared
@pytest.mark.parametrize(
    ("name", "found"),
    [("truncated.csv.gz", "its gzip content has no end"), ("trailing-garbage.csv.gz", "follows the end of its gzip")],
)
@pytest.mark.parametrize("length", [True, False])
def test_source_fault_10_gzip_of_the_shared_files(
    source: Any, transport: Transport, name: str, found: str, *, length: bool
) -> None:
    body, lines = (ATTACKS / name).read_bytes(), ["Content-Type: text/csv", "Content-Encoding: gzip"]
    answer = sized(body, *lines) if length else raw(*lines, body=body)
    assert found in refused(source, transport, answer, expect="csv")


def test_fault_gzip_without_its_header(source: Any, transport: Transport) -> None:
    said = refused(source, transport, sized(gzip.compress(CSV), "Content-Type: text/csv"), expect="csv")
    assert "a gzip file (HTTP 200 OK, text/csv, " in said


def test_fault_encoding_that_was_not_asked_for(source: Any, transport: Transport) -> None:
    said = refused(source, transport, sized(b"xyz", JSON, "Content-Encoding: br"))
    assert "its content encoding is neither gzip nor none" in said


def test_gzip_of_several_members_is_whole(source: Any, transport: Transport) -> None:
    body = gzip.compress(CSV[:1000]) + gzip.compress(CSV[1000:])
    response = ask(source, transport, raw("Content-Encoding: gzip", body=body), expect="csv")
    assert (response.body, response.whole) == (CSV, True)


@pytest.mark.parametrize("size", [0, 1, 2**20 - 1, 2**20, 2**20 + 1, 3 * 2**20])
def test_gzip_of_any_size_is_whole(size: int) -> None:
    content = (CSV * (size // len(CSV) + 1))[:size]
    assert inflate(gzip.compress(content), max_bytes=2**23, max_ratio=2000) == content


def test_fault_gzip_of_a_million_members(source: Any) -> None:
    patient = Transport(allow={"127.0.0.1"}, deadline=20)
    body = gzip.compress(b"") * 50_000
    assert "more than 10,000 gzip members" in refused(source, patient, sized(body, "Content-Encoding: gzip"))


def test_fault_bomb_that_stays_below_the_cap(source: Any) -> None:
    patient = Transport(allow={"127.0.0.1"}, deadline=20)
    body = gzip.compress(b"0" * 9_000_000)
    assert "more than 200 times what was sent" in refused(source, patient, sized(body, "Content-Encoding: gzip"))


def test_fault_wrong_charset_changes_no_byte(source: Any, transport: Transport) -> None:
    body = "id\nStraße\n".encode()
    answer = sized(body, "Content-Type: text/csv; charset=utf-16")
    assert ask(source, transport, answer, expect="csv").body == body


def test_fault_byte_order_mark_hides_no_page(source: Any, transport: Transport) -> None:
    page = b"\xef\xbb\xbf \n<!-- x --><HTML><body>no"
    assert "a page of HTML" in refused(source, transport, sized(page, "Content-Type: text/csv"), expect="csv")
    wide = "<html><body>no".encode("utf-16")
    assert "a page of HTML" in refused(source, transport, sized(wide, "Content-Type: text/csv"), expect="csv")
