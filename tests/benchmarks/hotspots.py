"""How large the site of a year of forty hotspots is, hour by hour and a version a day, and what it costs to build.

`python -m tests.benchmarks.hotspots [DAYS]` from the project's root. The clock is fixed: it is always the same year.
"""

import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import psutil

from lamppost.load import load_city
from lamppost.model import Dates
from lamppost.pull import Transport
from lamppost.run import Setting, run
from lamppost.store import open_store

PROJECT = Path(__file__).parents[2]
PLACES, FIRST, YEAR = 40, date(2025, 11, 22), 365
ZONE = "America/Los_Angeles"
MKDOCS = f"""site_name: Bench
site_url: https://bench.example.org/
extra:
  city: {{format: 1, mantra: A bench., time_zone: {ZONE}, publisher: Bench, contact: a@example.org, licence: CC0-1.0}}
"""
DATASET = """format: 1
title: Public Wi-Fi
description: Devices connected to the city's free Wi-Fi, by place and hour.
licenses: [{name: CC0-1.0, path: "https://creativecommons.org/publicdomain/zero/1.0/"}]
contributors: [{title: Information Technology, roles: [publisher, steward], email: it@example.org}]
keywords: [Wi-Fi]
accrualPeriodicity: R/P1D
resources:
  - name: clients
    pull: {adapter: files, folder: %s, glob: "*.csv", take: newest, every: P1D}
    publish:
      mode: upsert
      event_time: hour_start_at
      partition: {by: month, of: hour_start_at}
      formats: [csv, xlsx, json, parquet]
"""
NAMES = "hotspot_id,hotspot_name,hour_start_at,client_count\n"


@dataclass(frozen=True)
class Measured:
    """One build of the site."""

    rows: int
    versions: int
    seconds: float
    peak: float
    """MiB of all processes together."""
    sizes: dict[str, int]
    """Kind of file → bytes."""


def make_city(root: Path) -> Path:
    """A city whose one dataset, figures and schema are those of the reference city's Wi-Fi; gives its source."""
    source, reference = root / "source", PROJECT / "datasets/wifi-usage/figures.yaml"
    for name, text in (
        ("mkdocs.yml", MKDOCS), ("datasets/wifi-usage/dataset.yaml", DATASET % source),
        ("datasets/wifi-usage/figures.yaml", reference.read_text(encoding="utf-8")),
        ("schemas/wifi-usage.yaml", (PROJECT / "schemas/wifi-usage.yaml").read_text(encoding="utf-8")),
        ("docs/index.md", "---\nkind: home\nlead: A bench.\n---\n\n{{ wifi-peak-hour }} at most.\n"),
    ):  # fmt: skip
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    source.mkdir()
    return source


def write_day(day: date) -> str:
    """The hours of two days up to `day` at each place: the day before comes again, in part with other numbers."""
    lines = [NAMES]
    for one in (day - timedelta(1), day):
        late = np.random.default_rng(day.toordinal()).integers(0, 100, (24, PLACES))
        counts = np.random.default_rng(one.toordinal()).integers(0, 60, (24, PLACES))
        for hour, place in np.ndindex(24, PLACES):
            many = counts[hour, place] + (one < day and late[hour, place] == 0)
            lines.append(f"L_{place + 1:03d},Place number {place + 1},{one}T{hour:02d}:00:00Z,{many}\n")
    return "".join(lines)


def run_days(root: Path, source: Path, days: int) -> None:
    """A version a day."""
    city = load_city(root)
    for number in range(days):
        day = FIRST + timedelta(number)
        for old in source.iterdir():
            old.unlink()
        (source / f"{day}.csv").write_text(write_day(day), encoding="utf-8")
        dates = Dates(day, datetime(day.year, day.month, day.day, 23, 59, tzinfo=ZoneInfo(ZONE)))
        done = run(Setting(city, open_store(root / "store"), dates, {}, Transport()))
        if done.outcomes["wifi-usage"].verdict != "published":
            raise SystemExit(str(done))


def measure(days: int = YEAR) -> Measured:
    """All of it: a year, thinned out as the publish workflow does, built."""
    with tempfile.TemporaryDirectory(prefix="lamppost-bench-") as name:
        root = Path(name)
        run_days(root, make_city(root), days)
        today = ["--today", str(FIRST + timedelta(days - 1))]
        at = [sys.executable, "-m", "lamppost.cli", "--city", str(root)]
        subprocess.run([*at, "gc", "--grace", "0", *today], check=True, stdout=subprocess.DEVNULL)
        seconds, peak = watch_build([*at, "build", *today])
        head = open_store(root / "store").head("wifi-usage")
        assert head is not None
        return Measured(head.rows, head.seq, seconds, peak, weigh(root / "site"))


def watch_build(command: list[str]) -> tuple[float, float]:
    """Seconds of the command, and the most memory of its processes together in MiB; SystemExit when it fails."""
    start, peak = time.perf_counter(), 0.0
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        watched = psutil.Process(process.pid)
        while process.poll() is None:
            try:
                held = [one.memory_info().rss for one in (watched, *watched.children(recursive=True))]
                peak = max(peak, sum(held) / 2**20)
            except psutil.NoSuchProcess:
                continue
            time.sleep(0.02)
    if process.returncode:
        raise SystemExit(process.returncode)
    return time.perf_counter() - start, peak


def weigh(site: Path) -> dict[str, int]:
    """Kind of file → bytes of the site, the heaviest first."""
    found: Counter[str] = Counter()
    for path in site.rglob("*"):
        if path.is_file():
            found[_kind(path.relative_to(site))] += path.stat().st_size
    return dict(found.most_common())


def _kind(path: Path) -> str:
    if path.parts[0] != "data":
        return f"pages and the like, {path.suffix}" if path.parts[0] != "figures" else f"figures, {path.suffix}"
    if path.parent.name == "objects":
        return f"kept versions, {path.suffix}"
    return "manifests" if path.stem.split(".")[0].lstrip("v").isdecimal() else f"newest version, {path.suffix}"


if __name__ == "__main__":
    found = measure(int(sys.argv[1]) if len(sys.argv) > 1 else YEAR)
    total = sum(found.sizes.values())
    for kind, size in found.sizes.items():
        sys.stdout.write(f"{size / 1e6:8.2f} MB  {kind}\n")
    sys.stdout.write(
        f"{total / 1e6:8.2f} MB  in all: {found.rows:,} rows, {found.versions} versions; "
        f"built in {found.seconds:.1f} s, {found.peak:.0f} MiB\n"
    )
