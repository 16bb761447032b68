"""Adapter files over S3: ListObjectsV2, GetObject and HeadObject of the S3 API reference (2006-03-01), on loopback."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from hashlib import md5
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

import pytest
from tests.loopback import running

from lamppost.errors import PendingError, PullError
from lamppost.model import Field, Pull, Receipt, Resource, Schema, Snapshot
from lamppost.pull import Transport
from lamppost.pull.files.adapter import pull_files
from lamppost.pull.job import Job

pytest.importorskip("s3fs", reason="the extra lamppost[s3] is not installed")
NOW = datetime(2026, 11, 22, 17, 20, tzinfo=UTC)
Drop = Callable[..., tuple[Snapshot, Receipt]]


class Store(ThreadingHTTPServer):
    """One bucket `drop`: key → content; remembers method, path and Authorization header."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.objects = {"out/b-1.csv": b"id\n1\n", "out/b-2.csv": b"id\n1\n2\n", "out/old/b-9.csv": b"", "b-8.csv": b""}
        self.asked: list[tuple[str, str, str]] = []
        self.reading: Callable[[str], object] = lambda _key: None
        self.refused = ""
        self.page = 1000
        self.url = f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up is what one of the tests is about."""


class Handler(BaseHTTPRequestHandler):
    server: Store
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self.server.asked.append((self.command, parts.path, self.headers.get("Authorization", "")))
        if self.server.refused:
            self.send(403, f"<Error><Code>{self.server.refused}</Code><Message>no</Message></Error>".encode())
        elif parts.path in {"/drop", "/drop/"}:
            self.send(200, self.list(parse_qs(parts.query)))
        else:
            self.give(parts.path.removeprefix("/drop/"))

    do_HEAD = do_GET  # noqa: N815 - a name of the base class

    def list(self, query: Any) -> bytes:
        prefix, after = query["prefix"][0] if "prefix" in query else "", query.get("continuation-token", [""])[0]
        keys = sorted(one for one in self.server.objects if one.startswith(prefix) and one > after)
        page = keys[: self.server.page]
        rows = "".join(
            f"<Contents><Key>{escape(one)}</Key><Size>{len(body)}</Size>"
            f"<ETag>&quot;{md5(body).hexdigest()}&quot;</ETag><LastModified>2026-11-22T17:00:00.000Z</LastModified></Contents>"
            for one in page
            if "/" not in one.removeprefix(prefix) and (body := self.server.objects[one]) is not None
        )
        more = f"<NextContinuationToken>{page[-1]}</NextContinuationToken>" if len(keys) > len(page) else ""
        cut = "true" if more else "false"
        return f"<ListBucketResult><IsTruncated>{cut}</IsTruncated>{more}{rows}</ListBucketResult>".encode()

    def give(self, key: str) -> None:
        if self.command == "GET":
            self.server.reading(key)
        body = self.server.objects[key]
        etag = f'"{md5(body).hexdigest()}"'
        if self.headers.get("If-Match", etag) != etag:
            self.send(412, b"<Error><Code>PreconditionFailed</Code></Error>")
        else:
            self.send(200, body, etag)

    def send(self, status: int, body: bytes, etag: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if etag:
            self.send_header("ETag", etag)
        self.end_headers()
        self.wfile.write(body if self.command == "GET" else b"")

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def store() -> Iterator[Store]:
    with running(Store()) as server:
        yield server


@pytest.fixture
def drop(store: Store, tmp_path: Path) -> Iterator[Drop]:
    transport = Transport(deadline=10, silence=5, max_bytes=100_000)

    def run(pause: Callable[[], object] = lambda: None, memory: Any = None, **options: Any) -> Any:
        given = {"folder": "s3://drop/out", "endpoint": store.url, "allow": ["127.0.0.1"], "glob": "*.csv", **options}
        asked = Pull("files", given, {})
        resource = Resource("rows", Schema((Field("id", "string"),), ("id",)), pull=asked)
        job = Job("a/rows", resource, asked, None, tmp_path / "kept", NOW, transport, memory=memory or {})
        return pull_files(job, pause=pause)

    yield run
    transport.close()


KEY = {"basic": {"user": "AKIDEXAMPLE", "password": "wJalrXUtnFEMI"}}


def test_the_newest_object_of_the_prefix_is_read_with_a_signed_question(drop: Drop, store: Store) -> None:
    snapshot, receipt = drop(auth=KEY)
    assert (receipt.source, receipt.received, receipt.verdict) == ("b-2.csv", 2, "complete")
    assert snapshot.pages[0].path.read_bytes() == b"id\n1\n2\n"
    assert {line[2].partition("/")[0] for line in store.asked} == {"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE"}


def test_without_a_key_nothing_is_taken_from_this_machine(drop: Drop, store: Store, monkeypatch: Any) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.setenv(name, "theirs")
    assert drop(take="all")[1].pages == (1, 2)
    assert {line[2] for line in store.asked} == {""}


def test_a_listing_of_many_pages_is_read_to_its_end(drop: Drop, store: Store) -> None:
    store.objects |= {f"out/b-{number}.csv": b"id\n1\n" for number in range(100, 130)}
    store.page = 7
    assert drop(take="all", auth=KEY)[1].received == 33


def test_an_object_with_the_same_etag_is_not_read_again(drop: Drop, store: Store) -> None:
    memory = drop(auth=KEY)[0].memory
    store.asked.clear()
    assert drop(auth=KEY, memory=memory)[0].unchanged
    assert [line[1] for line in store.asked] == ["/drop"]


def test_source_fault_34_an_object_that_is_replaced_is_pending(drop: Drop, store: Store) -> None:
    with pytest.raises(PendingError, match="still being written"):
        drop(lambda: store.objects.update({"out/b-2.csv": b"id\n3\n"}), auth=KEY)
    store.reading = lambda key: store.objects.update({key: b"id\n4\n"})
    with pytest.raises(PendingError, match="an object that was replaced"):
        drop(auth=KEY)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"allow": []}, "its host has a loopback address"),
        ({"endpoint": "ftp://127.0.0.1"}, "no address"),
        ({"endpoint": "http://127.0.0.1:1"}, "the connection broke"),
        ({"headers": {"X-Key": "1"}}, "a way in that S3 does not know"),
        ({"host_key": "SHA256:x"}, "an option nobody reads"),
        ({"glob": "*.none"}, r"no file like \*\.none"),
    ],
)
def test_what_keeps_us_out_is_named(drop: Drop, options: Any, message: str) -> None:
    with pytest.raises(PullError, match=message):
        drop(**{"auth": KEY, **options})


def test_a_refusal_is_told_without_the_words_of_the_server(drop: Drop, store: Store) -> None:
    store.refused = "SignatureDoesNotMatch"
    with pytest.raises(PullError, match=r"check the secret in the environment|no right to read it") as caught:
        drop(auth=KEY)
    assert "wJalr" not in str(caught.value)


def test_an_object_above_the_cap_is_refused_before_it_is_read(drop: Drop, store: Store) -> None:
    store.objects["out/b-3.csv"] = b"1" * 100_001
    with pytest.raises(PullError, match="100,001 bytes · expected at most 100,000"):
        drop(auth=KEY)
    assert "/drop/out/b-3.csv" not in [line[1] for line in store.asked]
