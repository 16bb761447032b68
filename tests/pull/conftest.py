"""A small real server on loopback; a route is a function from the query to what is sent."""

import json
import socket
import ssl
import struct
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from tests.loopback import running
from tests.pull.broker import Broker

from lamppost.load.pull import read_pull
from lamppost.load.section import Section
from lamppost.load.yaml import parse_yaml
from lamppost.model import Field, FieldSource, Issue, Pull, Receipt, Resource, Schema, Snapshot
from lamppost.pull import Transport, pull_resource
from lamppost.pull.job import Job
from lamppost.table.facts import Facts
from lamppost.table.read import read

Route = Callable[[Mapping[str, str]], Any]
"""Gives a JSON value; or (status, headers, bytes); or an iterator of raw bytes, the status line first, with
`Source.reset` where the connection is to break."""
PAYLOADS = Path(__file__).parent / "payloads"
RECORDED = Path(__file__).parents[2].parent / "shared" / "payloads"
NOW = datetime(2026, 11, 22, 17, 20, tzinfo=UTC)


class Source(ThreadingHTTPServer):
    """Remembers what it was asked: (path, query, headers in lower case), what was `sent`, and how many connections."""

    daemon_threads = True
    reset = b"<the connection breaks here>"

    def __init__(self, host: str = "127.0.0.1", *, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.routes: dict[str, Route] = {}
        self.asked: list[tuple[str, dict[str, str], dict[str, str]]] = []
        self.sent: list[bytes] = []
        self.connections = 0
        self.tls = tls
        self.url = f"{'https' if tls else 'http'}://{host}:{self.server_address[1]}"

    def get_request(self) -> tuple[socket.socket, Any]:
        """Counts what is accepted; TLS is spoken later, on the connection's own thread."""
        line, address = super().get_request()
        self.connections += 1
        return (self.tls.wrap_socket(line, True, do_handshake_on_connect=False) if self.tls else line), address

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up is what some of the tests are about."""


class _Handler(BaseHTTPRequestHandler):
    server: Source
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self.server.sent.append(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        parts = urlsplit(self.path)
        query = dict(parse_qsl(parts.query))
        self.server.asked.append((parts.path, query, {name.lower(): text for name, text in self.headers.items()}))
        answer = self.server.routes[parts.path](query)
        if isinstance(answer, Iterator):
            self.close_connection = True
            for part in answer:
                if part == Source.reset:
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    socket.close(self.connection.detach())
                    return
                self.wfile.write(part)
                self.wfile.flush()
            return
        status, headers, body = answer if isinstance(answer, tuple) else (200, {}, json.dumps(answer).encode())
        self.send_response(status)
        for name, text in {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815  its name is http.server's

    def log_message(self, *args: object) -> None:
        pass


def serve(host: str = "127.0.0.1", *, tls: ssl.SSLContext | None = None) -> Iterator[Source]:
    """A running server; with `tls` it speaks that, under the name `host`."""
    with running(Source(host, tls=tls)) as server:
        yield server


@pytest.fixture
def source() -> Iterator[Source]:
    yield from serve()


@pytest.fixture
def other() -> Iterator[Source]:
    """Under a name that no transport of these tests allows by itself."""
    yield from serve("localhost")


@pytest.fixture
def secure() -> Iterator[Callable[..., Source]]:
    """Starts servers that speak TLS: `secure("localhost", tls=context)`."""
    with ExitStack() as stack:
        yield lambda host, **options: stack.enter_context(contextmanager(serve)(host, **options))


@pytest.fixture
def waits() -> list[float]:
    """Seconds that the transport wished to wait; nobody does."""
    return []


@pytest.fixture
def transport(waits: list[float]) -> Iterator[Transport]:
    made = Transport(
        allow={"127.0.0.1"}, deadline=0.6, silence=0.4, budget=60, attempts=3, sleep=waits.append, max_bytes=100_000
    )
    yield made
    made.close()


@pytest.fixture
def pull(transport: Transport, tmp_path: Path) -> Callable[..., tuple[Snapshot, Receipt]]:
    """Pulls one resource with the key `id`."""

    def run(
        options: Mapping[str, Any],
        adapter: Any = "http",
        *,
        env: Mapping[str, str] | None = None,
        fields: Mapping[str, FieldSource] | None = None,
        cursor: str | None = None,
        cursor_field: str = "",
        now: datetime = NOW,
        **more: Any,
    ) -> tuple[Snapshot, Receipt]:
        schema = Schema((Field("id", "string"),), ("id",))
        asked = Pull(adapter, options, fields or {}, cursor=cursor_field, **more)
        resource = Resource("lights", schema, pull=asked)
        return pull_resource(
            "streetlights",
            resource,
            env=env or {},
            cursor=cursor,
            folder=tmp_path / "kept",
            now=now,
            transport=transport,
        )

    return run


@dataclass(frozen=True)
class Taken:
    """What a descriptor brought home: its rows as text, and the proof."""

    rows: list[dict[str, str | None]]
    receipt: Receipt
    snapshot: Snapshot
    facts: Facts

    def column(self, name: str) -> list[str | None]:
        return [row[name] for row in self.rows]


@pytest.fixture
def take(waits: list[float], tmp_path: Path) -> Iterator[Callable[..., Taken]]:
    """Pulls what stands under `pull:` (YAML, over its preset as shipped) and reads the rows; `key` are field names."""
    transport = Transport(allow={"127.0.0.1"}, deadline=5, silence=5, budget=60, attempts=3, sleep=waits.append)

    def run(
        text: str, key: str = "id", *, env: Mapping[str, str] | None = None, cursor: str | None = None,
        now: datetime = NOW,
    ) -> Taken:  # fmt: skip
        faults: list[Issue] = []
        node = parse_yaml(text, "dataset.yaml", faults)
        assert node, faults
        asked = read_pull(Section(node, faults), tmp_path)
        assert not faults, faults
        names = tuple(key.split())
        resource = Resource("lights", Schema(tuple(Field(name, "string") for name in names), names), pull=asked)
        snapshot, receipt = pull_resource(
            "streetlights", resource, env=env or {}, cursor=cursor, folder=tmp_path / "kept", now=now,
            transport=transport,
        )  # fmt: skip
        facts = Facts()
        return Taken(read(snapshot, asked, facts).to_pylist(), receipt, snapshot, facts)

    yield run
    transport.close()


@pytest.fixture
def payload() -> Callable[[str], bytes]:
    """A file of payloads/, which were written from specifications."""
    return lambda name: (PAYLOADS / name).read_bytes()


@pytest.fixture
def recorded() -> Callable[[str], bytes]:
    """An answer of a real system, or of its specification, kept beside the project."""

    def read_recorded(name: str) -> bytes:
        if not (RECORDED / name).is_file():
            pytest.skip(f"the folder ../shared/payloads with {name} is not here")
        return (RECORDED / name).read_bytes()

    return read_recorded


@pytest.fixture
def broker() -> Iterator[Broker]:
    with running(Broker()) as made:
        yield made


@pytest.fixture
def job(broker: Broker, tmp_path: Path, transport: Transport) -> Job:
    options = {"url": f"mqtt://127.0.0.1:{broker.port}", "allow": ["127.0.0.1"], "topics": ["#"], "idle": "PT0S"}
    resource = Resource("obs", Schema((), ()), pull=Pull("mqtt", options, {}))
    assert resource.pull
    return Job("air/obs", resource, resource.pull, None, tmp_path / "snap", NOW, transport, tmp_path / "private")
