"""Adapter files over HTTP: names from a folder's index, files through the transport, an ETag in place of a copy."""

import gzip
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lamppost.errors import PendingError, PullError, RefusedError
from lamppost.model import Snapshot

Run = Callable[..., Any]
APACHE = (
    '<html><body><h1>Index of /out</h1><pre><a href="?C=N;O=D">Name</a> <a href="/">Parent Directory</a>\n'
    '<a href="b-1.csv">b-1.csv</a> 2026-11-22 17:00 5\n<a href="b-2%20.csv">b-2 .csv</a> 2026-11-22 17:00 7\n'
    '<a href="old/">old/</a> <a href="old/b-9.csv">b-9</a></pre></body></html>'
)
NGINX = (
    '<html>\r\n<body><a href="../">../</a>\r\n<a href="b-1.csv">b-1.csv</a> 5\r\n'
    '<a href="b-2%20.csv">x</a></body></html>'
)
CADDY = '<!DOCTYPE html><html><body><a href="./b-1.csv"><span>b-1</span></a><a href="./b-2%20.csv"></a></body></html>'
PYTHON = '<!DOCTYPE HTML><html><body><ul><li><a href="b-1.csv">b-1.csv</a><li><a href="b-2%20.csv">b</a></ul></html>'
FOREIGN = (
    '<html><a href="https://elsewhere.example/out/b-7.csv">b</a><a href="/other/b-8.csv">b</a><a href="b-1.csv">1</a>'
    '<a href="..%2Fb-9.csv">b</a><a href="b-9.csv?x=1">b</a><a href="//b-9.csv">b</a>'
    '<a href="http://[::1/b-9.csv">b</a>'
    '<a href="b-9%0A.csv">b</a><a href="b-2%20.csv">2</a></html>'
)


@pytest.fixture
def drop(source: Any, pull: Run) -> Run:
    """Pulls from a folder of two files, whose index is Apache's unless the test writes another."""
    source.routes["/out/"] = lambda _query: (200, {"Content-Type": "text/html"}, APACHE.encode())
    source.routes["/out/b-1.csv"] = lambda _query: (200, {}, b"id\n1\n")
    source.routes["/out/b-2%20.csv"] = lambda _query: (200, {}, b"id\n1\n2\n")
    return lambda **options: pull(
        {"folder": source.url + "/out/", "glob": "b-*.csv", "allow": ["127.0.0.1"], "stable": "PT0S", **options},
        "files",
    )


@pytest.mark.parametrize("index", [APACHE, NGINX, CADDY, PYTHON, FOREIGN])
def test_files_are_those_that_the_index_links_in_its_own_folder(source: Any, drop: Run, index: str) -> None:
    source.routes["/out/"] = lambda _query: (200, {"Content-Type": "text/html"}, index.encode())
    _snapshot, receipt = drop()
    assert (receipt.source, receipt.received) == (source.url + "/out/b-2 .csv", 2)
    assert drop(take="all")[1].pages == (1, 2)
    assert {path for path, _query, _headers in source.asked} == {"/out/", "/out/b-1.csv", "/out/b-2%20.csv"}


def test_one_file_needs_no_index(source: Any, drop: Run) -> None:
    assert drop(glob="b-1.csv")[1].received == 1
    assert "/out/" not in [path for path, _query, _headers in source.asked]


def test_source_fault_34_a_file_that_differs_the_second_time_is_pending(source: Any, drop: Run) -> None:
    bodies = iter([b"id\n1\n", b"id\n1\n2\n"])
    source.routes["/out/b-1.csv"] = lambda _query: (
        200,
        {"Last-Modified": "Sun, 22 Nov 2026 17:00:00 GMT"},
        next(bodies),
    )
    with pytest.raises(PendingError, match="still being written"):
        drop(glob="b-1.csv")


def test_an_etag_saves_the_second_copy(source: Any, drop: Run) -> None:
    source.routes["/out/b-1.csv"] = lambda _query: (
        (304, {"ETag": '"5-a"'}, b"") if len(source.asked) > 1 else (200, {"ETag": '"5-a"'}, b"id\n1\n")
    )
    snapshot, receipt = drop(glob="b-1.csv")
    assert (receipt.received, '\\"5-a\\"' in snapshot.memory["files"]) == (1, True)
    assert source.asked[1][2]["if-none-match"] == '"5-a"'


@pytest.mark.parametrize(
    ("index", "message"),
    [
        ((404, {}, b""), "HTTP 404"),
        ((200, {}, b'{"files": []}'), "no whole index page"),
        ((200, {}, b"<html>nothing</html>"), r"no file like b-\*\.csv"),
    ],
)
def test_a_folder_without_an_index_is_named(source: Any, drop: Run, index: Any, message: str) -> None:
    source.routes["/out/"] = lambda _query: index
    with pytest.raises(PullError, match=message):
        drop()


def test_source_fault_10_half_an_index_is_no_index(source: Any, drop: Run) -> None:
    def close(_query: Any) -> Iterator[bytes]:
        return iter([b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", NGINX.encode()[:70]])

    source.routes["/out/"] = close
    with pytest.raises(PullError, match="no whole index page"):
        drop()


def test_source_fault_10_a_file_whose_end_nothing_shows_is_an_error(source: Any, drop: Run) -> None:
    def close(_query: Any) -> Iterator[bytes]:
        return iter([b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", b"id\n1\n"])

    source.routes["/out/b-1.csv"] = close
    with pytest.raises(PullError, match=r"b-1\.csv: a file whose end nothing shows"):
        drop(glob="b-1.csv")


def test_source_fault_8_a_login_page_in_place_of_a_file_is_named(source: Any, drop: Run) -> None:
    source.routes["/out/b-1.csv"] = lambda _query: (200, {"Content-Type": "text/html"}, b"<html>Sign in</html>")
    with pytest.raises(RefusedError, match="HTML"):
        drop(glob="b-1.csv")


def test_a_packed_file_and_its_simulation_mark_come_through(source: Any, drop: Run) -> None:
    packed = gzip.compress(b"id\n1\n2\n3\n")
    headers = {"Content-Type": "application/gzip", "X-Lamppost-Simulated": "true"}
    source.routes["/out/b-3.csv.gz"] = lambda _query: (200, headers, packed)
    snapshot, receipt = drop(glob="b-3.csv.gz")
    assert (receipt.received, receipt.simulated, isinstance(snapshot, Snapshot)) == (3, True, True)


@pytest.mark.parametrize("glob", ["old/b-9.csv", "../b-9.csv"])
def test_a_name_leads_out_of_no_folder(drop: Run, glob: str) -> None:
    with pytest.raises(PullError, match=r"pull\.glob"):
        drop(glob=glob)
