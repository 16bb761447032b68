"""Where rows are: in WGS 84 whatever the source measures in, with the operation said and every loss counted."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.table import geodesy

from lamppost.errors import RefusedError
from lamppost.model import FieldSource, Geometry, Page, Pull, Snapshot
from lamppost.table.crs import find_operation
from lamppost.table.facts import Facts
from lamppost.table.read import read

Locate = Callable[..., tuple[list[Any], Facts]]
FOOT = 1200 / 3937
"""The US survey foot in metres."""
SQUARE = [[0, 0], [0, 2], [2, 2], [2, 0], [0, 0]]
HOLE = [[0.5, 0.5], [1, 0.5], [1, 1], [0.5, 1], [0.5, 0.5]]


@pytest.fixture
def locate(tmp_path: Path) -> Locate:
    """`locate("esri", page, crs=…)`: the geometries of the page's records as they are published, and the facts."""

    def run(form: Any, page: Mapping[str, Any] | Sequence[Any], **how: Any) -> tuple[list[Any], Facts]:
        data = json.dumps(page).encode()
        path = tmp_path / "page"
        path.write_bytes(data)
        decode: Any = "geojson" if form == "geojson" else "json"
        snapshot = Snapshot((Page(path, "", len(data)),), decode, "features" if isinstance(page, dict) else "")
        facts = Facts()
        pull = Pull("http", {}, {"geometry": FieldSource("geometry")}, geometry=Geometry(form, **how))
        cells = read(snapshot, pull, facts)["geometry"].to_pylist()
        return [None if one is None else json.loads(one) for one in cells], facts

    return run


def esri(*geometries: Any, wkid: int = 4326, **frame: Any) -> dict[str, Any]:
    reference = {"wkid": 102100, "latestWkid": wkid} if wkid == 3857 else {"wkid": wkid}
    features = [{"attributes": {"n": number}, "geometry": one} for number, one in enumerate(geometries)]
    return {"spatialReference": reference, "features": features, **frame}


def features(*geometries: Any, **members: Any) -> dict[str, Any]:
    made = [{"type": "Feature", "properties": {}, "geometry": one} for one in geometries]
    return {"type": "FeatureCollection", **members, "features": made}


def point(x: float, y: float) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [x, y]}


def count(facts: Facts) -> dict[str, int]:
    return {issue.code: issue.count for issue in facts.issues}


def test_the_textbook_agrees_with_its_own_examples() -> None:
    """Snyder pages 269 and 296; Ordnance Survey, A Guide to Coordinate Systems in Great Britain, annex C.1."""
    x, y = geodesy.project_transverse_mercator(-73.5, 40.5, -75, geodesy.CLARKE1866)
    assert (round(x, 1), round(y, 1)) == (127106.5, 4484124.4)
    x, y = geodesy.project_lambert(-75, 35, (-96, 23), (33, 45), geodesy.CLARKE1866)
    assert (round(x, 1), round(y, 1)) == (1894410.9, 1564649.5)
    central = geodesy.project_transverse_mercator(1.717921583, 52.657570306, -2, geodesy.AIRY1830)
    assert central[0] / 0.9996 * 0.9996012717 + 400_000 == pytest.approx(651409.903, abs=0.01)


def test_web_mercator_is_converted_by_its_closed_formula(locate: Locate) -> None:
    x, y = geodesy.project_web_mercator(-118.3617, 34.09)
    found, facts = locate("esri", esri({"x": x, "y": y}, wkid=3857))
    assert found == [point(-118.3617, 34.09)]
    assert "Popular Visualisation Pseudo-Mercator”, accurate to 0 m" in facts.notes[0]


def test_utm_is_converted_as_the_textbook_does(locate: Locate) -> None:
    x, y = geodesy.project_transverse_mercator(-118.3617, 34.09, -117, geodesy.WGS84)
    found, _facts = locate("geojson", features(point(x + 500_000, y)), crs="EPSG:32611")
    assert found[0]["coordinates"] == pytest.approx([-118.3617, 34.09], abs=1.1e-7)


def test_californian_survey_feet_are_converted_as_the_textbook_does(locate: Locate) -> None:
    """EPSG:2229: SPCS83 California zone 5 (NOAA Manual NOS NGS 5, appendix A), on GRS 80, in US survey feet."""
    x, y = geodesy.project_lambert(-118.3617, 34.09, (-118, 33.5), (34 + 2 / 60, 35 + 28 / 60), geodesy.GRS80)
    place = {"x": (x + 2_000_000) / FOOT, "y": (y + 500_000) / FOOT}
    found, facts = locate("esri", esri(place, wkid=2229))
    assert found[0]["coordinates"] == pytest.approx([-118.3617, 34.09], abs=1.1e-7)
    assert "from EPSG:2229 (NAD83 / California zone 5 (ftUS)) to WGS 84" in facts.notes[0]
    assert "accurate to 4 m" in facts.notes[0]
    assert "more exact ones (2 m) need grids that are not installed" in facts.notes[0]


def test_the_british_grid_is_converted_by_helmerts_seven_parameters(locate: Locate) -> None:
    """The water tower at Caister, E 651409.903 N 313177.270 in annex C.1 of the guide of the Ordnance Survey."""
    found, facts = locate("esri", esri({"x": 651409.903, "y": 313177.270}, wkid=27700))
    lon, lat = geodesy.shift_to_wgs84(1 + 43 / 60 + 4.5177 / 3600, 52 + 39 / 60 + 27.2531 / 3600)
    assert found[0]["coordinates"] == pytest.approx([lon, lat], abs=3e-7)
    assert "more exact ones (1 m) need grids that are not installed: uk_os_OSTN15_NTv2_OSGBtoETRS.tif" in facts.notes[0]


def test_what_is_wgs_84_keeps_its_digits_and_says_nothing(tmp_path: Path) -> None:
    path = tmp_path / "page"
    path.write_bytes(
        b'{"features": [{"type": "Feature", "geometry": {"type": "Point", "coordinates": [1.50, -0.0100]}}]}'
    )
    facts = Facts()
    snapshot = Snapshot((Page(path, "", 1),), "geojson", "features")
    assert read(snapshot, Pull("http", {}, {}), facts)["geometry"].to_pylist() == [
        '{"type":"Point","coordinates":[1.50,-0.0100]}'
    ]
    assert (facts.notes, facts.issues) == ([], [])


@pytest.mark.parametrize(
    "name",
    [
        "urn:ogc:def:crs:EPSG::3857",
        "EPSG:3857",
        "http://www.opengis.net/def/crs/EPSG/0/3857",
        "urn:ogc:def:crs:EPSG:9.8:3857",
    ],
)
def test_the_crs_member_of_2008_is_believed(locate: Locate, name: str) -> None:
    crs = {"type": "name", "properties": {"name": name}}
    found, _facts = locate("geojson", features(point(*geodesy.project_web_mercator(13.4, 52.5)), crs=crs))
    assert found == [point(13.4, 52.5)]


def test_crs84_is_wgs_84(locate: Locate) -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    found, facts = locate("geojson", features(point(13.4, 52.5), crs=crs))
    assert (found, facts.notes) == ([point(13.4, 52.5)], [])


@pytest.mark.parametrize("crs", [None, {"type": "link", "properties": {"href": "x"}}, {"type": "name"}, "EPSG"])
def test_a_crs_that_cannot_be_read_is_refused(locate: Locate, crs: Any) -> None:
    with pytest.raises(RefusedError, match=r"declare it as `crs:` under `pull.geometry`"):
        locate("geojson", features(point(1, 2), crs=crs))


def test_a_page_without_spatial_reference_is_refused_unless_one_is_declared(locate: Locate) -> None:
    page = {"features": [{"geometry": {"x": 1, "y": 2}}]}
    with pytest.raises(RefusedError, match="the page has no `spatialReference`"):
        locate("esri", page)
    assert locate("esri", page, crs="EPSG:4326")[0] == [point(1, 2)]


def test_an_unknown_system_is_refused(locate: Locate) -> None:
    with pytest.raises(RefusedError, match="'WKID:999999' is unknown"):
        locate("esri", esri({"x": 1, "y": 2}, wkid=999999))


def test_a_reference_system_in_text_is_read(locate: Locate) -> None:
    pyproj = pytest.importorskip("pyproj")
    wkt = pyproj.CRS("EPSG:3857").to_wkt("WKT1_ESRI")
    x, y = geodesy.project_web_mercator(13.4, 52.5)
    page = {"spatialReference": {"wkt": wkt}, "features": [{"geometry": {"x": x, "y": y}}]}
    assert locate("esri", page)[0] == [point(13.4, 52.5)]


def test_axes_are_turned_where_the_source_writes_latitude_first(locate: Locate) -> None:
    found, _facts = locate("geojson", features(point(34.09, -118.36)), axes="yx")
    assert found == [point(-118.36, 34.09)]


@pytest.mark.parametrize(
    ("geometry", "expected"),
    [
        ({"x": 1, "y": 2, "z": 3}, {"type": "Point", "coordinates": [1, 2, 3]}),
        ({"points": [[1, 2], [3, 4]]}, {"type": "MultiPoint", "coordinates": [[1, 2], [3, 4]]}),
        ({"paths": [[[1, 2], [3, 4]]]}, {"type": "LineString", "coordinates": [[1, 2], [3, 4]]}),
        (
            {"paths": [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]},
            {"type": "MultiLineString", "coordinates": [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]},
        ),
        ({"rings": [SQUARE]}, {"type": "Polygon", "coordinates": [SQUARE[::-1]]}),
        ({"rings": [SQUARE, HOLE]}, {"type": "Polygon", "coordinates": [SQUARE[::-1], HOLE[::-1]]}),
        (
            {"rings": [HOLE, [[x + 5, y] for x, y in SQUARE], SQUARE]},
            {
                "type": "MultiPolygon",
                "coordinates": [[[[x + 5, y] for x, y in SQUARE[::-1]]], [SQUARE[::-1], HOLE[::-1]]],
            },
        ),
        ({"rings": [SQUARE[::-1]]}, {"type": "Polygon", "coordinates": [SQUARE[::-1]]}),
        ({"paths": [[[1, 2, 9], [3, 4, 9]]], "hasM": True}, {"type": "LineString", "coordinates": [[1, 2], [3, 4]]}),
        (
            {"paths": [[[1, 2, 5, 9], [3, 4, 5, 9]]], "hasM": True, "hasZ": True},
            {"type": "LineString", "coordinates": [[1, 2, 5], [3, 4, 5]]},
        ),
    ],
)
def test_what_arcgis_draws_becomes_geojson(locate: Locate, geometry: Any, expected: Any) -> None:
    found, facts = locate("esri", esri(geometry))
    assert (found, facts.issues) == ([expected], [])


def test_rings_follow_the_right_hand(locate: Locate) -> None:
    found, _facts = locate("geojson", features({"type": "Polygon", "coordinates": [SQUARE, HOLE]}))
    assert found == [{"type": "Polygon", "coordinates": [SQUARE[::-1], HOLE[::-1]]}]


@pytest.mark.parametrize(
    ("form", "geometry", "code"),
    [
        ("esri", None, "null"),
        ("geojson", None, "null"),
        ("esri", {"x": None, "y": None}, "empty"),
        ("esri", {"x": "NaN", "y": "NaN"}, "empty"),
        ("esri", {"rings": []}, "empty"),
        ("esri", {"paths": [[]]}, "empty"),
        ("geojson", {"type": "Point", "coordinates": []}, "empty"),
        ("geojson", {"type": "GeometryCollection", "geometries": []}, "empty"),
        ("esri", {"curveRings": [[[0, 0], {"c": [[3, 3], [1, 4]]}, [0, 0]]]}, "curved"),
        ("esri", {"curvePaths": [[[6, 3], {"b": [[3, 2], [6, 1], [2, 4]]}]]}, "curved"),
        ("esri", {"rings": [[[0, 0], [0, 1], [1, 1], [1, 0]]]}, "invalid"),
        ("geojson", {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 0]]]}, "invalid"),
        ("geojson", {"type": "LineString", "coordinates": [[0, 0]]}, "invalid"),
        ("geojson", {"type": "Point", "coordinates": ["13.4", "52.5"]}, "invalid"),
        ("geojson", {"type": "Point", "coordinates": [10**400, 1]}, "invalid"),
        ("geojson", {"type": "Circle", "coordinates": [1, 2]}, "invalid"),
        ("geojson", point(0, 0), "zero"),
        ("geojson", point(0.0001, -0.002), "zero"),
    ],
)
def test_30_what_is_no_place_is_null_and_counted(locate: Locate, form: str, geometry: Any, code: str) -> None:
    """29 and 30: null, empty, curved and broken geometries, and points at (0, 0)."""
    page = esri({"x": 1, "y": 2}, geometry) if form == "esri" else features(point(1, 2), geometry)
    found, facts = locate(form, page)
    assert found == [point(1, 2), None]
    assert count(facts) == {f"geometry-{code}": 1}
    assert [(one.severity, one.samples[0].row) for one in facts.issues] == [("warning", 2)]


def test_29_points_at_zero_in_metres_are_null_and_counted(locate: Locate) -> None:
    x, y = geodesy.project_web_mercator(13.4, 52.5)
    found, facts = locate("esri", esri({"x": x, "y": y}, {"x": 0, "y": 0}, {"x": 3.5, "y": 400}, wkid=3857))
    assert found == [point(13.4, 52.5), None, None]
    assert count(facts) == {"geometry-zero": 2}


@pytest.mark.parametrize(
    ("page", "how", "found"),
    [
        (features(point(6437655, 1857000)), {}, "OGC:CRS84 (WGS 84) cannot mean them: they look like metres or feet"),
        (features(point(34.09, -118.36)), {}, "latitude seems to come first"),
        (features(point(-118.36, 34.09)), {"crs": "EPSG:2229"}, "ftUS)) cannot mean them: they look like degrees"),
        (features(point(-118.36, 34.09)), {"crs": "EPSG:3857"}, "they look like degrees"),
        (features(point(651409, 313177)), {"crs": "EPSG:2229"}, "cannot mean them"),
        (features(point(13.4, 52.5)), {"crs": "EPSG:4269"}, "EPSG:4269 (NAD83) cannot mean them"),
    ],
)
def test_a_layer_whose_numbers_contradict_its_system_is_refused(
    locate: Locate, page: Any, how: Any, found: str
) -> None:
    _cells, facts = locate("geojson", page, **how)
    (issue,) = facts.issues
    assert (issue.code, issue.severity) == ("geometry-range", "error")
    assert found in issue.message
    assert "declare the right `crs:` or `axes:` under `pull.geometry`" in issue.message


def test_one_place_gone_astray_among_many_is_null_and_counted(locate: Locate) -> None:
    found, facts = locate("geojson", features(*[point(13, 52)] * 19, point(1300, 52)))
    assert found[-2:] == [point(13, 52), None]
    assert [(one.code, one.severity, one.count) for one in facts.issues] == [("geometry-range", "warning", 1)]


def test_columns_become_a_point_and_are_converted_with_it(take: Callable[..., Any], tmp_path: Path) -> None:
    x, y = geodesy.project_web_mercator(13.4, 52.5)
    path = tmp_path / "page"
    path.write_text(f"id,east,north\n1,{x!r},{y!r}\n2,,\n3,0,0\n4,east,5\n", encoding="utf-8")
    fields = {"lon": FieldSource("east"), "lat": FieldSource("north"), "place": FieldSource("geometry")}
    facts = Facts()
    pull = Pull("files", {}, fields, geometry=Geometry("point", "EPSG:3857", "east", "north"))
    table = read(Snapshot((Page(path, "", 1),), "csv"), pull, facts)
    assert table["lon"].to_pylist() == ["13.4", None, None, None]
    assert table["place"].to_pylist()[0] == '{"type":"Point","coordinates":[13.4,52.5]}'
    assert count(facts) == {"geometry-null": 1, "geometry-invalid": 1, "geometry-zero": 1}


def test_columns_in_wgs_84_keep_their_digits_and_make_no_column_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "page"
    path.write_text("id,lon,lat\n1,+13.40,.50\n", encoding="utf-8")
    pull = Pull("files", {}, {}, geometry=Geometry("point", x="lon", y="lat"))
    assert read(Snapshot((Page(path, "", 1),), "csv"), pull).to_pylist() == [
        {"id": "1", "lon": "13.40", "lat": "0.50", "_row": 1}
    ]


def test_a_point_s_coordinates_keep_their_own_paths(tmp_path: Path) -> None:
    x, y = geodesy.project_web_mercator(13.4, 52.5)
    path = tmp_path / "page"
    path.write_text(json.dumps(esri({"x": x, "y": y}, None, wkid=3857)), encoding="utf-8")
    fields = {"lon": FieldSource("geometry.x"), "lat": FieldSource("geometry.coordinates.1")}
    pull = Pull("http", {}, fields, geometry=Geometry("esri"))
    table = read(Snapshot((Page(path, "", 1),), "json", "features"), pull)
    assert table.to_pydict() == {"lon": ["13.4", None], "lat": ["52.5", None], "_row": [1, 2]}


def test_an_operation_is_looked_up_once() -> None:
    assert find_operation("EPSG:2229") is find_operation("EPSG:2229")
