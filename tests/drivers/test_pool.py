"""Lots in other processes: what goes wrong there is told here as if it had gone wrong here."""

import pickle
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from lamppost.run.lot import UnsoundError
from lamppost.store import open_store
from tests.drivers.test_scale import TINY, attempt, describe, files, many


def test_a_bad_row_that_another_process_finds_is_set_apart_as_if_one_process_had_found_it(tmp_path: Path) -> None:
    one, two = open_store(tmp_path / "one"), open_store(tmp_path / "two")
    bad = [*many(), ("s0", "2026-01-01T09:00:00Z", "soon")]  # the first partition is always given away
    attempt(one, describe(), bad, 4, TINY)
    assert attempt(two, describe(), bad, 4, replace(TINY, pool=0, workers=2)) == ""
    assert one.versions("air") == (1,)
    assert files(one) == files(two)


def test_rows_that_are_not_valid_are_an_error_that_travels() -> None:
    there = pickle.loads(pickle.dumps(UnsoundError()))
    assert (type(there), str(there)) == (UnsoundError, str(UnsoundError()))


def test_without_dask_one_line_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "mkdocs.yml").write_text(
        "site_name: B\nsite_url: https://b.example.org/\nextra:\n  city: {format: 1, mantra: B., time_zone: UTC, "
        "publisher: B, contact: a@b.example.org, licence: CC0-1.0}\n",
        encoding="utf-8",
    )
    absent = "import sys; sys.modules['distributed'] = None; from lamppost.cli import main; main()"
    command = [sys.executable, "-c", absent, "--city", str(tmp_path), "run", "--cluster", "tcp://127.0.0.1:8786"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("Error: --cluster: Dask is not installed here; expected it on this machine and on")
    assert "pip install 'lamppost[cluster]==" in done.stderr
    assert done.stderr.count("\n") == 1
