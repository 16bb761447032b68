"""A table in a file stands for the same table in memory, whoever asks it."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lamppost.errors import QueryError
from lamppost.formats.filed import file_table, open_filed, read_blocks, read_slices
from lamppost.formats.typed import typed
from lamppost.model import Field, Schema
from lamppost.query import answer

SCHEMA = Schema(
    (
        Field("seen_at", "datetime"), Field("many", "integer"), Field("share", "number"), Field("is_on", "boolean"),
        Field("day", "date"), Field("name", "string"),
    ),
    ("seen_at",),
)  # fmt: skip
CELLS = (
    ("2026-11-22T07:00:00Z", "2026-11-22T08:00:00.5+01:00", None),
    ("1", "-7", "99999999999999999999", None),
    ("0.1", "1.123456", "3", "-0.5", None),
    ("true", "0", None),
    ("2026-11-22", "1969-01-01", None),
    ("a", "b,c", None),
)
ROW = st.tuples(*(st.sampled_from(one) for one in CELLS))
ROWS = st.lists(ROW, min_size=1, max_size=12)


def text(rows: Sequence[tuple[str | None, ...]]) -> pa.Table:
    return pa.table({name: pa.array([row[n] for row in rows], pa.string()) for n, name in enumerate(SCHEMA.names)})


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(ROWS, min_size=1, max_size=3))
def test_the_file_has_the_rows_in_their_order_and_the_types_of_the_whole(
    tmp_path_factory: pytest.TempPathFactory, parts: list[list[tuple[str | None, ...]]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "rows.parquet"
    tables = [text(one) for one in parts]
    file_table(tables, path, SCHEMA)
    filed, whole = open_filed(path), typed(pa.concat_tables(tables), SCHEMA)
    assert (filed.column_names, filed.schema.types) == (whole.column_names, whole.schema.types)
    slices = list(read_slices(filed, [one.num_rows for one in tables]))
    assert [one.num_rows for one in slices] == [one.num_rows for one in tables]
    assert pa.concat_tables(slices).to_pylist() == whole.to_pylist()
    assert [row for one in read_blocks(filed, ["many", "seen_at"]) for row in one.to_pylist()] == [
        {"many": row["many"], "seen_at": row["seen_at"]} for row in whole.to_pylist()
    ]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT sum(many), avg(share), max(seen_at), count(DISTINCT name) FROM t",
        "SELECT * FROM t WHERE seen_at > (SELECT min(seen_at) FROM t) LIMIT 3",
        "SELECT a.name FROM t a JOIN t b ON a.many = b.many + 1",
        "SELECT day, is_on FROM t WHERE share >= 0.5",
    ],
)
def test_a_query_over_the_file_answers_as_over_the_table(tmp_path: Path, sql: str) -> None:
    rows = [
        (f"2026-11-{n + 1:02d}T00:00:00Z", str(n % 5), f"0.{n}", "true", f"2026-11-{n + 1:02d}", "abc"[n % 3])
        for n in range(28)
    ]
    file_table([text(rows[:9]), text(rows[9:])], tmp_path / "t.parquet", SCHEMA)
    filed, held = open_filed(tmp_path / "t.parquet"), typed(text(rows), SCHEMA)
    assert answer(sql, {"t": filed}).equals(answer(sql, {"t": held}))


def test_a_query_over_a_file_reads_no_other(tmp_path: Path) -> None:
    row = ("2026-11-22T00:00:00Z", "1", "0.5", "true", "2026-11-22", "a")
    for name in ("it's mine", "secret"):
        file_table([text([row])], tmp_path / f"{name}.parquet", SCHEMA)
    filed = open_filed(tmp_path / "it's mine.parquet")
    assert answer("SELECT name FROM t", {"t": filed}).to_pylist() == [{"name": "a"}]
    for place in ("secret", "it''s mine"):
        for sql in (f"SELECT * FROM '{tmp_path}/{place}.parquet'", f"FROM read_parquet('{tmp_path}/{place}.parquet')"):
            with pytest.raises(QueryError, match="expected one of t"):
                answer(sql, {"t": filed})


def test_what_could_not_be_written_leaves_nothing(tmp_path: Path) -> None:
    class Broken:
        def __iter__(self) -> object:
            yield text([("2026-11-22T07:00:00Z", "1", "1", "true", None, "a")])
            raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        file_table(Broken(), tmp_path / "t.parquet", SCHEMA)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []
