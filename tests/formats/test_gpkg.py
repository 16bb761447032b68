"""A GeoPackage as the standard wants it, read back by GDAL."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyogrio
import pytest
from tests.formats.rows import ABOUT, SCHEMA, TABLE

from lamppost.errors import RefusedError
from lamppost.formats import gpkg
from lamppost.model import Field, Schema

SHAPES = Schema((Field("fid", "string"), Field("geom", "string"), Field("shape", "geojson")), ("fid",))
HOLE = "[[0,0],[0,4],[4,4],[4,0],[0,0]],[[1,1],[2,1],[2,2],[1,2],[1,1]]"
POINT = '{"type":"Point","coordinates":[1.5,2.5]}'
CELLS = (
    POINT,
    '{"type":"LineString","coordinates":[[1,2,3],[4,5,6]]}',
    f'{{"type":"MultiPolygon","coordinates":[[{HOLE}]]}}',
    f'{{"type":"GeometryCollection","geometries":[{POINT},{{"type":"MultiPoint","coordinates":[[3,4]]}}]}}',
    None,
)


def write_shapes(path: Path) -> None:
    count = len(CELLS)
    table = pa.table({"fid": [f"a{n}" for n in range(count)], "geom": ["x"] * count, "shape": list(CELLS)})
    gpkg.write([table], path, SHAPES, ABOUT)


def ask(path: Path, sql: str) -> list[Any]:
    with closing(sqlite3.connect(path)) as base:
        return base.execute(sql).fetchall()


def test_the_file_says_that_it_is_one_and_holds_together(tmp_path: Path) -> None:
    gpkg.write([TABLE], tmp_path / "x.gpkg", SCHEMA, ABOUT)
    assert ask(tmp_path / "x.gpkg", "PRAGMA application_id") == [(0x47504B47,)]
    assert ask(tmp_path / "x.gpkg", "PRAGMA user_version") == [(10400,)]
    assert ask(tmp_path / "x.gpkg", "PRAGMA integrity_check") == [("ok",)]
    assert not ask(tmp_path / "x.gpkg", "PRAGMA foreign_key_check")


def test_the_required_tables_describe_the_layer(tmp_path: Path) -> None:
    gpkg.write([TABLE], tmp_path / "x.gpkg", SCHEMA, ABOUT)
    told = ask(tmp_path / "x.gpkg", "SELECT table_name, data_type, last_change, min_x, max_y FROM gpkg_contents")
    assert told == [("lamps", "features", "2026-11-22T00:00:00.000Z", -118.361744, 34.09)]
    assert ask(tmp_path / "x.gpkg", "SELECT * FROM gpkg_geometry_columns") == [("lamps", "geom", "POINT", 4326, 0, 0)]
    systems = ask(tmp_path / "x.gpkg", "SELECT srs_id FROM gpkg_spatial_ref_sys ORDER BY 1")
    assert systems == [(-1,), (0,), (4326,)]


def test_the_meaning_of_each_column_is_in_it(tmp_path: Path) -> None:
    gpkg.write([TABLE], tmp_path / "x.gpkg", SCHEMA, ABOUT)
    found = ask(tmp_path / "x.gpkg", "SELECT title, description FROM gpkg_data_columns WHERE column_name = 'count'")
    assert found == [("Count", "Count: What count is.")]


def test_gdal_reads_every_kind_of_shape(tmp_path: Path) -> None:
    write_shapes(tmp_path / "x.gpkg")
    meta, _, shapes, _ = pyogrio.raw.read(tmp_path / "x.gpkg")
    assert (meta["crs"], meta["geometry_type"], list(meta["fields"])) == ("EPSG:4326", "Unknown", ["fid", "geom"])
    kinds = [None if one is None else int.from_bytes(one[1:5], "little") for one in shapes]
    assert kinds == [1, 0x80000002, 6, 7, None]  # GDAL's own way to say 1002
    assert tuple(pyogrio.read_info(tmp_path / "x.gpkg", force_total_bounds=True)["total_bounds"]) == (0, 0, 4, 5)


def test_columns_called_as_ours_keep_their_names(tmp_path: Path) -> None:
    write_shapes(tmp_path / "x.gpkg")
    assert ask(tmp_path / "x.gpkg", "SELECT fid_, fid, geom FROM lamps LIMIT 1") == [(1, "a0", "x")]


def test_a_table_without_a_place_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="neither longitude and latitude nor"):
        gpkg.write([TABLE], tmp_path / "x.gpkg", Schema((Field("lamp_id", "string"),), ("lamp_id",)), ABOUT)
