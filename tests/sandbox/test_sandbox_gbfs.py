"""The bike operator answers as GBFS 3.0 prescribes."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from lamppost.sandbox import Sandbox

Ask = Callable[..., Any]


@pytest.fixture(scope="module")
def feeds(sandbox: Sandbox, get: Ask) -> dict[str, Any]:
    index = get(sandbox.environ["GBFS_URL"]).body
    return {one["name"]: get(one["url"]).body for one in index["data"]["feeds"]}


def test_every_listed_feed_says_version_time_and_ttl(feeds: dict[str, Any]) -> None:
    assert set(feeds) == {"system_information", "vehicle_types", "vehicle_status"}
    for feed in feeds.values():
        assert (feed["version"], feed["ttl"]) == ("3.0", 300)
        assert datetime.fromisoformat(feed["last_updated"]).isoformat() == "2026-11-22T00:00:00-08:00"


def test_vehicles_are_of_listed_types_and_electric_ones_have_a_range(feeds: dict[str, Any]) -> None:
    types = {one["vehicle_type_id"] for one in feeds["vehicle_types"]["data"]["vehicle_types"]}
    vehicles = feeds["vehicle_status"]["data"]["vehicles"]
    assert len({one["vehicle_id"] for one in vehicles}) == len(vehicles) == 90
    assert {one["vehicle_type_id"] for one in vehicles} == types
    assert all(("current_range_meters" in one) == (one["vehicle_type_id"] == "e-bike") for one in vehicles)


def test_one_bike_has_lost_its_position(feeds: dict[str, Any]) -> None:
    vehicles = feeds["vehicle_status"]["data"]["vehicles"]
    assert sum(one["lat"] == 0 for one in vehicles) == 1
    assert all(34.08 < one["lat"] < 34.1 and -118.4 < one["lon"] < -118.34 for one in vehicles if one["lat"])


def test_an_unknown_feed_is_not_found(sandbox: Sandbox, get: Ask) -> None:
    assert get(sandbox.environ["GBFS_URL"].replace("gbfs.json", "nothing.json")).status == 404
