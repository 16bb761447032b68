"""Measures every speed goal in one run and writes the tables to RESULTS.md beside this file.

`python -m tests.benchmarks.bench` from the project's root. Not a test: machines are noisy, so each figure is a median
of several runs, and the goal and what it is measured against stand beside it.
"""

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil
from tests.benchmarks import cluster, feeds, hotspots, many, pull_speed, scale, sql_rows, validate_speed

PROJECT = Path(__file__).parents[2]
RESULTS = Path(__file__).parent / "RESULTS.md"
TITLES = {"city": "## A city", "pull": "## Pull", "validate": "## Validate", "publish": "## Publish"}
"""Section → the line that it starts with."""
AUTHORED = ("mkdocs.yml", "datasets", "schemas", "docs")
LAMPPOST = [sys.executable, "-m", "lamppost.cli"]
MEBIBYTE = 1024 * 1024
ROWS = 10_000_000


@dataclass(frozen=True)
class Measured:
    """One whole job: seconds of wall time, and the resident size of its largest process in MiB."""

    seconds: float
    peak: float


def measure(*commands: list[str]) -> Measured:
    """Run the commands one after another."""
    start, peak = time.perf_counter(), 0.0
    for command in commands:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        seen = [0.0]
        watcher = threading.Thread(target=watch, args=(process.pid, seen))
        watcher.start()
        if process.wait():
            raise SystemExit(f"{' '.join(command)} failed with {process.returncode}")
        watcher.join()
        peak = max(peak, seen[0])
    return Measured(time.perf_counter() - start, peak)


def watch(pid: int, seen: list[float]) -> None:
    """Note the largest resident size of the process and its children until it ends."""
    try:
        process = psutil.Process(pid)
        while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
            for one in (process, *process.children(recursive=True)):
                try:
                    seen[0] = max(seen[0], one.memory_info().rss / MEBIBYTE)
                except psutil.NoSuchProcess:
                    continue
            time.sleep(0.02)
    except psutil.NoSuchProcess:
        return


def fresh_city(folder: Path) -> Path:
    """The reference city as a clone has it: nothing pulled, nothing built."""
    root = Path(tempfile.mkdtemp(dir=folder))
    for name in AUTHORED:
        source = PROJECT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, root / name)
    return root


def first_job(root: Path) -> Measured:
    """Run and build."""
    at = [*LAMPPOST, "--city", str(root)]
    return measure([*at, "run", "--sandbox"], [*at, "build"])


def repeat(times: int, job: Callable[[], Measured]) -> list[Measured]:
    """The job several times over."""
    return [job() for _ in range(times)]


def row(name: str, goal: str, runs: list[Measured]) -> str:
    """One line of the table."""
    seconds = [one.seconds for one in runs]
    return (
        f"| {name} | {goal} | {statistics.median(seconds):.2f} s | {min(seconds):.2f}–{max(seconds):.2f} s "
        f"| {max(one.peak for one in runs):.0f} MiB | {len(runs)} |"
    )


def time_city(times: int) -> list[str]:
    """The main job on the reference city."""
    with tempfile.TemporaryDirectory(prefix="lamppost-bench-") as folder:
        cities = [fresh_city(Path(folder)) for _ in range(times)]
        first = [first_job(root) for root in cities]
        second = [first_job(root) for root in cities]
        help_text = repeat(times * 2, lambda: measure([*LAMPPOST, "--help"]))
    return [
        TITLES["city"],
        "",
        "Whole processes; the largest process of each job.",
        "",
        "| job | goal | median | least–most | largest process | runs |",
        "|---|---|---|---|---|---|",
        row("`run --sandbox` and `build`, reference city, nothing there yet", "≤ 25 s, ≤ 400 MB", first),
        row("the same again, nothing new", "≤ 5 s", second),
        row("`lamppost --help`", "≤ 0.3 s", help_text),
    ]


def time_pull(times: int) -> list[str]:
    """Pulling: a million records beside dlt, ten million rows of SQL, a hundred feeds that did not change."""
    with tempfile.TemporaryDirectory(prefix="lamppost-bench-") as folder:
        found = pull_speed.measure(Path(folder), min(times, 3))
    ours, theirs = found["ours"], found["dlt"]
    polled = feeds.measure(times)
    rows = sql_rows.measure()
    beside = f"{theirs['seconds']} s, {theirs['peak']:.0f} MiB: **{found['ratio']}×**" if theirs else "dlt is not here"
    table = [
        (
            f"{found['rows']:,} records over http, 100 pages of JSON ({found['bytes'] / 1e6:.0f} MB), into Arrow",
            "≤ 4 s, ≤ 400 MB, ≥ 8×",
            f"{ours['seconds']} s, {ours['peak']:.0f} MiB",
            f"dlt rest_api to jsonl: {beside}",
            found["runs"],
        ),
        (
            f"{rows.rows:,} rows of PostgreSQL into a snapshot",
            "≤ 500 MB",
            f"{rows.seconds:.0f} s, {rows.peak:.0f} MiB",
            "",
            1,
        ),
        (
            f"`lamppost run`, {polled['feeds']} feeds that did not change",
            "≤ 2 s",
            f"{polled['seconds']} s",
            "",
            polled["runs"],
        ),
    ]
    return [
        TITLES["pull"],
        "",
        "Servers are processes of their own on loopback; each run is a fresh process.",
        "",
        "| job | goal | measured | beside it | runs |",
        "|---|---|---|---|---|",
        *(f"| {' | '.join(map(str, one))} |" for one in table),
    ]


def time_validate(_times: int) -> list[str]:
    """Validation beside frictionless: tables of millions of rows, a thousand small files, files of every shape."""
    with tempfile.TemporaryDirectory(prefix="lamppost-bench-") as folder:
        table = validate_speed.lines(5_000_000, 1_000_000, Path(folder))
        shapes = validate_speed.shape_lines(Path(folder))
    told = "The same report as frictionless's, hashes included; each in a process of its own, imports excluded."
    return [
        TITLES["validate"],
        "",
        f"{told} Medians of ours;",
        "of frictionless one run of the long ones; of odd shapes, where both take turns, the middle round.",
        "",
        *table,
        *shapes,
    ]


def time_publish(times: int) -> list[str]:
    """A gigabyte from file to version, a day more, many datasets, a year of versions, one worker beside two."""
    with tempfile.TemporaryDirectory(prefix="lamppost-bench-") as name:
        first = scale.measure_first(Path(name), ROWS)
        days = scale.compare_days(Path(name))
    quiet, year, backfills = many.measure(times), hotspots.measure(), cluster.measure(runs=1)
    few, lots = days.values()
    table = [
        (
            f"{ROWS:,} rows of a local CSV (1 GB): pulled, proven, validated, settled, written and committed",
            "≥ 300,000 rows/s, ≤ 600 MB",
            f"{ROWS / first.seconds:,.0f} rows/s: {first.seconds:.1f} s, {first.peak:.0f} MiB in all processes",
            1,
        ),
        (
            "one day of 2,000 rows more, after 1,000 days beside after 10",
            "± 20 %",
            f"{lots:.2f} s beside {few:.2f} s of processors: {lots / few - 1:+.0%}",
            5,
        ),
        ("1,000 datasets, nothing due: `run`", "≤ 2 s", f"{quiet['run'].seconds:.2f} s", times),
        ("1,000 datasets: `status`", "≤ 1 s", f"{quiet['status'].seconds:.2f} s", times),
        (
            f"40 hotspots, hourly, a year: {year.rows:,} rows, {year.versions} versions",
            "< 100 MB of site",
            f"{sum(year.sizes.values()) / 1e6:.0f} MB, built in {year.seconds:.0f} s, {year.peak:.0f} MiB",
            1,
        ),
        *(
            (
                f"`run --cluster`, {kind}: two workers of one thread beside one",
                "≥ 1.7×",
                f"{cluster.speed_up(found):.2f}×: {found[1][0].seconds:.0f} s, {found[2][0].seconds:.0f} s",
                1,
            )
            for kind, found in backfills.items()
        ),
    ]
    return [
        TITLES["publish"],
        "",
        "Whole processes, temporary folders on the disk.",
        "",
        "| job | goal | measured | runs |",
        "|---|---|---|---|",
        *(f"| {' | '.join(map(str, one))} |" for one in table),
    ]


def main() -> None:
    """Measure, print, and write the tables; `--only` replaces one section of the file and leaves the others."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", choices=SECTIONS, help="measure one section, leave the others as they are")
    asked = parser.parse_args()
    wanted = [asked.only] if asked.only else list(SECTIONS)
    made = {}
    for name in wanted:
        made[name] = "\n".join(SECTIONS[name](asked.runs))
        print(made[name])
    kept = split(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    told = ["# Speed, measured", f"`nox -s bench` on {machine}, packages installed. Medians."]
    told += [made[name] if name in made else kept[name] for name in SECTIONS if name in made or name in kept]
    RESULTS.write_text("\n\n".join(told) + "\n", encoding="utf-8")


def split(text: str) -> dict[str, str]:
    """The sections of the file as it is, by name."""
    found = [f"## {one.strip()}" for one in text.split("\n## ")[1:]]
    titles = {one.partition("\n")[0]: one for one in found}
    return {name: titles[title] for name, title in TITLES.items() if title in titles}


SECTIONS: Mapping[str, Callable[[int], list[str]]] = {
    "city": time_city,
    "pull": time_pull,
    "validate": time_validate,
    "publish": time_publish,
}


if __name__ == "__main__":
    main()
