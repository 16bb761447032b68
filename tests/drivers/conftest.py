"""`town`: a small real city in a folder, whose one dataset comes from a loopback server that a test can spoil."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from lamppost.load import load_city
from lamppost.model import Dates, RunRecord, Version
from lamppost.pull import Transport
from lamppost.run import Setting, run
from lamppost.store import Store, open_store

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
    pull: {adapter: http, url: "${WELLS_URL}", path: /wells, records: items, count: {path: total}, every: P1D}
    publish: {mode: snapshot, formats: [csv, json, parquet]}
"""
SCHEMA = """
fields:
  - {name: well_id, title: Well, type: string, description: Its number., constraints: {required: true}}
  - {name: depth_m, title: Depth, type: number, description: Depth in metres.}
primaryKey: [well_id]
"""
FIGURES = """
format: 1
figures:
  - {name: deepest-well, title: The deepest well, sql: SELECT max(depth_m) FROM wells, unit: m, round: 1}
"""

HOME = """---
kind: home
lead: Wells and more.
---

The deepest goes {{ deepest-well }} m down.
"""


def make_well(number: int) -> dict[str, Any]:
    return {"well_id": f"w{number}", "depth_m": number * 1.5}


@dataclass
class Source:
    """What the server answers: `body` for every path, or whatever `spoil` does to the handler."""

    items: list[dict[str, Any]] = field(default_factory=lambda: [make_well(n) for n in range(1, 9)])
    status: int = 200
    kind: str = "application/json"
    raw: bytes | None = None
    promise: int = 0
    """Bytes more than are sent that Content-Length claims."""
    asked: list[str] = field(default_factory=list)

    def body(self) -> bytes:
        """The bytes to send."""
        made = json.dumps({"total": len(self.items), "items": self.items}).encode()
        return made if self.raw is None else self.raw


@dataclass
class Town:
    """A city in `root`, its source, and how to run it on a day."""

    root: Path
    source: Source
    url: str

    def run(self, day: date = date(2026, 11, 22), *names: str) -> RunRecord:
        """Run what is due at noon of `day`, or the datasets named."""
        city = load_city(self.root)
        now = datetime.combine(day, time(12), ZoneInfo(city.time_zone))
        transport = Transport(sleep=lambda seconds: None, deadline=2.0, allow={"127.0.0.1"})
        return run(Setting(city, self.store, Dates(day, now), {"WELLS_URL": self.url}, transport), names)

    @property
    def store(self) -> Store:
        """The store as it is now."""
        return open_store(self.root / "store")

    def head(self, dataset: str) -> Version:
        """The newest version, which must exist."""
        found = self.store.head(dataset)
        assert found is not None
        return found

    def write(self, path: str, text: str) -> None:
        """Write one file of the city's."""
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text, encoding="utf-8", newline="\n")


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    source = Source()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            source.asked.append(self.path)
            body = source.body()
            self.send_response(source.status)
            self.send_header("Content-Type", source.kind)
            self.send_header("Content-Length", str(len(body) + source.promise))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Keep the test's output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    made = Town(tmp_path / "town", source, f"http://127.0.0.1:{server.server_port}")
    made.write("mkdocs.yml", MKDOCS)
    made.write("datasets/wells/dataset.yaml", DESCRIPTOR)
    made.write("datasets/wells/figures.yaml", FIGURES)
    made.write("schemas/wells.yaml", SCHEMA)
    made.write("docs/index.md", HOME)
    yield made
    server.shutdown()
    server.server_close()
