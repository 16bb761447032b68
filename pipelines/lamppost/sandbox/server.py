"""One HTTP server on loopback for all systems; each system is a function from `Request` to `Answer`.

Every answer carries `X-Lamppost-Simulated: true`, errors too: what was pulled from here can never pass for a city's.
"""

import json
import socketserver
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

MARK = ("X-Lamppost-Simulated", "true")


@dataclass(frozen=True)
class Request:
    """What a system sees of a GET."""

    base: str
    """The system's own absolute address, without a slash at the end."""
    path: str
    """Decoded, below `base`: `/Things`."""
    query: Mapping[str, str]
    """Decoded; of a name given twice the last one counts."""
    headers: Mapping[str, str]
    """Names in lower case."""


@dataclass(frozen=True)
class Answer:
    """What a system gives back."""

    body: bytes
    status: int = 200
    content_type: str = "application/json; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()


System = Callable[[Request], Answer]


def as_json(value: Any, status: int = 200, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    """A JSON answer."""
    return Answer(json.dumps(value, ensure_ascii=False).encode(), status, headers=headers)


class Server(ThreadingHTTPServer):
    """Listens on a free port of 127.0.0.1; each connection has a thread that dies with the process."""

    daemon_threads = True
    allow_reuse_address = False

    def __init__(self, systems: Mapping[str, System]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.systems = dict(systems)
        self.origin = f"http://127.0.0.1:{self.server_address[1]}"
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True, name="lamppost-sandbox")

    def server_bind(self) -> None:
        """Bind without asking the name service who 127.0.0.1 is, which takes seconds on some machines."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]

    def begin(self) -> None:
        """Answer from now on, in a thread."""
        self._thread.start()

    def wait(self) -> None:
        """Block until the server is closed; in steps, because a plain join hears no Ctrl-C on Windows."""
        while self._thread.is_alive():
            self._thread.join(0.5)

    def close(self) -> None:
        """Stop answering and free the port."""
        self.shutdown()
        self._thread.join()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing when a client hangs up half way; a fault of ours is still told."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def answer(self, target: str, headers: Mapping[str, str]) -> Answer:
        """Find the system whose prefix the path begins with, and ask it."""
        parts = urlsplit(target)
        path = unquote(parts.path)
        for prefix, system in self.systems.items():
            if path == prefix or path.startswith(prefix + "/"):
                query = dict(parse_qsl(parts.query, keep_blank_values=True))
                return system(Request(self.origin + prefix, path[len(prefix) :], query, headers))
        return as_json({"error": f"no system here answers {path}"}, 404)


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "lamppost-sandbox", ""
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = self.server.answer(self.path, headers)
        self.send_response(answer.status)
        for name, value in (MARK, *answer.headers):
            self.send_header(name, value)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Leave the clock out of the answers: two pulls of the same day are the same bytes."""
        del timestamp
        return "Thu, 01 Jan 1970 00:00:00 GMT"

    def log_message(self, *args: object) -> None:
        """Say nothing: the terminal belongs to the run."""
