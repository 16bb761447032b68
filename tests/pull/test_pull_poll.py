"""Adapter poll: one document, whole."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lamppost.errors import PullError
from lamppost.pull.content import count_csv

Run = Callable[..., Any]
CSV = b'id;name\r\n1;M\xfcller\r\n2;"two\r\nlines"\r\n'


def publish_gbfs(source: Any, data: Any) -> None:
    source.routes["/gbfs.json"] = lambda _query: {"version": "3.0", "data": data}
    source.routes["/vehicles.json"] = lambda _query: {"data": {"vehicles": [{"id": "v1"}, {"id": "v2"}]}}


@pytest.mark.parametrize("shape", ["3.0", "2.3"])
def test_a_gbfs_feed_is_found_by_its_name(source: Any, pull: Run, shape: str) -> None:
    feeds = {"feeds": [{"name": "vehicle_status", "url": source.url + "/vehicles.json"}]}
    publish_gbfs(source, feeds if shape == "3.0" else {"fr": {"feeds": []}, "en": feeds})
    options = {
        "url": source.url + "/gbfs.json",
        "format": "json",
        "discover": "vehicle_status",
        "records": "data.vehicles",
    }
    snapshot, receipt = pull(options, "poll")
    assert (receipt.received, receipt.distinct, receipt.verdict) == (2, 2, "complete")
    assert (snapshot.decode, snapshot.records, receipt.source) == (
        "json",
        "data.vehicles",
        source.url + "/vehicles.json",
    )


def test_a_feed_that_is_not_there_is_named_with_those_that_are(source: Any, pull: Run) -> None:
    publish_gbfs(source, {"feeds": [{"name": "station_status", "url": source.url + "/s"}]})
    options = {"url": source.url + "/gbfs.json", "format": "json", "discover": {"feed": "vehicle_status"}}
    with pytest.raises(PullError, match="no feed `vehicle_status`, only station_status"):
        pull(options, "poll")


def test_a_feed_in_the_own_network_is_refused(source: Any, other: Any, pull: Run) -> None:
    publish_gbfs(source, {"feeds": [{"name": "vehicle_status", "url": other.url + "/vehicles.json"}]})
    with pytest.raises(PullError, match="leads to"):
        pull({"url": source.url + "/gbfs.json", "format": "json", "discover": "vehicle_status"}, "poll")
    assert other.asked == []


def test_rows_of_a_csv_are_counted_as_its_dialect_has_them(source: Any, pull: Run) -> None:
    source.routes["/a.csv"] = lambda _query: (200, {"Content-Type": "text/csv"}, CSV)
    options = {"url": source.url + "/a.csv", "format": "csv", "encoding": "cp1252", "dialect": {"delimiter": ";"}}
    snapshot, receipt = pull(options, "poll")
    assert (receipt.received, receipt.verdict, snapshot.encoding) == (2, "complete", "cp1252")
    assert snapshot.pages[0].path.read_bytes() == CSV


def test_a_csv_whose_end_nothing_shows_is_unproven(source: Any, pull: Run) -> None:
    def close(_query: Any) -> Iterator[bytes]:
        return iter([b"HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nConnection: close\r\n\r\n", b"id\n1\n"])

    source.routes["/a.csv"] = close
    _snapshot, receipt = pull({"url": source.url + "/a.csv", "format": "csv"}, "poll")
    assert receipt.verdict == "unproven"
    assert "The connection closed" in receipt.reason


def test_a_cell_may_be_as_long_as_the_document() -> None:
    assert count_csv(b"id\n" + b"x" * 200_000 + b"\n", "utf-8", {}, "here") == 1


@pytest.mark.parametrize(("body", "message"), [(CSV, "is not utf-8"), (b'id\n"1\n', "no whole CSV")])
def test_a_csv_that_cannot_be_read_is_an_error(source: Any, pull: Run, body: bytes, message: str) -> None:
    source.routes["/a.csv"] = lambda _query: (200, {}, body)
    with pytest.raises(PullError, match=message):
        pull({"url": source.url + "/a.csv", "format": "csv"}, "poll")


def test_features_of_geojson_are_counted(source: Any, pull: Run) -> None:
    source.routes["/a"] = lambda _query: {"type": "FeatureCollection", "features": [{"type": "Feature", "id": 1}]}
    snapshot, receipt = pull({"url": source.url + "/a", "format": "geojson"}, "poll")
    assert (receipt.received, receipt.distinct, snapshot.decode) == (1, 1, "geojson")
