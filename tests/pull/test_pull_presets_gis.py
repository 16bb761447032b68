"""Presets for maps: layers of ArcGIS and collections of OGC API - Features, and what goes wrong with them elsewhere."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from lamppost.errors import PullError

Take = Callable[..., Any]
Payload = Callable[[str], bytes]
Query = Mapping[str, str]
TREES = """
preset: arcgis
url: "${URL}/FeatureServer/0"
fields:
  tree_id: attributes.TREE_ID
  planted_date: {path: attributes.PLANTED, as: epoch_ms_date}
  height_m: attributes.HEIGHT
  longitude: geometry.x
  latitude: geometry.y
"""
BY_ID = """
paging: {by: id_chunks, ids: {params: {returnIdsOnly: true}, path: objectIds}, param: objectIds, size: 2, limit: null,
         more: null}
"""


class Layer:
    """A feature layer with these features; `clamp` is its maxRecordCount, `flag` what it says of what is left out."""

    def __init__(self, page: Any, *, clamp: int = 2, pages: bool = True, flag: bool = True) -> None:
        self.page, self.features = page, list(page["features"])
        self.clamp, self.pages, self.flag = clamp, pages, flag

    def __call__(self, query: Query) -> Any:
        ids = [one["attributes"]["OBJECTID"] for one in self.features if one]
        if query.get("returnIdsOnly") == "true":
            return {"objectIdFieldName": "OBJECTID", "objectIds": ids}
        wanted = set(map(int, query["objectIds"].split(","))) if "objectIds" in query else set(ids)
        found = [one for one in self.features if not one or one["attributes"]["OBJECTID"] in wanted]
        at = int(query.get("resultOffset", 0)) if self.pages else 0
        more = {"exceededTransferLimit": True} if self.flag and len(found) > at + self.clamp else {}
        return {**self.page, "features": [one for one in found[at : at + self.clamp] if one], **more}


@pytest.fixture
def layer(source: Any, payload: Payload) -> Layer:
    made = Layer(json.loads(payload("arcgis-features.json")))
    source.routes["/FeatureServer/0/query"] = made
    return made


@pytest.fixture
def trees(source: Any, layer: Layer, take: Take) -> Callable[..., Any]:
    return lambda more="": take(TREES + more, "tree_id", env={"URL": source.url})


@pytest.mark.parametrize("more", ["", BY_ID])
def test_an_arcgis_layer_without_features_names_no_ids_at_all(
    source: Any, trees: Take, layer: Layer, more: str
) -> None:
    nothing: dict[str, Any] = {"objectIdFieldName": "OBJECTID", "objectIds": None}
    source.routes["/FeatureServer/0/query"] = lambda query: nothing if "returnIdsOnly" in query else {"features": []}
    taken = trees(more)
    assert (taken.rows, taken.receipt.declared, taken.receipt.verdict) == ([], 0, "complete")


def test_arcgis_gives_every_feature_of_every_page(trees: Take, source: Any) -> None:
    taken = trees()
    assert taken.column("tree_id") == ["007", "008", "011", "012", "015"]
    assert taken.rows[0] | {"_row": 1} == {
        "tree_id": "007", "planted_date": "1960-01-01", "height_m": "4.5", "longitude": "-118.3617",
        "latitude": "34.0901", "_row": 1,
    }  # fmt: skip
    assert (taken.receipt.verdict, taken.receipt.declared, taken.receipt.declared_by) == (
        "complete", 5, "returnIdsOnly",
    )  # fmt: skip
    assert [query.get("resultOffset") for _path, query, _headers in source.asked] == [None, "0", "2", "4", None]


@pytest.mark.parametrize(("code", "text"), [(498, "Invalid Token"), (499, "Token Required"), (400, "Invalid query")])
def test_fault_07_arcgis_an_error_inside_http_200_is_no_empty_layer(
    source: Any, take: Take, payload: Payload, code: int, text: str
) -> None:
    error = json.loads(payload("arcgis-error.json"))["error"] | {"code": code, "message": text}
    source.routes["/FeatureServer/0/query"] = lambda _query: {"error": error}
    with pytest.raises(PullError, match="an error as its answer, in `error`") as raised:
        take(TREES, "tree_id", env={"URL": source.url})
    assert text not in str(raised.value)


def test_arcgis_a_token_goes_along_and_is_never_shown(source: Any, trees: Take) -> None:
    taken = trees('auth: {query: {token: "${URL}-secret"}}')
    assert all(query["token"].endswith("-secret") for _path, query, _headers in source.asked)
    assert "secret" not in taken.receipt.source


def test_fault_03_arcgis_an_empty_page_that_says_there_is_more_is_no_end(trees: Take, layer: Layer) -> None:
    layer.features[2:2] = [None, None]
    taken = trees("paging: {size: 2}")
    assert (taken.receipt.verdict, taken.receipt.pages) == ("complete", (2, 2, 1))


def test_arcgis_a_flag_that_is_forgotten_ends_nothing(trees: Take, layer: Layer) -> None:
    layer.flag = False
    assert trees().receipt.received == 5


def test_fault_04_arcgis_a_service_that_sends_page_1_again_is_refused(trees: Take, layer: Layer) -> None:
    layer.pages = False
    with pytest.raises(PullError, match="repeats page 1"):
        trees()


def test_fault_04_arcgis_such_a_service_is_read_by_object_id(trees: Take, layer: Layer, source: Any) -> None:
    layer.pages = False
    taken = trees(BY_ID)
    assert (taken.receipt.verdict, taken.receipt.received) == ("complete", 5)
    assert [query.get("objectIds") for _path, query, _headers in source.asked] == [None, "1,2", "5,6", "9", None]


def test_fault_06_arcgis_a_feature_that_goes_as_another_comes_is_noticed(
    trees: Take, layer: Layer, source: Any
) -> None:
    answers = source.routes["/FeatureServer/0/query"]

    def swap(query: Query) -> Any:
        found = answers(query)
        if query.get("resultOffset") == "0" and layer.features[0]["attributes"]["OBJECTID"] == 1:
            new = {"attributes": {**layer.features[-1]["attributes"], "OBJECTID": 12, "TREE_ID": "020"}}
            layer.features = [*layer.features[1:], new]
        return found

    source.routes["/FeatureServer/0/query"] = swap
    taken = trees()
    assert taken.column("tree_id") == ["008", "011", "012", "015", "020"]
    assert taken.receipt.verdict == "complete"


def test_fault_24_arcgis_a_day_stays_that_day_west_of_greenwich(trees: Take) -> None:
    assert trees().column("planted_date") == ["1960-01-01", "2010-01-01", None, "2024-02-29", "2024-02-29"]


def test_arcgis_features_without_a_place_come_and_are_counted(trees: Take) -> None:
    taken = trees()
    assert taken.column("longitude") == ["-118.3617", "-118.3702", None, "-118.3811", None]
    assert {one.code: one.count for one in taken.facts.issues} == {"geometry-null": 1, "geometry-empty": 1}


POLES = """
preset: ogc-features
url: "${URL}/collections/poles"
fields: {pole_id: properties.POLE_ID, watts_w: properties.WATTS, longitude: geometry.coordinates.0}
"""


class Collection:
    """Three recorded features, `clamp` at a time, whatever is asked for."""

    def __init__(self, page: Any, home: str, clamp: int = 2) -> None:
        self.page, self.home, self.clamp = page, home, clamp
        self.counts = True

    def __call__(self, query: Query) -> Any:
        at = int(query.get("offset", 0))
        features = self.page["features"]
        links = [{"rel": "alternate", "type": "text/html", "href": self.home}, {"rel": "self", "href": self.home}]
        if at + self.clamp < len(features):
            links.append({"rel": "next", "href": f"{self.home}?offset={at + self.clamp}"})
        count = {"numberMatched": len(features)} if self.counts else {}
        return {"type": "FeatureCollection", "features": features[at : at + self.clamp], **count, "links": links}


@pytest.fixture
def poles(source: Any, recorded: Payload) -> Collection:
    home = source.url + "/collections/poles/items"
    source.routes["/collections/poles/items"] = made = Collection(
        json.loads(recorded("captured/pygeoapi-items.json")), home
    )
    return made


def test_ogc_features_follows_the_link_called_next(source: Any, poles: Collection, take: Take) -> None:
    taken = take(POLES, "pole_id", env={"URL": source.url})
    assert taken.column("pole_id") == ["SL-00001", "SL-00002", "SL-00003"]
    assert taken.column("watts_w") == ["54", "70", None]
    assert taken.column("longitude")[0] == "-118.3601"
    assert (taken.receipt.verdict, taken.receipt.declared_by) == ("complete", "numberMatched")
    assert all("application/geo+json" in headers["accept"] for _path, _query, headers in source.asked)


def test_fault_01_ogc_features_a_server_that_stops_early_is_found_out(
    source: Any, poles: Collection, take: Take
) -> None:
    source.routes["/collections/poles/items"] = lambda query: {**poles(query), "links": []}
    taken = take(POLES, "pole_id", env={"URL": source.url})
    assert taken.receipt.verdict == "failed"


def test_ogc_features_a_server_without_a_count_needs_count_null(source: Any, poles: Collection, take: Take) -> None:
    poles.counts = False
    with pytest.raises(PullError, match="numberMatched"):
        take(POLES, "pole_id", env={"URL": source.url})
    taken = take(POLES + "count: null", "pole_id", env={"URL": source.url})
    assert (taken.receipt.verdict, taken.receipt.received) == ("complete", 3)


def test_fault_08_ogc_features_a_page_of_html_is_refused(source: Any, poles: Collection, take: Take) -> None:
    page = (200, {"Content-Type": "text/html"}, b"<!doctype html><html><body>Poles</body></html>")
    source.routes["/collections/poles/items"] = lambda query: page if "offset" in query else poles(query)
    with pytest.raises(PullError, match="a page of HTML"):
        take(POLES, "pole_id", env={"URL": source.url})


def test_fault_07_ogc_features_an_error_inside_http_200_is_refused(source: Any, take: Take, recorded: Payload) -> None:
    source.routes["/collections/poles/items"] = lambda _query: (200, {}, recorded("captured/pygeoapi-404.json"))
    with pytest.raises(PullError, match="an error as its answer, in `code`"):
        take(POLES, "pole_id", env={"URL": source.url})
