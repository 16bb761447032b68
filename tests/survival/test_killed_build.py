"""P5: a build that dies leaves the whole old site or the whole new one."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lamppost.verify import verify

if sys.platform == "win32":
    pytest.skip("Windows has no SIGKILL", allow_module_level=True)

ROOT = Path(__file__).parents[2]


def build(city: Path, *killed: str) -> subprocess.CompletedProcess[str]:
    """Build a page that is new; `killed`: which paths' which change it dies at."""
    (city / "docs" / "new.md").write_text("# New\n")
    module = "tests.survival.killed" if killed else "lamppost.cli"
    words = [*killed, str(city)] if killed else ["--city", str(city)]
    command = [sys.executable, "-m", module, *words, "build"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)


MOMENTS = [
    ("build/site/sitemap", 1, False),
    ("build/site/.status", 2, False),
    ("build/stamp", 1, False),
    ("build/stamp", 2, True),
]


@pytest.mark.parametrize(("paths", "at", "is_new"), MOMENTS)
def test_a_killed_build_leaves_one_whole_site_and_the_next_one_is_new(
    city: Path, paths: str, at: int, *, is_new: bool
) -> None:
    assert build(city, str(city / paths), str(at)).returncode == -signal.SIGKILL
    assert verify(city / "site") == ()
    assert (city / "site" / "new.html").exists() == is_new
    assert json.loads((city / "site" / "status.json").read_bytes())["datasets"]
    assert "pages in" in build(city).stdout
    assert (city / "site" / "new.html").exists()
    assert not list((city / "site").rglob(".*"))
