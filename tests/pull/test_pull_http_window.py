"""Adapter http window by window: where they begin and end, how they are written, and what is not ready yet."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lamppost.errors import PendingError, PullError

Run = Callable[..., Any]
FROM_TO = {"from": "{since}", "to": "{until}"}


def edges(source: Any) -> list[tuple[str, str]]:
    return [(query["from"], query["to"]) for _path, query, _headers in source.asked]


def test_long_stretches_are_asked_in_parts(source: Any, pull: Run) -> None:
    source.routes["/a"] = lambda _query: []
    pull({"url": source.url + "/a", "params": FROM_TO, "window": {"initial": "P90D", "size": "P60D"}})
    ends = [(since[:10], until[:10]) for since, until in edges(source)]
    assert ends == [("2026-08-24", "2026-10-23"), ("2026-10-23", "2026-11-22")]


@pytest.mark.parametrize(
    ("form", "since"),
    [
        ("iso", "2026-11-21T00:00:00Z"),
        ("naive", "2026-11-21T00:00:00"),
        ("date", "2026-11-21"),
        ("epoch_s", "1795219200"),
        ("epoch_ms", "1795219200000"),
        ("%Y-%m-%dT%H", "2026-11-21T00"),
    ],
)
def test_times_are_written_as_the_source_wants_them(source: Any, pull: Run, form: str, since: str) -> None:
    source.routes["/a"] = lambda _query: []
    pull({"url": source.url + "/a", "params": FROM_TO, "window": {"initial": "P1D", "form": form}})
    assert edges(source)[0][0] == since


def test_times_are_written_in_the_zone_of_the_source(source: Any, pull: Run) -> None:
    source.routes["/a"] = lambda _query: []
    window = {"initial": "P1D", "form": "naive", "zone": "America/Los_Angeles"}
    pull({"url": source.url + "/a", "params": FROM_TO, "window": window})
    assert edges(source) == [("2026-11-20T16:00:00", "2026-11-22T09:00:00")]


def test_days_of_a_zone_begin_at_its_midnight_when_clocks_change(source: Any, pull: Run) -> None:
    source.routes["/a"] = lambda _query: []
    window = {"initial": "P3D", "size": "P1D", "align": "day", "zone": "America/Los_Angeles"}
    now = datetime(2026, 11, 3, 20, tzinfo=UTC)
    pull({"url": source.url + "/a", "params": FROM_TO, "window": window}, now=now)
    assert [since for since, _until in edges(source)] == [
        "2026-10-30T00:00:00-07:00", "2026-10-31T00:00:00-07:00",
        "2026-11-01T00:00:00-07:00", "2026-11-02T00:00:00-08:00",
    ]  # fmt: skip


def test_hours_are_asked_whole_also_after_a_cursor_in_between(source: Any, pull: Run) -> None:
    source.routes["/a"] = lambda _query: []
    window = {"initial": "P1D", "size": "PT1H", "align": "hour", "form": "%Y-%m-%dT%H"}
    pull({"url": source.url + "/a", "params": FROM_TO, "window": window}, cursor="2026-11-22T14:40:11Z")
    assert [since for since, _until in edges(source)] == ["2026-11-22T14", "2026-11-22T15", "2026-11-22T16"]


def test_nothing_is_asked_before_an_hour_has_ended(source: Any, pull: Run) -> None:
    window = {"initial": "P1D", "size": "PT1H", "align": "hour"}
    snapshot, receipt = pull({"url": source.url, "params": FROM_TO, "window": window}, cursor="2026-11-22T17:05:00Z")
    assert (snapshot.pages, receipt.received, receipt.verdict) == ((), 0, "complete")
    assert (source.asked, receipt.cursor_after) == ([], "2026-11-22T17:05:00Z")


def test_a_window_that_is_too_full_is_halved(source: Any, pull: Run) -> None:
    def events(query: Mapping[str, str]) -> Any:
        hours = [datetime(2026, 11, 22, hour, 30, tzinfo=UTC) for hour in (1, 2, 9, 11, 12, 13, 14)]
        since, until = (datetime.fromisoformat(query[name]) for name in ("from", "to"))
        return [{"id": str(at)} for at in hours if since <= at < until][:4]

    source.routes["/a"] = events
    options = {"window": {"initial": "P0D", "size": "P1D"}, "paging": {"by": "time_window", "limit_rows": 4}}
    _snapshot, receipt = pull({"url": source.url + "/a", "params": FROM_TO, **options})
    assert (receipt.received, receipt.pages, receipt.verdict) == (7, (2, 3, 2), "complete")
    assert receipt.reason.startswith("Every answer came whole and with fewer than 4 records")


def test_a_window_that_cannot_be_halved_any_more_fails_by_name(source: Any, pull: Run) -> None:
    source.routes["/a"] = lambda _query: [{"id": "1"}, {"id": "2"}]
    window = {"initial": "PT3H", "size": "PT1H", "align": "hour", "form": "%Y-%m-%dT%H"}
    options = {"window": window, "paging": {"by": "time_window", "limit_rows": 2}}
    with pytest.raises(PullError, match=r"2 records in one answer since 2026-11-21T21 · expected fewer than 2"):
        pull({"url": source.url + "/a", "params": {"end_time": "{since}"}, **options})


def ready_until(last: str) -> Callable[[Mapping[str, str]], Any]:
    """A provider of trips that has not yet processed the hours after `last`, and has none before 2026-11-22T15."""

    def answer(query: Mapping[str, str]) -> Any:
        if query["end_time"] > last:
            return 202, {}, b""
        return (404, {}, b"{}") if query["end_time"] < "2026-11-22T15" else {"trips": [{"id": query["end_time"]}]}

    return answer


HOURLY = {
    "records": "trips",
    "params": {"end_time": "{since}"},
    "statuses": {202: "pending", 404: "none"},
    "window": {"initial": "PT0H", "size": "PT1H", "align": "hour", "form": "%Y-%m-%dT%H"},
    "paging": {"by": "time_window", "limit_rows": 1000},
}


def test_source_fault_20_an_hour_that_is_not_ready_ends_the_pull_and_holds_the_cursor(source: Any, pull: Run) -> None:
    source.routes["/trips"] = ready_until("2026-11-22T15")
    snapshot, receipt = pull({"url": source.url + "/trips", **HOURLY})
    assert (receipt.received, receipt.verdict, snapshot.cursor_limit) == (1, "complete", "2026-11-22T16:00:00Z")
    assert receipt.reason.endswith(" What comes after 2026-11-22T16:00:00Z is not ready yet.")
    assert receipt.stopped == "one answer, not ready yet"


def test_source_fault_20_nothing_ready_is_pending_and_no_empty_hour(source: Any, pull: Run) -> None:
    source.routes["/trips"] = ready_until("2026-11-21")
    with pytest.raises(PendingError, match=r"HTTP 202 Accepted.*not ready yet"):
        pull({"url": source.url + "/trips", **HOURLY})


def test_source_fault_20_no_service_in_an_hour_is_an_empty_hour(source: Any, pull: Run) -> None:
    source.routes["/trips"] = ready_until("2026-11-23")
    snapshot, receipt = pull({"url": source.url + "/trips", **HOURLY})
    assert (receipt.received, len(source.asked), len(snapshot.pages)) == (2, 17, 2)


def test_a_cursor_does_not_pass_what_is_not_ready(source: Any, pull: Run) -> None:
    late = {"trips": [{"id": "1", "published": "2026-11-22T17:01:00Z"}]}
    source.routes["/trips"] = lambda query: (202, {}, b"") if query["end_time"] == "2026-11-22T16" else late
    _snapshot, receipt = pull(
        {"url": source.url + "/trips", **HOURLY}, cursor="2026-11-22T15:00:00Z", cursor_field="published"
    )
    assert receipt.cursor_after == "2026-11-22T16:00:00Z"


def test_source_fault_21_trips_over_a_windows_edge_come_again_by_lookback(source: Any, pull: Run) -> None:
    source.routes["/trips"] = ready_until("2026-11-23")
    options = {"url": source.url + "/trips", **HOURLY}
    pull(options, cursor="2026-11-22T16:59:00Z", lookback=timedelta(hours=2))
    hours = [query["end_time"] for _path, query, _headers in source.asked]
    assert hours == ["2026-11-22T14", "2026-11-22T15", "2026-11-22T16"]


def test_source_fault_21_windows_may_overlap(source: Any, pull: Run) -> None:
    source.routes["/a"] = lambda _query: []
    window = {"initial": "P1D", "size": "P1D", "overlap": "PT10M"}
    pull({"url": source.url + "/a", "params": FROM_TO, "window": window})
    assert [since for since, _until in edges(source)] == ["2026-11-20T23:50:00Z", "2026-11-21T23:50:00Z"]


def test_what_a_source_keeps_no_longer_is_not_asked_for_and_told(source: Any, pull: Run) -> None:
    source.routes["/a"] = lambda _query: [{"id": "1", "at": "2026-11-22T12:00:00Z"}]
    window = {"initial": "P30D", "size": "P31D", "reach": "P31D"}
    options = {"url": source.url + "/a", "params": {"t0": "{since}"}, "window": window}
    snapshot, _receipt = pull(options, cursor="2026-09-01T00:00:00Z", cursor_field="at", lookback=timedelta(days=2))
    assert source.asked[0][1]["t0"] == "2026-10-22T18:00:00Z"
    assert [(one.code, one.severity) for one in snapshot.issues] == [("window-lost", "warning")]
    assert "2026-09-01T00:00:00Z; what lies between is lost" in snapshot.issues[0].message
    snapshot, _receipt = pull(options, cursor="2026-11-20T00:00:00Z", cursor_field="at", lookback=timedelta(days=2))
    assert (source.asked[1][1]["t0"], snapshot.issues) == ("2026-11-18T00:00:00Z", ())
