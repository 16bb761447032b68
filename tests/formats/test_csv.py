"""The one CSV writer: what is a byte of it, and that reading gives back what was written."""

import io
from csv import reader as plain_reader
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lamppost.errors import StoreError
from lamppost.formats import csv

CELL = st.none() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=8)


def encode(**columns: list[str | None]) -> bytes:
    return csv.encode(pa.table({name: pa.array(cells, pa.string()) for name, cells in columns.items()}), list(columns))


def test_quotes_stand_only_where_they_are_needed() -> None:
    assert encode(a=["x", "a,b", 'say "hi"', " y "], b=["1", "2\n3", "\r", None]) == (
        b'a,b\nx,1\n"a,b","2\n3"\n"say ""hi""","\r"\n y ,\n'
    )


def test_an_empty_string_is_written_as_a_null() -> None:
    assert encode(a=["1", ""], b=[None, "2"]) == b"a,b\n1,\n,2\n"


def test_a_null_in_a_single_column_is_no_blank_line() -> None:
    assert encode(a=[None, "x"]) == b'a\n""\nx\n'
    assert csv.read(encode(a=[None, "x", None])).column("a").to_pylist() == [None, "x", None]


def test_a_table_without_rows_keeps_its_header() -> None:
    assert encode(a=[], b=[]) == b"a,b\n"
    assert csv.read(b"a,b\n").schema.names == ["a", "b"]


def test_columns_come_in_the_order_asked_for() -> None:
    table = pa.table({"a": ["1"], "b": ["2"], "_row": pa.array([1])})
    assert csv.encode(table, ["b", "a"]) == b"b,a\n2,1\n"


def test_numbers_are_refused_because_no_engine_may_choose_their_spelling() -> None:
    with pytest.raises(TypeError, match="column n has type int64"):
        csv.encode(pa.table({"n": [1]}), ["n"])


def test_nothing_is_converted_when_read() -> None:
    table = csv.read(b"a,b,c\n007,NA,1e5\n true ,null,0x1F\n")
    assert table.to_pylist() == [{"a": "007", "b": "NA", "c": "1e5"}, {"a": " true ", "b": "null", "c": "0x1F"}]
    assert set(table.schema.types) == {pa.string()}


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.tuples(CELL, CELL), max_size=6), st.integers(1, 40))
def test_blocks_of_any_size_are_the_rows_of_the_file(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str | None, str | None]], size: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "blocks.csv"
    table = pa.table({name: pa.array([row[n] for row in rows], pa.string()) for n, name in enumerate("ab")})
    csv.write(table, path, ["a", "b"])
    blocks = list(csv.read_blocks(path, size))
    assert pa.concat_tables(blocks).to_pylist() == csv.read(path).to_pylist() == table.to_pylist()
    assert size > 10 or len(blocks) >= len(rows) - 1


def test_a_block_never_ends_inside_a_cell(tmp_path: Path) -> None:
    rows = [{"a": "x", "b": 'one\n"two"\nthree'}, {"a": "\n", "b": None}, {"a": '"', "b": "\n\n,"}]
    csv.write(pa.Table.from_pylist(rows), tmp_path / "part.csv", ["a", "b"])
    for size in range(1, 40):
        assert pa.concat_tables(csv.read_blocks(tmp_path / "part.csv", size)).to_pylist() == rows


def test_a_damaged_block_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "part.csv").write_bytes(b"a,b\n1,2\n3\n")
    with pytest.raises(StoreError, match=r"part\.csv: not a CSV file as the store writes it"):
        list(csv.read_blocks(tmp_path / "part.csv", 4))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.tuples(CELL, CELL), max_size=6))
def test_what_is_written_is_read_back(rows: list[tuple[str | None, str | None]]) -> None:
    columns = {"a": [one for one, _ in rows], "b": [other for _, other in rows]}
    data = encode(**columns)
    assert csv.read(data).to_pydict() == columns
    plain = list(plain_reader(io.StringIO(data.decode(), newline="")))
    assert plain[1:] == [[one or "" for one in row] for row in rows]


@pytest.mark.parametrize("data", [b"", b"a,a\n1,2\n", b"a,b\n1\n", b"a\n\xff\n", b"a,b\n1,2,3\n"])
def test_what_the_store_never_writes_is_refused(data: bytes) -> None:
    with pytest.raises(StoreError):
        csv.read(data)


def test_a_file_is_named_when_it_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "part.csv").write_bytes(b"a,b\n1\n")
    with pytest.raises(StoreError, match=r"part\.csv: not a CSV file"):
        csv.read(tmp_path / "part.csv")


def test_seventy_thousand_rows_of_eighteen_columns_come_back_as_they_were() -> None:
    table = pa.table({f"c{n}": pa.array([f"{row * n}, x" for row in range(70_000)]) for n in range(18)})
    assert csv.read(csv.encode(table, table.column_names)).equals(table)
