"""Transport: a whole answer, or one sentence that says why there is none."""

import gzip
import itertools
import time
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from lamppost.errors import PullError
from lamppost.pull import Transport
from lamppost.pull.transport.access import Access

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def test_an_answer_comes_whole_and_says_so(source: Any, transport: Transport) -> None:
    source.routes["/a"] = lambda _query: {"rows": [1, 2]}
    response = transport.ask(source.url + "/a", Access(source.url + "/a"))
    assert (response.body, response.whole, response.simulated) == (b'{"rows": [1, 2]}', True, False)


def test_the_sandbox_header_marks_the_answer(source: Any, transport: Transport) -> None:
    source.routes["/a"] = lambda _query: (200, {"X-Lamppost-Simulated": "true"}, b"[]")
    assert transport.ask(source.url + "/a", Access(source.url + "/a")).simulated


def test_a_gzip_body_is_inflated(source: Any, transport: Transport) -> None:
    source.routes["/a"] = lambda _query: (200, {"Content-Encoding": "gzip"}, gzip.compress(b"[1]"))
    assert transport.ask(source.url + "/a", Access(source.url + "/a")).body == b"[1]"


def test_a_gzip_body_without_its_end_is_never_taken(source: Any, transport: Transport) -> None:
    source.routes["/a"] = lambda _query: (200, {"Content-Encoding": "gzip"}, gzip.compress(b"[1]" * 99)[:-9])
    with pytest.raises(PullError, match="gzip content has no end"):
        transport.ask(source.url + "/a", Access(source.url + "/a"))


def test_a_small_body_that_inflates_beyond_the_cap_is_refused(source: Any, transport: Transport) -> None:
    source.routes["/a"] = lambda _query: (200, {"Content-Encoding": "gzip"}, gzip.compress(b" " * 5_000_000))
    with pytest.raises(PullError, match="more than 100,000 bytes"):
        transport.ask(source.url + "/a", Access(source.url + "/a"))


@pytest.mark.parametrize(
    "parts",
    [
        [HEAD + b"Content-Length: 20\r\n\r\n", b'{"rows": [1'],
        [HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"5\r\n[1,2,\r\n"],
        [HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"F\r\n[1,2,"],
    ],
)
def test_a_cut_body_is_asked_for_again_and_then_refused(source: Any, transport: Transport, parts: list[bytes]) -> None:
    source.routes["/a"] = lambda _query: iter(parts)
    with pytest.raises(PullError, match=r"half an answer.*, 3 times"):
        transport.ask(source.url + "/a", Access(source.url + "/a"))
    assert len(source.asked) == 3


def test_a_body_that_ends_with_the_connection_is_not_proven_whole(source: Any, transport: Transport) -> None:
    source.routes["/a"] = lambda _query: iter([HEAD + b"Connection: close\r\n\r\n", b"[1,2]"])
    assert not transport.ask(source.url + "/a", Access(source.url + "/a")).whole


@pytest.mark.parametrize("start", [HEAD + b"Content-Length: 900\r\n\r\n", b"HTTP/1.1 200 OK\r\nX-Long: "])
def test_a_server_that_drips_is_stopped_by_the_deadline(source: Any, transport: Transport, start: bytes) -> None:
    def drip(_query: Mapping[str, str]) -> Iterator[bytes]:
        yield start
        for _byte in range(60):
            time.sleep(0.05)
            yield b"1"

    source.routes["/a"] = drip
    began = time.monotonic()
    with pytest.raises(PullError, match=r"no whole answer within 0\.6 s"):
        transport.ask(source.url + "/a", Access(source.url + "/a"))
    assert time.monotonic() - began < 2


def test_a_silent_server_is_asked_three_times(source: Any, transport: Transport) -> None:
    def sleep(_query: Mapping[str, str]) -> Iterator[bytes]:
        time.sleep(0.6)
        yield b""

    source.routes["/a"] = sleep
    with pytest.raises(PullError, match=r"silent for 0\.4 s, 3 times"):
        transport.ask(source.url + "/a", Access(source.url + "/a"))


def test_a_source_that_is_down_is_named_without_its_query(waits: list[float]) -> None:
    # Windows takes two seconds to find a port closed
    patient = Transport(allow={"127.0.0.1"}, attempts=3, sleep=waits.append)
    url = "http://user:hunter22@127.0.0.1:9/data?key=s3cret"
    with pytest.raises(PullError) as caught:
        patient.ask(url, Access(url))
    assert str(caught.value).startswith("http://127.0.0.1:9/data: it refuses the connection, 3 times")
    assert "hunter22" not in str(caught.value)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(("header", "seconds"), [("7", 7.0), ("86400", 30.0), ("Sun, 22 Nov 2026 00:00:09 GMT", 9.0)])
def test_retry_after_is_honoured_up_to_half_a_minute(
    source: Any, transport: Transport, waits: list[float], header: str, seconds: float
) -> None:
    date = "Date: Sun, 22 Nov 2026 00:00:00 GMT"
    raw = f"HTTP/1.1 429 Slow\r\nRetry-After: {header}\r\n{date}\r\nContent-Length: 0\r\n\r\n"
    source.routes["/a"] = lambda _query: iter([raw.encode()]) if len(source.asked) == 1 else [1]
    assert transport.ask(source.url + "/a", Access(source.url + "/a")).body == b"[1]"
    assert waits == [seconds]


def test_a_refusal_is_not_asked_again(source: Any, transport: Transport) -> None:
    source.routes["/a"] = lambda _query: (401, {}, b"no")
    with pytest.raises(
        PullError, match=r"HTTP 401 Unauthorized, application/json, 2 bytes · expected 200 · check the key"
    ):
        transport.ask(source.url + "/a", Access(source.url + "/a"))
    assert len(source.asked) == 1


def test_a_page_of_html_is_no_data(source: Any, transport: Transport) -> None:
    source.routes["/a"] = lambda _query: (200, {"Content-Type": "text/csv"}, b"\n<!DOCTYPE html><p>Log in</p>")
    with pytest.raises(PullError, match=r"a page of HTML \(HTTP 200 OK, text/csv, 29 bytes\) · expected CSV"):
        transport.ask(source.url + "/a", Access(source.url + "/a"), expect="csv")


def test_a_redirect_at_the_same_place_is_followed(source: Any, transport: Transport) -> None:
    source.routes["/a"] = lambda _query: (302, {"Location": "/b?x=1"}, b"")
    source.routes["/b"] = lambda query: [query["x"]]
    assert transport.ask(source.url + "/a", Access(source.url + "/a")).body == b'["1"]'


def test_a_redirect_into_the_own_network_is_refused(source: Any, other: Any, transport: Transport) -> None:
    source.routes["/a"] = lambda _query: (302, {"Location": other.url + "/secret"}, b"")
    other.routes["/secret"] = lambda _query: ["secret"]
    with pytest.raises(PullError, match=r"leads to http://localhost:\d+/secret.*allow: \[localhost\]"):
        transport.ask(source.url + "/a", Access(source.url + "/a"))
    assert other.asked == []


def test_redirects_in_a_ring_end(source: Any, transport: Transport) -> None:
    source.routes["/a"] = lambda _query: (302, {"Location": "/a"}, b"")
    with pytest.raises(PullError, match="more than 5 redirects"):
        transport.ask(source.url + "/a", Access(source.url + "/a"))


def test_the_body_of_a_redirect_is_not_read(source: Any, transport: Transport) -> None:
    head = b"HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 9000000000\r\n\r\n"
    source.routes["/a"] = lambda _query: itertools.chain([head], itertools.repeat(b" " * 65536))
    source.routes["/b"] = lambda _query: [1]
    assert transport.ask(source.url + "/a", Access(source.url + "/a")).body == b"[1]"


@pytest.mark.parametrize("target", ["http://[::1", "", "mailto:a@example.org"])
def test_a_redirect_to_nowhere_is_an_error(source: Any, transport: Transport, target: str) -> None:
    source.routes["/a"] = lambda _query: (302, {"Location": target}, b"")
    with pytest.raises(PullError, match="redirect"):
        transport.ask(source.url + "/a", Access(source.url + "/a"))


def test_proxies_of_the_environment_are_not_used(
    source: Any, transport: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    source.routes["/a"] = lambda _query: [1]
    assert transport.ask(source.url + "/a", Access(source.url + "/a")).body == b"[1]"


def test_user_and_password_go_to_their_own_place_only(source: Any, transport: Transport) -> None:
    source.routes["/a"] = lambda _query: [1]
    url = source.url.replace("//", "//user:pass@") + "/a"
    transport.ask(url, Access(url))
    assert source.asked[0][2]["authorization"] == "Basic dXNlcjpwYXNz"


@pytest.mark.parametrize(
    "url", ["ftp://example.org/a", "file:///etc/passwd", "http://", "nonsense", "http://a:b:c/", "http://[::1"]
)
def test_an_address_that_is_none_is_refused(transport: Transport, url: str) -> None:
    with pytest.raises(PullError, match="expected"):
        transport.ask(url, Access(url))


def test_a_header_with_a_line_break_is_refused_without_showing_it(source: Any, transport: Transport) -> None:
    with pytest.raises(PullError, match="a header that cannot be sent") as caught:
        transport.ask(source.url + "/a", Access(source.url + "/a"), headers={"Authorization": "Bearer s3cret\nX: y"})
    assert "s3cret" not in str(caught.value)
