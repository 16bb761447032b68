"""Turns single bits of a built site, one at a time: `python -m tests.survival.flips SITE N SEED`; gives JSON.

The site is that of a small city with a file of every kind that a site has: `make_site`.
"""

import json
import random
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from lamppost.starter import new_city
from lamppost.verify import verify

MOVING = {"status.json", "status.js"}
"""Written anew by each run, so that no list can know them."""
FORMATS = ("csv", "xlsx", "json", "ndjson", "parquet", "geojson", "gpkg")
ROWS = 3


def make_site(city: Path) -> Path:
    """The site of two versions of three trees in all formats, with a figure of them and a page that shows it."""
    new_city(city, "Riverton")
    shutil.rmtree(city / "docs" / "plan")
    descriptor = city / "datasets" / "street-trees" / "dataset.yaml"
    words = descriptor.read_text(encoding="utf-8")
    words = re.sub(r"formats: \[.*\]", f"formats: {json.dumps(FORMATS)}", words)
    words = re.sub(r"checks: .*", "checks: {rows: {min: 1}}", words)
    descriptor.write_text(words, encoding="utf-8")
    (source,) = (city / "datasets" / "street-trees" / "data").glob("*.csv")
    lines = source.read_bytes().splitlines(keepends=True)
    for rows in (lines[1 : ROWS + 1], lines[2 : ROWS + 2]):
        source.write_bytes(b"".join((lines[0], *rows)))
        call(city, "run", "street-trees")
    call(city, "build")
    return city / "site"


def call(city: Path, *words: str) -> None:
    """The command line, which must succeed."""
    subprocess.run([sys.executable, "-m", "lamppost.cli", "--city", city, *words], check=True, stdout=subprocess.PIPE)


def flip_many(site: Path, number: int, seed: int) -> dict[str, Any]:
    """In files of which kinds bits were turned, and where `verify` did not see it; nowhere when all is well."""
    chance, kinds, missed = random.Random(seed), Counter[str](), []
    files = sorted(
        path for path in site.rglob("*") if path.is_file() and path.name not in MOVING and path.stat().st_size
    )
    for _ in range(number):
        path = chance.choice(files)
        kinds[path.suffix] += 1
        whole = path.read_bytes()
        at, bit = chance.randrange(len(whole)), chance.randrange(8)
        path.write_bytes(whole[:at] + bytes([whole[at] ^ (1 << bit)]) + whole[at + 1 :])
        if not verify(site):
            missed.append(f"{path.relative_to(site).as_posix()}: byte {at}, bit {bit}")
        path.write_bytes(whole)
    return {"bits": number, "files": len(files), "kinds": dict(sorted(kinds.items())), "missed": missed}


if __name__ == "__main__":
    print(json.dumps(flip_many(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))  # noqa: T201
