"""The files that people take: all formats of a small table; of a large one parts, a compressed CSV and a script."""

import gzip
import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import partial
from hashlib import sha256
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest

from lamppost.build.downloads import newest_files
from lamppost.build.tables import Shelf
from lamppost.model import Dataset, Version
from lamppost.render.fetch import shell_script
from lamppost.render.files import PublishedFile, file_name
from lamppost.store import open_store
from tests.conftest import Lamps
from tests.drivers.conftest import DESCRIPTOR, Town

URL = "https://lampton.example/"
LONG = "x" * 17_000_000
"""Three of them are more than one CSV may hold."""
PARTS = {"2026-09": [("=a", "1", None)], "2026-10": [("b", "2", None)], "north/süd": [("c", "3", None)]}


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder."""

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def with_formats(version: Version, *names: str) -> Version:
    return replace(version, tables=tuple(replace(one, formats=names) for one in version.tables))


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> tuple[Lamps, Version, Dataset]:
    folder = tmp_path_factory.mktemp("large")
    lamps = Lamps(folder, open_store(folder / "store"))
    schema = lamps.schema(light_id="string", watts_w="integer", note="string")
    dataset = lamps.dataset(schema)
    version = lamps.publish({key: [(*row[0][:2], LONG)] for key, row in PARTS.items()}, dataset=dataset)
    return lamps, with_formats(version, "csv", "json", "xlsx", "parquet"), dataset


def make(made: tuple[Lamps, Version, Dataset], folder: Path, url: str = URL) -> dict[str, PublishedFile]:
    lamps, version, dataset = made
    files, linked = newest_files(Shelf(lamps.store, folder / "typed"), version, folder / "data", url, dataset)
    assert all(linked[one.path].stat().st_size == one.size for one in files)
    return {one.path.rpartition("/")[2]: one for one in files}


def test_a_small_table_is_offered_whole_in_every_format(lamps: Lamps) -> None:
    version = with_formats(
        lamps.publish({"a": lamps.rows[:1], "b": lamps.rows[1:]}), "csv", "ndjson", "xlsx", "parquet"
    )
    files = make((lamps, version, lamps.dataset()), lamps.folder)
    assert list(files) == ["lights.csv", "lights.ndjson", "lights.xlsx", "lights.parquet"]
    assert {one.rows for one in files.values()} == {3}
    data = (lamps.folder / "data/lamps/lights.csv").read_bytes()
    assert (data, files["lights.csv"].sha256) == (
        b"light_id,watts_w,energy_kwh\na,40,1.5\nb,60,2.25\nc,,0.125\n", sha256(data).hexdigest(),
    )  # fmt: skip
    assert pq.read_table(lamps.folder / "data/lamps/lights.parquet").num_rows == 3


def test_a_workbook_says_where_it_comes_from(lamps: Lamps) -> None:
    make((lamps, with_formats(lamps.publish(simulated=True), "csv", "xlsx"), lamps.dataset()), lamps.folder)
    book = openpyxl.load_workbook(lamps.folder / "data/lamps/lights.simulated.xlsx")
    told = {row[0]: row[1] for row in book.worksheets[1].iter_rows(values_only=True)}
    assert (told["Title"], told["Source"]) == ("Street lights", "https://lampton.example/datasets/lamps.html")
    assert (told["Licence"], told["Version"]) == (
        "CC0-1.0 https://creativecommons.org/publicdomain/zero/1.0/", "1, made on 2026-11-22",
    )  # fmt: skip
    assert "Simulated data" in told


def test_files_are_made_once_a_version(lamps: Lamps) -> None:
    made = (lamps, lamps.publish(), lamps.dataset())
    make(made, lamps.folder)
    before = (lamps.folder / "data/lamps/lights.csv").stat().st_mtime_ns
    make(made, lamps.folder)
    assert (lamps.folder / "data/lamps/lights.csv").stat().st_mtime_ns == before


def test_a_format_that_cannot_hold_the_data_is_left_out_and_says_why(lamps: Lamps) -> None:
    schema = lamps.schema(light_id="string", note="string")
    version = with_formats(lamps.publish({"": [("a", "x" * 40_000)]}, dataset=lamps.dataset(schema)), "csv", "xlsx")
    files = make((lamps, version, lamps.dataset(schema)), lamps.folder)
    assert list(files) == ["lights.csv"]
    assert files["lights.csv"].absent == {"xlsx": "column note: found a text of 40,000 characters; a cell holds 32,767"}


def test_a_large_table_comes_compressed_with_scripts_and_without_what_loads_it_whole(
    large: tuple[Lamps, Version, Dataset], tmp_path: Path
) -> None:
    files = make(large, tmp_path)
    assert list(files) == ["lights.csv.gz", "lights.sh", "lights.ps1", "lights.parquet"]
    with gzip.open(tmp_path / "data/lamps/lights.csv.gz", "rt") as file:
        assert [line[:10] for line in file] == ["light_id,w", "=a,1,xxxxx", "b,2,xxxxxx", "c,3,xxxxxx"]
    too_large = "more than 100,000 rows or 50 MB"
    assert files["lights.csv.gz"].absent == {"json": too_large, "xlsx": too_large}
    assert files["lights.csv.gz"].formulas == {"light_id": 1}


def test_a_package_of_a_large_table_names_its_parts(large: tuple[Lamps, Version, Dataset], tmp_path: Path) -> None:
    make(large, tmp_path)
    package = json.loads((tmp_path / "data/lamps/datapackage.json").read_text(encoding="utf-8"))
    assert package["resources"][0]["path"] == [one.path for one in large[1].tables[0].parts]
    assert all((large[0].folder / "store/datasets/lamps" / path).is_file() for path in package["resources"][0]["path"])
    assert "bytes" not in package["resources"][0]


def test_parts_of_a_large_table_are_offered_in_the_formats_asked_for(
    large: tuple[Lamps, Version, Dataset], tmp_path: Path
) -> None:
    resource = large[2].resources[0]
    publish = replace(resource.publish, partition_by="value", partition_of="light_id", partition_formats=("json",))
    asked = replace(large[2], resources=(replace(resource, publish=publish),))
    files = make((large[0], large[1], asked), tmp_path)
    loose = {name: one.partition for name, one in files.items() if one.partition}
    assert set(loose.values()) == set(PARTS)
    assert "lights.2026-10.json" in loose
    assert json.loads((tmp_path / "data/lamps/lights.2026-10.json").read_text(encoding="utf-8"))[0]["watts_w"] == 2
    assert "json" not in files["lights.csv.gz"].absent


@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("sh")), reason="the script needs sh and curl")
def test_the_script_fetches_all_parts_and_keeps_one_header(
    large: tuple[Lamps, Version, Dataset], tmp_path: Path
) -> None:
    (tmp_path / "site/data").mkdir(parents=True)
    (tmp_path / "site/data/lamps").symlink_to(large[0].folder / "store/datasets/lamps")
    with serve(tmp_path / "site") as url:
        make(large, tmp_path, url)
        done = subprocess.run(
            ["sh", "data/lamps/lights.sh"], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60
        )
    assert done.stdout == "lights.csv: 3 rows\n"
    with gzip.open(tmp_path / "data/lamps/lights.csv.gz") as whole:
        assert (tmp_path / "lights.csv").read_bytes() == whole.read()


@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("sh")), reason="the script needs sh and curl")
def test_the_script_refuses_a_part_that_is_not_what_was_published(tmp_path: Path) -> None:
    (tmp_path / "part.csv").write_bytes(b"a\n1\n")
    with serve(tmp_path) as url:
        (tmp_path / "get.sh").write_text(shell_script("x.csv", url, [("0" * 64, "part.csv")], 1), encoding="utf-8")
        done = subprocess.run(["sh", "get.sh"], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert "part.csv: not what was published; try again" in done.stderr
    assert not (tmp_path / "x.csv").exists()


def test_a_partition_of_any_name_makes_a_file_name_of_its_own() -> None:
    names = {file_name("x", "csv", simulated=False, partition=one) for one in ("a/b", "a b", "a-b", "../a", "ü" * 300)}
    assert len(names) == 5
    assert all("/" not in one and len(one) < 100 for one in names)
    assert file_name("x", "xlsx", simulated=True, partition="2026-11") == "x.2026-11.simulated.xlsx"


def test_an_unchanged_partition_keeps_its_old_parquet(town: Town) -> None:
    publish = "publish: {mode: snapshot, partition: {by: value, of: well_id}, formats: [csv, parquet]}"
    before = DESCRIPTOR.replace("publish: {mode: snapshot, formats: [csv, json, parquet]}", publish)
    town.write("datasets/wells/dataset.yaml", before)
    town.run()
    old = {one.partition: one for one in town.head("wells").tables[0].parts}
    town.source.items[0]["depth_m"] = 99
    town.write("datasets/wells/dataset.yaml", before.replace("formats: [csv", "sort: [depth_m], formats: [csv"))
    town.run(date(2026, 11, 23))
    new = {one.partition: one for one in town.head("wells").tables[0].parts}
    assert {name for name in new if new[name] != old[name]} == {"w1"}
    assert new["w1"].parquet_hash != old["w1"].parquet_hash
