"""Killed anywhere and run again, a city ends up with the bytes of an undisturbed run."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from itertools import count
from pathlib import Path
from uuid import UUID

import pytest

from lamppost.starter import new_city

if sys.platform == "win32":
    pytest.skip("Windows has no SIGKILL and no process groups", allow_module_level=True)

DAY = "2026-11-22"
STAGES = """
import os, signal, sys
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo
from lamppost.load import load_city
from lamppost.model import Dates
from lamppost.pull import Transport
from lamppost.run import Setting, run
from lamppost.store import open_store

left = [int(sys.argv[2])]
def tell(dataset, stage):
    left[0] -= 1
    if left[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)

def count(event, arguments):  # every opening, linking and renaming inside the store is a place to die
    if event in ("open", "os.link", "os.rename", "os.remove") and "/store/" in str(arguments[0]):
        tell("", event)

sys.addaudithook(count)
city = load_city(Path(sys.argv[1]))
now = datetime.combine(date(2026, 11, 22), time(12), ZoneInfo(city.time_zone))
run(Setting(city, open_store(city.store), Dates(now.date(), now), {}, Transport(), tell))
print(-left[0])
"""


def make(folder: Path) -> Path:
    """The same city each time: what is minted for a new one is the same too."""
    numbers = count(1)
    new_city(folder, "Riverton", lambda: UUID(int=next(numbers)).urn)
    return folder


def run(root: Path, kill_at: int = 0) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", STAGES, str(root), str(kill_at)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False)


def build(root: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "lamppost.cli", "--city", str(root), "build", "--today", DAY]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)


def contents(folder: Path) -> dict[str, str]:
    """Every file with its hash; run records and status, which carry clock times, apart."""
    apart = ("runs/", "status.json", "assets/status.js")
    found = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    return {
        name: hashlib.sha256(path.read_bytes()).hexdigest()
        for name, path in found.items()
        if not name.startswith(apart)
    }


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str], dict[str, str], int]:
    root = make(tmp_path_factory.mktemp("whole") / "city")
    done = run(root)
    assert done.returncode == 0, done.stderr
    assert build(root).wait() == 0
    return contents(root / "store"), contents(root / "site"), int(done.stdout)


def test_a_run_killed_at_any_step_is_made_good_by_the_next(
    undisturbed: tuple[dict[str, str], dict[str, str], int], tmp_path: Path
) -> None:
    store, _, steps = undisturbed
    assert steps > 20
    for step in range(1, steps + 1, max(1, steps // 8)):
        root = make(tmp_path / f"city-{step}")
        assert run(root, step).returncode == -signal.SIGKILL
        assert run(root).returncode == 0
        assert contents(root / "store") == store, f"killed at step {step}"


def test_a_build_killed_at_any_time_is_made_good_by_the_next(
    undisturbed: tuple[dict[str, str], dict[str, str], int], tmp_path: Path
) -> None:
    root = make(tmp_path / "city")
    run(root)
    for pause in (0.3, 0.8, 1.3, 1.8):
        process = build(root)
        time.sleep(pause)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    assert build(root).wait() == 0
    assert contents(root / "site") == undisturbed[1]
