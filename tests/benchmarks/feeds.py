"""A hundred feeds that did not change, polled by a whole `lamppost run`: each is asked, and each says 304.

`python -m tests.benchmarks.feeds` from the project's root.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

FEEDS, ROWS = 100, 50
CITY = """site_name: Riverton
site_url: https://riverton.example.org/
extra:
  city: {format: 1, mantra: A town that shows its work., time_zone: America/New_York, publisher: City,
         contact: data@example.org, licence: CC0-1.0}
"""
DATASET = """format: 1
title: Feed NUMBER
description: What stands at the corners of district NUMBER.
licenses: [{name: CC0-1.0, path: "https://creativecommons.org/publicdomain/zero/1.0/"}]
contributors: [{title: Works, roles: [publisher, steward], email: w@example.org}]
keywords: [corners]
accrualPeriodicity: R/P1D
resources:
  - name: corners
    pull: {adapter: poll, url: "URL/NUMBER", format: json, records: rows, allow: [127.0.0.1], every: P1D}
    publish: {mode: snapshot, formats: [csv, json, parquet]}
"""
SCHEMA = """fields:
  - {name: id, type: string, title: Corner, description: Its number., constraints: {required: true}}
  - {name: lamps, type: integer, title: Lamps, description: How many lamps stand there.}
primaryKey: [id]
"""


class Feed(BaseHTTPRequestHandler):
    """The same rows for ever, under one ETag."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        tag = f'"{self.path}"'
        known = self.headers.get("If-None-Match") == tag
        rows = [{"id": f"{self.path[1:]}-{number}", "lamps": number} for number in range(ROWS)]
        body = b"" if known else json.dumps({"rows": rows}).encode()
        self.send_response(304 if known else 200)
        self.send_header("ETag", tag)
        self.send_header("Content-Type", "application/json")
        if not known:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@contextmanager
def serving() -> Iterator[str]:
    """The feeds' address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Feed)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def write_city(root: Path, url: str) -> None:
    """A city of a hundred datasets."""
    (root / "schemas").mkdir(parents=True)
    (root / "docs").mkdir()
    (root / "mkdocs.yml").write_text(CITY, encoding="utf-8")
    (root / "docs" / "index.md").write_text("---\nkind: home\nlead: Corners.\n---\n\nCorners.\n", encoding="utf-8")
    for number in range(FEEDS):
        folder = root / "datasets" / f"feed-{number}"
        folder.mkdir(parents=True)
        text = DATASET.replace("URL", url).replace("NUMBER", str(number))
        (folder / "dataset.yaml").write_text(text, encoding="utf-8")
        (root / "schemas" / f"feed-{number}.yaml").write_text(SCHEMA, encoding="utf-8")


def measure(runs: int = 5) -> dict[str, Any]:
    """Seconds of whole runs in which nothing was new, and of the run itself without the start of Python."""
    with tempfile.TemporaryDirectory(prefix="lamppost-feeds-") as folder, serving() as url:
        root = Path(folder) / "city"
        write_city(root, url)
        first = run(root, 1)
        again = [run(root, day) for day in range(2, 2 + runs)]
    return {"feeds": FEEDS, "runs": runs, "first": round(first, 2), "seconds": round(statistics.median(again), 2)}


def run(root: Path, day: int) -> float:
    """One `lamppost run` on a day of December 2026, as a process."""
    command = [sys.executable, "-m", "lamppost.cli", "--city", str(root), "run", "--today", f"2026-12-{day:02d}"]
    began = time.perf_counter()
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    expected = "new version" if day == 1 else "nothing new"
    if told.count(expected) < FEEDS:
        raise SystemExit(told)
    return time.perf_counter() - began


if __name__ == "__main__":
    print(measure())
