"""XML: paths reach into it as into JSON, one record is a list of one, and no document type gets in.

The documents are written from GeoReport v2 (GET Service Requests), WFS 2.0 (OGC 09-025r2 section 11.3), NAESB ESPI 1.1
in Atom (RFC 4287) and RSS 2.0.
"""

from pathlib import Path
from typing import Any

import pytest

from lamppost.decode import DECODERS
from lamppost.decode.xml_text import NODE_LIMIT, TAG_LIMIT, TEXT_LIMIT, list_records, parse_xml
from lamppost.errors import RefusedError
from lamppost.model import Snapshot
from lamppost.notation import find

SHARED = Path(__file__).parents[2].parent / "shared" / "attacks" / "files"
OPEN311 = """<?xml version="1.0" encoding="utf-8"?>
<service_requests>
  <request><service_request_id>638344</service_request_id><status_notes /><address>
    8494 Santa Monica Blvd </address><lat>34.0906</lat></request>
  <request><service_request_id>638349</service_request_id></request>
</service_requests>"""
WFS = """<wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs/2.0" xmlns:gml="http://www.opengis.net/gml/3.2"
  xmlns:city="http://example.org/city" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xsi:schemaLocation="http://example.org/city city.xsd" numberMatched="1" numberReturned="1">
  <wfs:member><city:tree gml:id="tree.1"><gml:name>a label</gml:name><city:name>Oak</city:name>
    <city:felled xsi:nil="true"/><city:place><gml:Point srsName="EPSG:4326"><gml:pos>34.09 -118.36</gml:pos>
    </gml:Point></city:place></city:tree></wfs:member></wfs:FeatureCollection>"""
GREEN_BUTTON = """<feed xmlns="http://www.w3.org/2005/Atom"><entry><link rel="self" href="/1"/><content>
  <IntervalBlock xmlns="http://naesb.org/espi"><IntervalReading><value>450</value></IntervalReading></IntervalBlock>
  </content></entry></feed>"""
RSS = """<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><link>https://example.org</link>
  <atom:link rel="self" href="https://example.org/rss"/><item><title>A &amp; B</title></item></channel></rss>"""


def read(text: str | bytes, records: str) -> list[Any]:
    data = text.encode() if isinstance(text, str) else text
    return list(DECODERS["xml"](data, Snapshot((), "xml", records), "here").rows)


def test_open311_requests_are_records_with_texts_and_nulls() -> None:
    assert read(OPEN311, "service_requests.request") == [
        {
            "service_request_id": "638344",
            "status_notes": None,
            "address": "8494 Santa Monica Blvd",
            "lat": "34.0906",
        },
        {"service_request_id": "638349"},
    ]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("FeatureCollection.@numberMatched", "1"),
        ("FeatureCollection.member.tree.@id", "tree.1"),
        ("FeatureCollection.member.tree.name", "Oak"),
        ("FeatureCollection.member.tree.gml:name", "a label"),
        ("FeatureCollection.member.tree.felled", None),
        ("FeatureCollection.member.tree.place.Point.pos", "34.09 -118.36"),
        ("FeatureCollection.member.tree.place.Point.@srsName", "EPSG:4326"),
    ],
)
def test_a_wfs_collection_is_found_without_its_prefixes(path: str, value: str | None) -> None:
    assert find(parse_xml(WFS.encode(), "here"), path) == value


def test_a_prefix_stays_where_one_name_has_two_meanings() -> None:
    channel = parse_xml(RSS.encode(), "here")["rss"]["channel"]
    assert (channel["link"], channel["atom:link"]["@rel"]) == ("https://example.org", "self")


def test_green_button_is_reached_through_two_default_namespaces() -> None:
    (entry,) = read(GREEN_BUTTON, "feed.entry")
    assert find(entry, "content.IntervalBlock.IntervalReading.value") == "450"
    assert find(entry, "link.@href") == "/1"


def test_two_default_namespaces_side_by_side_are_not_mixed() -> None:
    with pytest.raises(RefusedError, match="two elements `a` of different meaning"):
        parse_xml(b'<r><a xmlns="urn:one">1</a><a xmlns="urn:two">2</a></r>', "here")


@pytest.mark.parametrize(
    ("text", "records", "rows"),
    [
        (RSS, "rss.channel.item", [{"title": "A & B"}]),
        ("<r><a>1</a><a/><a x='2'>3</a></r>", "r.a", [{"#text": "1"}, {}, {"@x": "2", "#text": "3"}]),
        ("<r/>", "r.a", []),
        ("<r n='0'/>", "r.a", []),
        ("<r><a><b/><b/></a></r>", "r.a", [{"b": [None, None]}]),
        ("<r><a>x<b>y</b>z<![CDATA[<i>]]></a></r>", "r.a", [{"b": "y", "#text": "xz<i>"}]),
    ],
)
def test_one_record_is_a_list_of_one_and_an_empty_list_is_none(text: str, records: str, rows: list[Any]) -> None:
    assert read(text, records) == rows


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<errors><error><code>404</code></error></errors>", "found a document `errors`, expected the records"),
        ("<r><b><c/></b><b><c/></b></r>", "found `b` repeated, expected the records at `r.a`"),
    ],
)
def test_a_document_of_something_else_is_refused(text: str, message: str) -> None:
    with pytest.raises(RefusedError, match=message):
        read(text, "r.a")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "nothing but white space"),
        (b"<r><a>1</a>", "line 1, column 12: no element found"),
        (b"<r><a>1</r>", "mismatched tag"),
        (b"<r/><r/>", "junk after document element"),
        (b"<r>&nbsp;</r>", "undefined entity"),
        (b"<r>\xff</r>", "invalid token"),
        (b"<html><body>Sign in</body></html>", "an HTML page"),
        (b"<!DOCTYPE html><html></html>", "an HTML page"),
        (b'<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><r>&b;</r>', "a document type"),
        (b'<!DOCTYPE r SYSTEM "http://127.0.0.1:9/r.dtd"><r/>', "a document type"),
        (b'<?xml version="1.0" encoding="klingon"?><r/>', "encoding that nobody knows"),
        (b"<a>" * 101, "more than 100 deep"),
        (b"<r " + b"x" * (TAG_LIMIT + 200_000), "a tag of more than"),
        (b"<r>" + b"x" * (TEXT_LIMIT * 3 // 2), "a text of more than"),
        (b"<r>" + b"<a/>" * NODE_LIMIT + b"</r>", "more than 1,000,000 elements"),
    ],
)
def test_what_is_no_plain_xml_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(RefusedError, match=message):
        parse_xml(data, "here")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1252"])
def test_the_document_names_its_encoding(encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?><r>M\u00fcller</r>'
    assert parse_xml(text.encode(encoding), "here") == {"r": "M\u00fcller"}


def test_a_declared_encoding_goes_before_the_documents() -> None:
    data = '<?xml version="1.0" encoding="utf-8"?><r>M\u00fcller</r>'.encode("cp1252")
    assert parse_xml(data, "here", encoding="cp1252") == {"r": "M\u00fcller"}


@pytest.mark.skipif(not SHARED.is_dir(), reason="the folder ../shared with attacks is not here")
@pytest.mark.parametrize("name", ["xxe.kml", "xxe-oob.xml"])
def test_hostile_documents_are_refused_at_their_first_line(name: str) -> None:
    with pytest.raises(RefusedError, match="line 1: found a document type"):
        parse_xml((SHARED / name).read_bytes(), "here")


def test_a_lone_record_counts_as_one() -> None:
    assert list_records({"r": {"a": "1"}}, "r.a", "here") == ["1"]
