"""Columns taken at once are what records read one by one would give; batches are the table, a page at a time."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lamppost.decode.json_strict import Numeral
from lamppost.errors import RefusedError
from lamppost.model import FieldSource, Page, Pull, Snapshot
from lamppost.notation import ABSENT, find
from lamppost.table.column import pluck, take_column
from lamppost.table.convert import convert_text, take, write_text
from lamppost.table.read import batches, read

Build = Callable[..., Any]
SCALAR = st.sampled_from(
    [None, "", "x", "\ud800", "0001-01-01T00:00:00Z", "2026-11-22", True, 7, 2**70, Numeral("1.10")]
)
KEYS = st.sampled_from(["a", "b", "a.b", "b.0", "a.b.a", "0"])
RECORD = st.recursive(
    st.dictionaries(KEYS, SCALAR, max_size=3),
    lambda inner: st.dictionaries(KEYS, st.one_of(SCALAR, inner, st.lists(inner, max_size=2)), max_size=3),
    max_leaves=8,
)
PATHS = st.sampled_from(["a", "b", "a.b", "a.b.a", "b.0", "b.0.a", "a.b.0", "b.1.a.b"])


@settings(deadline=None, max_examples=150)
@given(st.lists(RECORD, max_size=4), PATHS)
def test_a_path_leads_to_the_same_values_at_once_and_one_by_one(rows: list[dict[str, Any]], path: str) -> None:
    found = pluck(rows, path)
    assert [type(one) for one in found] == [type(find(row, path)) for row in rows]
    assert found == [find(row, path) for row in rows]


@settings(deadline=None, max_examples=150)
@given(
    st.lists(RECORD, max_size=4), PATHS, st.lists(PATHS, max_size=2), st.sampled_from(["", "epoch_ms", "local_date"])
)
def test_a_column_holds_what_its_records_hold(
    rows: list[dict[str, Any]], path: str, otherwise: list[str], convert: str
) -> None:
    source = FieldSource(path, convert, otherwise=tuple(otherwise))
    cells, absent = take_column(rows, "field", source, 1)
    values = [take(row, source) for row in rows]
    texts = [None if one is ABSENT else write_text(one) for one in values]
    change = convert_text("field", source)
    assert cells.to_pylist() == [None if text is None else change(text) for text in texts]
    assert absent == all(one is ABSENT for one in values)


def test_a_long_cell_is_refused_with_its_row_and_field(take: Build) -> None:
    long = json.dumps([{"a": "x"}, {"a": "y" * (2**20 + 1)}]).encode()
    with pytest.raises(RefusedError, match="row 4, `name`: found 1,048,577 characters, expected at most 1,048,576"):
        take("json", b'[{"a": 1}, {"a": 2}]', long, fields={"name": "a"})


def test_the_year_1_of_a_device_without_clock_gives_way_to_when_it_was_received(take: Build) -> None:
    """25: `rxInfo.time` of a gateway without GPS; what the server saw is the next best."""
    times = [{"t": "0001-01-01T00:00:00Z", "r": "2026-11-22T07:00:00Z"}, {"r": "2026-11-22T08:00:00Z"}, {"t": "later"}]
    data = json.dumps(times).encode()
    table = take("json", data, fields={"at": FieldSource("t", otherwise=("r",))})
    assert table["at"].to_pylist() == ["2026-11-22T07:00:00Z", "2026-11-22T08:00:00Z", "later"]


def test_without_another_time_the_year_1_is_no_time(take: Build) -> None:
    source = FieldSource("t", otherwise=("r",))
    assert take("json", b'[{"t": "0001-01-01T00:00:00Z"}]', fields={"at": source})["at"].to_pylist() == [None]


def test_22_times_without_zone_stay_as_they_are_unless_a_zone_is_declared(take: Build) -> None:
    data = b'[{"t": "2026-11-22T07:00:00"}]'
    assert take("json", data, fields={"at": "t"})["at"].to_pylist() == ["2026-11-22T07:00:00"]
    local = FieldSource("t", "local", "America/Los_Angeles")
    assert take("json", data, fields={"at": local})["at"].to_pylist() == ["2026-11-22T15:00:00Z"]


def test_24_a_day_stored_as_midnight_utc_stays_that_day(take: Build) -> None:
    assert take("json", b'[{"d": 1795305600000}]', fields={"day": FieldSource("d", "epoch_ms_date")})[
        "day"
    ].to_pylist() == ["2026-11-22"]


def test_33_what_a_record_leaves_out_is_null_and_never_zero(take: Build) -> None:
    table = take("json", b'[{"port": 1}, {}, {"port": 0}]', fields={"port": "port", "on": "on"})
    assert table["port"].to_pylist() == ["1", None, "0"]
    assert table.schema.metadata == {b"lamppost.absent": b"on"}


def make_snapshot(folder: Path, *pages: bytes, **options: Any) -> Snapshot:
    made = []
    for number, data in enumerate(pages):
        path = folder / str(number)
        path.write_bytes(data)
        made.append(Page(path, "", len(data)))
    return Snapshot(tuple(made), "json", **options)


def test_batches_have_one_schema_and_the_rows_of_the_table(tmp_path: Path) -> None:
    snapshot = make_snapshot(tmp_path, b'[{"a": 1}, {"a": 2}]', b"[]", b'[{"b": "x", "a": null}]')
    pull = Pull("http", {}, {})
    found = list(batches(snapshot, pull))
    assert [one.num_rows for one in found] == [2, 1]
    assert pa.Table.from_batches(found).equals(read(snapshot, pull).combine_chunks())
    assert read(snapshot, pull).to_pydict() == {"a": ["1", "2", None], "b": [None, None, "x"], "_row": [1, 2, 3]}


def test_a_batch_is_there_before_the_next_page_is_read(tmp_path: Path) -> None:
    snapshot = make_snapshot(tmp_path, b'[{"a": 1}]', b"not JSON")
    found = batches(snapshot, Pull("http", {}, {"a": FieldSource("a")}))
    assert next(found).to_pydict() == {"a": ["1"], "_row": [1]}
    with pytest.raises(RefusedError, match="page 2"):
        next(found)


def test_a_field_is_absent_only_when_no_page_with_rows_has_it(tmp_path: Path) -> None:
    snapshot = make_snapshot(tmp_path, b'[{"a": 1}]', b'[{"b": 2}]', b"[]")
    pull = Pull("http", {}, {name: FieldSource(name) for name in "abc"})
    assert read(snapshot, pull).schema.metadata == {b"lamppost.absent": b"c"}
    assert read(replace(snapshot, pages=()), pull).schema.metadata is None
