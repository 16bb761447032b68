"""P8: whole runs that overlap on one store all succeed, and leave what one of them would have left."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from lamppost.starter import new_city
from lamppost.store import open_store
from lamppost.verify import verify
from tests.survival.workload import contents

FIGURES = """
  - {{name: trees-{0}, title: Trees, sql: SELECT count(*) + {0} FROM street_trees, unit: trees}}
"""


def run_at_once(city: Path, number: int) -> list[int]:
    """How so many runs end that begin together."""
    command = [sys.executable, "-m", "lamppost.cli", "--city", str(city), "run", "--today", "2026-11-22"]
    runs = [subprocess.Popen(command, stdout=subprocess.DEVNULL, env=dict(os.environ)) for _ in range(number)]
    return [one.wait() for one in runs]


def test_runs_that_begin_together_all_succeed_and_leave_what_one_leaves(tmp_path: Path) -> None:
    new_city(tmp_path / "alone", "Riverton")
    with (tmp_path / "alone" / "datasets" / "street-trees" / "figures.yaml").open("a") as figures:
        figures.writelines(FIGURES.format(one) for one in range(20))
    shutil.copytree(tmp_path / "alone", tmp_path / "together")
    for name, number in (("alone", 1), ("together", 3)):
        assert run_at_once(tmp_path / name, number) == [0] * number
    together = tmp_path / "together" / "store"
    assert contents(together) == contents(tmp_path / "alone" / "store")
    assert len(open_store(together).figures()) > 20
    assert len(list((together / "runs").iterdir())) == 3
    assert verify(together) == ()
