"""Presets for sensors: SensorThings, The Things Stack, InfluxDB, and what goes wrong with them elsewhere."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from lamppost.errors import PullError

Take = Callable[..., Any]
Payload = Callable[[str], bytes]
Query = Mapping[str, str]
AIR = """
preset: sensorthings
url: "${URL}/v1.1"
cursor: observed_at
lookback: P3D
fields: {observed_at: {path: phenomenonTime, as: interval_start}, pm25_ugm3: result, station: Datastream.Thing.name}
"""


@pytest.fixture
def air(source: Any, payload: Payload) -> Any:
    """Five observations, two at a time whatever is asked for; the count is wrong from page 2 on, as some are."""
    known = json.loads(payload("sensorthings-observations.json"))

    def answer(query: Query) -> Any:
        at = int(query.get("$skip", 0))
        link = {"@iot.nextLink": f"{source.url}/v1.1/Observations?$skip={at + 2}"} if at + 2 < 5 else {}
        return {"@iot.count": known["@iot.count"] - at, **link, "value": known["value"][at : at + 2]}

    source.routes["/v1.1/Observations"] = answer
    return answer


def test_sensorthings_follows_the_next_link_to_its_end(air: Any, source: Any, take: Take) -> None:
    taken = take(AIR, "observed_at", env={"URL": source.url})
    assert taken.column("pm25_ugm3") == ["7.1", "0", "8.25", "9.5", "11"]
    assert taken.rows[0]["observed_at"] == "2026-11-20T08:00:00.000Z"
    assert taken.column("station")[4] == "Library"
    assert (taken.receipt.verdict, taken.receipt.declared_by) == ("complete", "@iot.count")
    assert taken.receipt.cursor_after == "2026-11-20T12:00:00Z"
    assert source.asked[0][1]["$top"] == "1000"


def test_sensorthings_a_later_pull_asks_from_the_cursor_back(air: Any, source: Any, take: Take) -> None:
    take(AIR, "observed_at", env={"URL": source.url}, cursor="2026-11-20T12:00:00Z")
    assert source.asked[0][1]["$filter"] == "phenomenonTime ge 2026-11-17T12:00:00Z"


def test_sensorthings_a_count_of_page_2_is_not_believed(air: Any, source: Any, take: Take) -> None:
    taken = take(AIR, "observed_at", env={"URL": source.url})
    assert air({"$skip": "2"})["@iot.count"] == 3
    assert (taken.receipt.declared, taken.receipt.received) == (5, 5)


def test_sensorthings_a_list_that_is_cut_short_fails(air: Any, source: Any, take: Take) -> None:
    source.routes["/v1.1/Observations"] = lambda query: {**air(query), "@iot.nextLink": None}
    assert take(AIR, "observed_at", env={"URL": source.url}).receipt.verdict == "failed"


def test_fault_38_sensorthings_a_link_to_another_host_is_not_followed(air: Any, source: Any, take: Take) -> None:
    foreign = {"@iot.nextLink": "https://other.example.org/v1.1/Observations?$skip=2"}
    source.routes["/v1.1/Observations"] = lambda query: {**air(query), **foreign}
    with pytest.raises(PullError, match=r"its next link leads to https://other\.example\.org"):
        take(AIR, "observed_at", env={"URL": source.url})


def test_sensorthings_a_server_that_refuses_1000_is_asked_for_100(air: Any, source: Any, take: Take) -> None:
    refusal: Any = (422, {}, b'{"detail": "$top must be <= 100"}')
    source.routes["/v1.1/Observations"] = lambda query: refusal if query.get("$top") == "1000" else air(query)
    with pytest.raises(PullError, match="422"):
        take(AIR, "observed_at", env={"URL": source.url})
    assert take(AIR + "paging: {size: 100}", "observed_at", env={"URL": source.url}).receipt.verdict == "complete"


STREAMS = """
preset: sensorthings
url: "${URL}/v1.1"
path: /Datastreams
params: {$filter: null, $orderby: null, $expand: Observations}
window: null
fields: {id: "@iot.id", observations: Observations}
"""


def test_sensorthings_observations_inside_a_record_are_cut_and_followed(
    source: Any, take: Take, payload: Payload
) -> None:
    source.routes["/v1.1/Datastreams"] = lambda _query: (200, {}, payload("sensorthings-expanded.json"))
    source.routes["/v1.1/Datastreams(1)/Observations"] = lambda _query: {"value": [{"@iot.id": 13, "result": 8}]}
    with pytest.raises(PullError, match=r"Observations@iot\.nextLink"):
        take(STREAMS, env={"URL": source.url})
    taken = take(STREAMS + "nested: Observations", env={"URL": source.url})
    assert [one["result"] for one in json.loads(taken.rows[0]["observations"])] == [7.1, 0, 8]


def test_sensorthings_without_a_count_the_last_link_is_the_proof(air: Any, source: Any, take: Take) -> None:
    source.routes["/v1.1/Observations"] = lambda query: {
        name: one for name, one in air(query).items() if name != "@iot.count"
    }
    taken = take(AIR + "count: null\nparams: {$count: null}", "observed_at", env={"URL": source.url})
    assert (taken.receipt.verdict, taken.receipt.received) == ("complete", 5)
    assert "$count" not in source.asked[0][1]


UPLINKS = """
preset: tts
cursor: received_at
lookback: PT12H
fields:
  measured_at: {path: result.uplink_message.settings.time, otherwise: result.received_at}
  frame: result.uplink_message.f_cnt
  temperature_c: result.uplink_message.decoded_payload.temperature
  is_simulated: result.simulated
"""
TTS = "/api/v3/as/applications/air/packages/storage/uplink_message"
STREAM = {"Content-Type": "text/event-stream"}


@pytest.fixture
def things(source: Any) -> Mapping[str, str]:
    return {"TTS_URL": source.url, "TTS_APPLICATION": "air", "TTS_API_KEY": "NNSXS.KEY"}


@pytest.fixture
def stored(source: Any, payload: Payload) -> list[bytes]:
    """Uplinks that answer by the time they were received, as many as `limit` says."""
    lines = payload("tts-uplinks.ndjson").splitlines()

    def answer(query: Query) -> Any:
        def is_between(line: bytes) -> bool:
            received: str = json.loads(line)["result"]["received_at"]
            return query["after"] < received < query["before"]

        found = list(filter(is_between, lines))[: int(query["limit"])]
        return 200, STREAM, b"".join(line + b"\n" for line in found)

    source.routes[TTS] = answer
    return lines


def test_tts_brings_each_stretch_of_time(stored: Any, things: Any, source: Any, take: Take) -> None:
    taken = take(UPLINKS, "device_id received_at", env=things)
    assert taken.column("device_id") == ["dev1", "dev1", "dev2"]
    assert taken.column("temperature_c") == ["21.5", None, "-1"]
    assert (taken.receipt.verdict, taken.receipt.declared) == ("complete", None)
    assert "fewer than 5,000 records" in taken.receipt.reason
    assert source.asked[0][2]["authorization"] == "Bearer NNSXS.KEY"
    assert [query["after"][11:16] for _path, query, _headers in source.asked] == [
        "23:59", "05:59", "11:59", "17:59", "23:59", "05:59", "11:59",
    ]  # fmt: skip


def test_tts_reads_the_answers_that_its_documentation_shows(
    source: Any, things: Any, take: Take, recorded: Payload
) -> None:
    body = recorded("tts/storage-uplinks.ndjson")
    source.routes[TTS] = lambda query: (200, STREAM, body if query["after"] == "2026-11-20T23:59:59Z" else b"")
    taken = take(UPLINKS, "device_id received_at", env=things)
    assert taken.column("frame") == ["43", "44"]
    assert taken.rows[0]["measured_at"] == "2020-08-24T10:08:43.385687165Z"


def test_tts_a_day_without_uplinks_is_no_error(source: Any, things: Any, take: Take) -> None:
    source.routes[TTS] = lambda _query: (200, STREAM, b"")
    taken = take(UPLINKS, "device_id received_at", env=things)
    assert (taken.receipt.verdict, taken.rows) == ("complete", [])


def test_fault_33_tts_zeros_are_left_out_and_are_nulls_here(stored: Any, things: Any, take: Take) -> None:
    assert take(UPLINKS, "device_id received_at", env=things).column("frame") == ["43", None, None]


def test_fault_25_tts_a_device_without_a_clock_gets_the_time_of_receipt(stored: Any, things: Any, take: Take) -> None:
    taken = take(UPLINKS, "device_id received_at", env=things)
    assert taken.column("measured_at")[1:] == taken.column("received_at")[1:]


def test_tts_batches_that_appear_late_are_asked_for_again(stored: Any, things: Any, source: Any, take: Take) -> None:
    take(UPLINKS, "device_id received_at", env=things, cursor="2026-11-22T10:20:00Z")
    assert source.asked[0][1]["after"] == "2026-11-21T22:19:59Z"


def test_tts_an_answer_that_reaches_the_limit_is_halved(stored: Any, things: Any, source: Any, take: Take) -> None:
    text = UPLINKS + "params: {limit: 2}\npaging: {limit_rows: 2}"
    taken = take(text, "device_id received_at", env=things)
    assert set(taken.column("device_id")) == {"dev1", "dev2"}
    assert len(set(taken.column("received_at"))) == 3
    assert len(source.asked) > 7


def test_tts_an_error_in_the_stream_is_no_end(stored: Any, things: Any, source: Any, take: Take) -> None:
    error = b'{"error":{"grpc_code":14,"message":"unavailable"}}\n'
    source.routes[TTS] = lambda _query: (200, STREAM, stored[0] + b"\n" + error)
    with pytest.raises(PullError, match="an error as its answer, in `error`"):
        take(UPLINKS, "device_id received_at", env=things)


def test_tts_what_somebody_simulated_says_so(stored: Any, things: Any, take: Take) -> None:
    assert take(UPLINKS, "device_id received_at", env=things).column("is_simulated") == [None, None, "true"]


NOISE = """
preset: influxdb
cursor: measured_at
lookback: P2D
fields: {sensor: sensor, noise_db: value}
"""
CSV = {"Content-Type": "text/csv"}
FOUND = "2026-11-20T00:00:00Z"


@pytest.fixture
def influx(source: Any) -> Mapping[str, str]:
    known = {"URL": source.url, "DATABASE": "city", "MEASUREMENT": "noise", "FIELD": "value", "USER": "u"}
    return {f"INFLUX_{name}": text for name, text in {**known, "PASSWORD": "p"}.items()}


@pytest.fixture
def readings(source: Any, recorded: Payload) -> dict[str, Any]:
    """Three recorded readings on one day and none on the others; `rows` and `count` can be made to lie."""
    table = recorded("captured/influx1-query.csv").replace(b"000000000,34", b",34")
    answers: dict[str, Any] = {
        "rows": table,
        "count": {"series": [{"name": "noise", "columns": ["time", "count"], "values": [[0, 3]]}]},
    }

    def answer(query: Query) -> Any:
        here = FOUND in query["q"].partition("AND")[0]
        if query["q"].startswith("SELECT COUNT"):
            return {"results": [{"statement_id": 0, **(answers["count"] if here else {})}]}
        return 200, CSV, answers["rows"] if here else b""

    source.routes["/query"] = answer
    return answers


def test_influxdb_brings_each_day_and_its_count(readings: Any, influx: Any, source: Any, take: Take) -> None:
    taken = take(NOISE, "sensor measured_at", env=influx)
    assert taken.column("sensor") == ["s0", "s1", "s2"]
    assert taken.rows[0]["measured_at"] == "2026-01-01T00:00:00Z"
    assert (taken.receipt.verdict, taken.receipt.declared, taken.receipt.pages) == ("complete", 3, (3,))
    assert 'FROM "noise" WHERE time >= ' in source.asked[0][1]["q"]
    assert source.asked[0][2]["authorization"].startswith("Basic ")
    assert {query["epoch"] for _path, query, _headers in source.asked} == {"s"}


def test_influxdb_a_measurement_that_is_not_there_is_held_back_by_the_least_number_of_rows(
    source: Any, influx: Any, take: Take
) -> None:
    source.routes["/query"] = lambda query: {"results": [{}]} if "COUNT" in query["q"] else (200, CSV, b"")
    receipt = take(NOISE, "sensor measured_at", env=influx).receipt
    assert (receipt.verdict, receipt.received) == ("complete", 0)  # `checks.rows.min` is what refuses it


def test_influxdb_a_day_without_readings_is_no_error(readings: Any, influx: Any, take: Take) -> None:
    readings |= {"rows": b"", "count": {}}
    taken = take(NOISE, "sensor measured_at", env=influx)
    assert (taken.receipt.verdict, taken.receipt.declared, taken.rows) == ("complete", 0, [])


def test_fault_12_influxdb_a_csv_that_was_cut_fails_by_its_count(readings: Any, influx: Any, take: Take) -> None:
    readings["rows"] = b"".join(readings["rows"].splitlines(keepends=True)[:-1])
    taken = take(NOISE, "sensor measured_at", env=influx)
    assert taken.receipt.verdict == "failed"
    assert "declares 3 records" in taken.receipt.reason


def test_influxdb_readings_without_a_count_are_not_believed(readings: Any, influx: Any, take: Take) -> None:
    readings["count"] = {}
    assert take(NOISE, "sensor measured_at", env=influx).receipt.verdict == "failed"


def test_fault_07_influxdb_a_missing_database_is_an_error_in_http_200(
    readings: Any, influx: Any, source: Any, take: Take, recorded: Payload
) -> None:
    error = recorded("captured/influx1-error-in-200.json")
    source.routes["/query"] = lambda query: (200, {}, error) if "COUNT" in query["q"] else (200, CSV, b"")
    with pytest.raises(PullError, match=r"results\.\*\.error"):
        take(NOISE, "sensor measured_at", env=influx)


def test_fault_12_influxdb_a_count_that_is_partial_is_refused(readings: Any, influx: Any, take: Take) -> None:
    readings["count"]["series"][0]["partial"] = True
    with pytest.raises(PullError, match=r"results\.\*\.series\.\*\.partial"):
        take(NOISE, "sensor measured_at", env=influx)


def test_influxdb_a_day_that_is_full_is_halved(readings: Any, influx: Any, source: Any, take: Take) -> None:
    take(NOISE + "paging: {limit_rows: 4}", "sensor measured_at", env=influx)
    days = len(source.asked)
    source.asked.clear()
    with pytest.raises(PullError, match="3 records in one answer"):
        take(NOISE + "paging: {limit_rows: 3}", "sensor measured_at", env=influx)
    assert days == 3 * 32
    assert any("T12:00:00Z" in query["q"] for _path, query, _headers in source.asked)
