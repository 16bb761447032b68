"""The long way round, on a quiet machine: `nox -s soak`, or `nox -s soak -- 1000` for a hundredth of it.

Every part prints a line with its figures, and the first thing that is wrong ends it with exit code 1.
"""

import json
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.survival.flips import flip_many, make_site
from tests.survival.prepare import prepare, quick_folder

KILLS = 100_000
ROOT = Path(__file__).parents[2]
CALLS = ("mkdir", "write", "fsync", "link", "rename", "unlink")
FAULTS = ("signal=KILL", "error=ENOSPC", "error=EIO")
CHANGE = re.compile(rf"\b({'|'.join(CALLS)})(?:at2?)?\(")


def run_module(name: str, *arguments: str) -> Any:
    """The result of one of the small processes."""
    command = [sys.executable, "-m", f"tests.survival.{name}", *arguments]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8", check=True)
    return json.loads(done.stdout)


def sweep(folder: Path, number: int) -> Iterator[dict[str, Any]]:
    """Every fault everywhere, then random kills."""
    prepare(folder)
    yield {"part": "crash sweep", **run_module("sweep", str(folder), "every")}
    yield {"part": "random kills", **run_module("sweep", str(folder), "random", str(number), "1")}


def overlap(folder: Path, number: int) -> Iterator[dict[str, Any]]:
    """Races, readers of the store, readers of the site."""
    yield {"part": "overlapping runs", **run_module("races", str(folder), "races", str(number // 20), "1")}
    yield {"part": "readers of commits", **run_module("races", str(folder), "readers", str(number // 100))}
    (folder / "exchanges").mkdir()
    yield {"part": "readers of exchanges", **run_module("exchanges", str(folder / "exchanges"), str(number // 100))}


def flip(folder: Path, number: int) -> Iterator[dict[str, Any]]:
    """Single bits of a whole built site."""
    site, begin = make_site(folder / "city"), time.perf_counter()
    result = flip_many(site, number // 10, seed=1)
    yield {"part": "turned bits", **result, "wrong": result["missed"], "seconds": round(time.perf_counter() - begin)}


def inject(folder: Path, number: int) -> Iterator[dict[str, Any]]:
    """The same faults by the kernel's own hand, in whole processes; a small `number` takes every few of them."""
    if not shutil.which("strace"):
        yield {"part": "strace", "skipped": "no strace here; Debian has a package"}
        return
    (folder / "strace").mkdir()
    prepare(folder / "strace")
    begin, wrong, cases = time.perf_counter(), [], 0
    counted = trace(folder / "strace", "counted", ["-e", f"trace={','.join(CALLS)}", "-o", str(folder / "calls")])
    text = (folder / "calls").read_text(encoding="utf-8", errors="replace")
    found = [match[1] for match in CHANGE.finditer(text)]
    assert counted == [], counted
    step = max(1, KILLS // number // 10)
    for fault in FAULTS:
        for call in sorted(set(found)):
            for at in range(1, found.count(call) + 1, step):
                cases += 1
                case = f"{call}-{at}-{fault.rpartition('=')[2]}"
                how = ["-o", "/dev/null", "-e", f"trace={call}", "-e", f"inject={call}:{fault}:when={at}"]
                wrong += [f"{case}: {one}" for one in trace(folder / "strace", case, how)]
    yield {
        "part": "strace",
        "calls": len(found),
        "cases": cases,
        "wrong": wrong,
        "seconds": round(time.perf_counter() - begin),
    }


def trace(folder: Path, case: str, how: list[str]) -> list[str]:
    """What differs after one run under strace and one without."""
    shutil.copytree(folder / "base", folder / case)
    once = [sys.executable, "-m", "tests.survival.sweep", str(folder), "once", case]
    subprocess.run(["strace", "-f", "-qq", *how, *once], cwd=ROOT, check=False, capture_output=True)
    done = subprocess.run([*once, "check"], cwd=ROOT, check=True, stdout=subprocess.PIPE, encoding="utf-8")
    differences: list[str] = json.loads(done.stdout)
    return differences


PARTS: tuple[Callable[[Path, int], Iterator[dict[str, Any]]], ...] = (sweep, overlap, flip, inject)


def main(number: int) -> int:
    """All parts; 1 when anything is wrong."""
    bad = False
    for part in PARTS:
        with quick_folder() as folder:
            for result in part(folder, number):
                print(json.dumps(result), flush=True)  # noqa: T201
                bad = bad or bool(result.get("wrong") or result.get("differences"))
    return int(bad)


if __name__ == "__main__":
    sys.exit(main(int("".join(sys.argv[1:2]) or KILLS)))
