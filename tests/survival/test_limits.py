"""P9: a machine that runs out of something says what, in one line, and what stood before still stands."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lamppost.store import open_store
from tests.survival.limits import give_work

if sys.platform != "linux":
    pytest.skip("limits of a process are set here as Linux sets them", allow_module_level=True)

ROOT = Path(__file__).parents[2]
CAUSES = {
    "RLIMIT_FSIZE": "File too large; raise the limit of the size of files",
    "RLIMIT_NOFILE": "Too many open files",
    "RLIMIT_AS": "Out of memory; give this machine more of it",
}
MORE = {"RLIMIT_FSIZE": 300, "RLIMIT_NOFILE": 0, "RLIMIT_AS": 16 << 20}
"""Bytes of a file, open files, bytes of memory beyond what is used already."""


def call(limit: str, more: int, city: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.survival.limits", limit, str(more), str(city), *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False, timeout=200)


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("limit", CAUSES)
@pytest.mark.parametrize("verb", ["run", "build"])
def test_what_is_missing_is_named_in_one_line_and_the_old_site_stays(city: Path, verb: str, limit: str) -> None:
    site, heads = contents(city / "site"), open_store(city / "store").heads()
    done = call(limit, MORE[limit], city, verb)
    said = [line for line in (done.stdout + done.stderr).splitlines() if CAUSES[limit] in line]
    ended_by_a_library = limit == "RLIMIT_AS" and done.returncode < 0  # DuckDB's, as below
    assert ended_by_a_library or (said and done.returncode in {1, 2}), done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert contents(city / "site") == site
    assert open_store(city / "store").head("street-trees") == heads["street-trees"]


@pytest.mark.parametrize("megabytes", [64, 600])
@pytest.mark.parametrize("verb", ["run", "build"])
def test_memory_that_ends_while_the_libraries_are_loaded_ends_the_verb_and_nothing_else(
    city: Path, verb: str, megabytes: int
) -> None:
    """DuckDB and OpenBLAS end the process themselves, before Python can say why; what was published stays even then."""
    before = {name: contents(city / name) for name in ("site", "store/datasets")}
    done = call("RLIMIT_AS", megabytes << 20, city, verb, "cold")
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert done.returncode != 1 or "memory" in (done.stdout + done.stderr).lower()
    assert {name: contents(city / name) for name in before} == before


DISK = """
mount -t tmpfs -o size=64m tmpfs "$2" && cp -a "$1/." "$2" || exit 99
case $3 in
    full) dd if=/dev/zero of="$2/fill" bs=4k status=none 2>/dev/null ;;
    read-only) mount -o remount,ro "$2" ;;
esac
"$4" -m lamppost.cli --city "$2" $5
code=$?
diff -r "$1/site" "$2/site" && diff -r "$1/store/datasets" "$2/store/datasets" && exit $code || exit 98
"""
"""A disk of its own, seen by this process alone: made, filled or closed, used, and compared with what was there."""


def may_mount() -> bool:
    if not shutil.which("unshare"):
        return False
    probe = ["unshare", "-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    return subprocess.run(probe, check=False, capture_output=True).returncode == 0


@pytest.mark.skipif(not may_mount(), reason="only root may mount a disk in memory")
@pytest.mark.parametrize(
    ("state", "cause"), [("full", "No space left on device"), ("read-only", "Read-only file system")]
)
@pytest.mark.parametrize("verb", ["run street-trees", "build"])
def test_a_disk_that_takes_nothing_is_named_in_one_line(
    city: Path, tmp_path: Path, verb: str, state: str, cause: str
) -> None:
    give_work(city, verb.partition(" ")[0], 0)
    (tmp_path / "disk").mkdir()
    command = ["unshare", "-m", "sh", "-c", DISK, "sh", str(city), str(tmp_path / "disk"), state, sys.executable, verb]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False, timeout=200)
    assert done.returncode == 1, done.stdout + done.stderr
    assert [line for line in (done.stdout + done.stderr).splitlines() if cause in line]
    assert "Traceback" not in done.stderr
