"""Parquet: sorted by what readers filter by, in groups that a browser can take one by one, in types that hold all."""

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lamppost.formats import parquet
from lamppost.model import Field, Publish, Schema

SCHEMA = Schema((Field("trip_id", "string"), Field("ended_at", "datetime"), Field("length_km", "number")), ("trip_id",))


def trips(first: int, count: int) -> pa.Table:
    numbers = range(first, first + count)
    ended = [f"2026-11-{20 - n % 20:02}T00:00:00Z" for n in numbers]
    return pa.table({"trip_id": [f"t{n:06}" for n in numbers], "ended_at": ended, "length_km": ["1.5"] * count})


def column(kind: str, *parts: list[str | None]) -> pa.Schema:
    schema = Schema((Field("x", kind),), ("x",))
    return parquet.find_types([pa.table({"x": pa.array(one, pa.string())}) for one in parts], schema)


def test_the_first_group_is_small_and_each_has_a_page_index(tmp_path: Path) -> None:
    parquet.write(trips(0, 45_000), tmp_path / "x.parquet", SCHEMA)
    found = pq.read_metadata(tmp_path / "x.parquet")
    assert [found.row_group(n).num_rows for n in range(found.num_row_groups)] == [1_000, 20_000, 20_000, 4_000]
    assert found.row_group(1).column(0).has_column_index
    assert found.row_group(1).column(0).has_offset_index


def test_rows_are_sorted_by_the_partition_then_the_event_time_then_the_key(tmp_path: Path) -> None:
    publish = Publish(event_time="ended_at")
    assert parquet.sort_names(publish, SCHEMA) == ("ended_at", "trip_id")
    parquet.write(trips(0, 100), tmp_path / "x.parquet", SCHEMA, parquet.sort_names(publish, SCHEMA))
    found = pq.read_table(tmp_path / "x.parquet").to_pylist()
    assert found == sorted(found, key=lambda row: (row["ended_at"], row["trip_id"]))


def test_what_the_city_sorts_by_goes_first() -> None:
    assert parquet.sort_names(Publish(event_time="ended_at", sort=("length_km",)), SCHEMA) == ("length_km", "trip_id")


def test_ids_have_a_bloom_filter_that_another_reader_uses(tmp_path: Path) -> None:
    parquet.write(trips(0, 3_000), tmp_path / "x.parquet", SCHEMA)
    probe = f"SELECT bloom_filter_excludes FROM parquet_bloom_probe('{tmp_path / 'x.parquet'}', 'trip_id', 't000000x')"
    with duckdb.connect() as base:
        told = base.sql(f"SELECT path_in_schema, bloom_filter_length FROM parquet_metadata('{tmp_path / 'x.parquet'}')")
        filters = {name for name, length in told.fetchall() if length}
        assert base.sql(probe).fetchall() == [(True,), (True,)]
    assert filters == {"trip_id"}


@pytest.mark.parametrize(
    ("kind", "parts", "found"),
    [
        ("number", [["1.5"], ["1.2345"]], pa.decimal128(38, 9)),
        ("number", [["1" * 35], ["0.123456789"]], pa.string()),
        ("number", [["1.5"], ["NaN"]], pa.string()),
        ("integer", [["1"], ["9" * 20]], pa.decimal128(38, 0)),
        ("datetime", [[None], ["2026-11-22T07:00:00Z"]], pa.timestamp("us", "UTC")),
        ("datetime", [["2026-11-22T07:00:00"], ["2026-11-22T07:00:00Z"]], pa.string()),
        ("date", [], pa.date32()),
    ],
)
def test_several_parts_take_the_type_that_holds_them_all(
    kind: str, parts: list[list[str | None]], found: pa.DataType
) -> None:
    assert column(kind, *parts).field("x").type == found


def test_several_parts_are_one_file_and_no_row_is_lost(tmp_path: Path) -> None:
    parts = [trips(0, 700), trips(700, 900), trips(1_600, 3)]
    parquet.write(parts, tmp_path / "x.parquet", SCHEMA)
    assert pq.read_metadata(tmp_path / "x.parquet").num_row_groups == 2
    assert parquet.holds(tmp_path / "x.parquet", parts, SCHEMA)
    assert not parquet.holds(tmp_path / "x.parquet", parts[:2], SCHEMA)
    assert not parquet.holds(tmp_path / "x.parquet", [parts[0], parts[1], trips(1_600, 2), trips(9_000, 1)], SCHEMA)


def test_a_table_without_rows_is_a_file_with_columns(tmp_path: Path) -> None:
    parquet.write(trips(0, 0), tmp_path / "x.parquet", SCHEMA)
    assert pq.read_table(tmp_path / "x.parquet").schema.names == list(SCHEMA.names)
