"""transform.py: text in, text out, and every row still known by its number."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lamppost.errors import RefusedError
from lamppost.table.transform import transform

Build = Callable[..., Any]


@pytest.fixture
def run(tmp_path: Path, rows: Build) -> Build:
    def _run(body: str, table: pa.Table = None) -> tuple[pa.Table, int]:
        folder = tmp_path / "bikes"
        folder.mkdir(exist_ok=True)
        path = folder / "transform.py"
        path.write_text(f"def transform(table):\n    {body}\n", encoding="utf-8")
        return transform(rows("id n", "a 1.23456", "b -", "c 3") if table is None else table, path)

    return _run


def test_cells_change_and_missing_ones_stay_missing(run: Build) -> None:
    table, filtered = run("table['n'] = table['n'].map(lambda n: n and f'{float(n):.3f}'); return table")
    assert table.to_pydict() == {"id": ["a", "b", "c"], "n": ["1.235", None, "3.000"], "_row": [1, 2, 3]}
    assert filtered == 0


def test_dropped_rows_count_as_filtered_and_the_others_keep_their_number(run: Build) -> None:
    table, filtered = run("return table[table['n'].notna()].iloc[::-1]")
    assert (table["_row"].to_pylist(), filtered) == ([1, 3], 1)


def test_columns_may_be_made_and_removed(run: Build) -> None:
    table, _ = run("return table.assign(kind='x').drop(columns='n')")
    assert table.column_names == ["id", "kind", "_row"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("return table.reset_index(drop=True)", "came back under a number that went in with none"),
        ("return table.groupby('id').first()", "under a number that went in with none"),
        ("return table.loc[[1, 1, 2]]", "row 1 came back more than once"),
        ("return table.assign(n=table['n'].astype(float))", "the column `n` came back with a float, expected text"),
        ("return table.assign(n=True)", "column `n` came back with a bool"),
        ("return table.assign(n=[['x'], 'a', 'b'])", "column `n` came back with a list"),
        ("return table.set_axis(['id', 'id'], axis=1)", "expected different names"),
        ("return None", "found a NoneType, expected the table"),
        ("raise ValueError('secret 555-0100')", r"bikes/transform.py:2: the transform failed with ValueError"),
        ("return (", r"bikes/transform.py:2: the transform failed with SyntaxError"),
    ],
)
def test_whatever_breaks_the_way_back_to_the_source_is_refused(run: Build, body: str, message: str) -> None:
    with pytest.raises(RefusedError, match=message) as caught:
        run(body)
    assert "secret" not in str(caught.value)


def test_a_file_without_the_function_is_refused(tmp_path: Path, rows: Build) -> None:
    path = tmp_path / "transform.py"
    path.write_bytes(b"x = 1\n")
    with pytest.raises(RefusedError, match="no function `transform`"):
        transform(rows("id", "1"), path)


def test_the_file_leaves_no_trace(run: Build, tmp_path: Path) -> None:
    run("return table")
    assert [path.name for path in (tmp_path / "bikes").iterdir()] == ["transform.py"]
    assert "city_transform" not in sys.modules


def test_the_changed_file_is_read_anew_even_within_the_same_second(run: Build) -> None:
    assert run("return table.head(1)")[1] == 2
    assert run("return table.head(2)")[1] == 1


def test_what_read_remembered_reaches_the_drift_gate(run: Build, take: Build) -> None:
    table, _ = run("return table", take("json", b'[{"a": 1}]', fields={"a": "a", "b": "gone"}))
    assert table.schema.metadata == {b"lamppost.absent": b"b"}


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 9), max_size=8))
def test_an_index_passes_exactly_when_it_is_a_subset_without_doubles(
    run: Build, rows: Build, picked: list[int]
) -> None:
    table = rows("id", *"abcdefgh")
    lawful = len(set(picked)) == len(picked) and set(picked) <= set(range(1, 9))
    body = f"import pandas; return table.reindex(pandas.Index({picked}, dtype='int64'))"
    if lawful:
        found, filtered = run(body, table)
        assert (found["_row"].to_pylist(), filtered) == (sorted(picked), 8 - len(picked))
    else:
        with pytest.raises(RefusedError):
            run(body, table)


def test_a_transform_that_ends_the_program_only_fails(run: Build) -> None:
    with pytest.raises(RefusedError, match="failed with SystemExit"):
        run("raise SystemExit(3)")
