"""A million records over HTTP into Arrow: ours beside dlt's rest_api pipeline, on the same server.

`python -m tests.benchmarks.pull_speed` from the project's root. The server is a process of its own that sends bytes
from memory; each run is a process of its own too, so that its peak is its own. dlt writes JSON lines, its usual way.
"""

import json
import os
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

PROJECT = Path(__file__).parents[2]
PAGES, RECORDS = 100, 10_000
START = datetime(2026, 1, 1, tzinfo=UTC)
STREETS = ("Santa Monica Boulevard", "Sunset Boulevard", "Melrose Avenue", "Fountain Avenue")


def measure(folder: Path, runs: int = 3) -> dict[str, Any]:
    """Medians of `runs` runs of each, in seconds and MiB; `dlt` is None where it is not installed."""
    with running_server() as (url, size):
        ours = [run("ours", url, folder / f"ours{number}") for number in range(runs)]
        theirs = [run("dlt", url, folder / f"dlt{number}") for number in range(runs)] if has_dlt() else []
    found: dict[str, Any] = {
        "rows": PAGES * RECORDS,
        "bytes": size,
        "runs": runs,
        "ours": summarise(ours),
        "dlt": None,
        "ratio": None,
    }
    if theirs:
        found["dlt"] = summarise(theirs)
        found["ratio"] = round(found["dlt"]["seconds"] / found["ours"]["seconds"], 1)
    return found


def summarise(runs: list[dict[str, float]]) -> dict[str, float]:
    """Medians of times, the greatest of peaks."""
    return {
        key: round(max(one[key] for one in runs) if key == "peak" else statistics.median(one[key] for one in runs), 2)
        for key in runs[0]
    }


def has_dlt() -> bool:
    """True where the other one is there to be measured."""
    return subprocess.run([sys.executable, "-c", "import dlt"], check=False, capture_output=True).returncode == 0


def run(what: str, url: str, folder: Path) -> dict[str, float]:
    """One pull in a fresh process."""
    folder.mkdir(parents=True)
    command = [sys.executable, "-m", "tests.benchmarks.pull_speed", what, url, str(folder)]
    environment = {**os.environ, "RUNTIME__DLTHUB_TELEMETRY": "false", "DLT_DATA_DIR": str(folder)}
    told = subprocess.run(command, cwd=PROJECT, env=environment, check=True, capture_output=True, text=True).stdout
    found: dict[str, float] = json.loads(told.splitlines()[-1])
    return found


def pull_ours(url: str, folder: Path) -> dict[str, float]:
    """The adapter `http`, then `table.read`: record batches ready to validate."""
    from lamppost.model import Field, Pull, Resource, Schema  # noqa: PLC0415 - the server needs none of it
    from lamppost.pull import Transport, pull_resource  # noqa: PLC0415 - the same
    from lamppost.table.read import read  # noqa: PLC0415 - the same

    options: dict[str, Any] = {"url": url, "path": "/readings", "records": "value", "allow": ["127.0.0.1"]}
    options |= {"paging": {"by": "next_link", "path": "next"}, "count": {"path": "count"}}
    asked = Pull("http", options, {})
    readings = Resource("readings", Schema((Field("id", "integer"),), ("id",)), pull=asked)
    start = time.perf_counter()
    snapshot, receipt = pull_resource(
        "bench", readings, env={}, cursor=None, folder=folder, now=datetime.now(UTC), transport=Transport()
    )
    pulled = time.perf_counter()
    table = read(snapshot, asked)
    end = time.perf_counter()
    assert (receipt.verdict, receipt.distinct, table.num_rows) == ("complete", PAGES * RECORDS, PAGES * RECORDS)
    return {"seconds": end - start, "pull": pulled - start, "read": end - pulled, "peak": find_peak()}


def pull_dlt(url: str, folder: Path) -> dict[str, float]:
    """dlt: rest_api source, extract, normalize, load into compressed JSON lines in a folder."""
    import dlt  # type: ignore[import-not-found,unused-ignore]  # noqa: PLC0415 - the other processes need none of it
    from dlt.sources.rest_api import (  # type: ignore[import-not-found,unused-ignore]  # noqa: PLC0415 - the same
        rest_api_source,
    )

    paginator = {"type": "json_link", "next_url_path": "next"}
    endpoint = {"path": "readings", "data_selector": "value", "paginator": paginator}
    source = rest_api_source({"client": {"base_url": url}, "resources": [{"name": "readings", "endpoint": endpoint}]})
    target = dlt.destinations.filesystem(bucket_url=(folder / "out").as_uri())
    start = time.perf_counter()
    pipeline = dlt.pipeline("bench", destination=target, dataset_name="bench", pipelines_dir=str(folder / "state"))
    pipeline.run(source, loader_file_format="jsonl")
    seconds = time.perf_counter() - start
    counts = pipeline.last_trace.last_normalize_info.row_counts
    assert counts["readings"] == PAGES * RECORDS
    return {"seconds": seconds, "peak": find_peak()}


def find_peak() -> float:
    """The largest resident size of this process or of one that it started, in MiB."""
    return max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024


@contextmanager
def running_server() -> Iterator[tuple[str, int]]:
    """Address of the server, and bytes of all its pages; it lives as long as the block."""
    command = [sys.executable, "-m", "tests.benchmarks.pull_speed", "serve"]
    server = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    try:
        port, size = server.stdout.readline().split()
        yield f"http://127.0.0.1:{port}", int(size)
    finally:
        server.kill()
        server.wait()


def serve() -> None:
    """Makes the pages, says where they are, and sends them until it is ended."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        pages = [make_page(number, port) for number in range(PAGES)]
        print(port, sum(map(len, pages)), flush=True)
        answers = [
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(one) + one
            for one in pages
        ]
        while True:
            client, _address = server.accept()
            threading.Thread(target=answer, args=(client, answers), daemon=True).start()


def make_page(number: int, port: int) -> bytes:
    """One page, the same in every run but for the port in its link."""
    chance = Random(number)
    rows = [make_record(number * RECORDS + index, chance) for index in range(1, RECORDS + 1)]
    link = f"http://127.0.0.1:{port}/readings?page={number + 1}" if number + 1 < PAGES else None
    return json.dumps({"count": PAGES * RECORDS, "next": link, "value": rows}).encode()


def make_record(number: int, chance: Random) -> dict[str, Any]:
    """A reading of a street light: about 200 bytes, with a null now and then."""
    return {
        "id": number,
        "light_id": f"L{number % 5000:05d}",
        "observed_at": (START + timedelta(seconds=number)).isoformat().replace("+00:00", "Z"),
        "watts": round(chance.uniform(0, 250), 2),
        "status": chance.choice(("on", "off", "dimmed")),
        "connected": chance.random() < 0.5,
        "street": chance.choice(STREETS),
        "note": chance.choice((None, "inspected", "lamp, replaced")),
        "energy_kwh": round(chance.uniform(0, 3), 3),
    }


def answer(client: socket.socket, answers: list[bytes]) -> None:
    """Answers one connection for as long as it asks."""
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with client, client.makefile("rb") as lines:
        while line := lines.readline():
            page = int(line.split()[1].partition(b"page=")[2] or 0)
            while lines.readline().strip():
                continue
            client.sendall(answers[page])


def main() -> None:
    """Measure, or be one of the processes that are measured."""
    what, *rest = sys.argv[1:] or ["measure"]
    if what == "serve":
        serve()
    elif what == "measure":
        with tempfile.TemporaryDirectory(prefix="lamppost-speed-") as folder:
            print(json.dumps(measure(Path(folder)), indent=2))
    else:
        print(json.dumps({"ours": pull_ours, "dlt": pull_dlt}[what](rest[0], Path(rest[1]))))


if __name__ == "__main__":
    main()
