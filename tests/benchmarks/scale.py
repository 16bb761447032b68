"""How fast a large local CSV becomes a version, in how much memory, and what one more day costs.

`python -m tests.benchmarks.scale [ROWS]` from the project's root; ten million rows (1 GB) unless told otherwise.
`python -m tests.benchmarks.scale days` measures only what a small day costs after ten days and after a thousand.
"""

import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import psutil

MKDOCS = """site_name: Bench
site_url: https://bench.example.org/
extra:
  city: {format: 1, mantra: A bench., time_zone: UTC, publisher: Bench, contact: a@bench.example.org, licence: CC0-1.0}
"""
DATASET = """format: 1
title: Air
description: Observations.
licenses: [{name: CC0-1.0, path: "https://creativecommons.org/publicdomain/zero/1.0/"}]
contributors: [{title: Bench, roles: [publisher, steward], email: a@bench.example.org}]
keywords: [air]
accrualPeriodicity: R/P1D
resources:
  - name: observations
    pull: {adapter: files, folder: %s, glob: "*.csv", take: newest, every: P1D}
    checks: {age: {max: P9999D}}
    publish: {mode: append, event_time: observed_at, partition: {by: day, of: observed_at}, formats: [csv, parquet]}
"""
SCHEMA = """fields:
  - {name: sensor_id, title: A, type: string, description: A., constraints: {required: true, pattern: "AQ-[0-9]{5}"}}
  - {name: observed_at, title: B, type: datetime, description: B., constraints: {required: true}}
  - {name: location, title: C, type: string, description: C.}
  - {name: pollutant, title: D, type: string, description: D., constraints: {enum: [pm25, pm10, no2, o3]}}
  - {name: value, title: E, type: number, description: E., constraints: {minimum: 0, maximum: 1000}}
  - {name: humidity_pct, title: F, type: number, description: F.}
  - {name: battery_v, title: G, type: number, description: G.}
  - {name: quality, title: H, type: string, description: H.}
  - {name: status, title: I, type: string, description: I.}
  - {name: note, title: J, type: string, description: J.}
primaryKey: [sensor_id, observed_at]
"""
NAMES = "sensor_id,observed_at,location,pollutant,value,humidity_pct,battery_v,quality,status,note\n"
SENSORS = 500
FIRST = date(2024, 1, 1)


@dataclass(frozen=True)
class Measured:
    """One run of the whole program: seconds, seconds of all processors, and MiB of all processes together."""

    seconds: float
    processor: float
    peak: float


def make_city(root: Path) -> Path:
    """A city of one dataset; gives the folder that it takes files from."""
    source = root / "source"
    for name, text in (
        ("mkdocs.yml", MKDOCS), ("datasets/air/dataset.yaml", DATASET % source),
        ("schemas/air.yaml", SCHEMA), ("docs/index.md", "# Bench\n"),
    ):  # fmt: skip
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    source.mkdir()
    return source


def write_days(path: Path, days: int, each: int, first: int = 0) -> None:
    """`each` observations a day, in the order of time, about 100 bytes each."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(NAMES)
        for day in range(first, first + days):
            file.write("".join(_write_day(day, each)))


def _write_day(day: int, each: int) -> list[str]:
    rng = np.random.default_rng(day)
    value, humidity, battery, quality = (rng.integers(0, top, each).tolist() for top in (20_000, 1_000, 120, 4))
    when, step = (FIRST + timedelta(day)).isoformat(), 86_400 // (each // SENSORS + 1)
    lines = []
    for row in range(each):
        sensor, second = row % SENSORS, row // SENSORS * step
        at = f"{when}T{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}Z"
        place, kind = f"Corner of street number {sensor % 300}", ("pm25", "pm10", "no2", "o3")[sensor % 4]
        level = f"{value[row] / 100:.2f},{humidity[row] / 10:.1f},{3 + battery[row] / 100:.2f}"
        mark = "valid" if quality[row] else "suspect"
        note = "calibrated 2025" if value[row] % 5 else ""
        lines.append(f"AQ-{sensor:05d},{at},{place},{kind},{level},{mark},ok,{note}\n")
    return lines


def run_city(root: Path) -> Measured:
    """`lamppost run` of that city; SystemExit when it fails."""
    command = [sys.executable, "-m", "lamppost.cli", "--city", str(root), "run", "air"]
    start, seen = time.perf_counter(), [0.0]
    used: dict[int, float] = {}
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    watcher = threading.Thread(target=_watch, args=(process.pid, seen, used))
    watcher.start()
    _out, told = process.communicate()
    watcher.join()
    if process.returncode:
        raise SystemExit(told.decode())
    return Measured(time.perf_counter() - start, sum(used.values()), seen[0])


def _watch(pid: int, seen: list[float], used: dict[int, float]) -> None:
    """Note the most memory of the process and its children together, and the time that each of them used."""
    while True:
        total = 0.0
        try:
            process = psutil.Process(pid)
            if process.status() == psutil.STATUS_ZOMBIE:
                return
            for one in (process, *process.children(recursive=True)):
                times = one.cpu_times()
                used[one.pid] = times.user + times.system
                total += one.memory_info().rss / 2**20
        except psutil.NoSuchProcess:
            if not psutil.pid_exists(pid):
                return
        seen[0] = max(seen[0], total)
        time.sleep(0.05)


def measure_first(folder: Path, rows: int, each: int = 10_000) -> Measured:
    """A first version of so many rows."""
    root = folder / "first"
    source = make_city(root)
    write_days(source / "1.csv", rows // each, each)
    found = run_city(root)
    shutil.rmtree(root)
    return found


def measure_day(folder: Path, days: int, each: int = 10_000, times: int = 3) -> Measured:
    """One day more, after so many: the middle of several days by processor time."""
    root = folder / f"after{days}"
    source = make_city(root)
    write_days(source / "0000.csv", days, each)
    run_city(root)
    found = []
    for number in range(times):
        write_days(source / f"{number + 1:04d}.csv", 1, each, days + number)
        found.append(run_city(root))
    shutil.rmtree(root)
    return sorted(found, key=lambda one: one.processor)[times // 2]


def compare_days(
    folder: Path, few: int = 10, many: int = 1_000, each: int = 2_000, times: int = 5
) -> Mapping[int, float]:
    """Days before → seconds of all processors for one small day more, so that what grows with the parts shows.

    Medians, of runs that take turns, as other work on the machine slows both.
    """
    roots = {days: folder / f"days{days}" for days in (few, many)}
    found: dict[int, list[float]] = {days: [] for days in roots}
    for days, root in roots.items():
        write_days(make_city(root) / "0000.csv", days, each)
        run_city(root)
    for number in range(times):
        for days, root in roots.items():
            write_days(root / "source" / f"{number + 1:04d}.csv", 1, each, days + number)
            found[days].append(run_city(root).processor)
    for root in roots.values():
        shutil.rmtree(root)
    return {days: statistics.median(one) for days, one in found.items()}


def measure(rows: int = 10_000_000) -> Mapping[str, Measured]:
    """All of it."""
    with tempfile.TemporaryDirectory(prefix="lamppost-bench-") as name:
        folder = Path(name)
        return {
            "first": measure_first(folder, rows), "after10": measure_day(folder, 10),
            "after1000": measure_day(folder, max(rows // 10_000, 10)),
        }  # fmt: skip


if __name__ == "__main__" and sys.argv[1:] == ["days"]:
    with tempfile.TemporaryDirectory(prefix="lamppost-bench-") as place:
        for before, spent in compare_days(Path(place)).items():
            sys.stdout.write(f"a day of 2,000 rows after {before:,} days: {spent:.2f} processor s\n")
elif __name__ == "__main__":
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
    for what, one in measure(wanted).items():
        sys.stdout.write(f"{what}: {one.seconds:.1f} s, {one.processor:.1f} processor s, {one.peak:.0f} MiB\n")
