"""Ten million rows of PostgreSQL through the adapter `sql`: seconds, and the resident size of the process that pulls.

`python -m tests.benchmarks.sql_rows` from the project's root; it starts a server of its own and needs 3 GB of disk.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.peers.postgresql import execute, postgresql

from lamppost.model import Field, Pull, Resource, Schema
from lamppost.pull import Transport, pull_resource

PROJECT = Path(__file__).parents[2]
ROWS = 10_000_000
READINGS = """
CREATE UNLOGGED TABLE readings AS
SELECT id, 'dev-' || lpad((id % 50)::text, 2, '0') AS device, timestamptz '2026-01-01' + id * interval '1 second' AS at,
       round((random() * 80)::numeric, 2) AS value, id % 7 = 0 AS is_checked
FROM generate_series(1, {rows}) AS id
"""


@dataclass(frozen=True)
class Streamed:
    """One pull; `peak` is in MiB."""

    rows: int
    pages: int
    seconds: float
    peak: float
    verdict: str


def measure(rows: int = ROWS) -> Streamed:
    """A server filled with so many rows, and a process of its own that pulls them all."""
    with postgresql("max_wal_size=4GB") as url, tempfile.TemporaryDirectory(prefix="lamppost-sql-") as folder:
        execute(url, READINGS.format(rows=rows), "ALTER TABLE readings ADD PRIMARY KEY (id)", "ANALYZE readings")
        command = [sys.executable, "-m", "tests.benchmarks.sql_rows", url, folder]
        told = subprocess.run(command, cwd=PROJECT, check=True, capture_output=True, text=True).stdout
    return Streamed(**json.loads(told))


def stream(url: str, folder: Path) -> Streamed:
    """The pull itself, in this process."""
    asked = Pull("sql", {"url": url, "table": "readings"}, {})
    readings = Resource("readings", Schema((Field("id", "integer"),), ("id",)), pull=asked)
    start = time.perf_counter()
    _snapshot, receipt = pull_resource(
        "bench", readings, env={}, cursor=None, folder=folder, now=datetime.now(UTC), transport=Transport()
    )
    seconds = round(time.perf_counter() - start, 2)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Streamed(receipt.received, len(receipt.pages), seconds, round(peak, 1), receipt.verdict)


if __name__ == "__main__":
    found = stream(sys.argv[1], Path(sys.argv[2])) if len(sys.argv) > 1 else measure()
    print(json.dumps(asdict(found)))
