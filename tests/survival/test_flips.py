"""P2: a single bit that changes anywhere in a site is found."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from lamppost.verify import verify
from tests.survival.flips import make_site
from tests.survival.prepare import quick_folder

ROOT = Path(__file__).parents[2]
KINDS = {".html", ".svg", ".csv", ".parquet", ".xlsx", ".gpkg", ".geojson", ".json", ".atom", ".ttl", ".jsonld", ".js"}


def start(site: Path, number: int, seed: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.survival.flips", str(site), str(number), str(seed)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8")


def finish(flips: subprocess.Popen[str]) -> Any:
    said, _ = flips.communicate()
    assert flips.returncode == 0
    return json.loads(said)


def test_each_of_a_thousand_turned_bits_is_found() -> None:
    with quick_folder() as folder:
        site = make_site(folder / "city")
        assert verify(site) == ()
        copies = [Path(shutil.copytree(site, folder / str(seed))) for seed in (1, 2)]
        results = [finish(one) for one in [start(copy, 500, seed) for seed, copy in enumerate(copies, 1)]]
    assert [one["missed"] for one in results] == [[], []]
    assert all(one["kinds"].keys() >= KINDS for one in results)
