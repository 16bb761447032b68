"""P13: the same inputs on the same day give the same bytes on whatever machine and wherever they lie."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from lamppost.starter import new_city
from tests.promises.conftest import DESCRIPTOR, hash_tree

DAY = "2026-11-22"
SETUP = """
import os, runpy, sys
os.umask(int(sys.argv.pop(1), 8))
if sys.argv.pop(1) == "one core" and hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
runpy.run_module("lamppost.cli", run_name="__main__", alter_sys=True)
"""
SCHEMA = """
fields:
  - {name: id, title: Id, type: string, description: Its number., constraints: {required: true}}
  - {name: seen_at, title: Seen, type: datetime, description: When.}
  - {name: depth_m, title: Depth, type: number, description: How deep.}
  - {name: is_open, title: Open, type: boolean, description: Whether it is open.}
primaryKey: [id, seen_at]
"""
PLACE = "  - {name: place, title: Place, type: geojson, description: Where.}\nprimaryKey"
FORMATS = ("csv", "json", "ndjson", "parquet", "xlsx", "geojson", "gpkg")
ROWS = 300
MANY = 52_000
"""More than are settled in one process."""
APART = ("runs/", "status.json", "assets/status.js")
"""What holds the time of a run."""


def make_city(root: Path) -> Path:
    """A city with a plan, a figure, each format, and a table that is settled on all cores."""
    new_city(root, "Riverton", lambda: "urn:example:1")
    add_dataset(root, "wells", SCHEMA.replace("primaryKey", PLACE), ROWS, FORMATS)
    add_dataset(root, "levels", SCHEMA, MANY, ("csv", "parquet"))
    return root


def add_dataset(root: Path, name: str, schema: str, count: int, formats: Sequence[str]) -> None:
    """A dataset that comes from a file, newest rows first."""
    place = ',"{{""type"":""Point"",""coordinates"":[-76.{0},40.{0}]}}"' if "place" in schema else ""
    line = "w{0},2026-{1:02}-{2:02}T12:00:00Z,{0}.50,true" + place
    header = "id,seen_at,depth_m,is_open" + (",place" if place else "")
    rows = (line.format(number, number % 10 + 1, number % 28 + 1) for number in range(count, 0, -1))
    publish = "mode: upsert, event_time: seen_at, partition: {by: month, of: seen_at}"
    text = DESCRIPTOR.format(title=name, pull="adapter: files, folder: data", publish=publish)
    folder = root / "datasets" / name
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "rows.csv").write_text("\n".join([header, *rows, ""]), encoding="utf-8", newline="\n")
    listed = text.replace("formats: [csv, json, parquet]", f"formats: [{', '.join(formats)}]")
    (folder / "dataset.yaml").write_text(listed, encoding="utf-8")
    (root / "schemas" / f"{name}.yaml").write_text(schema, encoding="utf-8")


def start(root: Path, verb: str, umask: str, cores: str, **surroundings: str) -> subprocess.Popen[str]:
    """One verb in a process of its own, in these surroundings."""
    here = Path(surroundings.pop("cwd"))
    here.mkdir(exist_ok=True)
    command = [sys.executable, "-c", SETUP, umask, cores, "--city", str(root), verb, "--today", DAY]
    environment = {**os.environ, **surroundings}
    return subprocess.Popen(
        command, cwd=here, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8"
    )


def list_bytes(root: Path) -> dict[str, str]:
    """Path → hash of all that must not differ."""
    found = {f"{place}/{path}": one for place in ("store", "site") for path, one in hash_tree(root / place).items()}
    return {path: one for path, one in found.items() if not path.partition("/")[2].startswith(APART)}


def test_neither_zone_locale_umask_seed_cores_nor_folder_change_a_byte(tmp_path: Path) -> None:
    first = make_city(tmp_path / "one" / "city")
    second = Path(shutil.copytree(first, tmp_path / "two" / "another place" / "city"))
    for verb in ("run", "build"):
        both = [
            start(first, verb, "022", "one core", cwd="/", TZ="UTC", LC_ALL="C", PYTHONHASHSEED="0"),
            start(
                second, verb, "077", "all cores", cwd=str(tmp_path / "elsewhere"), TZ="Asia/Kathmandu",
                LC_ALL="C.UTF-8", PYTHONHASHSEED="1", SOURCE_DATE_EPOCH="1",
                TMPDIR=str(tmp_path), COLUMNS="40", LANGUAGE="tr",
            ),
        ]  # fmt: skip
        for one in both:
            said, _ = one.communicate()
            assert one.returncode == 0, said
    whole = list_bytes(first)
    assert list_bytes(second) == whole
    endings = {path.rpartition(".")[2] for path in whole}
    assert endings >= {*FORMATS, "html", "xml", "ttl", "svg"}
    assert sum(path.startswith("store/datasets/levels/objects/") for path in whole) >= 20
