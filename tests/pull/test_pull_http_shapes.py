"""Adapter http without a preset: an OCPI-shaped and a WFS-shaped server, with what a descriptor can say alone.

Written from the specifications: OCPI 2.2.1, sections 4.1.3 (pagination), 4.1.7 (response format) and 8.2.2.1 (Locations
sender interface); OGC 09-025r2 (WFS 2.0.2), sections 7.6.3 and 7.7.4 (numberMatched, startIndex, count).
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from lamppost.errors import PullError
from lamppost.model import FieldSource, Pull
from lamppost.table.read import read

Run = Callable[..., Any]
LOCATIONS = [
    {"country_code": "US", "id": f"LOC{number}", "last_updated": "2026-11-22T07:00:00Z"} for number in range(7)
]
TREES = [{"id": f"tree.{number}", "species": "Quercus", "height": str(number)} for number in range(7)]
OCPI = {
    "headers": {"Authorization": "Token ${OCPI_TOKEN}"},
    "records": "data",
    "ok_when": {"status_code": [1000]},
    "count": {"header": "X-Total-Count"},
    "paging": {
        "by": "link_header", "limit": "limit", "size": 3,
        "otherwise": {"by": "offset", "param": "offset", "limit": "limit", "size": 3},
    },
}  # fmt: skip
ENV = {"OCPI_TOKEN": "ZWJmM2IzOTktNzc5Zi00NDk3"}
WFS = {"service": "WFS", "version": "2.0.0", "request": "GetFeature", "typeNames": "city:trees"}


def serve_locations(source: Any, link: str) -> None:
    """`link` is what its header says of the next page, with {offset} in it."""

    def answer(query: Mapping[str, str]) -> Any:
        start, limit = int(query.get("offset", 0)), int(query["limit"])
        body = {"data": LOCATIONS[start:][:limit], "status_code": 1000, "timestamp": "2026-11-22T08:00:00Z"}
        more = {"Link": f'<{link.format(offset=start + limit)}>; rel="next"'} if start + limit < 7 else {}
        return 200, {"X-Total-Count": "7", "X-Limit": "3", **more}, json.dumps(body).encode()

    source.routes["/ocpi/2.2.1/locations"] = answer


def test_an_ocpi_party_is_pulled_along_its_links(source: Any, pull: Run) -> None:
    serve_locations(source, "/ocpi/2.2.1/locations?offset={offset}&limit=3")
    _snapshot, receipt = pull({"url": source.url + "/ocpi/2.2.1/locations", **OCPI}, env=ENV)
    assert (receipt.pages, receipt.declared_by, receipt.verdict) == ((3, 3, 1), "X-Total-Count", "complete")
    assert {headers["authorization"] for _path, _query, headers in source.asked} == {f"Token {ENV['OCPI_TOKEN']}"}


BROKEN = [
    "https://ocpi.example.com/2.2.1/locations?offset={offset}&limit=3",
    "https://VersionNumber.v_2_2_1/ModuleID.locations/?date_from=None&offset={offset}",
    "/VersionNumber.v_2_2_1/ModuleID.locations/?offset={offset}&limit=3",
    "/ocpi/2.2.1/locations?offset=0&limit=3",
    "http://[::1",
]


@pytest.mark.parametrize("link", BROKEN)
def test_source_fault_38_a_next_link_that_leads_nowhere_gives_way_to_offset(source: Any, pull: Run, link: str) -> None:
    serve_locations(source, link)
    source.routes["/VersionNumber.v_2_2_1/ModuleID.locations/"] = lambda _query: (404, {}, b"{}")
    _snapshot, receipt = pull({"url": source.url + "/ocpi/2.2.1/locations", **OCPI}, env=ENV)
    assert (receipt.received, receipt.distinct, receipt.declared, receipt.verdict) == (7, 7, 7, "complete")
    assert receipt.reason.endswith("Its next links lead nowhere, so what follows page 1 was asked with `offset`.")


@pytest.mark.parametrize("link", BROKEN)
def test_source_fault_38_a_next_link_that_leads_nowhere_is_refused(source: Any, pull: Run, link: str) -> None:
    serve_locations(source, link)
    source.routes["/VersionNumber.v_2_2_1/ModuleID.locations/"] = lambda _query: (404, {}, b"{}")
    paging = {"by": "link_header", "limit": "limit", "size": 3}
    with pytest.raises(PullError, match=r"its next link leads to|HTTP 404|repeats page 1|leads back"):
        pull({"url": source.url + "/ocpi/2.2.1/locations", **OCPI, "paging": paging}, env=ENV)


def test_source_fault_07_an_ocpi_error_inside_http_200_is_an_error(source: Any, pull: Run) -> None:
    error = {"status_code": 2001, "status_message": "Invalid token ZWJm of Jane", "data": []}
    source.routes["/locations"] = lambda _query: (200, {"X-Total-Count": "0"}, json.dumps(error).encode())
    with pytest.raises(PullError, match=r"`status_code` is not 1000 \(HTTP 200 OK") as caught:
        pull({"url": source.url + "/locations", **OCPI}, env=ENV)
    assert (caught.value.detail, "Jane" in str(caught.value)) == ('status_code = "2001"', False)


def write_gml(rows: list[dict[str, str]], matched: int) -> bytes:
    members = "".join(
        f'<wfs:member><city:trees gml:id="{row["id"]}"><city:species>{row["species"]}</city:species>'
        f"<city:height>{row['height']}</city:height></city:trees></wfs:member>"
        for row in rows
    )
    spaces = "".join(f' xmlns:{name}="urn:{name}"' for name in ("wfs", "gml", "city"))
    head = f'numberMatched="{matched}" numberReturned="{len(rows)}"'
    return f'<?xml version="1.0"?><wfs:FeatureCollection{spaces} {head}>{members}</wfs:FeatureCollection>'.encode()


PAGED = {"by": "offset", "param": "startIndex", "limit": "count", "size": 3}
XML = {"Content-Type": "application/gml+xml; version=3.2"}


def test_a_wfs_is_pulled_as_gml(source: Any, pull: Run) -> None:
    source.routes["/wfs"] = lambda query: (200, XML, write_gml(TREES[int(query["startIndex"]) :][:3], 7))
    options = {
        "params": WFS, "format": "xml", "records": "FeatureCollection.member", "paging": PAGED,
        "count": "FeatureCollection.@numberMatched",
    }  # fmt: skip
    fields = {"id": FieldSource("trees.@id"), "height": FieldSource("trees.height")}
    snapshot, receipt = pull({"url": source.url + "/wfs", **options}, fields=fields)
    assert (receipt.pages, receipt.declared, receipt.distinct, receipt.verdict) == ((3, 3, 1), 7, 7, "complete")
    rows = read(snapshot, Pull("http", {}, fields))
    assert rows.column("id").to_pylist() == [tree["id"] for tree in TREES]


def test_a_wfs_is_pulled_as_geojson(source: Any, pull: Run) -> None:
    def answer(query: Mapping[str, str]) -> Any:
        rows = TREES[int(query["startIndex"]) :][:3]
        features = [{"type": "Feature", "id": row["id"], "geometry": None, "properties": row} for row in rows]
        return {"type": "FeatureCollection", "numberMatched": 7, "features": features}

    source.routes["/wfs"] = answer
    options = {"params": WFS, "format": "geojson", "paging": PAGED, "count": "numberMatched"}
    snapshot, receipt = pull({"url": source.url + "/wfs", **options})
    assert (receipt.pages, receipt.distinct, receipt.verdict) == ((3, 3, 1), 7, "complete")
    assert read(snapshot, Pull("http", {}, {})).num_rows == 7


@pytest.mark.parametrize("form", ["geojson", "xml"])
def test_source_fault_08_a_wfs_that_answers_with_a_page_of_html_is_refused(source: Any, pull: Run, form: str) -> None:
    page = b"<!DOCTYPE html>\n<html><body><pre>msLoadMap(): secret path</pre></body></html>"
    source.routes["/wfs"] = lambda _query: (200, {"Content-Type": "text/html"}, page)
    options = {"params": WFS, "format": form, "records": "FeatureCollection.member", "paging": PAGED}
    with pytest.raises(PullError, match=r"a page of HTML \(HTTP 200 OK, text/html, 77 bytes\)") as caught:
        pull({"url": source.url + "/wfs", **options})
    assert "secret" not in str(caught.value)


def test_source_fault_07_a_wfs_exception_inside_http_200_is_an_error(source: Any, pull: Run) -> None:
    report = b'<ExceptionReport version="2.0.0"><Exception exceptionCode="NoApplicableCode"/></ExceptionReport>'
    source.routes["/wfs"] = lambda _query: (200, XML, report)
    options = {"params": WFS, "format": "xml", "records": "FeatureCollection.member", "fail_when": "ExceptionReport"}
    with pytest.raises(PullError, match="an error as its answer, in `ExceptionReport`"):
        pull({"url": source.url + "/wfs", **options})


def test_source_fault_30_rows_without_a_place_that_a_wfs_drops_are_missed_by_their_ids(source: Any, pull: Run) -> None:
    def answer(query: Mapping[str, str]) -> Any:
        if query["request"] == "GetPropertyValue":
            members = "".join(f"<member>{tree['id']}</member>" for tree in TREES)
            return 200, XML, f"<ValueCollection>{members}</ValueCollection>".encode()
        return 200, XML, write_gml(TREES[1:][int(query["startIndex"]) :][:3], 6)

    source.routes["/wfs"] = answer
    ids = {"params": {"request": "GetPropertyValue", "valueReference": "id"}, "path": "ValueCollection.member"}
    options = {"params": WFS, "format": "xml", "records": "FeatureCollection.member", "paging": PAGED}
    count = {"ids": {**ids, "key": "trees.@id"}}
    _snapshot, receipt = pull({"url": source.url + "/wfs", **options, "count": count})
    assert (receipt.verdict, receipt.declared, receipt.received) == ("failed", 7, 6)
    assert receipt.reason.endswith("1 of its 7 ids came without a record, as rows without a geometry may.")
