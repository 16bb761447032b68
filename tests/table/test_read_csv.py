"""CSV: the declared dialect and nothing guessed; every physical line is accounted for."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lamppost.decode.delimited import decode_csv
from lamppost.errors import RefusedError
from lamppost.model import Snapshot

Build = Callable[..., Any]


def test_cells_are_text_and_empty_ones_are_null(take: Build) -> None:
    table = take("csv", b"id,name\n007,\n1.0, x \n")
    assert table.to_pydict() == {"id": ["007", "1.0"], "name": [None, " x "], "_row": [1, 2]}


def test_a_byte_order_mark_is_no_part_of_the_first_name(take: Build) -> None:
    assert take("csv", b"\xef\xbb\xbfid\n1\n").column_names == ["id", "_row"]


def test_the_declared_dialect_and_encoding_hold(take: Build) -> None:
    table = take(
        "csv",
        "id;name\n1;'caf\xe9; x'\n".encode("cp1252"),
        dialect={"delimiter": ";", "quotechar": "'"},
        encoding="cp1252",
    )
    assert table["name"].to_pylist() == ["café; x"]


def test_an_encoding_is_never_guessed(take: Build) -> None:
    with pytest.raises(RefusedError, match=r"line 2: byte 13 \(0xE9\) is not utf-8"):
        take("csv", b"id,name\n1,caf\xe9\n")
    with pytest.raises(RefusedError, match="the encoding 'latin-17' declared"):
        take("csv", b"id\n1\n", encoding="latin-17")


def test_ragged_rows_are_refused_with_their_lines(take: Build) -> None:
    with pytest.raises(
        RefusedError, match=r"line 2: found 2 cells, expected 3 as in the header; 2 of 3 rows in 4"
    ) as caught:
        take("csv", b"id,name,value\n1,a\n2,b,2,EXTRA\n3,c,3\n")
    issue = caught.value.issues[0]
    assert (issue.code, issue.count) == ("ragged-row", 2)
    assert [(one.row, one.note) for one in issue.samples] == [
        (1, "line 2: 2 cells, expected 3"),
        (2, "line 3: 4 cells, expected 3"),
    ]


def test_a_quote_that_never_closes_is_refused_where_it_opens(take: Build) -> None:
    data = b"id,name\n1,a\n" + b'2,"b\n' + b"".join(b"%d,c\n" % number for number in range(3, 500))
    with pytest.raises(
        RefusedError, match="line 3: a quote opens and never closes, so 498 physical lines would become one row"
    ):
        take("csv", data)


def test_two_stray_quotes_that_swallow_rows_are_refused(take: Build) -> None:
    with pytest.raises(RefusedError, match="line 2: one cell runs to line 4"):
        take("csv", b'id,a,b\n1,x,"y\n2,x,y\n3,x,y"\n4,x,y\n')


def test_honest_cells_over_several_lines_pass(take: Build) -> None:
    table = take("csv", b'id,text,n\n1,"Dear city,\nthe lamp, post 7, is out,\n\nthanks, A",2\n2,"a\nb, c",3\n')
    assert table.num_rows == 2
    assert take("csv", b'note\n"a\nb\nc"\n').num_rows == 1


def test_text_after_a_closing_quote_is_refused(take: Build) -> None:
    with pytest.raises(RefusedError, match=r"line 2: .*expected well-formed CSV"):
        take("csv", b'id,name\n1,"x"y\n')


def test_blank_lines_hold_no_row_and_any_line_end_ends_a_row(take: Build) -> None:
    assert take("csv", b"id,name\r\n\n1,a\n2,b\r\n\n")["id"].to_pylist() == ["1", "2"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "nothing but white space"),
        (b"id,name,name\n1,a,b\n", "the header names `name` more than once"),
        (b"id,\n1,x\n", "line 2: cell 2 has a value, but its column has no name"),
        (b"<html><body>Please log in</body></html>", "an HTML page"),
        (b",".join(b"c%d" % number for number in range(1001)), "1,001 columns"),
        (b"id\n" + b"x" * 1_100_000, "more than 1,048,576 characters"),
        (b"_row\n1\n", "the engine's own"),
    ],
)
def test_what_is_no_table_is_refused(take: Build, data: bytes, message: str) -> None:
    with pytest.raises(RefusedError, match=message):
        take("csv", data)


def test_a_nameless_column_without_values_is_no_column(take: Build) -> None:
    assert take("csv", b"id,,name,\n1,,a,\n").column_names == ["id", "name", "_row"]


def test_a_column_that_only_some_pages_have_is_refused(take: Build) -> None:
    with pytest.raises(RefusedError, match="page 2: the column `b` is missing, expected it as in page 1"):
        take("csv", b"a,b\n1,2\n", b"a\n1\n")
    assert take("csv", b"a,b\n1,2\n", b"b,a\n3,4\n")["a"].to_pylist() == ["1", "4"]


def test_a_mapped_column_that_no_page_has_is_left_out(take: Build) -> None:
    assert take("csv", b"ID,x\n1,2\n", fields={"id": "ID", "name": "NAME"}).column_names == ["id", "_row"]


def test_an_unknown_word_of_the_dialect_is_refused(take: Build) -> None:
    with pytest.raises(RefusedError, match="the dialect says `comment`"):
        take("csv", b"id\n1\n", dialect={"comment": "#"})


def test_the_process_wide_cell_limit_is_left_as_it_was(take: Build) -> None:
    before = csv.field_size_limit()
    take("csv", b"id\n1\n")
    assert csv.field_size_limit() == before


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=8)


@settings(deadline=None, max_examples=150)
@given(st.lists(st.tuples(TEXT, TEXT), max_size=6))
def test_whatever_was_written_is_read_back(pairs: list[tuple[str, str]]) -> None:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows([("a", "b"), *pairs])
    found = decode_csv(out.getvalue().encode(), Snapshot((), "csv"), "here")
    assert [(row["a"] or "", row["b"] or "") for row in found.rows] == pairs
