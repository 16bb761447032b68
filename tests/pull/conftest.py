"""A small real server on loopback; a route is a function from the query to what is sent."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from lamppost.model import Field, FieldSource, Pull, Receipt, Resource, Schema, Snapshot
from lamppost.pull import Transport, pull_resource

Route = Callable[[Mapping[str, str]], Any]
"""Gives a JSON value; or (status, headers, bytes); or an iterator of raw bytes, the status line first."""
NOW = datetime(2026, 11, 22, 17, 20, tzinfo=UTC)


class Source(ThreadingHTTPServer):
    """Remembers what it was asked: (path, query, headers in lower case)."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.routes: dict[str, Route] = {}
        self.asked: list[tuple[str, dict[str, str], dict[str, str]]] = []
        self.url = f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up is what some of the tests are about."""


class _Handler(BaseHTTPRequestHandler):
    server: Source
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = dict(parse_qsl(parts.query))
        self.server.asked.append((parts.path, query, {name.lower(): text for name, text in self.headers.items()}))
        answer = self.server.routes[parts.path](query)
        if isinstance(answer, Iterator):
            self.close_connection = True
            for part in answer:
                self.wfile.write(part)
                self.wfile.flush()
            return
        status, headers, body = answer if isinstance(answer, tuple) else (200, {}, json.dumps(answer).encode())
        self.send_response(status)
        for name, text in {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


def _serve() -> Iterator[Source]:
    server = Source()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def source() -> Iterator[Source]:
    yield from _serve()


@pytest.fixture
def other() -> Iterator[Source]:
    yield from _serve()


@pytest.fixture
def waits() -> list[float]:
    """Seconds that the transport wished to wait; nobody does."""
    return []


@pytest.fixture
def transport(waits: list[float]) -> Iterator[Transport]:
    made = Transport(deadline=0.6, silence=0.4, budget=60, attempts=3, sleep=waits.append, max_bytes=100_000)
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
