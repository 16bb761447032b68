"""How much faster a backfill is with two workers of a cluster than with one, and how much of it they take over.

`python -m tests.benchmarks.cluster` from the project's root, with `lamppost[cluster]` installed; `--rows` says how many
rows (4,000,000 unless told otherwise), `--runs` how often. Two backfills: the first version of all observations, which
the client has to read one by one; and corrections of one row in five, for which every partition is settled, compared,
written and validated anew, so that nearly all the work is the workers'.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil
from tests.benchmarks import scale
from tests.cluster.machines import Machines, start_machines

EACH = 10_000
"""Rows a day, which is a partition."""
WARM = 100_000
"""Rows that all workers have seen before anything is measured: what they import, they import once."""
KINDS = ("first", "corrections")
CORRECTED = 5
"""One row in so many."""


@dataclass(frozen=True)
class Measured:
    """One `lamppost run`: wall seconds, processor seconds of the client and of all workers, its peak in MiB, load."""

    seconds: float
    client: float
    workers: float
    peak: float
    load: float

    @property
    def mapped(self) -> float:
        """The share of the work that workers did."""
        return self.workers / (self.client + self.workers)


def correct(days: Path, path: Path) -> None:
    """One row in five of a file, with another status."""
    with days.open(encoding="utf-8") as lines, path.open("w", encoding="utf-8", newline="\n") as file:
        for number, line in enumerate(lines):
            if number % CORRECTED == 0:
                file.write(line.replace(",ok,", ",corrected,"))


def make_city(root: Path, days: int) -> Path:
    """A city that takes corrections; its source has the first backfill."""
    source = scale.make_city(root)
    descriptor = root / "datasets" / "air" / "dataset.yaml"
    descriptor.write_text(
        descriptor.read_text(encoding="utf-8").replace("mode: append", "mode: upsert"), encoding="utf-8"
    )
    scale.write_days(source / "1.csv", days, EACH)
    return root


def run_city(root: Path, machines: Machines) -> Measured:
    """One run over the cluster."""
    command = [sys.executable, "-m", "lamppost.cli", "--city", str(root), "run", "air", "--cluster", machines.address]
    load, before = os.getloadavg()[0], _count_seconds(machines)
    start, seen = time.perf_counter(), [0.0]
    used: dict[int, float] = {}
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    watcher = threading.Thread(target=scale._watch, args=(process.pid, seen, used))
    watcher.start()
    _out, told = process.communicate()
    watcher.join()
    if process.returncode:
        raise SystemExit(told.decode())
    seconds = time.perf_counter() - start
    return Measured(seconds, sum(used.values()), _count_seconds(machines) - before, seen[0], load)


def _count_seconds(machines: Machines) -> float:
    times = [psutil.Process(one.pid).cpu_times() for one in machines.workers]
    return sum(one.user + one.system for one in times)


def measure_workers(folder: Path, rows: int, workers: int) -> Mapping[str, Measured]:
    """Both backfills with so many workers of one thread."""
    machines_folder = Path(tempfile.mkdtemp(dir=folder))
    with start_machines(machines_folder, workers) as machines:
        machines.await_workers()
        run_city(make_city(folder / "warm", WARM // EACH), machines)
        shutil.rmtree(folder / "warm")
        root = make_city(folder / "city", rows // EACH)
        first = run_city(root, machines)
        correct(root / "source" / "1.csv", root / "source" / "2.csv")
        corrections = run_city(root, machines)
        _require_whole(root, rows)
        shutil.rmtree(root)
    return {"first": first, "corrections": corrections}


def _require_whole(root: Path, rows: int) -> None:
    """SystemExit when the two versions are not what was asked for: a quick run that did nothing is no result."""
    outcome = json.loads((root / "store" / "runs" / "2.json").read_text(encoding="utf-8"))["outcomes"]["air"]
    if (outcome["verdict"], outcome["published"], outcome["version"]) != ("published", rows, 2):
        raise SystemExit(f"the second version is not what was asked for: {outcome}")


def measure(rows: int = 4_000_000, runs: int = 3) -> Mapping[str, Mapping[int, Sequence[Measured]]]:
    """Kind of backfill → number of workers → what was measured; one and two workers take turns."""
    found: dict[str, dict[int, list[Measured]]] = {kind: {1: [], 2: []} for kind in KINDS}
    with tempfile.TemporaryDirectory(prefix="lamppost-bench-") as folder:
        for _ in range(runs):
            for workers in (1, 2):
                for kind, one in measure_workers(Path(folder), rows, workers).items():
                    found[kind][workers].append(one)
    return found


def speed_up(found: Mapping[int, Sequence[Measured]]) -> float:
    """Median of one worker by median of two."""
    one, two = (statistics.median(it.seconds for it in found[workers]) for workers in (1, 2))
    return one / two


def foresee(found: Sequence[Measured]) -> float:
    """What processor seconds of one worker let expect of two, if nothing else ran and nothing overlapped."""
    client = statistics.median(one.client for one in found)
    workers = statistics.median(one.workers for one in found)
    return (client + workers) / (client + workers / 2)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=4_000_000)
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    for kind, found in measure(asked.rows, asked.runs).items():
        for workers, several in found.items():
            for one in several:
                sys.stdout.write(
                    f"{kind}, {workers} worker(s): {one.seconds:.1f} s; processor s: client {one.client:.1f}, workers "
                    f"{one.workers:.1f} ({one.mapped:.0%}); client's peak {one.peak:.0f} MiB; load {one.load:.1f}\n"
                )
        sys.stdout.write(f"{kind}: {speed_up(found):.2f}x; by processor seconds {foresee(found[1]):.2f}x\n")


if __name__ == "__main__":
    main()
