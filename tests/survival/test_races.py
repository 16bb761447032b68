"""P5, P8: runs that overlap lose nothing, wait for nobody, and no reader ever sees a mix."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.survival.prepare import quick_folder

if sys.platform == "win32":
    pytest.skip("Windows neither forks nor has SIGKILL", allow_module_level=True)

ROOT = Path(__file__).parents[2]


def race(*arguments: str) -> Any:
    """What a small process of its own found."""
    with quick_folder() as folder:
        command = [sys.executable, "-m", "tests.survival.races", str(folder), *arguments]
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8", check=True)
    return json.loads(done.stdout)


def test_of_overlapping_runs_one_is_killed_and_no_commit_of_any_is_lost() -> None:
    result = race("races", "100")
    assert result["wrong"] == []
    assert result["commits"] > 100 * 3


def test_readers_during_a_thousand_commits_see_whole_versions_only() -> None:
    result = race("readers", "1000")
    assert (result["wrong"], result["commits"]) == ([], 1000)
