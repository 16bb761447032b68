"""P5: a reader of the site sees the whole old one or the whole new one."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.survival.prepare import quick_folder


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux exchanges two folders in one call")
def test_readers_during_a_thousand_exchanges_see_no_mix_and_miss_nothing() -> None:
    with quick_folder() as folder:
        command = [sys.executable, "-m", "tests.survival.exchanges", str(folder), "1000"]
        done = subprocess.run(command, cwd=Path(__file__).parents[2], stdout=subprocess.PIPE, check=True)
    result = json.loads(done.stdout)
    assert (result["wrong"], result["left"], result["exchanges"]) == ([], ["site"], 1000)
