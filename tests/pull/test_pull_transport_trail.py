"""The trail: a line an answer with status, type and length, never a byte of it; and what it costs to ask."""

import re
from typing import Any

import pytest

from lamppost.errors import PullError
from lamppost.pull import Transport
from lamppost.pull.transport.access import Access
from lamppost.pull.transport.expect import name_wrong
from lamppost.pull.transport.throttle import Throttle
from lamppost.pull.transport.trail import Trail


def test_a_trail_has_a_line_an_answer(source: Any, transport: Transport) -> None:
    source.routes["/a"] = lambda _query: (503, {}, b"no") if len(source.asked) == 1 else (302, {"Location": "/b"}, b"")
    source.routes["/b"] = lambda _query: (200, {"Content-Type": "text/csv; charset=utf-8"}, b"id\n" * 400)
    transport.ask(source.url + "/a", Access(source.url), params={"key": "s3cret"})
    lines = [re.sub(r"\d\.\d\d s", "0.00 s", line.replace(source.url, "http://a")) for line in transport.trail()]
    assert lines == [
        "GET http://a/a → HTTP 503 Service Unavailable, application/json, 2 bytes, 0.00 s, attempt 1",
        "GET http://a/a → HTTP 302 Found, application/json, 0 bytes, 0.00 s, attempt 2",
        "GET http://a/b → HTTP 200 OK, text/csv, 1,200 bytes, 0.00 s, attempt 2",
    ]
    assert transport.trail() == ()


def test_a_trail_says_why_there_was_no_answer(source: Any, transport: Transport) -> None:
    source.routes["/a"] = lambda _query: iter([b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort"])
    with pytest.raises(PullError):
        transport.ask(source.url + "/a", Access(source.url))
    with pytest.raises(PullError):
        transport.ask("http://10.0.0.1/", Access("http://10.0.0.1/"))
    lines = transport.trail()
    assert "/a → half an answer (" in lines[0]
    assert lines[-1].startswith("GET http://10.0.0.1/ → its host has a private address, ")


def test_a_long_trail_shows_its_beginning_and_its_end() -> None:
    trail = Trail()
    for number in range(1000):
        trail.add(
            "GET", f"http://a/{number}", "HTTP 200 OK, text/csv, 9 bytes" if number % 10 else "half an answer", 0, 1
        )
    lines = trail.take()
    assert len(lines) == 200
    assert lines[99].startswith("GET http://a/99 ")
    assert lines[100] == "… 801 more: 720 times HTTP 200 OK, 81 times half an answer"
    assert lines[199].startswith("GET http://a/999 ")


def test_a_hundred_questions_share_one_connection(source: Any, transport: Transport) -> None:
    source.routes["/a"] = lambda _query: [1]
    for page in range(100):
        transport.ask(source.url + "/a", Access(source.url), params={"page": str(page)})
    assert (len(source.asked), source.connections) == (100, 1)


def test_unchanged_answers_share_one_connection(source: Any, transport: Transport) -> None:
    source.routes["/a"] = lambda _query: (304, {"Content-Length": "0"}, b"")
    for _poll in range(10):
        assert transport.ask(source.url + "/a", Access(source.url), validators={"etag": "x"}).status == 304
    assert source.connections == 1


def test_a_host_is_asked_as_often_as_its_descriptor_says(source: Any, transport: Transport, waits: list[float]) -> None:
    source.routes["/a"] = lambda _query: [1]
    for _page in range(4):
        transport.ask(source.url + "/a", Access(source.url, rate=0.01))
    assert [round(wait, -1) for wait in waits] == [100, 200, 300]


def test_turns_are_given_by_host_and_not_saved_up() -> None:
    now = [0.0]
    throttle = Throttle(lambda: now[0])
    assert [throttle.take("a", 2), throttle.take("a", 2), throttle.take("b", 2)] == [0, 0.5, 0]
    now[0] = 60
    assert [throttle.take("a", 2), throttle.take("a", 2), throttle.take("a", 0)] == [0, 0.5, 0]


PDF, PNG, ZIP, GZIP = b"%PDF-1.7", b"\x89PNG\r\n", b"PK\x03\x04", b"\x1f\x8b\x08"
HTML = b"<!DOCTYPE html SYSTEM 'about:legacy-compat'><p>Hello"
XHTML = b'<?xml version="1.0"?>\n<!-- x -->\n<html xmlns="http://www.w3.org/1999/xhtml"/>'
XML = b'<?xml version="1.0"?><errors><error/></errors>'


@pytest.mark.parametrize(
    ("expect", "body", "kind", "wrong"),
    [
        ("json", b'{"a": 1}', "application/json", ""), ("json", b"[]", "", ""), ("json", b" [1]", "text/plain", ""),
        ("json", PDF, "application/json", "a PDF file"), ("json", b"[1]", "application/pdf", "a PDF file"),
        ("json", PNG, "", "an image"), ("json", ZIP, "", "a ZIP file"), ("json", GZIP, "", "a gzip file"),
        ("json", XML, "", "a page of HTML or XML"), ("json", b"<errors/>", "", "a page of HTML or XML"),
        ("json", b"[1]", "text/html", "a page of HTML"), ("json", b"[1]", "image/png", "an image or a recording"),
        ("json", b"", "application/json", "an empty body"), ("geojson", HTML, "", "a page of HTML"),
        ("ndjson", b"", "text/event-stream", ""), ("ndjson", XML, "", "a page of HTML or XML"),
        ("csv", b"id,name\n1,a\n", "application/octet-stream", ""), ("csv", b"", "text/csv", "an empty body"),
        ("csv", b'{"error": true}', "text/csv", "JSON"), ("csv", XML, "text/csv", "a page of HTML or XML"),
        ("csv", b"a;b", "application/vnd.ms-excel", ""), ("csv", b"a,b", "text/xml", "a page of HTML or XML"),
        ("csv", ZIP, "text/csv", "a ZIP file"), ("csv", GZIP, "application/gzip", "a gzip file"),
        ("xml", XML, "application/xml", ""), ("xml", b"\xef\xbb\xbf<a/>", "", ""),
        ("xml", XML.decode().encode("utf-16"), "", ""),
        ("xml", XHTML, "application/xml", "a page of HTML"), ("xml", HTML, "text/xml", "a page of HTML"),
        ("xml", b"{}", "text/xml", "a text that is no XML"), ("xml", b"", "text/xml", "an empty body"),
        ("zip", ZIP, "application/zip", ""), ("gtfs", b"PK\x05\x06", "", ""), ("xlsx", ZIP, "", ""),
        ("zip", HTML, "application/zip", "a page of HTML"), ("zip", b"{}", "", "something else"),
        ("zip", b"", "application/zip", "an empty body"), ("zip", GZIP, "", "a gzip file"),
        ("protobuf", b"\x08\x01", "", ""), ("protobuf", HTML, "", "a page of HTML"),
    ],
)  # fmt: skip
def test_what_cannot_be_what_was_asked_for_is_named(expect: str, body: bytes, kind: str, wrong: str) -> None:
    assert name_wrong(expect, body, kind) == wrong
