"""A run that dies while it keeps a pull, or while it publishes those that waited, loses no row and doubles none."""

import os
import shutil
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from lamppost.cli import main
from tests.drivers.conftest import Town
from tests.drivers.meters import DAY, QUARTER, City, Meters, read

if sys.platform == "win32":
    pytest.skip("Windows has no SIGKILL", allow_module_level=True)

CHILD = """
import sys
from datetime import timedelta
from pathlib import Path
from tests.drivers.conftest import Source
from tests.drivers.meters import City
from tests.survival.faults import Disk

root, url, seconds, at = sys.argv[1:]
disk = Disk(root, "kill", int(at))
disk.install()
City(Path(root), url, Source()).run(timedelta(seconds=int(seconds)))
print(disk.count)
"""
TRIALS = int(os.environ.get("LAMPPOST_TRIALS", "3"))
"""Of all changes of the disk, so many are died at."""


@pytest.fixture
def city(town: Town) -> City:
    town.source.__class__ = Meters
    town.source.items = [read(1, 0)]
    made = City(town.root.parent / "city", town.url, town.source)
    made.write()
    made.run()
    town.source.items.append(read(2, 14))
    made.run(QUARTER)
    town.source.items += [read(1, 29, 7), read(3, 29, "wet")]
    return made


def run(city: City, since: timedelta, at: int = 0) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", CHILD, str(city.root), city.url, str(int(since.total_seconds())), str(at)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False)


def copy(city: City, name: str) -> City:
    root = city.root.with_name(name)
    shutil.copytree(city.root, root)
    return City(root, city.url, city.source)


def finish(city: City) -> tuple[object, ...]:
    """What is there once everything was published, by a source that gives no row twice."""
    city.source.items = []
    city.run(DAY + QUARTER)
    city.run(DAY + 2 * QUARTER)
    counts = city.head.tables[0].counts
    return city.head.seq, city.parts(), city.waiting, counts.read, counts.quarantined


def pick(steps: int) -> list[int]:
    return list(range(1 + steps % 3, steps + 1, max(1, steps // TRIALS)))


def test_dying_while_a_pull_is_kept_loses_nothing_and_doubles_nothing(city: City) -> None:
    items = list(city.source.items)
    whole = copy(city, "whole")
    steps = int(run(whole, 2 * QUARTER).stdout)
    expected = finish(whole)
    assert steps > 10
    for step in pick(steps):
        city.source.items = list(items)
        died = copy(city, f"died-{step}")
        assert run(died, 2 * QUARTER, step).returncode == -signal.SIGKILL
        died.run(3 * QUARTER)
        assert finish(died)[:3] == expected[:3], step


def test_dying_while_waiting_pulls_are_published_loses_nothing_and_doubles_nothing(city: City) -> None:
    city.run(2 * QUARTER)
    city.source.items = []
    whole = copy(city, "whole")
    steps = int(run(whole, DAY).stdout)
    assert whole.head.seq == 2
    expected = finish(whole)
    assert steps > 20
    for step in pick(steps):
        died = copy(city, f"died-{step}")
        assert run(died, DAY, step).returncode == -signal.SIGKILL
        assert finish(died) == expected, step


def test_an_announcement_of_another_version_forgets_nothing(city: City) -> None:
    folder = Path(city.root / "private" / "waiting" / "meters")
    text = '{"format": 1, "seq": 1, "hash": "0", "at": "2026-11-22T08:00:00+00:00", "names": {"meters": ["1.1"]}}'
    (folder / "taken.json").write_text(text)
    city.run(DAY)
    assert {row[0] for row in city.rows()} == {"m1", "m2"}


def test_a_published_pull_that_a_dead_run_left_behind_does_not_come_back_after_going_back(city: City) -> None:
    left = city.root / "left"
    shutil.copytree(city.room, left)
    city.run(DAY)
    shutil.copytree(left, city.room, dirs_exist_ok=True)
    assert city.waiting == ["1.1"]
    words = ["rollback", "meters", "1", "--reason", "The meter was wrong."]
    assert CliRunner().invoke(main, ["--city", str(city.root), *words]).exit_code == 0
    city.source.items = []
    city.run(2 * DAY, "meters")
    assert ([row[0] for row in city.rows()], city.waiting) == (["m1"], [])
