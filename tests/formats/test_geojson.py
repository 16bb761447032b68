"""GeoJSON, held against RFC 7946 by section."""

import json
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from lamppost.errors import RefusedError
from lamppost.formats import geojson
from lamppost.model import Field, Schema

OUTER = [[0, 0], [0, 4], [4, 4], [4, 0], [0, 0]]
"""Clockwise."""
HOLE = [[1, 1], [2, 1], [2, 2], [1, 2], [1, 1]]
"""Counterclockwise."""


def collect(fields: dict[str, str], *rows: tuple[str | None, ...], key: tuple[str, ...] = ("id",)) -> dict[str, Any]:
    schema = Schema(tuple(Field(name, kind) for name, kind in fields.items()), key)
    table = pa.table({name: pa.array([row[n] for row in rows], pa.string()) for n, name in enumerate(fields)})
    found: dict[str, Any] = json.loads(geojson.encode(table, schema), parse_float=str)
    return found


def draw(**shape: Any) -> Any:
    found = collect({"id": "string", "shape": "geojson"}, ("a", json.dumps(shape)))
    return found["features"][0]["geometry"]


def test_points_come_from_longitude_and_latitude_with_their_digits() -> None:
    fields = {"id": "integer", "latitude": "number", "longitude": "number"}
    first, second = collect(fields, ("1", "34.0900", "-118.361744"), ("2", None, "-118.3"))["features"]
    assert first["geometry"] == {"type": "Point", "coordinates": ["-118.361744", "34.0900"]}
    assert first["properties"] == {"id": 1}
    assert second["geometry"] is None


def test_a_geojson_field_is_the_geometry() -> None:
    line = '{"type": "LineString", "coordinates": [[-87.60, 41.8], [1, 2]], "crs": 4326}'
    found = collect(
        {"id": "string", "shape": "geojson"},
        ("a", line), ("b", f'{{"type": "Feature", "geometry": {line}}}'), ("c", "[1]"), ("d", None),
    )["features"]  # fmt: skip
    drawn = {"type": "LineString", "coordinates": [["-87.60", "41.8"], [1, 2]]}
    assert [one["geometry"] for one in found] == [drawn, drawn, None, None]


def test_a_geopoint_is_the_geometry() -> None:
    cells = ("-118.36, 34.09", "nowhere", "NaN,1")
    found = collect({"id": "string", "at": "geopoint"}, *((str(n), one) for n, one in enumerate(cells)))["features"]
    assert [one["geometry"] and one["geometry"]["coordinates"] for one in found] == [["-118.36", "34.09"], None, None]


def test_section_3_1_6_outer_rings_turn_counterclockwise_and_holes_clockwise() -> None:
    turned = [OUTER[::-1], HOLE[::-1]]
    assert draw(type="Polygon", coordinates=[OUTER, HOLE])["coordinates"] == turned
    assert draw(type="Polygon", coordinates=turned)["coordinates"] == turned
    assert draw(type="MultiPolygon", coordinates=[[OUTER, HOLE]])["coordinates"] == [turned]
    inner = {"type": "Polygon", "coordinates": [OUTER]}
    assert draw(type="GeometryCollection", geometries=[inner])["geometries"][0]["coordinates"] == [OUTER[::-1]]


@pytest.mark.parametrize(
    ("kind", "cell", "shown"), [("string", "7", "7"), ("integer", "007", 7), ("date", "2026-11-22", "2026-11-22")]
)
def test_section_3_2_a_key_of_one_field_is_the_id(kind: str, cell: str, shown: Any) -> None:
    assert collect({"id": kind, "at": "geopoint"}, (cell, None))["features"][0]["id"] == shown


def test_section_3_2_a_key_of_two_fields_or_of_a_truth_is_none() -> None:
    both = collect({"id": "string", "n": "string", "at": "geopoint"}, ("a", "b", None), key=("id", "n"))
    assert "id" not in both["features"][0] | collect({"id": "boolean", "at": "geopoint"}, ("1", None))["features"][0]


def test_section_4_there_is_no_crs_member_at_any_depth() -> None:
    inner = {"type": "Point", "coordinates": [1, 2], "crs": {}}
    assert "crs" not in json.dumps(draw(type="GeometryCollection", geometries=[inner], crs={}))


def test_section_5_the_box_goes_around_all_places_in_their_own_digits() -> None:
    fields = {"id": "string", "longitude": "number", "latitude": "number"}
    rows = [("a", "-118.50", "34.1"), ("b", "-118.4", "34.20"), ("c", None, "99")]
    assert collect(fields, *rows)["bbox"] == ["-118.50", "34.1", "-118.4", "34.20"]
    found = collect(
        {"id": "string", "shape": "geojson"}, ("a", json.dumps({"type": "Polygon", "coordinates": [OUTER]}))
    )
    assert found["bbox"] == [0, 0, 4, 4]


def test_section_5_there_is_no_box_around_nothing_nor_around_heights() -> None:
    assert "bbox" not in collect({"id": "string", "at": "geopoint"}, ("a", None))
    tall = json.dumps({"type": "LineString", "coordinates": [[1, 2, 3], [4, 5, 6]]})
    assert "bbox" not in collect({"id": "string", "shape": "geojson"}, ("a", tall))


def test_section_7_1_members_that_are_no_part_of_a_geometry_go() -> None:
    assert draw(type="Point", coordinates=[1, 2], properties={}, features=[]) == {
        "type": "Point",
        "coordinates": [1, 2],
    }


def test_several_tables_make_one_collection() -> None:
    schema = Schema((Field("id", "integer"), Field("longitude", "number"), Field("latitude", "number")), ("id",))
    table = pa.table({"id": ["1", "2", "3"], "longitude": ["1", "2", "3"], "latitude": ["1", "2", "3"]})
    whole = geojson.encode(table, schema)
    assert b"".join(geojson.pieces([table.slice(0, 1), table.slice(1, 0), table.slice(1)], schema)) == whole
    assert json.loads(whole, parse_float=Decimal)["bbox"] == [1, 1, 3, 3]


def test_a_table_without_a_place_is_refused() -> None:
    with pytest.raises(RefusedError, match="neither longitude and latitude nor"):
        collect({"id": "string"}, ("a",))
