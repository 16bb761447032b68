"""An S3 server in this process (moto), and what a client's environment says to reach it."""

import itertools
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http import HTTPStatus
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.request import Request, urlopen

import pytest


@dataclass(frozen=True)
class BucketServer:
    """Where it answers."""

    url: str
    numbers: Iterator[int] = field(default_factory=itertools.count)

    @property
    def environ(self) -> dict[str, str]:
        """Address and a key that opens nothing elsewhere; no file of this machine is looked at."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "made-up",
            "AWS_SECRET_ACCESS_KEY": "made-up",
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_CONFIG_FILE": "/nowhere",
            "AWS_SHARED_CREDENTIALS_FILE": "/nowhere",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_MAX_ATTEMPTS": "2",
        }

    def make_bucket(self) -> str:
        """The name of a new, empty bucket."""
        name = f"store-{next(self.numbers)}"
        with urlopen(Request(f"{self.url}/{name}", method="PUT")) as answer:
            answer.read()
        return name


@contextmanager
def start_server() -> Iterator[BucketServer]:
    """A server on a free port of loopback, until the block ends."""
    threaded = pytest.importorskip("moto.server", reason="needs moto, an S3 server: nox -s survival")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = threaded.ThreadedMotoServer("127.0.0.1", port, verbose=False)
    server.start()
    try:
        yield BucketServer(f"http://127.0.0.1:{port}")
    finally:
        server.stop()


Fate = Callable[[str, str], str]
"""Called with (method, key) of each request; says what becomes of it: see `Courier`."""


@dataclass
class Courier:
    """Stands between client and server, and loses what it is told to lose.

    Fates: empty = carried; `lost` = carried, the answer is dropped; `fault` = carried, the answer is a 500;
    `conflict` = not carried, the answer is a 409; `deaf` = carried without its condition; `cut` = half the body comes;
    `later` = carried, the answer comes two days later by its own clock; a word with a capital letter = not carried, the
    answer is a 403 with that code.
    """

    target: str
    fate: Fate = field(default=lambda method, key: "")
    asked: list[str] = field(default_factory=list)
    sent: list[int] = field(default_factory=list)
    """Bytes of each PUT."""

    def carry(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        self.asked.append(handler.command)
        fate = self.fate(handler.command, handler.path.partition("?")[0])
        size = int(handler.headers.get("Content-Length", 0))
        body = handler.rfile.read(size) if size else None
        self.sent += [size] if handler.command == "PUT" else []
        if fate == "conflict":
            refusal = b"<Error><Code>ConditionalRequestConflict</Code></Error>"
            return self._answer(handler, HTTPStatus.CONFLICT, {}, refusal)
        if fate[:1].isupper():
            refusal = f"<Error><Code>{fate}</Code><Message>made-up, made-up</Message></Error>".encode()
            return self._answer(handler, HTTPStatus.FORBIDDEN, {}, refusal)
        dropped = {"host", "connection"} | ({"if-none-match"} if fate == "deaf" else set())
        headers = {name: value for name, value in handler.headers.items() if name.lower() not in dropped}
        line = HTTPConnection(self.target.removeprefix("http://"))
        line.request(handler.command, handler.path, body, headers)
        answer = line.getresponse()
        got, found = answer.read(), dict(answer.getheaders())
        line.close()
        if fate == "lost":
            handler.close_connection = True
            return None
        if fate == "fault":
            return self._answer(handler, HTTPStatus.INTERNAL_SERVER_ERROR, {}, b"")
        if fate == "later":
            found["Date"] = found["date"] = format_datetime(datetime.now(UTC) + timedelta(days=2), usegmt=True)
        return self._answer(handler, answer.status, found, got, cut=fate == "cut")

    def _answer(
        self, handler: BaseHTTPRequestHandler, status: int, headers: dict[str, str], body: bytes, *, cut: bool = False
    ) -> None:
        handler.send_response_only(status)
        for name, value in {**headers, "Content-Length": headers.get("Content-Length", str(len(body)))}.items():
            if name.lower() not in {"connection", "transfer-encoding"}:
                handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body[: len(body) // 2] if cut else body)
        handler.close_connection = cut


@contextmanager
def start_courier(target: str) -> Iterator[tuple[Courier, str]]:
    """A courier to the server at `target`, and its own address."""
    courier = Courier(target)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            courier.carry(self)

        do_PUT = do_HEAD = do_DELETE = do_GET  # noqa: N815  the names that the server looks for

        def log_message(self, *_: object) -> None:
            """Keep the test's output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield courier, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
