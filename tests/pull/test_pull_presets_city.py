"""Presets for the service desk and the clerk: Open311, Legistar, and what goes wrong with them elsewhere."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from lamppost.errors import PullError

Take = Callable[..., Any]
Payload = Callable[[str], bytes]
Query = Mapping[str, str]
REQUESTS = """
preset: open311
cursor: requested_at
lookback: P90D
fields:
  request_id: service_request_id
  service_name: service_name
  requested_at: requested_datetime
  latitude: lat
  notes: status_notes
"""
FIRST = "2026-08-24T00:00:00Z"
"""90 days before the day of these pulls."""
XML = "path: /requests.xml\nformat: xml\nrecords: service_requests.request\nfail_when: [errors]\n"
NO_PAGES = "paging: {by: time_window, limit_rows: LIMIT, param: null, limit: null, size: null, first: null}\n"


@pytest.fixture
def desk(source: Any) -> Mapping[str, str]:
    return {"OPEN311_URL": source.url}


@pytest.fixture
def cologne(source: Any, recorded: Payload) -> list[dict[str, Any]]:
    """A recorded page of 50 requests, served 20 at a time."""
    requests = list(json.loads(recorded("open311/koeln-requests.json")))

    def answer(query: Query) -> Any:
        at = (int(query["page"]) - 1) * 20
        return requests[at : at + 20] if query["start_date"] in {FIRST, "2026-07-03T00:00:00Z"} else []

    source.routes["/requests.json"] = answer
    return requests


def test_open311_goes_on_page_by_page_until_one_is_empty(cologne: Any, desk: Any, source: Any, take: Take) -> None:
    taken = take(REQUESTS, "request_id", env=desk)
    assert taken.column("request_id") == [one["service_request_id"] for one in cologne]
    assert taken.rows[0]["service_name"] == "Schrottfahrzeuge/-fahrräder"
    assert taken.rows[0]["requested_at"] == "2023-12-11T09:01:37+01:00"
    assert taken.rows[0]["latitude"] == "50.8959020906914"
    assert taken.column("notes")[:2] == [None, "207604"]
    assert (taken.receipt.verdict, taken.receipt.pages) == ("complete", (20, 20, 10))
    assert [query["page"] for _path, query, _headers in source.asked][:4] == ["1", "2", "3", "4"]


def test_open311_never_asks_for_more_than_90_days(cologne: Any, desk: Any, source: Any, take: Take) -> None:
    take(REQUESTS, "request_id", env=desk, cursor="2026-10-01T00:00:00Z")
    edges = list(dict.fromkeys((query["start_date"], query["end_date"]) for _path, query, _headers in source.asked))
    assert [(since[:10], until[:10]) for since, until in edges] == [
        ("2026-07-03", "2026-10-01"), ("2026-10-01", "2026-11-22"),
    ]  # fmt: skip


def test_fault_04_open311_a_server_without_pages_is_refused(cologne: Any, desk: Any, source: Any, take: Take) -> None:
    source.routes["/requests.json"] = lambda _query: cologne[:20]
    with pytest.raises(PullError, match="repeats page 1"):
        take(REQUESTS, "request_id", env=desk)


def test_open311_a_server_without_pages_is_asked_for_less_time(
    cologne: Any, desk: Any, source: Any, take: Take
) -> None:
    days = {f"2026-09-{day:02}T12:00:00Z": one for day, one in zip(range(1, 31), cologne, strict=False)}

    def answer(query: Query) -> Any:
        found = [one for day, one in days.items() if query["start_date"] <= day < query["end_date"]]
        return found[:10]

    source.routes["/requests.json"] = answer
    taken = take(REQUESTS + NO_PAGES.replace("LIMIT", "10"), "request_id", env=desk)
    assert (taken.receipt.verdict, taken.receipt.received) == ("complete", 30)
    assert all("page" not in query for _path, query, _headers in source.asked)


def test_open311_reads_xml_where_there_is_no_json(desk: Any, source: Any, take: Take, payload: Payload) -> None:
    empty = b"<service_requests/>"
    source.routes["/requests.xml"] = lambda query: (
        200, {"Content-Type": "text/xml; charset=utf-8"},
        payload("open311-requests.xml") if (query["page"], query["start_date"]) == ("1", FIRST) else empty,
    )  # fmt: skip
    taken = take(REQUESTS + XML, "request_id", env=desk)
    assert taken.column("request_id") == ["638344", "638349"]
    assert taken.column("service_name")[1] == "Graffiti & stickers"
    assert taken.column("latitude") == ["34.0901", None]
    assert taken.receipt.verdict == "complete"


@pytest.mark.parametrize(("form", "path"), [("json", "/requests.json"), ("xml", "/requests.xml")])
def test_fault_07_open311_an_error_inside_http_200_is_refused(
    desk: Any, source: Any, take: Take, payload: Payload, form: str, path: str
) -> None:
    source.routes[path] = lambda _query: (200, {"Content-Type": f"text/{form}"}, payload(f"open311-error.{form}"))
    with pytest.raises(PullError, match=r"an error as its answer, in `(0\.code|errors)`"):
        take(REQUESTS + (XML if form == "xml" else ""), "request_id", env=desk)


EVENTS = """
preset: legistar
cursor: updated_at
lookback: P3D
fields: {event_time: EventTime, agenda_url: EventAgendaFile}
"""


@pytest.fixture
def clerk(source: Any) -> Mapping[str, str]:
    return {"LEGISTAR_URL": source.url + "/v1/riverton"}


@pytest.fixture
def meetings(source: Any, payload: Payload) -> list[dict[str, Any]]:
    """Three events, two at a time; sorted by anything but their id they change places between two pages."""
    events = list(json.loads(payload("legistar-events.json")))

    def answer(query: Query) -> Any:
        at = int(query["$skip"])
        found = events if query["$orderby"] == "EventId asc" else events[::-1] if at else events
        return found[at : at + 2]

    source.routes["/v1/riverton/events"] = answer
    return events


def test_legistar_brings_every_event_with_its_times(meetings: Any, clerk: Any, take: Take) -> None:
    taken = take(EVENTS, "event_id", env=clerk)
    assert taken.column("event_id") == ["2011", "2012", "2015"]
    assert taken.column("event_date") == ["2026-12-07", "2026-11-03", "2026-11-25"]
    assert taken.column("event_time") == ["6:30 PM", "6:00 PM", None]
    assert taken.column("updated_at") == [
        "2026-11-20T19:03:11.700000Z", "2026-10-01T08:00:00Z", "2026-11-21T23:59:59.990000Z",
    ]  # fmt: skip
    assert (taken.receipt.verdict, taken.receipt.cursor_after) == ("complete", "2026-11-21T23:59:59Z")


def test_fault_19_legistar_four_times_are_asked_for_three_days_back(
    meetings: Any, clerk: Any, source: Any, take: Take
) -> None:
    take(EVENTS, "event_id", env=clerk, cursor="2026-11-21T23:59:59Z")
    asked = source.asked[0][1]["$filter"]
    assert asked.count("ge datetime'2026-11-18T23:59:59'") == 4
    names = ("EventLastModifiedUtc", "EventAgendaLastPublishedUTC", "EventMinutesLastPublishedUTC", "EventDate")
    assert all(f"{name} ge" in asked for name in names)


def test_fault_06_legistar_sorted_by_time_of_change_an_event_would_be_lost(
    meetings: Any, clerk: Any, take: Take
) -> None:
    text = EVENTS + "params: {$orderby: EventLastModifiedUtc asc}"
    with pytest.raises(PullError, match="page 2 begins as page 1"):
        take(text, "event_id", env=clerk)
    assert take(EVENTS, "event_id", env=clerk).receipt.distinct == 3


def test_legistar_reads_recorded_lists_page_by_page(clerk: Any, source: Any, take: Take, recorded: Payload) -> None:
    known = json.loads(recorded("legistar/metro-all_indexes.json"))

    def answer(query: Query) -> Any:
        return known[int(query["$skip"]) :][: min(int(query["$top"]), 100)]

    source.routes["/v1/riverton/indexes"] = answer
    text = EVENTS.partition("fields")[0].replace("cursor: updated_at\nlookback: P3D\n", "") + (
        "path: /indexes\nparams: {$filter: null, $orderby: IndexId asc}\nwindow: null\n"
        "fields: {event_id: IndexId, body_name: IndexName}\n"
    )
    taken = take(text, "event_id", env=clerk)
    assert (taken.receipt.verdict, taken.receipt.received) == ("complete", len(known))
    assert (taken.rows[0]["event_id"], taken.rows[0]["body_name"]) == ("207", "Zero Emissions")


def test_legistar_what_stands_there_twice_under_two_ids_is_two(
    clerk: Any, source: Any, take: Take, recorded: Payload
) -> None:
    known = json.loads(recorded("legistar/chicago-dupe_event.json"))
    source.routes["/v1/riverton/matters/5/histories"] = lambda query: known if query["$skip"] == "0" else []
    text = (
        "preset: legistar\npath: /matters/5/histories\nwindow: null\nparams: {$filter: null, $orderby: null}\n"
        "fields: {event_id: MatterHistoryId, event_date: {path: MatterHistoryActionDate, as: local_date}}"
    )
    taken = take(text, "event_id", env=clerk)
    assert len(set(taken.column("event_id"))) == len(known) > len(set(taken.column("event_date")))
    assert taken.receipt.verdict == "complete"


def test_fault_09_legistar_a_server_that_fails_now_and_then_is_asked_again(
    meetings: Any, clerk: Any, source: Any, take: Take, waits: list[float]
) -> None:
    answer = source.routes["/v1/riverton/events"]
    source.routes["/v1/riverton/events"] = lambda query: (
        answer(query) if len(source.asked) != 2 else (500, {}, b'{"Message":"An error has occurred."}')
    )
    assert take(EVENTS, "event_id", env=clerk).receipt.verdict == "complete"
