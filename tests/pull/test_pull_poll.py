"""Adapter poll: one document, whole, in any format; and GBFS, whose addresses are found in a document."""

import io
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from lamppost.errors import PendingError, PullError

Run = Callable[..., Any]
CSV = b'id;name\r\n1;M\xfcller\r\n2;"two\r\nlines"\r\n'
CLOSING = b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nConnection: close\r\n\r\n"


def send(body: bytes, kind: str = "application/octet-stream") -> Callable[[Any], Any]:
    return lambda _query: (200, {"Content-Type": kind}, body)


def pack(**members: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("_", "."), content)
    return made.getvalue()


def test_rows_of_a_csv_are_counted_as_its_dialect_has_them(source: Any, pull: Run) -> None:
    source.routes["/a.csv"] = send(CSV, "text/csv")
    options = {"url": source.url + "/a.csv", "format": "csv", "encoding": "cp1252", "dialect": {"delimiter": ";"}}
    snapshot, receipt = pull(options, "poll")
    assert (receipt.received, receipt.verdict, snapshot.encoding) == (2, "complete", "cp1252")
    assert snapshot.pages[0].path.read_bytes() == CSV


@pytest.mark.parametrize(
    ("options", "body", "rows"),
    [
        ({"format": "geojson"}, b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":null}]}', 1),
        ({"format": "json", "records": "a.b"}, b'{"a": {"b": [{"id": 1}, {"id": 2}]}}', 2),
        ({"format": "ndjson"}, b'{"result": {"id": 1}}\n\n{"result": {"id": 2}}\n', 2),
        ({"format": "xml", "records": "r.i"}, b"<r><i><id>1</id></i></r>", 1),
        ({"format": "xml", "records": "r.i"}, b"<r/>", 0),
        ({"format": "csv", "member": "stops.txt"}, pack(stops_txt=b"id\n1\n2\n", trips_txt=b"id\n1\n"), 2),
        ({"format": "csv", "member": "*.csv"}, pack(a_csv=b"id\n1\n", b_csv=b"id\n2\n3\n"), 3),
        ({"format": "xml", "member": "a.kml", "records": "kml.p"}, pack(a_kml=b"<kml><p/><p/></kml>"), 2),
    ],
)
def test_each_format_is_counted_and_kept_as_it_will_be_read(
    source: Any, pull: Run, options: Mapping[str, Any], body: bytes, rows: int
) -> None:
    source.routes["/a"] = send(body)
    snapshot, receipt = pull({"url": source.url + "/a", **options}, "poll")
    assert (receipt.received, receipt.verdict, receipt.size) == (rows, "complete", len(body))
    assert (snapshot.decode, [page.rows for page in snapshot.pages if page.rows]) == (
        options["format"],
        list(receipt.pages),
    )


def test_several_members_are_pages_of_one_table(source: Any, pull: Run) -> None:
    source.routes["/a.zip"] = send(pack(b_csv=b"id\n2\n", a_csv=b"id\n1\n"))
    snapshot, receipt = pull({"url": source.url + "/a.zip", "format": "csv", "member": ["a.csv", "b.csv"]}, "poll")
    assert [page.path.read_bytes() for page in snapshot.pages] == [b"id\n1\n", b"id\n2\n"]
    assert receipt.pages == (1, 1)


def test_equal_pulls_give_equal_receipts(source: Any, pull: Run) -> None:
    source.routes["/a"] = lambda _query: [{"id": 1}]
    options = {"url": source.url + "/a", "format": "json"}
    assert pull(options, "poll")[1] == pull(options, "poll")[1]


@pytest.mark.parametrize("form", ["csv", "ndjson"])
def test_fault_10_a_text_whose_end_nothing_shows_is_unproven(source: Any, pull: Run, form: str) -> None:
    body = {"csv": b"id\n1\n", "ndjson": b'{"id": 1}\n'}[form]
    source.routes["/a"] = lambda _query: iter([CLOSING % b"text/plain", body])
    _snapshot, receipt = pull({"url": source.url + "/a", "format": form}, "poll")
    assert receipt.verdict == "unproven"
    assert "The connection closed" in receipt.reason


@pytest.mark.parametrize(
    ("options", "body"),
    [
        ({"format": "json"}, b'[{"id": 1}, {"id": 2}]'),
        ({"format": "xml", "records": "r.i"}, b"<r><i/><i/></r>"),
        ({"format": "csv", "member": "a.csv"}, pack(a_csv=b"id\n1\n2\n")),
    ],
    ids=["json", "xml", "zip"],
)
def test_fault_10_a_format_that_shows_its_end_is_proven_or_refused(
    source: Any, pull: Run, options: Mapping[str, Any], body: bytes
) -> None:
    sent = [body]
    source.routes["/a"] = lambda _query: iter([CLOSING % b"application/octet-stream", *sent])
    assert pull({"url": source.url + "/a", **options}, "poll")[1].verdict == "complete"
    sent[0] = body[:-3]
    with pytest.raises(PullError):
        pull({"url": source.url + "/a", **options}, "poll")


@pytest.mark.parametrize("body", [CSV, b'id\n"1\n'])
def test_a_csv_that_cannot_be_read_is_an_error(source: Any, pull: Run, body: bytes) -> None:
    source.routes["/a.csv"] = send(body, "text/csv")
    with pytest.raises(PullError, match=r"is not utf-8|never closes|no whole CSV"):
        pull({"url": source.url + "/a.csv", "format": "csv"}, "poll")


def test_an_error_within_a_good_answer_is_refused(source: Any, pull: Run) -> None:
    source.routes["/a"] = lambda _query: {"ok": "no", "rows": []}
    with pytest.raises(PullError, match="`ok` is not yes"):
        pull({"url": source.url + "/a", "format": "json", "records": "rows", "ok_when": {"ok": "yes"}}, "poll")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"format": "csv", "member": "b.csv"}, "found no member b.csv, only a.csv"),
        ({"format": "csv"}, "a ZIP file"),
        ({"format": "xml", "member": "a.csv"}, "pull.records: nothing"),
        ({"format": "csv", "member": "a.csv", "body": {"q": 1}}, "a body for a GET"),
        ({"format": "csv", "members": "a.csv"}, "did you mean `member`"),
    ],
)
def test_a_descriptor_that_does_not_fit_is_told_how_to_mend(
    source: Any, pull: Run, options: Mapping[str, Any], message: str
) -> None:
    source.routes["/a.zip"] = send(pack(a_csv=b"id\n1\n"), "application/zip")
    with pytest.raises(PullError, match=message):
        pull({"url": source.url + "/a.zip", **options}, "poll")


def publish_gbfs(source: Any, data: Any) -> dict[str, str]:
    source.routes["/gbfs.json"] = lambda _query: {"version": "3.0", "data": data}
    source.routes["/vehicles.json"] = lambda _query: {"data": {"vehicles": [{"id": "v1"}, {"id": "v2"}]}}
    source.routes["/bikes.json"] = lambda _query: {"data": {"bikes": [{"id": "b1"}]}}
    return {"url": source.url + "/gbfs.json", "format": "json"}


@pytest.mark.parametrize("shape", ["3.0", "2.3"])
def test_a_gbfs_feed_is_found_by_its_name(source: Any, pull: Run, shape: str) -> None:
    feeds = {"feeds": [{"name": "vehicle_status", "url": source.url + "/vehicles.json"}]}
    options = publish_gbfs(source, feeds if shape == "3.0" else {"fr": {"feeds": []}, "en": feeds})
    snapshot, receipt = pull({**options, "discover": "vehicle_status", "records": "data.vehicles"}, "poll")
    assert (receipt.received, receipt.verdict, snapshot.records) == (2, "complete", "data.vehicles")
    assert receipt.source == source.url + "/vehicles.json"


@pytest.mark.parametrize(("name", "records"), [("vehicle_status", "data.vehicles"), ("free_bike_status", "data.bikes")])
def test_the_first_feed_that_is_there_brings_its_own_records(source: Any, pull: Run, name: str, records: str) -> None:
    feeds = [{"name": name, "url": f"{source.url}/{records.partition('.')[2]}.json"}]
    options = publish_gbfs(source, {"feeds": feeds})
    known = {"vehicle_status": "data.vehicles", "free_bike_status": "data.bikes"}
    snapshot, receipt = pull({**options, "discover": {"feeds": known}}, "poll")
    assert (snapshot.records, receipt.received) == (records, 2 if name == "vehicle_status" else 1)


def test_a_manifest_leads_to_the_newest_version_of_the_system(source: Any, pull: Run) -> None:
    publish_gbfs(source, {"feeds": [{"name": "vehicle_status", "url": "/vehicles.json"}]})
    versions = [{"version": "2.3", "url": "/old.json"}, {"version": "3.0", "url": "/gbfs.json"}]
    systems = [{"system_id": "scoot", "versions": versions}, {"system_id": "other", "versions": []}]
    source.routes["/manifest.json"] = lambda _query: {"data": {"datasets": systems}}
    options = {"url": source.url + "/manifest.json", "format": "json", "records": "data.vehicles"}
    discover = {"feed": "vehicle_status", "system": "scoot"}
    assert pull({**options, "discover": discover}, "poll")[1].received == 2
    with pytest.raises(PullError, match="2 systems: other, scoot"):
        pull({**options, "discover": "vehicle_status"}, "poll")


@pytest.mark.parametrize(
    ("data", "discover", "message"),
    [
        ({"feeds": [{"name": "s", "url": "/s"}]}, {"feed": "vehicle_status"}, "no feed `vehicle_status`, only s"),
        ({"en": {"feeds": []}}, {"feed": "x", "language": "fr"}, "no language `fr`, only en"),
        ({}, {"feed": "x"}, "no feed `x`, only none"),
        ({"feeds": 7}, {"feed": "x"}, "no feed `x`, only none"),
        ({}, {"language": "fr"}, "one of `feed` and `feeds`"),
        ({"datasets": [{"system_id": "a"}]}, {"feed": "x"}, "no version `` of `a`, only none"),
    ],
)
def test_a_feed_that_is_not_there_is_named_with_those_that_are(
    source: Any, pull: Run, data: Any, discover: Any, message: str
) -> None:
    with pytest.raises(PullError, match=message):
        pull({**publish_gbfs(source, data), "discover": discover}, "poll")


def test_a_feed_in_somebody_elses_network_is_refused(source: Any, other: Any, pull: Run) -> None:
    feeds = [{"name": "vehicle_status", "url": other.url + "/vehicles.json"}]
    options = publish_gbfs(source, {"feeds": feeds})
    with pytest.raises(PullError, match="leads to"):
        pull({**options, "discover": "vehicle_status"}, "poll")
    assert other.asked == []


def test_a_document_is_asked_for_by_post_too(source: Any, pull: Run) -> None:
    source.routes["/a"] = lambda _query: [{"id": 1}]
    options = {"url": source.url + "/a", "format": "json", "method": "POST", "body": {"query": "SELECT *"}}
    assert pull(options, "poll")[1].received == 1
    assert source.sent == [b'{"query": "SELECT *"}']


def test_a_document_that_is_not_ready_is_pending(source: Any, pull: Run) -> None:
    source.routes["/a"] = lambda _query: (202, {}, b"")
    with pytest.raises(PendingError, match="not ready yet"):
        pull({"url": source.url + "/a", "format": "json", "statuses": {202: "pending"}}, "poll")


def test_a_rule_may_look_into_the_records(source: Any, pull: Run) -> None:
    source.routes["/a"] = lambda _query: {"rows": [{"id": 1}, {"error": "out of order"}]}
    with pytest.raises(PullError, match=r"`rows\.\*\.error`"):
        pull({"url": source.url + "/a", "format": "json", "records": "rows", "fail_when": "rows.*.error"}, "poll")
