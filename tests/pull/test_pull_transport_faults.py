"""What goes wrong between here and a source: each fault ends in a retry, or in one sentence and no answer at all."""

import itertools
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.pull.wire import JSON, ask, raw, refused, sized

from lamppost.errors import PullError
from lamppost.pull import Transport
from lamppost.pull.transport.access import Access

ATTACKS = Path(__file__).parents[2].parent / "shared" / "attacks" / "files"
shared = pytest.mark.skipif(not ATTACKS.is_dir(), reason="the folder ../shared with attacks is not here")


def test_fault_dns_failure(transport: Transport) -> None:
    url = "http://no-such-host.invalid/a"
    with pytest.raises(PullError, match="its host name is unknown, 3 times · expected an answer · check the address"):
        transport.ask(url, Access(url))


def test_fault_connection_refused(source: Any, other: Any, transport: Transport) -> None:
    source.shutdown()
    source.server_close()
    patient = Transport(allow={"127.0.0.1"}, attempts=2, sleep=lambda _seconds: None)
    with pytest.raises(PullError, match="it refuses the connection, 2 times"):
        patient.ask(source.url + "/a", Access(source.url))


@pytest.mark.parametrize(
    "parts",
    [[], [b"HTTP/1.1 200 O"], [raw(JSON, "Content-Length: 90"), b'{"rows"']],
    ids=["before the head", "in the head", "in the body"],
)
def test_fault_reset(source: Any, transport: Transport, parts: list[bytes]) -> None:
    source.routes["/a"] = lambda _query: iter([*parts, source.reset]) if len(source.asked) < 3 else [1]
    assert transport.ask(source.url + "/a", Access(source.url)).body == b"[1]"
    assert len(source.asked) == 3


def test_source_fault_08_200_with_html(source: Any, transport: Transport) -> None:
    page = sized(b"<!DOCTYPE html><title>Sign in</title>", "Content-Type: application/json")
    said = refused(source, transport, page)
    assert "a page of HTML (HTTP 200 OK, application/json, 37 bytes) · expected JSON · open the address" in said
    assert "Sign in" not in said


def test_fault_200_empty(source: Any, transport: Transport) -> None:
    said = refused(source, transport, sized(b" \n", JSON))
    assert "an empty body (HTTP 200 OK, application/json, 2 bytes) · expected JSON" in said


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        ("204 No Content", "nothing to say"), ("206 Partial Content", "a part was not asked for"),
        ("304 Not Modified", "nothing was said to be known"), ("400 Bad Request", "its parameters"),
        ("401 Unauthorized", "key or password"), ("403 Forbidden", "what it may read"),
        ("404 Not Found", "check the address"), ("410 Gone", "gone for good"), ("202 Accepted", "check the address"),
        ("418 I'm a Teapot", "check the address"), ("299 Odd", "check the address"),
    ],
)  # fmt: skip
def test_fault_status_that_is_no_answer(source: Any, transport: Transport, status: str, advice: str) -> None:
    said = refused(source, transport, raw("Content-Length: 0", status=status))
    assert f": HTTP {status[:3]}" in said
    assert " · expected 200 · " in said
    assert advice in said
    assert len(source.asked) == 1


@pytest.mark.parametrize("status", ["408", "425", "429", "500", "502", "503", "504"])
def test_fault_status_that_may_pass(source: Any, transport: Transport, waits: list[float], status: str) -> None:
    bad = sized(b"<html>" + b" " * 999, "Content-Type: text/html", status=f"{status} Odd")
    assert ask(source, transport, bad, bad, sized(b"[1]", JSON)).body == b"[1]"
    assert len(waits) == 2
    assert 1 <= waits[0] <= 2 <= waits[1] <= 3


def test_fault_status_that_does_not_pass_is_named(source: Any, transport: Transport) -> None:
    said = refused(source, transport, sized(b"<html>secret", "Content-Type: text/html", status="502 Bad Gateway"))
    assert "HTTP 502 Bad Gateway, text/html, 12 bytes, 3 times · expected an answer · try again later" in said


@pytest.mark.parametrize(
    ("lines", "low", "high"),
    [
        (["Retry-After: 7"], 7, 7), (["Retry-After: 86400"], 30, 30), (["Retry-After: 0"], 1, 2),
        (["Retry-After: soon"], 1, 2), (["Retry-After: -5"], 1, 2), (["Retry-After: 9" + "9" * 400], 30, 30),
        (["Date: Sun, 22 Nov 2026 00:00:00 GMT", "Retry-After: Sun, 22 Nov 2026 00:00:09 GMT"], 9, 9),
        (["Date: Sun, 22 Nov 2026 00:00:00 GMT", "Retry-After: Sat, 21 Nov 2026 00:00:00 GMT"], 1, 2),
        (["Date: Sun, 22 Nov 2026 00:00:00 GMT", "X-RateLimit-Reset: 1795305611"], 11, 11),
        (["Date: Sun, 22 Nov 2026 00:00:00 GMT", "X-RateLimit-Reset: 1795305611000"], 11, 11),
        (["X-RateLimit-Reset: 12"], 12, 12), (["RateLimit-Reset: 13"], 13, 13), (["X-RateLimit-Reset: never"], 1, 2),
        ([], 1, 2),
    ],
)  # fmt: skip
def test_source_fault_14_429_waits_as_it_is_told_within_reason(
    source: Any, transport: Transport, waits: list[float], lines: list[str], low: float, high: float
) -> None:
    slow = raw(*lines, "Content-Length: 0", status="429 Too Many Requests")
    assert ask(source, transport, slow, sized(b"[1]", JSON)).body == b"[1]"
    assert low <= waits[0] <= high


def test_fault_403_with_no_requests_left_is_a_429(source: Any, transport: Transport, waits: list[float]) -> None:
    spent = raw("X-RateLimit-Remaining: 0", "X-RateLimit-Reset: 5", "Content-Length: 0", status="403 Forbidden")
    assert ask(source, transport, spent, sized(b"[1]", JSON)).body == b"[1]"
    assert waits == [5]


@shared
def test_source_fault_15_429_retry_after_huge_of_the_shared_files(
    source: Any, transport: Transport, waits: list[float]
) -> None:
    said = refused(source, transport, (ATTACKS / "retry-after-huge.txt").read_bytes())
    assert "HTTP 429 Too Many Requests, no type, 0 bytes, to be asked again in 86,400 s, 3 times" in said
    assert waits == [30, 30]


@pytest.mark.parametrize("target", ["file:///etc/passwd", "http://169.254.169.254/", "http://10.0.0.1/", "ftp://a/b"])
def test_fault_302_to_private_metadata_or_file(source: Any, transport: Transport, target: str) -> None:
    said = refused(source, transport, raw(f"Location: {target}", "Content-Length: 0", status="302 Found"))
    assert target.rstrip("/") in said
    assert len(source.asked) == 1


@shared
@pytest.mark.parametrize(("name", "found"), [("redirect-file.txt", "file:"), ("redirect-loop.txt", "more than 5 redi")])
def test_fault_redirects_of_the_shared_files(source: Any, transport: Transport, name: str, found: str) -> None:
    source.routes["/loop"] = lambda _query: iter([(ATTACKS / name).read_bytes()])
    assert found in refused(source, transport, (ATTACKS / name).read_bytes())
    assert len(source.asked) <= 6


@shared
def test_fault_304_without_cache_of_the_shared_files(source: Any, transport: Transport) -> None:
    file = (ATTACKS / "304-no-cache.txt").read_bytes()
    assert "HTTP 304 Not Modified" in refused(source, transport, file)
    assert ask(source, transport, file, validators={"etag": '"a"'}).status == 304
    assert source.asked[-1][2]["if-none-match"] == '"a"'


def test_fault_304_declares_the_length_of_what_it_does_not_send(source: Any, transport: Transport) -> None:
    known = raw("Content-Length: 5000", "Content-Type: text/csv", status="304 Not Modified")
    assert ask(source, transport, known, expect="csv", validators={"last_modified": "x"}).body == b""


@shared
@pytest.mark.parametrize("name", ["etag-lies.txt", "set-cookie-date.txt"])
def test_fault_headers_that_lie_change_no_byte(source: Any, transport: Transport, name: str) -> None:
    file = (ATTACKS / name).read_bytes()
    head, _gap, body = file.partition(b"\r\n\r\n")
    declared = int(head.partition(b"Content-Length: ")[2].split()[0])
    if declared > len(body):
        assert "half an answer" in refused(source, transport, file, expect="csv")
    elif declared < len(body):
        assert "more than the" in refused(source, transport, file, expect="csv")
    else:
        assert ask(source, transport, file, expect="csv").body == body


def test_fault_cookies_are_not_kept(source: Any, transport: Transport) -> None:
    ask(source, transport, sized(b"[1]", JSON, "Set-Cookie: session=abc; Path=/"))
    ask(source, transport, sized(b"[1]", JSON))
    assert "cookie" not in source.asked[1][2]


@pytest.mark.parametrize("date", ["Fri, 01 Jan 2100 00:00:00 GMT", "yesterday", "Thu, 01 Jan 1970 00:00:00 GMT"])
def test_fault_dates_that_cannot_be(source: Any, transport: Transport, waits: list[float], date: str) -> None:
    slow = raw(f"Date: {date}", f"Retry-After: {date}", "Content-Length: 0", status="503 Service Unavailable")
    assert ask(source, transport, slow, sized(b"[1]", JSON)).body == b"[1]"
    assert 0 < waits[0] <= 30


def test_fault_slow_first_byte(source: Any, transport: Transport) -> None:
    def think(_query: Any) -> Iterator[bytes]:
        time.sleep(0.45 if len(source.asked) == 1 else 0)
        yield sized(b"[1]", JSON)

    source.routes["/a"] = think
    assert transport.ask(source.url + "/a", Access(source.url)).body == b"[1]"
    assert len(source.asked) == 2


def test_fault_endless_body(source: Any, transport: Transport) -> None:
    head = raw("Content-Type: text/csv")
    source.routes["/a"] = lambda _query: itertools.chain([head], itertools.repeat(b"1,2\n" * 9999))
    with pytest.raises(PullError, match=r"more than 100,000 bytes · expected less · ask for smaller pages"):
        transport.ask(source.url + "/a", Access(source.url), expect="csv")


def test_fault_endless_headers(source: Any, transport: Transport) -> None:
    many = "".join(f"X-{n}: 1\r\n" for n in range(500)).encode()
    assert "half an answer" in refused(source, transport, b"HTTP/1.1 200 OK\r\n" + many + b"\r\n[1]")


def test_fault_endless_interim_answers(source: Any, transport: Transport) -> None:
    source.routes["/a"] = lambda _query: itertools.repeat(b"HTTP/1.1 100 Continue\r\n\r\n")
    with pytest.raises(PullError, match=r"no whole answer within 0\.6 s"):
        transport.ask(source.url + "/a", Access(source.url))


def test_fault_no_http_at_all(source: Any, transport: Transport) -> None:
    assert "half an answer" in refused(source, transport, b"SSH-2.0-OpenSSH_9.2\r\n")


def test_fault_a_pull_as_a_whole_takes_too_long(source: Any, transport: Transport) -> None:
    def think(_query: Any) -> Iterator[bytes]:
        time.sleep(0.1)
        yield sized(b"[1]", JSON)

    source.routes["/a"] = think
    transport.begin(0.35)
    pages = (transport.ask(source.url + "/a", Access(source.url)) for _page in range(9))
    with pytest.raises(PullError, match=r"the pull is not done after 0\.35 s · expected an end · pull less at once"):
        list(pages)
    transport.begin()
    assert transport.ask(source.url + "/a", Access(source.url)).body == b"[1]"


def test_fault_no_wait_outlasts_the_pull(source: Any, transport: Transport, waits: list[float]) -> None:
    transport.begin(5)
    slow = raw("Retry-After: 20", "Content-Length: 0", status="503 Service Unavailable")
    assert "HTTP 503 Service Unavailable" in refused(source, transport, slow)
    assert waits == []
