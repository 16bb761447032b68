"""JSON and GeoJSON: every digit kept, every value in its type or a string."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lamppost.errors import RefusedError
from lamppost.formats import FORMATS, export, geojson
from lamppost.formats import json as json_format
from lamppost.model import Field, Schema

Rows = tuple[tuple[str | None, ...], ...]
ROWS: Rows = (("a", "40", "1.5"), ("b", "60", "2.25"), ("c", None, "0.125"))


def schema_of(fields: dict[str, str]) -> Schema:
    return Schema(tuple(Field(name, kind) for name, kind in fields.items()), ("id",))


LIGHTS = schema_of({"light_id": "string", "watts_w": "integer", "energy_kwh": "number"})


def table_of(rows: Rows, schema: Schema) -> pa.Table:
    return pa.table({name: pa.array([row[n] for row in rows], pa.string()) for n, name in enumerate(schema.names)})


def encode(kind: str, *cells: str | None) -> str:
    schema = schema_of({"x": kind})
    return json_format.encode(table_of(tuple((one,) for one in cells), schema), schema).decode()


@pytest.mark.parametrize(
    ("kind", "cell", "text"),
    [
        ("integer", "42", "42"),
        ("integer", " 007 ", "7"),
        ("integer", "99999999999999999999", "99999999999999999999"),
        ("number", "1.50", "1.50"),
        ("number", "1e2", "100"),
        ("number", "NaN", '"NaN"'),
        ("number", "1e999999", '"1e999999"'),
        ("boolean", "True", "true"),
        ("date", "2026-11-22", '"2026-11-22"'),
        ("string", 'a "b"\n', '"a \\"b\\"\\n"'),
        ("string", "\u2028", '"\\u2028"'),
        ("string", None, "null"),
    ],
)
def test_a_value_in_json(kind: str, cell: str | None, text: str) -> None:
    assert encode(kind, cell) == f'[\n{{"x":{text}}}\n]\n'


def test_rows_are_objects_one_a_line() -> None:
    text = json_format.encode(table_of(ROWS, LIGHTS), LIGHTS).decode()
    assert text.splitlines()[1] == '{"light_id":"a","watts_w":40,"energy_kwh":1.5},'
    assert json.loads(text)[2] == {"light_id": "c", "watts_w": None, "energy_kwh": 0.125}
    assert encode("integer") == "[]\n"


def features(schema_fields: dict[str, str], *rows: tuple[str | None, ...]) -> list[dict[str, Any]]:
    schema = schema_of(schema_fields)
    collection = json.loads(geojson.encode(table_of(rows, schema), schema), parse_float=str)
    assert set(collection) == {"type", "features"}
    found: list[dict[str, Any]] = collection["features"]
    return found


def test_points_come_from_longitude_and_latitude_with_their_digits() -> None:
    fields = {"id": "integer", "latitude": "number", "longitude": "number"}
    first, second = features(fields, ("1", "34.0900", "-118.361744"), ("2", None, "-118.3"))
    assert first["geometry"] == {"type": "Point", "coordinates": ["-118.361744", "34.0900"]}
    assert first["properties"] == {"id": 1}
    assert second["geometry"] is None


def test_a_geojson_field_is_the_geometry() -> None:
    line = '{"type": "LineString", "coordinates": [[-87.60, 41.8], [1, 2]], "crs": 4326}'
    found = features(
        {"id": "string", "shape": "geojson"},
        ("a", line), ("b", f'{{"type": "Feature", "geometry": {line}}}'), ("c", "[1]"), ("d", None),
    )  # fmt: skip
    drawn = {"type": "LineString", "coordinates": [["-87.60", "41.8"], [1, 2]]}
    assert [one["geometry"] for one in found] == [drawn, drawn, None, None]


@pytest.mark.parametrize("cell", ["-118.36, 34.09"])
def test_a_geopoint_is_the_geometry(cell: str) -> None:
    found = features({"id": "string", "place": "geopoint"}, ("a", cell), ("b", "nowhere"), ("c", "NaN,1"))
    assert [one["geometry"] and one["geometry"]["coordinates"] for one in found] == [["-118.36", "34.09"], None, None]


def test_a_table_without_a_place_is_refused_as_geojson() -> None:
    with pytest.raises(RefusedError, match="neither longitude and latitude nor"):
        geojson.encode(table_of(ROWS, LIGHTS), LIGHTS)


def test_every_format_named_can_be_written(tmp_path: Path) -> None:
    schema = schema_of({"id": "string", "longitude": "number", "latitude": "number"})
    table = table_of((("a", "1.5", "2.5"),), schema)
    for name, one in FORMATS.items():
        export.write(name, table, tmp_path / f"x.{one.extension}", schema)
    assert sorted(one.suffix for one in tmp_path.iterdir()) == [".csv", ".geojson", ".json", ".parquet"]
    assert pq.read_schema(tmp_path / "x.parquet").field("latitude").type == pa.decimal128(38, 3)


def test_parquet_has_small_row_groups_and_a_page_index(tmp_path: Path) -> None:
    schema = schema_of({"id": "integer"})
    export.write("parquet", table_of(tuple((str(n),) for n in range(45_000)), schema), tmp_path / "x.parquet", schema)
    found = pq.read_metadata(tmp_path / "x.parquet")
    assert found.num_row_groups == 3
    assert found.row_group(0).column(0).has_column_index
    assert found.row_group(2).column(0).statistics.max == 44_999
