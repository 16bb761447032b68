"""What Arrow accepts of a CSV file is, cell for cell, what Python's strict reader gives; the rest it leaves alone."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lamppost.decode import delimited
from lamppost.decode.delimited_plain import read_plain
from lamppost.decode.records import CELL_LIMIT, Records, Shortcut
from lamppost.errors import RefusedError
from lamppost.model import Snapshot

Decode = Callable[[bytes, Snapshot, str], Records]
COMMA: Mapping[str, Any] = {"delimiter": ",", "quotechar": '"'}
MANY = settings(deadline=None, max_examples=150)


def read(decode: Decode, data: bytes, snapshot: Snapshot) -> Any:
    """Header and rows, or the words of the refusal."""
    try:
        found = decode(data, snapshot, "here")
    except RefusedError as error:
        return str(error)
    assert len(found.rows) == len(list(found.rows))
    return found.header, list(found.rows)


def assert_agreement(data: bytes, dialect: Mapping[str, str] | None = None, encoding: str = "utf-8") -> None:
    """The file read as it is, and by the strict reader alone."""
    snapshot = Snapshot((), "csv", encoding=encoding, dialect=tuple((dialect or {}).items()))
    assert read(delimited.decode_csv, data, snapshot) == read(delimited.decode_strictly, data, snapshot)


def test_a_file_without_quotes_is_read_by_arrow() -> None:
    found = read_plain("id,,name\r\n1,,\n\n2,,é x\n".encode(), COMMA)
    assert found is not None
    assert (found[0], found[1].to_pydict()) == (("id", "", "name"), {"id": ["1", "2"], "name": [None, "é x"]})


@pytest.mark.parametrize(
    "data",
    [
        b'id,name\n1,"a"\n',
        b"id,name\r1,a\r",
        b"id,name\n1,a\r\r\n",
        b"id,name\n1\n",
        b"id,name\n1,a,b\n",
        b"id,id\n1,a\n",
        b"id,name\n1,\xff\n",
        b"id,name\n1,\xed\xa0\x80\n",
        b"id,\n1,a\n",
        b"id,name\n1,a\0b\n",
        b"id,name",
        b",\n,\n",
        b"id\n" + b"x" * (CELL_LIMIT + 1) + b"\n",
    ],
)
def test_what_is_not_plain_is_left_to_the_strict_reader(data: bytes) -> None:
    assert read_plain(data, COMMA) is None
    assert_agreement(data)


@pytest.mark.parametrize("options", [{"escapechar": "\\"}, {"skipinitialspace": True}, {"delimiter": "::"}])
def test_a_dialect_that_arrow_reads_otherwise_is_left_to_the_strict_reader(options: Mapping[str, Any]) -> None:
    assert read_plain(b"id,name\n1,a\n", {**COMMA, **options}) is None


def test_a_delimiter_of_two_characters_is_refused_with_what_to_do() -> None:
    with pytest.raises(RefusedError, match="expected single characters; correct the declared dialect"):
        delimited.decode_csv(b"a::b\n", Snapshot((), "csv", dialect=(("delimiter", "::"),)), "here")


def test_rows_are_made_only_for_who_looks() -> None:
    rows = delimited.decode_csv(b"id,name\n1,\n", Snapshot((), "csv"), "here").rows
    assert isinstance(rows, Shortcut)
    assert (len(rows), rows[0]) == (1, {"id": "1", "name": None})


PIECES = st.sampled_from(
    [",", ",", ";", "\n", "\n", "\r\n", "\r", '"', "'", " ", "a", "1.10", "é", "\x0b", "\x85", "\0"]
)
LINE = st.lists(st.sampled_from(["1", "", " ", "x y", "é", "=1+1", "-0", "\u2028", "'"]), min_size=3, max_size=3)


@MANY
@given(st.lists(PIECES, max_size=25).map("".join))
@example("a\n\n1\n \n2\n")
@example("\r\n\na,b\r\n,\r\n")
@example("\ufeffa,b\n1,2\n")
def test_any_text_is_read_alike(text: str) -> None:
    assert_agreement(text.encode())
    assert_agreement(text.encode("utf-16"), encoding="utf-16")
    assert_agreement(text.encode(), {"delimiter": ";", "quotechar": "'"})


@MANY
@given(st.lists(LINE, max_size=8), st.sampled_from(["\n", "\r\n", "\n\n"]), st.sampled_from([",", ";", "\t", "|"]))
def test_plain_rows_are_read_alike(rows: list[list[str]], end: str, delimiter: str) -> None:
    text = end.join(delimiter.join(row) for row in [["id", "b", "c"], *rows]) + end
    assert read_plain(text.encode(), {"delimiter": delimiter, "quotechar": '"'}) is not None
    assert_agreement(text.encode(), {"delimiter": delimiter})
