"""Presets for mobility: shared vehicles (GBFS, MDS) and timetables (GTFS), and what goes wrong with them elsewhere."""

import json
import zipfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest

from lamppost.errors import PendingError, PullError

Take = Callable[..., Any]
Payload = Callable[[str], bytes]
Query = Mapping[str, str]
BIKES = """
preset: gbfs
fields: {vehicle_type: vehicle_type_id, longitude: lon, latitude: lat, range_m: current_range_meters}
"""


@pytest.fixture
def serve_feed(source: Any, payload: Payload) -> Callable[[str, str, bytes], Mapping[str, str]]:
    """Serves a gbfs.json and the feed that it names; the environment to ask it with."""

    def put(index: str, path: str, feed: bytes) -> Mapping[str, str]:
        known = payload(index).replace(b"SERVER", source.url.encode())
        source.routes["/gbfs.json"] = lambda _query: (200, {}, known)
        source.routes[path] = lambda _query: (200, {}, feed)
        return {"GBFS_URL": source.url + "/gbfs.json"}

    return put


@pytest.fixture
def old_feed(serve_feed: Any, payload: Payload) -> Mapping[str, str]:
    name = "gbfs-2.3-free_bike_status.json"
    known: Mapping[str, str] = serve_feed("gbfs-2.3-gbfs.json", "/en/free_bike_status.json", payload(name))
    return known


def test_gbfs_reads_version_2_3(old_feed: Mapping[str, str], take: Take) -> None:
    taken = take(BIKES, "vehicle_type", env=old_feed)
    assert taken.column("vehicle_type") == ["e-bike", "bike", "bike"]
    assert taken.column("longitude") == ["-118.3617", None, "0"]
    assert taken.column("range_m")[0] == "12000.0"
    assert (taken.receipt.verdict, taken.receipt.received) == ("complete", 3)


def test_gbfs_reads_version_3_with_the_same_descriptor(serve_feed: Any, take: Take, recorded: Payload) -> None:
    feed = recorded("gbfs/spec-vehicle_status.json.json")
    env = serve_feed("gbfs-3.0-gbfs.json", "/vehicle_status.json", feed)
    taken = take(BIKES, "vehicle_type", env=env, now=datetime(2023, 7, 17, 20, tzinfo=UTC))
    assert taken.column("vehicle_type") == ["abc123", "def456"]
    assert taken.column("latitude") == ["12.345678", None]
    assert taken.snapshot.issues == ()


def test_gbfs_reads_stations_through_the_same_preset(serve_feed: Any, take: Take, recorded: Payload) -> None:
    feed = recorded("gbfs/spec-station_status.json.json")
    env = serve_feed("gbfs-2.3-gbfs.json", "/en/station_status.json", feed)
    text = """
    preset: gbfs
    discover: {feeds: {vehicle_status: null, free_bike_status: null, station_status: data.stations}}
    fields: {station_id: station_id, docks: num_docks_available}
    """
    assert take(text, "station_id", env=env).column("docks") == ["3", "8"]


@pytest.mark.parametrize("version", ["2.3", "3.x"])
def test_fault_28_gbfs_data_that_stands_still_is_said(
    version: str, serve_feed: Any, old_feed: Mapping[str, str], take: Take, recorded: Payload
) -> None:
    env = old_feed
    if version == "3.x":
        feed = recorded("gbfs/spec-vehicle_status.json.json")
        env = serve_feed("gbfs-3.0-gbfs.json", "/vehicle_status.json", feed)
    taken = take(BIKES, "vehicle_type", env=env, now=datetime(2026, 12, 24, tzinfo=UTC))
    assert [one.code for one in taken.snapshot.issues] == ["stale-source"]


def test_gbfs_says_how_long_it_stays_current(old_feed: Mapping[str, str], take: Take) -> None:
    assert take(BIKES, "vehicle_type", env=old_feed).snapshot.memory["expires"] == "2026-11-22T17:21:00Z"


def test_gbfs_an_operator_without_such_a_feed_is_named(serve_feed: Any, take: Take, payload: Payload) -> None:
    env = serve_feed("gbfs-3.0-gbfs.json", "/vehicle_status.json", b"{}")
    with pytest.raises(PullError, match="no feed `station_status`, only vehicle_status"):
        take(
            "preset: gbfs\ndiscover: {feeds: {vehicle_status: null, free_bike_status: null, station_status: a}}",
            env=env,
        )


TRIPS = """
preset: mds
cursor: ended_at
lookback: P2D
fields: {duration_s: duration, distance_m: distance}
"""
BUSY = "2026-11-20T21"


@pytest.fixture
def operator(source: Any) -> Mapping[str, str]:
    return {"MDS_URL": source.url, "MDS_TOKEN": "t0k3n"}


@pytest.fixture
def hours(source: Any, payload: Payload) -> dict[str, Any]:
    """Hour → what is answered for it; hours that are not named had no trips, as the specification's own example."""
    answers: dict[str, Any] = {BUSY: (200, {}, payload("mds-trips.json"))}
    empty = {"version": "2.0.0", "trips": []}
    source.routes["/trips"] = lambda query: answers.get(query["end_time"], empty)
    return answers


def test_mds_brings_trips_by_the_hour_in_which_they_ended(hours: Any, operator: Any, source: Any, take: Take) -> None:
    taken = take(TRIPS, "trip_id", env=operator)
    assert taken.column("ended_at") == ["2026-11-20T21:15:00Z", "2026-11-20T21:19:59.999000Z"]
    assert taken.column("distance_m") == ["1840", "0"]
    assert (taken.receipt.verdict, taken.receipt.pages) == ("complete", (2,))
    assert [query["end_time"] for _path, query, _headers in source.asked][:2] == ["2026-11-20T00", "2026-11-20T01"]
    assert source.asked[-1][1] == {"end_time": "2026-11-22T16"}


def test_mds_the_version_is_asked_for_and_the_token_sent(hours: Any, operator: Any, source: Any, take: Take) -> None:
    take(TRIPS, "trip_id", env=operator)
    headers = source.asked[0][2]
    assert headers["accept"] == "application/vnd.mds+json;version=2.0"
    assert headers["authorization"] == "Bearer t0k3n"


def test_mds_an_operator_who_knows_no_2_0_is_an_error(hours: Any, operator: Any, take: Take) -> None:
    hours[BUSY] = (406, {}, b'{"error":"not_acceptable"}')
    with pytest.raises(PullError, match="406"):
        take(TRIPS, "trip_id", env=operator)


def test_fault_20_mds_an_hour_that_is_not_ready_ends_the_pull_before_it(hours: Any, operator: Any, take: Take) -> None:
    hours["2026-11-21T05"] = (202, {}, b"")
    taken = take(TRIPS, "trip_id", env=operator)
    assert (taken.receipt.verdict, taken.receipt.received) == ("complete", 2)
    assert taken.snapshot.cursor_limit == "2026-11-21T05:00:00Z"
    assert "2026-11-21T05:00:00Z is not ready yet" in taken.receipt.reason


def test_fault_20_mds_nothing_ready_at_all_is_pending(hours: Any, operator: Any, take: Take) -> None:
    hours["2026-11-20T00"] = (202, {}, b"")
    with pytest.raises(PendingError):
        take(TRIPS, "trip_id", env=operator)


def test_fault_20_mds_an_hour_without_service_has_no_trips(hours: Any, operator: Any, take: Take) -> None:
    hours["2026-11-20T03"] = (404, {}, b'{"error":"no_data"}')
    assert take(TRIPS, "trip_id", env=operator).receipt.verdict == "complete"


def test_mds_an_address_that_is_wrong_is_not_a_city_without_trips(source: Any, operator: Any, take: Take) -> None:
    source.routes["/trips"] = lambda _query: (404, {}, b"")
    receipt = take(TRIPS, "trip_id", env=operator).receipt
    assert (receipt.verdict, receipt.reason) == (
        "unproven", "Every answer was a status that means no records; so is that of a wrong address.",
    )  # fmt: skip


def test_fault_21_mds_hours_that_grow_later_are_asked_for_again(
    hours: Any, operator: Any, source: Any, take: Take
) -> None:
    take(TRIPS, "trip_id", env=operator, cursor="2026-11-22T09:41:00Z")
    assert source.asked[0][1]["end_time"] == "2026-11-20T09"


def test_mds_an_hour_in_pages_is_refused(hours: Any, operator: Any, payload: Payload, take: Take) -> None:
    hours[BUSY] = {**json.loads(payload("mds-trips.json")), "links": {"next": "https://mds.example.org/trips?page=2"}}
    with pytest.raises(PullError, match="there is more"):
        take(TRIPS, "trip_id", env=operator)


def test_mds_an_hour_with_exactly_100_trips_is_no_doubt(hours: Any, operator: Any, take: Take) -> None:
    hours[BUSY] = {"version": "2.0.0", "trips": [{"trip_id": str(n), "end_time": 1795209300000} for n in range(100)]}
    assert take(TRIPS, "trip_id", env=operator).receipt.verdict == "complete"


def test_mds_where_people_went_is_not_mapped(hours: Any, operator: Any, take: Take) -> None:
    names = set(take(TRIPS, "trip_id", env=operator).rows[0])
    assert names == {"trip_id", "ended_at", "duration_s", "distance_m", "_row"}


STOPS = """
preset: gtfs
fields: {stop_id: stop_id, stop_name: stop_name, latitude: stop_lat}
"""
FILES = ("stops.txt", "stop_times.txt", "calendar_dates.txt")


@pytest.fixture
def zipped(payload: Payload) -> Callable[..., bytes]:
    """A feed with the three files, below `folder`."""

    def make(folder: str = "") -> bytes:
        out = BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in FILES:
                archive.writestr(folder + name, payload(f"gtfs-{name}"))
        return out.getvalue()

    return make


@pytest.fixture
def transit(source: Any, zipped: Any) -> Mapping[str, str]:
    headers = {"Content-Type": "application/zip", "ETag": '"v1"'}
    source.routes["/gtfs.zip"] = lambda _query: (200, headers, zipped())
    return {"GTFS_URL": source.url + "/gtfs.zip"}


def test_gtfs_reads_one_file_of_the_feed(transit: Any, take: Take) -> None:
    taken = take(STOPS, "stop_id", env=transit)
    assert taken.column("stop_id") == ["0042", "0043"]
    assert taken.column("stop_name")[0] == "Santa Monica Bl / La Brea"
    assert (taken.receipt.verdict, taken.receipt.received) == ("complete", 2)
    assert taken.snapshot.memory["etag"] == '"v1"'


def test_fault_23_gtfs_times_after_midnight_are_durations(transit: Any, take: Take) -> None:
    text = "preset: gtfs\nmember: stop_times.txt\nfields: {trip_id: trip_id, at: {path: arrival_time, as: gtfs_time}}"
    assert take(text, "trip_id", env=transit).column("at") == ["PT23H50M", "PT25H10M", "PT6H5M"]


def test_gtfs_days_are_written_with_dashes(transit: Any, take: Take) -> None:
    text = "preset: gtfs\nmember: calendar_dates.txt\nfields: {day_date: {path: date, as: gtfs_date}}"
    assert take(text, "day_date", env=transit).column("day_date") == ["2026-11-26"]


def test_gtfs_a_feed_in_a_folder_is_found_with_a_star(source: Any, transit: Any, zipped: Any, take: Take) -> None:
    source.routes["/gtfs.zip"] = lambda _query: (200, {"Content-Type": "application/zip"}, zipped("feed/"))
    with pytest.raises(PullError, match=r"stops\.txt"):
        take(STOPS, "stop_id", env=transit)
    assert take(STOPS + 'member: "*/stops.txt"', "stop_id", env=transit).receipt.received == 2


@pytest.mark.parametrize(("damage", "found"), [("half", "ZIP"), ("page", "a page of HTML")])
def test_fault_10_gtfs_half_a_zip_or_a_page_is_refused(
    source: Any, transit: Any, zipped: Any, take: Take, damage: str, found: str
) -> None:
    body = zipped()[:400] if damage == "half" else b"<!doctype html><html><body>Back soon</body></html>"
    source.routes["/gtfs.zip"] = lambda _query: (200, {"Content-Type": "application/zip"}, body)
    with pytest.raises(PullError, match=found):
        take(STOPS, "stop_id", env=transit)
