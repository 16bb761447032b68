"""The IoT gateway answers as OGC SensorThings 1.1 prescribes."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from lamppost.sandbox import Sandbox

Ask = Callable[..., Any]

DUST = "Datastream/ObservedProperty/name eq 'PM2.5'"
ENERGY = "Datastream/ObservedProperty/name eq 'Active energy'"


@pytest.fixture(scope="module")
def base(sandbox: Sandbox) -> str:
    return sandbox.environ["IOT_GATEWAY_URL"]


@pytest.fixture(scope="module")
def pull(base: str, get: Ask) -> Ask:
    def ask(**options: object) -> tuple[list[Any], int]:
        named = {f"_dollar_{name}": value for name, value in options.items()}
        page = get(f"{base}/Observations", _dollar_count="true", **named).body
        found, count = page["value"], page["@iot.count"]
        while "@iot.nextLink" in page:
            page = get(page["@iot.nextLink"]).body
            found += page["value"]
            assert page["@iot.count"] == count
        return found, count

    return ask


def test_next_links_lead_through_everything_that_was_counted(pull: Ask) -> None:
    found, count = pull(top=1000, orderby="phenomenonTime asc,id asc", filter=ENERGY)
    assert len({one["@iot.id"] for one in found}) == len(found) == count > 14_000
    assert found == sorted(found, key=lambda one: (one["phenomenonTime"], one["@iot.id"]))


def test_a_page_is_cut_to_500_without_a_word(base: str, get: Ask) -> None:
    assert len(get(f"{base}/Observations", _dollar_top=5000).body["value"]) == 500


def test_an_expanded_observation_names_its_thing(base: str, get: Ask) -> None:
    query = {"_dollar_top": 1, "_dollar_filter": DUST, "_dollar_expand": "Datastream($expand=Thing)"}
    one = get(f"{base}/Observations", **query).body["value"][0]
    assert one["Datastream"]["Thing"]["properties"] == {"station_code": "AQ-01"}
    assert one["Datastream"]["unitOfMeasurement"]["symbol"] == "µg/m³"
    assert "Thing@iot.navigationLink" not in one["Datastream"]


def test_meters_observe_intervals_and_stations_instants(pull: Ask) -> None:
    day = "phenomenonTime ge 2026-11-21T08:00:00Z and phenomenonTime lt 2026-11-21T09:00:00Z"
    energy, _ = pull(filter=f"{day} and {ENERGY}")
    dust, _ = pull(filter=f"{day} and {DUST}")
    assert {one["phenomenonTime"] for one in energy} == {"2026-11-21T08:00:00Z/2026-11-21T09:00:00Z"}
    assert {one["phenomenonTime"] for one in dust} == {"2026-11-21T08:00:00Z"}


def test_one_stream_can_be_asked_for_by_name(pull: Ask) -> None:
    found, count = pull(
        top=500, filter="Datastream/name eq 'Plummer Park PM2.5' and resultTime gt 2026-11-20T00:00:00Z"
    )
    assert count == len(found)
    assert 40 <= count <= 60


@pytest.mark.parametrize(
    "wrong",
    [
        {"filter": "result gt 5"},
        {"filter": f"{DUST} or {ENERGY}"},
        {"filter": f"{DUST} and "},
        {"filter": "phenomenonTime ge yesterday"},
        {"filter": "Datastream/name eq 5"},
        {"orderby": "result"},
        {"expand": "Nothing"},
        {"expand": "Datastream($top=1)"},
        {"top": "many"},
        {"select": "result"},
    ],
)
def test_what_is_not_understood_is_refused(base: str, get: Ask, wrong: dict[str, Any]) -> None:
    answer = get(f"{base}/Observations", **{f"_dollar_{name}": value for name, value in wrong.items()})
    assert answer.status == 400
    assert answer.body["message"]


def test_things_and_datastreams_are_listed(base: str, get: Ask) -> None:
    names = {one["name"] for one in get(base).body["value"]}
    assert names == {"Things", "Datastreams", "Observations"}
    streams = get(f"{base}/Datastreams", _dollar_count="true", _dollar_expand="Thing,ObservedProperty").body
    assert streams["@iot.count"] == 23
    assert streams["value"][0]["Thing"]["name"] == "Santa Monica Blvd at San Vicente"
    assert get(f"{base}/Things", _dollar_filter="name eq 'SL-0001'").body["value"][0]["@iot.id"] == 101
    assert get(f"{base}/Sensors").status == 404


def test_an_hour_may_come_twice_and_the_second_is_stored_later(pull: Ask) -> None:
    found, _ = pull(top=500, filter=DUST, expand="Datastream", orderby="phenomenonTime asc,id asc")
    keys = Counter((one["Datastream"]["name"], one["phenomenonTime"]) for one in found)
    twice = [one for one in found if keys[one["Datastream"]["name"], one["phenomenonTime"]] > 1]
    assert 4 < len(twice) < 0.05 * len(found)
    first, second = [one for one in twice if one["Datastream"] == twice[0]["Datastream"]][:2]
    assert first["resultTime"] < second["resultTime"]
    assert first["@iot.id"] < second["@iot.id"]


def test_a_few_results_are_nonsense(pull: Ask) -> None:
    dust, count = pull(top=500, filter=DUST)
    bad = [one["result"] for one in dust if one["result"] in {"n/a", -999}]
    assert {"n/a", -999} == set(bad)
    assert len(bad) < 0.04 * count


def test_lamps_burn_at_night_and_connected_ones_dim_after_midnight(pull: Ask) -> None:
    night = "phenomenonTime ge 2026-11-20T20:00:00Z and phenomenonTime lt 2026-11-21T20:00:00Z"
    found, _ = pull(filter=f"{night} and Datastream/Thing/name eq 'SL-0001'")
    used = {one["phenomenonTime"][11:13]: one["result"] for one in found}
    assert used["20"] == 0
    assert used["06"] > 0
    assert used["09"] == pytest.approx(used["06"] / 2, rel=0.2)
