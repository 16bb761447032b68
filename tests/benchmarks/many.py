"""A thousand small datasets of which nothing is due: what a whole `lamppost run` and `lamppost status` cost.

`python -m tests.benchmarks.many [DATASETS]` from the project's root; a thousand unless told otherwise.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

DATASETS, ROWS, OLDER, TOGETHER = 1_000, 20, 200, 6
CITY = """site_name: Riverton
site_url: https://riverton.example.org/
extra:
  city: {format: 1, mantra: A town that shows its work., time_zone: America/New_York, publisher: City,
         contact: data@example.org, licence: CC0-1.0}
"""
DATASET = """format: 1
title: Lamps of district NUMBER
description: What stands at the corners of district NUMBER.
licenses: [{name: CC0-1.0, path: "https://creativecommons.org/publicdomain/zero/1.0/"}]
contributors: [{title: Works, roles: [publisher, steward], email: w@example.org}]
keywords: [corners, lamps]
accrualPeriodicity: R/P1D
resources:
  - name: corners
    pull: {adapter: files, folder: FOLDER, glob: "NUMBER.csv", take: newest, every: P1D}
    publish: {mode: snapshot, formats: [csv]}
"""
SCHEMA = """fields:
  - {name: id, type: string, title: Corner, description: Its number., constraints: {required: true}}
  - {name: lamps, type: integer, title: Lamps, description: How many lamps stand there., constraints: {minimum: 0}}
  - {name: street, type: string, title: Street, description: Where it is.}
  - {name: power_w, type: number, title: Power, description: What all of its lamps draw.}
  - {name: checked_date, type: date, title: Checked, description: When somebody was there.}
primaryKey: [id]
"""


class Used(NamedTuple):
    """One process: seconds of wall time, and of processor time together with its children."""

    seconds: float
    processor: float


def write_city(root: Path, datasets: int) -> None:
    """A city of so many datasets, each from a file of its own, and one page."""
    source = root / "source"
    for folder in (root / "schemas", root / "docs", source):
        folder.mkdir(parents=True)
    (root / "mkdocs.yml").write_text(CITY, encoding="utf-8")
    (root / "docs" / "index.md").write_text("---\nkind: home\nlead: Corners.\n---\n\nCorners.\n", encoding="utf-8")
    for number in range(datasets):
        folder = root / "datasets" / f"district-{number}"
        folder.mkdir(parents=True)
        text = DATASET.replace("FOLDER", str(source)).replace("NUMBER", str(number))
        (folder / "dataset.yaml").write_text(text, encoding="utf-8")
        (root / "schemas" / f"district-{number}.yaml").write_text(SCHEMA, encoding="utf-8")
        rows = (f"{number}-{row},{row},Street {row},{row}.5,2026-10-{row + 1:02d}\n" for row in range(ROWS))
        text = "id,lamps,street,power_w,checked_date\n" + "".join(rows)
        (source / f"{number}.csv").write_text(text, encoding="utf-8")


def call(root: Path, *verb: str) -> Used:
    """One verb as a process; SystemExit when it fails."""
    command = [sys.executable, "-m", "lamppost.cli", "--city", str(root), *verb, "--today", "2026-11-20"]
    began, before = time.perf_counter(), os.times()
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    seconds, after = time.perf_counter() - began, os.times()
    if done.returncode:
        raise SystemExit((done.stderr + done.stdout)[-2_000:])
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return Used(seconds, used)


def publish(root: Path) -> None:
    """A first version of each, by several runs at once: each waits a moment to see whether its file still grows."""
    names = sorted(one.name for one in (root / "datasets").iterdir())
    with ThreadPoolExecutor(TOGETHER) as pool:
        list(pool.map(lambda start: call(root, "run", *names[start::TOGETHER]), range(TOGETHER)))


def add_runs(root: Path, number: int) -> None:
    """So many older runs in which nothing was due: the newest record, again and again."""
    runs = root / "store" / "runs"
    newest = max(int(one.stem) for one in runs.iterdir())
    text = (runs / f"{newest}.json").read_text(encoding="utf-8")
    for seq in range(newest + 1, newest + 1 + number):
        (runs / f"{seq}.json").write_text(text.replace(f'"seq": {newest}', f'"seq": {seq}'), encoding="utf-8")


def measure(runs: int = 5, datasets: int = DATASETS) -> dict[str, Any]:
    """Medians of whole processes, with a week of hourly runs behind them in which nothing was due."""
    with tempfile.TemporaryDirectory(prefix="lamppost-many-") as folder:
        root = Path(folder) / "city"
        write_city(root, datasets)
        publish(root)
        call(root, "run")
        add_runs(root, OLDER)
        idle = [call(root, "run") for _ in range(runs)]
        status = [call(root, "status") for _ in range(runs)]
    return {"datasets": datasets, "runs": runs, "run": _middle(idle), "status": _middle(status)}


def _middle(found: list[Used]) -> Used:
    return Used(*(round(statistics.median(one), 2) for one in zip(*found, strict=True)))


if __name__ == "__main__":
    print(measure(datasets=int(sys.argv[1]) if len(sys.argv) > 1 else DATASETS))
