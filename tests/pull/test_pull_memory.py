"""What hostile bytes cost: every shared file, and pages made to be big, in a process whose memory is then looked at."""

import subprocess
import sys
from pathlib import Path

import pytest

from lamppost.decode.xml_text import NODE_LIMIT

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/status").is_file(), reason="only Linux tells a process how much memory it took itself"
)
SHARED = Path(__file__).parents[2].parent / "shared" / "attacks" / "files"
MOST = 512 * 2**10
"""KiB."""
PULL = """
import shutil, sys
from datetime import UTC, datetime
from pathlib import Path
from lamppost.errors import LamppostError
from lamppost.model import Field, FieldSource, Pull, Resource, Schema
from lamppost.pull import Transport, pull_resource
from lamppost.table.read import read

kinds = {".csv": "csv", ".json": "json", ".geojson": "geojson", ".xlsx": "xlsx", ".xml": "xml", ".kml": "xml"}
for number, path in enumerate(map(Path, sys.argv[2:])):
    folder = Path(sys.argv[1]) / str(number)
    folder.mkdir()
    shutil.copy(path, folder / path.name)
    options = {"folder": str(folder), "glob": "*", "format": kinds.get(path.suffix, "csv"), "records": "rows"}
    if path.name == "page.xml":
        options["records"] = "rows.r"
    if options["format"] not in ("json", "xml"):
        del options["records"]
    asked = Resource("rows", Schema((Field("id", "string"),), ("id",)), pull=Pull("files", options, {}))
    try:
        job = {"env": {}, "cursor": None, "folder": folder / "kept", "now": datetime(2026, 11, 22, tzinfo=UTC)}
        snapshot, _ = pull_resource("a", asked, transport=Transport(), **job)
        read(snapshot, asked.pull)
    except LamppostError:
        pass
print(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])
"""


def measure(folder: Path, *paths: Path) -> int:
    """KiB at most, for all these files one after another."""
    told = subprocess.run(
        [sys.executable, "-c", PULL, folder, *paths], check=True, capture_output=True, text=True, timeout=120
    )
    return int(told.stdout)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the folder ../shared with attacks is not here")
def test_hostile_files_end_below_the_limit_of_memory(tmp_path: Path) -> None:
    paths = [one for one in sorted(SHARED.iterdir()) if one.suffix not in {".txt", ".svg", ".tar", ".png"}]
    assert len(paths) > 40
    assert measure(tmp_path, *paths) < MOST


@pytest.mark.parametrize(
    "body",
    [
        b'{"rows": [{"id": 1, "x": [' + b"1.5," * 8_000_000 + b"1]}]}",
        b'{"rows": [' + b'{"id": 1, "at": {"x": 1.5, "y": -0}},' * 150_000 + b'{"id": 2}]}',
        b'{"x": [' + b"1.5," * 8_000_000 + b'1], "rows": [{"id": 1}]}',
    ],
    ids=["one record", "many records that are read strictly", "beside the records"],
)  # fmt: skip
def test_big_pages_of_json_end_below_the_limit_of_memory(tmp_path: Path, body: bytes) -> None:
    page = tmp_path / "page.json"
    page.write_bytes(body)
    (tmp_path / "pulled").mkdir()
    assert measure(tmp_path / "pulled", page) < MOST


def test_an_xml_with_as_many_elements_as_may_be_ends_below_the_limit_of_memory(tmp_path: Path) -> None:
    page = tmp_path / "page.xml"
    page.write_bytes(b"<rows>" + b'<r id="1" b="2"/>' * (NODE_LIMIT // 3 - 1) + b"</rows>")
    (tmp_path / "pulled").mkdir()
    assert measure(tmp_path / "pulled", page) < MOST
