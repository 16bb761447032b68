"""A source whose pages come in whatever order and as often as a test says, and a city that asks it."""

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

MKDOCS = """
site_name: Riverton in the open
site_url: https://riverton.example.org/
extra:
  city:
    format: 1
    mantra: A town that shows its work.
    time_zone: America/New_York
    publisher: City of Riverton
    contact: data@riverton.example.org
    licence: CC0-1.0
    private: none
"""
DESCRIPTOR = """
format: 1
title: Wells
description: Every public well and how deep it is.
licenses: [{name: CC0-1.0, path: "https://creativecommons.org/publicdomain/zero/1.0/"}]
contributors: [{title: Water Works, roles: [publisher, steward], email: water@riverton.example.org}]
keywords: [water]
accrualPeriodicity: R/P1D
resources:
  - name: wells
    pull:
      {adapter: http, url: "${WELLS_URL}", path: /wells, records: items, paging: {by: next_link, path: next}}
    publish:
      {mode: upsert, event_time: measured_at, partition: {by: month, of: measured_at}, formats: [csv, json, parquet]}
"""
SCHEMA = """
fields:
  - {name: well_id, title: Well, type: string, description: Its number., constraints: {required: true}}
  - {name: depth_m, title: Depth, type: number, description: Depth in metres.}
  - {name: measured_at, title: Measured, type: datetime, description: When., constraints: {required: true}}
primaryKey: [well_id]
"""
FILES = {"mkdocs.yml": MKDOCS, "datasets/wells/dataset.yaml": DESCRIPTOR, "schemas/wells.yaml": SCHEMA}
PAGES = tuple(
    [
        {
            "well_id": f"w{page}-{row}",
            "depth_m": page + row / 4,
            "measured_at": f"2026-{9 + row % 3:02d}-0{page}T07:00:00Z",
        }
        for row in range(1, 5)
    ]
    for page in range(1, 5)
)


@dataclass
class Source:
    """Answers with these pages, each with a link to the next."""

    url: str
    pages: Sequence[Sequence[Mapping[str, Any]]] = PAGES

    def answer(self, path: str) -> bytes:
        """The page at one address."""
        at = int(parse_qs(urlsplit(path).query).get("at", ["0"])[0])
        more = {"next": f"{self.url}/wells?at={at + 1}"} if at + 1 < len(self.pages) else {}
        return json.dumps({"items": self.pages[at], **more}).encode()


@contextmanager
def start_source() -> Iterator[Source]:
    """A source on loopback until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = made.answer(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Keep the test's output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made = Source(f"http://127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()


def write_city(root: Path) -> Path:
    """A city whose wells come from the source."""
    for path, text in FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8", newline="\n")
    return root
