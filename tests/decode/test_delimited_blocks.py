"""A large CSV read some lines at a time gives what the reader of whole files gives, or is refused as there."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lamppost.decode.delimited import decode_csv
from lamppost.decode.delimited_blocks import LineCount, cut_lines, decode_blocks
from lamppost.errors import RefusedError
from lamppost.model import Snapshot

CSV = Snapshot((), "csv")
PIECES = ["a", "b,c", ",", "1", "\n", "\n", "\r\n", "\r", '"', '"x\ny"', "\0", "é", "\ufeff", " ", "7,8\n", "a,b\n"]


def read_whole(data: bytes) -> object:
    try:
        found = decode_csv(data, CSV, "it")
    except RefusedError as error:
        return str(error)
    return found.header, [dict(row) for row in found.rows]


def read_blocks(path: Path, large: int) -> object:
    try:
        blocks = list(decode_blocks(path, CSV, "it", large=large))
    except RefusedError as error:
        return str(error)
    assert len({one.header for one in blocks}) == 1
    return blocks[0].header, [dict(row) for one in blocks for row in one.rows]


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(PIECES), max_size=30), st.integers(1, 12), st.booleans())
def test_blocks_give_what_the_whole_gives(tmp_path: Path, pieces: list[str], large: int, headed: bool) -> None:
    data = (("a,b\n" if headed else "") + "".join(pieces)).encode()
    path = tmp_path / "some.csv"
    path.write_bytes(data)
    assert read_blocks(path, large) == read_whole(data)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=30), st.integers(1, 12))
def test_rows_counted_without_reading_are_those_read(pieces: list[str], size: int) -> None:
    data = ("a,b\n" + "".join(pieces)).encode()
    count = LineCount()
    for start in range(0, len(data), size):
        count.add(data[start : start + size])
    whole = read_whole(data)
    if count.rows is not None and isinstance(whole, tuple):
        assert count.rows == len(whole[1])


def test_plain_lines_are_counted_and_others_are_left_to_a_reader() -> None:
    plain, quoted = LineCount(), LineCount()
    plain.add(b"a,b\n1,2\r\n3,4")
    quoted.add(b'a,b\n"1",2\n')
    assert (plain.rows, quoted.rows) == (2, None)


def test_a_file_is_cut_behind_lines_only(tmp_path: Path) -> None:
    path = tmp_path / "some.csv"
    path.write_bytes(b"a\nlonger line\nb\nend")
    assert list(cut_lines(path, 4)) == [b"a\n", b"longer line\nb\n", b"end"]


def test_a_large_file_comes_in_several_pieces(tmp_path: Path) -> None:
    path = tmp_path / "some.csv"
    path.write_bytes(b"a,b\n" + b"1,2\n" * 100)
    assert [len(one.rows) for one in decode_blocks(path, CSV, "it", large=40)] == [9] + [10] * 9 + [1]


def test_a_quote_half_way_is_read_by_the_whole_reader_from_there(tmp_path: Path) -> None:
    path = tmp_path / "some.csv"
    path.write_bytes(b"a,b\n" + b"1,2\n" * 10 + b'"x\ny",3\n')
    blocks = list(decode_blocks(path, CSV, "it", large=20))
    assert blocks[-1].rows[-1] == {"a": "x\ny", "b": "3"}
    assert sum(len(one.rows) for one in blocks) == 11


@pytest.mark.parametrize("data", [b"", b"\n\n", b"<html><body>1,2\n3\n4\n5\n</body></html>"])
def test_what_is_no_csv_is_refused_as_before(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "some.csv"
    path.write_bytes(data)
    assert isinstance(read_blocks(path, 4), str)
    assert read_blocks(path, 4) == read_whole(data)
