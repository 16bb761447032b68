"""P3, P7: whatever stops a run at whatever moment, the next one ends where an undisturbed one does."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.survival.prepare import prepare, quick_folder

if sys.platform == "win32":
    pytest.skip("Windows neither forks nor has SIGKILL", allow_module_level=True)

ROOT = Path(__file__).parents[2]


def start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """A sweep, in a small process of its own."""
    folder.mkdir()
    prepare(folder)
    command = [sys.executable, "-m", "tests.survival.sweep", str(folder), *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8")


def finish(sweep: subprocess.Popen[str]) -> Any:
    """What it found."""
    said, _ = sweep.communicate()
    assert sweep.returncode == 0
    return json.loads(said)


def test_every_fault_at_every_change_of_a_commit_is_made_good_by_the_next_run() -> None:
    with quick_folder() as folder:
        result = finish(start(folder / "every", "every"))
    assert (result["differences"], result["cases"]) == ([], 5 * result["changes"])
    assert result["changes"] >= 60


def test_a_thousand_kills_at_random_moments_are_made_good_by_the_next_run() -> None:
    with quick_folder() as folder:
        sweeps = [start(folder / seed, "random", "500", seed) for seed in ("1", "2")]
        results = [finish(one) for one in sweeps]
    assert [one["differences"] for one in results] == [[], []]
    assert sum(one["killed"] for one in results) == 1000


def test_a_careless_writer_does_not_pass() -> None:
    with quick_folder() as folder:
        result = finish(start(folder / "careless", "careless"))
    torn = [line for line in result["differences"] if line.startswith(("torn at write", "ENOSPC at write"))]
    assert len(torn) >= 10
