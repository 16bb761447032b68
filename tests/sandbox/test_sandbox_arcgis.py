"""The street light layer answers as an ArcGIS FeatureServer does."""

from collections.abc import Callable
from typing import Any

import pytest

from lamppost.sandbox import Sandbox

Ask = Callable[..., Any]
Records = list[dict[str, Any]]


@pytest.fixture(scope="module")
def layer(sandbox: Sandbox) -> str:
    return sandbox.environ["STREETLIGHT_LAYER_URL"]


@pytest.fixture(scope="module")
def features(layer: str, get: Ask) -> Records:
    found: Records = []
    more = True
    while more:
        page = get(
            f"{layer}/query", f="json", where="1=1", outFields="*", outSR=4326,
            orderByFields="OBJECTID", resultOffset=len(found), resultRecordCount=1000,
        ).body  # fmt: skip
        found += page["features"]
        more = page.get("exceededTransferLimit", False)
    return found


def test_pages_of_25_end_where_the_count_says(layer: str, get: Ask, features: Records) -> None:
    assert get(layer, f="json").body["maxRecordCount"] == 25
    count = get(f"{layer}/query", f="json", where="1=1", returnCountOnly="true").body
    assert count == {"count": len(features)} == {"count": 60}
    assert len({one["attributes"]["OBJECTID"] for one in features}) == 60


def test_dates_are_milliseconds_and_negative_before_1970(features: Records) -> None:
    dates = [one["attributes"]["INSTALL_DATE"] for one in features]
    assert None in dates
    known = [one for one in dates if one is not None]
    assert min(known) < 0 < max(known)
    assert all(one % 86_400_000 == 0 for one in known)


def test_geometry_is_in_metres_unless_degrees_are_asked_for(layer: str, get: Ask, features: Records) -> None:
    metres = get(f"{layer}/query", f="json", where="OBJECTID=1", outFields="OBJECTID").body
    assert metres["spatialReference"]["wkid"] == 102100
    assert metres["features"][0]["geometry"]["x"] < -13_000_000
    assert -118.4 < features[0]["geometry"]["x"] < -118.3


def test_geojson_is_in_degrees_always(layer: str, get: Ask, features: Records) -> None:
    page = get(f"{layer}/query", f="geojson", where="1=1", outFields="LIGHT_ID").body
    assert page["properties"] == {"exceededTransferLimit": True}
    assert page["features"][0]["properties"] == {"LIGHT_ID": "SL-0001"}
    assert page["features"][0]["geometry"]["coordinates"] == list(features[0]["geometry"].values())


@pytest.mark.parametrize(
    ("where", "count"),
    [
        ("CONNECTED = 'Yes'", 24),
        ("OBJECTID > 50 AND OBJECTID <= 58", 8),
        ("INSTALL_DATE < timestamp '1800-01-01 00:00:00'", 0),
    ],
)
def test_conditions_narrow_the_answer(layer: str, get: Ask, where: str, count: int) -> None:
    assert get(f"{layer}/query", f="json", where=where, returnCountOnly="true").body == {"count": count}


@pytest.mark.parametrize(
    "wrong",
    [
        {"where": ""},
        {"where": "1=1 OR 2=2"},
        {"where": "NO_SUCH = 1"},
        {"where": "WATTS = 'a'"},
        {"where": "1=1", "outFields": "NO_SUCH"},
        {"where": "1=1", "orderByFields": "NO_SUCH"},
        {"where": "1=1", "resultOffset": "-1"},
        {"where": "1=1", "f": "html"},
    ],
)
def test_an_error_comes_with_status_200(layer: str, get: Ask, wrong: dict[str, Any]) -> None:
    answer = get(f"{layer}/query", **({"f": "json"} | wrong))
    assert answer.status == 200
    assert answer.body["error"]["code"] == 400


def test_one_lamp_type_is_not_in_the_list(features: Records) -> None:
    types = [one["attributes"]["LAMP_TYPE"] for one in features]
    assert sum(one not in {"LED", "HPS", "MH"} for one in types) == 1


def test_order_can_be_turned_round_and_ids_asked_alone(layer: str, get: Ask) -> None:
    page = get(
        f"{layer}/query", f="json", where="OBJECTID<4", orderByFields="WATTS DESC,OBJECTID", returnIdsOnly="true"
    ).body
    assert sorted(page["objectIds"]) == [1, 2, 3]
