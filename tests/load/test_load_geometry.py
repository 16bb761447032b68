"""`geometry:` of a pull: how the source writes where things are."""

from collections.abc import Callable, Mapping

import pytest

from lamppost.load import load_datasets
from lamppost.model import City, Geometry

Write = Callable[[Mapping[str, str]], City]
DESCRIPTOR = "datasets/trees/dataset.yaml"


@pytest.mark.parametrize(
    ("written", "geometry"),
    [
        ("{form: esri}", Geometry("esri")),
        ("{form: geojson, crs: 'EPSG:2229', axes: yx}", Geometry("geojson", "EPSG:2229", axes="yx")),
        ("{x: lon, y: lat}", Geometry("point", x="lon", y="lat")),
        ("{x: east, y: north, crs: 'EPSG:27700'}", Geometry("point", "EPSG:27700", "east", "north")),
    ],
)
def test_a_geometry_is_declared_in_one_line(
    write: Write, sound: Mapping[str, str], written: str, geometry: Geometry
) -> None:
    text = sound[DESCRIPTOR].replace("folder: data", f"folder: data, geometry: {written}")
    datasets, issues = load_datasets(write({DESCRIPTOR: text}))
    assert not issues
    pull = datasets[0].resources[0].pull
    assert pull is not None
    assert pull.geometry == geometry


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("{form: wkb}", "expected one of geojson, esri, point"),
        ("{form: esri, crs: NAD83}", "expected a name such as EPSG:2229"),
        ("{form: esri, crs: 2229}", "expected text"),
        ("{x: lon}", "both of them; write `geometry: {x: lon, y: lat}`"),
        ("{form: esri, x: lon, y: lat}", "belong to the form `point`"),
        ("{form: esri, axes: lat}", "expected one of xy, yx"),
        ("{form: esri, field: shape}", "`field` is not a key here"),
    ],
)
def test_a_geometry_that_cannot_be_meant_is_an_issue(
    write: Write, sound: Mapping[str, str], written: str, message: str
) -> None:
    text = sound[DESCRIPTOR].replace("folder: data", f"folder: data, geometry: {written}")
    _datasets, issues = load_datasets(write({DESCRIPTOR: text}))
    assert any(message in one.message and "geometry" in one.place for one in issues["trees"])
