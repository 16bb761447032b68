"""Presets for what operators keep for a city: Meraki, OCPI, and what goes wrong with them elsewhere."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from lamppost.errors import PullError

Take = Callable[..., Any]
Payload = Callable[[str], bytes]
Query = Mapping[str, str]
CLIENTS = """
preset: meraki
cursor: hour_start_at
lookback: P2D
fields: {hotspot_id: network_id, hotspot_name: network_name, hour_start_at: startTs, client_count: clientCount}
"""
NETWORKS = "/organizations/549236/networks"


@pytest.fixture
def meraki(source: Any, payload: Payload) -> Mapping[str, str]:
    """Three networks on two pages, one of them cameras; each wireless one answers for its hours."""
    networks = json.loads(payload("meraki-networks.json"))
    link = {"Link": f'<{source.url}{NETWORKS}?startingAfter=N_2>; rel="next", <{source.url}{NETWORKS}>; rel="first"'}

    def list_networks(query: Query) -> Any:
        last = "startingAfter" in query
        return 200, {} if last else link, json.dumps(networks[2:] if last else networks[:2]).encode()

    source.routes[NETWORKS] = list_networks
    for name in ("N_1", "L_3"):
        path = f"/networks/{name}/wireless/clientCountHistory"
        source.routes[path] = lambda _query: (200, {}, payload("meraki-clientCountHistory.json"))
    return {"MERAKI_URL": source.url, "MERAKI_ORG": "549236", "MERAKI_API_KEY": "k3y"}


def test_meraki_asks_every_wireless_network_hour_by_hour(meraki: Any, source: Any, take: Take) -> None:
    taken = take(CLIENTS, "hotspot_id hour_start_at", env=meraki)
    assert taken.column("hotspot_name") == ["Plummer Park"] * 3 + ["Library"] * 3
    assert taken.column("client_count") == ["31", "0", None] * 2
    assert (taken.receipt.verdict, taken.receipt.distinct) == ("complete", 6)
    asked = source.asked[-1]
    assert (asked[1]["resolution"], asked[2]["authorization"]) == ("3600", "Bearer k3y")


def test_meraki_never_asks_for_more_than_31_days(meraki: Any, source: Any, take: Take) -> None:
    take(CLIENTS, "hotspot_id hour_start_at", env=meraki)
    query = source.asked[-1][1]
    assert (query["t0"], query["t1"]) == ("2026-10-23T00:00:00Z", "2026-11-22T17:00:00Z")


@pytest.mark.parametrize(
    "trouble",
    [(429, {"Retry-After": "2"}, b'{"errors":["API rate limit exceeded"]}'), (429, {}, b"{}"),
     (502, {"Content-Type": "text/html"}, b"<html><body>Bad gateway</body></html>")],
    ids=["429", "429-without-retry-after", "502-html"],
)  # fmt: skip
def test_fault_14_meraki_a_refusal_for_now_is_waited_out(
    meraki: Any, source: Any, take: Take, waits: list[float], trouble: Any
) -> None:
    answer = source.routes[NETWORKS]
    source.routes[NETWORKS] = lambda query: answer(query) if waits else trouble
    assert take(CLIENTS, "hotspot_id hour_start_at", env=meraki).receipt.verdict == "complete"
    assert waits


def test_meraki_too_far_back_is_refused_by_the_source_and_not_taken_for_nothing(
    meraki: Any, source: Any, take: Take
) -> None:
    refusal: Any = (400, {}, b'{"errors":["Invalid value for \'t0\': must be no more than 31 days ago"]}')
    for name in ("N_1", "L_3"):
        source.routes[f"/networks/{name}/wireless/clientCountHistory"] = lambda _query: refusal
    with pytest.raises(PullError, match="400"):
        take(CLIENTS, "hotspot_id hour_start_at", env=meraki, cursor="2026-09-01T00:00:00Z")


STATIONS = """
preset: ocpi
fields: {city: city}
"""


@pytest.fixture
def operator(source: Any) -> Mapping[str, str]:
    return {"OCPI_URL": source.url + "/cpo/2.2.1", "OCPI_TOKEN": "aWQ="}


@pytest.fixture
def stations(source: Any, payload: Payload) -> dict[str, Any]:
    """Five locations, two at a time whatever is asked for; `next` is where its links lead."""
    known = json.loads(payload("ocpi-locations.json"))
    site = {"next": source.url + "/cpo/2.2.1/locations?offset={}&limit=2", "known": known}

    def answer(query: Query) -> Any:
        data, at = site["known"]["data"], int(query.get("offset", 0))
        link = {"Link": f'<{site["next"].format(at + 2)}>; rel="next"'} if at + 2 < len(data) else {}
        body = json.dumps({**site["known"], "data": data[at : at + 2]}).encode()
        return 200, {"X-Total-Count": str(len(data)), "X-Limit": "2", **link}, body

    source.routes["/cpo/2.2.1/locations"] = answer
    return site


def test_ocpi_follows_the_link_header(stations: Any, operator: Any, source: Any, take: Take) -> None:
    taken = take(STATIONS, "location_id", env=operator)
    assert taken.column("location_id") == ["LOC1", "LOC2", "LOC3", "LOC4", "LOC5"]
    assert taken.column("location_name")[:2] == ["City Hall garage", None]
    assert taken.rows[0]["latitude"] == "34.0901"
    assert (taken.receipt.verdict, taken.receipt.declared_by) == ("complete", "X-Total-Count")
    assert source.asked[0][2]["authorization"] == "Token aWQ="


def test_ocpi_a_time_without_a_zone_is_utc(stations: Any, operator: Any, take: Take) -> None:
    taken = take(STATIONS, "location_id", env=operator)
    assert taken.column("updated_at")[:2] == ["2026-11-20T07:00:00Z", "2026-11-19T18:30:00Z"]


@pytest.mark.parametrize(
    "link",
    ["https://ocpi.example.org/VersionNumber.v_2_2_1/ModuleID.locations/?date_from=None&offset={}", "locations/None{}"],
)
def test_fault_38_ocpi_a_broken_link_is_replaced_by_the_offset(
    stations: Any, operator: Any, source: Any, take: Take, link: str
) -> None:
    stations["next"] = link
    source.routes["/cpo/2.2.1/locations/None2"] = source.routes["/cpo/2.2.1/None2"] = lambda _query: (404, {}, b"{}")
    taken = take(STATIONS, "location_id", env=operator)
    assert (taken.receipt.verdict, taken.receipt.received) == ("complete", 5)
    assert "were asked with `offset`" in taken.receipt.reason or "was asked with `offset`" in taken.receipt.reason


def test_fault_07_ocpi_a_status_code_inside_http_200_is_an_error(
    stations: Any, operator: Any, source: Any, take: Take, payload: Payload
) -> None:
    source.routes["/cpo/2.2.1/locations"] = lambda _query: (200, {}, payload("ocpi-error.json"))
    with pytest.raises(PullError, match="`status_code` is not 1000"):
        take(STATIONS, "location_id", env=operator)


def test_fault_06_ocpi_a_location_that_comes_meanwhile_makes_it_read_again(
    stations: Any, operator: Any, source: Any, take: Take
) -> None:
    answer = source.routes["/cpo/2.2.1/locations"]

    def grow(query: Query) -> Any:
        data = stations["known"]["data"]
        if query.get("offset") == "2" and len(data) == 5:
            data.insert(0, {**data[0], "id": "LOC0"})
        return answer(query)

    source.routes["/cpo/2.2.1/locations"] = grow
    taken = take(STATIONS, "location_id", env=operator)
    assert (taken.receipt.verdict, taken.receipt.distinct) == ("complete", 6)
