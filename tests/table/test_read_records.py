"""JSON, NDJSON and GeoJSON: exact numbers, declared paths, and nothing that is not JSON."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from lamppost.errors import RefusedError
from lamppost.model import FieldSource

Build = Callable[..., Any]


def test_numbers_keep_the_text_they_were_written_with(take: Build) -> None:
    table = take("json", b'[{"a": 9007199254740993, "b": 1e400, "c": 12.50, "d": -0}]')
    assert table.drop_columns("_row").to_pylist() == [{"a": "9007199254740993", "b": "1e400", "c": "12.50", "d": "-0"}]


def test_rows_are_numbered_over_all_pages(take: Build) -> None:
    table = take("json", b'{"value": [{"a": 1}, {"a": 2}]}', b'{"value": [{"a": 3}]}', records="value")
    assert table.to_pydict() == {"a": ["1", "2", "3"], "_row": [1, 2, 3]}


def test_booleans_nulls_and_nested_values_become_text(take: Build) -> None:
    table = take("json", b'[{"a": true, "b": null, "c": {"z": [1.50, "x\\u00e9", false, null], "a": {}}, "d": ""}]')
    assert table.to_pylist()[0] == {
        "a": "true",
        "b": None,
        "c": '{"z":[1.50,"xé",false,null],"a":{}}',
        "d": "",
        "_row": 1,
    }


def test_paths_reach_into_objects_lists_and_keys_with_dots(take: Build) -> None:
    fields = {"x": "geometry.coordinates.0", "id": "stream.@iot.id", "n": "a.b.c", "none": "geometry.coordinates.9"}
    record = {
        "geometry": {"coordinates": [-118.36, 34.09]},
        "stream": {"@iot.id": 7},
        "a.b": {"c": "deep"},
        "a": {"b": 1},
    }
    table = take("json", json.dumps([record]).encode(), fields=fields)
    assert table.to_pylist()[0] == {"x": "-118.36", "id": "7", "n": "deep", "none": None, "_row": 1}


def test_only_mapped_fields_are_taken(take: Build) -> None:
    table = take("json", b'[{"id": 1, "name": "n", "phone": "555"}]', fields={"title": "name"})
    assert table.column_names == ["title", "_row"]


def test_what_the_request_knew_becomes_a_column(take: Build) -> None:
    table = take("json", b'[{"n": 1}]', b'[{"n": 2}]', context=[{"network": "a"}, {"network": "b"}])
    assert table.to_pydict() == {"n": ["1", "2"], "network": ["a", "b"], "_row": [1, 2]}


def test_request_and_answer_may_not_disagree(take: Build) -> None:
    with pytest.raises(RefusedError, match="record 1: `id` differs"):
        take("json", b'[{"id": 1}]', context=[{"id": "2"}])


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("epoch_ms", "1795330800000", "2026-11-22T07:00:00Z"),
        ("epoch_ms", "1795330800123", "2026-11-22T07:00:00.123000Z"),
        ("epoch_ms", "-62135596800001", "-62135596800001"),
        ("epoch_s", "1795330800", "2026-11-22T07:00:00Z"),
        ("epoch_s", "1e999999", "1e999999"),
        ("epoch_ms_date", "1795330800000", "2026-11-22"),
        ("epoch_ms", '"n/a"', "n/a"),
        ("interval_start", '"2026-11-22T07:00:00Z/2026-11-22T08:00:00Z"', "2026-11-22T07:00:00Z"),
        ("interval_start", '"2026-11-22T07:00:00Z"', "2026-11-22T07:00:00Z"),
    ],
)
def test_conversions_give_iso_text_and_leave_what_they_cannot_read(
    take: Build, kind: str, value: str, text: str
) -> None:
    table = take("json", f'[{{"t": {value}}}]'.encode(), fields={"at": FieldSource("t", kind)})
    assert table["at"].to_pylist() == [text]


def test_an_unknown_conversion_is_refused_by_name(take: Build) -> None:
    with pytest.raises(RefusedError, match=r"`as: epoch` is unknown, expected one of: epoch_s"):
        take("json", b"[]", fields={"at": FieldSource("t", "epoch")})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b'{"error": {"code": 498}}', r"found an object with the keys error at the top, expected the list"),
        (b"[1]", "record 1 is a number, expected an object"),
        (b"[null]", "record 1 is null"),
        (b'[{"a": NaN}]', "found NaN"),
        (b'[{"a": 1, "a": 2}]', "the key 'a' more than once"),
        (b'[{"a": 1}, {"a"', "line 1, column 16"),
        (b"[{}] trailing", "Extra data"),
        (b"\xff[]", r"byte 0 \(0xFF\) is not utf-8"),
        (b" ", "nothing but white space"),
        (b"<!DOCTYPE html><p>Sign in", "an HTML page"),
        (b"[" * 100_000, "nested too deep"),
        (b'[{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}]", "nested too deep"),
        (b'[{"_row": 1}]', "the engine's own"),
    ],
)
def test_what_is_no_list_of_records_is_refused_with_its_place(take: Build, text: bytes, message: str) -> None:
    with pytest.raises(RefusedError, match=message):
        take("json", text)


def test_the_missing_list_is_named(take: Build) -> None:
    with pytest.raises(RefusedError, match=r"found nothing at `data.bikes` of an object with the keys data, ttl"):
        take("json", b'{"data": {}, "ttl": 0}', records="data.bikes")


def test_half_a_surrogate_pair_stays_visible_and_harmless(take: Build) -> None:
    assert take("json", b'[{"a": "x\\ud800y"}]')["a"].to_pylist() == ["x\\ud800y"]


def test_a_key_in_no_record_is_remembered_for_the_drift_gate(take: Build) -> None:
    table = take("json", b'[{"a": 1}]', fields={"a": "a", "b": "gone"})
    assert table["b"].to_pylist() == [None]
    assert table.schema.metadata == {b"lamppost.absent": b"b"}


def test_ndjson_is_one_record_a_line_and_names_the_line_that_is_cut(take: Build) -> None:
    assert take("ndjson", b'{"a": 1}\n\n{"a": 2}\n')["a"].to_pylist() == ["1", "2"]
    assert take("ndjson", b"").num_rows == 0
    with pytest.raises(RefusedError, match="line 2, line 1, column 6"):
        take("ndjson", b'{"a": 1}\n{"a":')


def test_geojson_features_give_properties_and_their_geometry_as_text(take: Build) -> None:
    feature = {
        "type": "Feature",
        "id": 3,
        "properties": {"n": "x"},
        "geometry": {"type": "Point", "coordinates": [1.50, 2]},
    }
    data = json.dumps(
        {"type": "FeatureCollection", "features": [feature, {"type": "Feature", "geometry": None}]}
    ).encode()
    assert take("geojson", data).to_pylist() == [
        {"id": "3", "n": "x", "geometry": '{"type":"Point","coordinates":[1.5,2]}', "_row": 1},
        {"id": None, "n": None, "geometry": None, "_row": 2},
    ]
    mapped = take("geojson", data, fields={"name": "properties.n", "lon": "geometry.coordinates.0"})
    assert mapped.slice(0, 1).to_pylist() == [{"name": "x", "lon": "1.5", "_row": 1}]


def test_no_pages_give_no_rows(take: Build) -> None:
    assert take("json", fields={"a": "a"}).to_pydict() == {"a": [], "_row": []}
