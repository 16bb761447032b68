"""Adapter http against faults 10 to 16 of reference/sources.md section 5: answers that are cut, refused or too late."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from lamppost.errors import PullError

Run = Callable[..., Any]
ROWS = [{"id": f"L-{number}"} for number in range(7)]
PAGED = {"records": "rows", "count": "total", "paging": {"by": "offset", "param": "offset"}}


def clamp(query: Mapping[str, str]) -> dict[str, Any]:
    """Two rows at a time."""
    start = int(query.get("offset", 0))
    return {"rows": ROWS[start : start + 2], "total": len(ROWS)}


def test_source_fault_12_partial_in_json_is_an_error(source: Any, pull: Run) -> None:
    series = {"columns": ["time", "value"], "values": [], "partial": True}
    source.routes["/query"] = lambda _query: {"results": [{"series": [series], "partial": True}]}
    for path in ("results.*.partial", "results.*.series.*.partial"):
        with pytest.raises(PullError, match=r"an error as its answer, in `results\.\*"):
            pull({"url": source.url + "/query", "records": "results", "fail_when": [path]})


def serve_influx(source: Any, sent: int) -> dict[str, Any]:
    """Ten readings, of which CSV shows `sent` and says nothing of the others; a COUNT in JSON knows (InfluxDB 1.x)."""
    lines = b"name,tags,time,id\n" + b"".join(b"pm25,,%d,s%d\n" % (number, number) for number in range(sent))
    counted = {"results": [{"series": [{"columns": ["time", "count"], "values": [[0, 10]]}]}]}
    source.routes["/query"] = lambda query: (
        counted if "COUNT" in query["q"] else (200, {"Content-Type": "text/csv"}, lines)
    )
    count = {
        "params": {"q": "SELECT COUNT(id) FROM pm25"}, "path": "results.0.series.0.values.0.1",
        "headers": {"Accept": "application/json"},
    }  # fmt: skip
    headers = {"Accept": "application/csv"}
    params = {"q": "SELECT id FROM pm25"}
    return {"url": source.url + "/query", "format": "csv", "params": params, "headers": headers, "count": count}


def test_source_fault_12_csv_without_a_mark_is_held_against_a_count(source: Any, pull: Run) -> None:
    options = serve_influx(source, sent=4)
    _snapshot, receipt = pull(options)
    assert (receipt.verdict, receipt.declared, receipt.received) == ("failed", 10, 4)
    assert [headers["accept"] for _path, _query, headers in source.asked] == [
        "application/json", "application/csv", "application/json",
    ]  # fmt: skip
    assert pull(serve_influx(source, sent=10))[1].verdict == "complete"


def test_source_fault_13_csv_of_exactly_1000_rows_is_not_proven(source: Any, pull: Run) -> None:
    def write(query: Mapping[str, str]) -> Any:
        number = 1402 if query.get("_stream") else 1000
        return 200, {}, b"id\n" + b"".join(b"%d\n" % one for one in range(number))

    source.routes["/a.csv"] = write
    options = {"url": source.url + "/a.csv", "format": "csv"}
    assert pull(options)[1].verdict == "unproven"
    _snapshot, receipt = pull({**options, "params": {"_stream": "on"}})
    assert (receipt.received, receipt.verdict) == (1402, "complete")


@pytest.mark.parametrize("form", ["csv", "ndjson"])
def test_source_fault_10_a_stream_that_just_stops_is_not_proven(source: Any, pull: Run, form: str) -> None:
    body = b"id\n1\n2\n" if form == "csv" else b'{"id": 1}\n{"id": 2}\n'
    source.routes["/a"] = lambda _query: iter([b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", body])
    _snapshot, receipt = pull({"url": source.url + "/a", "format": form})
    assert (receipt.received, receipt.verdict) == (2, "unproven")
    assert receipt.reason.startswith("The connection closed")


@pytest.mark.parametrize("header", [{}, {"X-RateLimit-Reset": "2"}])
def test_source_fault_14_too_many_requests_without_retry_after_is_asked_again(
    source: Any, pull: Run, waits: list[float], header: dict[str, str]
) -> None:
    busy: Iterator[Any] = iter([(429, header, b""), (429, header, b"")])
    source.routes["/a"] = lambda query: next(busy, clamp(query))
    _snapshot, receipt = pull({"url": source.url + "/a", **PAGED})
    assert (receipt.received, receipt.verdict, len(waits)) == (7, "complete", 2)
    assert all(0 < wait <= 30 for wait in waits)


def test_source_fault_16_a_token_that_dies_in_mid_pull_is_renewed_once_and_the_same_page_asked_again(
    source: Any, pull: Run
) -> None:
    tokens = iter("abc")
    source.routes["/token"] = lambda _query: {"access_token": next(tokens), "token_type": "Bearer"}

    def guarded(query: Mapping[str, str]) -> Any:
        expected = "Bearer a" if int(query["offset"]) < 4 else "Bearer b"
        return clamp(query) if source.asked[-1][2]["authorization"] == expected else (401, {}, b"{}")

    oauth = {"token_url": source.url + "/token", "client_id": "city", "client_secret": "${SECRET}"}
    source.routes["/a"] = guarded
    _snapshot, receipt = pull(
        {"url": source.url + "/a", **PAGED, "auth": {"oauth2": oauth}}, env={"SECRET": "s3cret-s3cret"}
    )
    assert (receipt.received, receipt.distinct, receipt.verdict) == (7, 7, "complete")
    assert [path for path, _query, _headers in source.asked].count("/token") == 2
    assert [query["offset"] for _path, query, _headers in source.asked if query] == ["0", "2", "4", "4", "6", "7"]
