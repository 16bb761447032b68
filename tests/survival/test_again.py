"""P7: what is asked for again, sent again or begun again changes nothing."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from lamppost.cli import main
from lamppost.store import open_store
from tests.survival.pages import PAGES, Source, start_source, write_city
from tests.survival.workload import contents

if sys.platform == "win32":
    pytest.skip("Windows has no SIGKILL", allow_module_level=True)

ROOT = Path(__file__).parents[2]
Pages = Sequence[Sequence[Mapping[str, Any]]]
WORDS = ("run", "wells", "--today", "2026-11-22")
MOVED = {
    "pages out of order": [PAGES[2], PAGES[0], PAGES[3], PAGES[1]],
    "rows out of order": [page[::-1] for page in PAGES],
    "pages of another size": [[row for page in PAGES for row in page]],
}
TWICE = {
    "a page at once again": [PAGES[0], PAGES[1], *PAGES[1:]],
    "each page begins with the end of the one before": [PAGES[0], *([*a[2:], *b] for a, b in pairwise(PAGES))],
    "the first page at the end again": [*PAGES, PAGES[0]],
}


@pytest.fixture
def source() -> Iterator[Source]:
    with start_source() as started:
        yield started


def name_source(source: Source) -> dict[str, str]:
    return {"WELLS_URL": source.url, "LAMPPOST_SANDBOX": source.url}


def run(city: Path, source: Source) -> Result:
    return CliRunner().invoke(main, ["--city", str(city), *WORDS], env=name_source(source))


def kill(city: Path, source: Source, at: int) -> int:
    """How a run ends that is killed at a change of the store."""
    command = [sys.executable, "-m", "tests.survival.killed", str(city / "store"), str(at), str(city), *WORDS]
    env = {**os.environ, **name_source(source)}
    return subprocess.run(command, cwd=ROOT, env=env, check=False, capture_output=True).returncode


@pytest.fixture
def undisturbed(tmp_path: Path, source: Source) -> dict[str, bytes]:
    """What one run leaves in the store."""
    assert run(write_city(tmp_path / "undisturbed"), source).exit_code == 0
    return contents(tmp_path / "undisturbed" / "store")


def test_five_runs_of_which_four_were_killed_leave_what_one_leaves(
    tmp_path: Path, source: Source, undisturbed: dict[str, bytes]
) -> None:
    city = write_city(tmp_path / "city")
    for at in (2, 10, 20, 30):
        assert kill(city, source, at) == -signal.SIGKILL
    for _ in range(2):
        assert run(city, source).exit_code == 0
        assert contents(city / "store") == undisturbed


@pytest.mark.parametrize("pages", MOVED.values(), ids=MOVED)
def test_rows_that_come_again_or_in_another_order_make_no_version_and_no_file(
    tmp_path: Path, source: Source, undisturbed: dict[str, bytes], pages: Pages
) -> None:
    for source.pages in (pages, PAGES):
        assert run(tmp_path / "undisturbed", source).exit_code == 0
        assert contents(tmp_path / "undisturbed" / "store") == undisturbed


@pytest.mark.parametrize("pages", MOVED.values(), ids=MOVED)
def test_the_first_version_holds_the_same_rows_however_they_came(
    tmp_path: Path, source: Source, undisturbed: dict[str, bytes], pages: Pages
) -> None:
    source.pages = pages
    assert run(write_city(tmp_path / "city"), source).exit_code == 0
    version = open_store(tmp_path / "city" / "store").read("wells", 1)
    assert {f"datasets/wells/{part.path}" for part in version.tables[0].parts} <= undisturbed.keys()
    assert version.rows == len(PAGES) * len(PAGES[0])


@pytest.mark.parametrize("pages", TWICE.values(), ids=TWICE)
def test_a_source_that_sends_rows_on_two_pages_is_not_believed_and_what_stood_stays(
    tmp_path: Path, source: Source, undisturbed: dict[str, bytes], pages: Pages
) -> None:
    source.pages = pages
    done = run(tmp_path / "undisturbed", source)
    assert (done.exit_code, "Version 1 stays published" in done.output) == (1, True)
    assert contents(tmp_path / "undisturbed" / "store") == undisturbed
    source.pages = PAGES
    assert run(tmp_path / "undisturbed", source).exit_code == 0
    assert contents(tmp_path / "undisturbed" / "store") == undisturbed
