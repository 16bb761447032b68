"""Files that nobody here wrote: the report of each is frictionless's own, under schemas inferred and declared."""

import base64
import json
from itertools import islice
from pathlib import Path

import pytest
from frictionless import Schema

from tests.validate.parity import DECLARED, assert_same

SHARED = Path(__file__).parents[2].parent / "shared"
pytestmark = [
    pytest.mark.skipif(not SHARED.is_dir(), reason="the folder ../shared is not here"),
    pytest.mark.filterwarnings(
        "ignore::pytest.PytestUnraisableExceptionWarning"
    ),  # frictionless leaves some files open
]
SPECTRUM = SHARED / "attacks" / "csv-spectrum.json"
ITEMS = json.loads(SPECTRUM.read_text("utf-8"))["items"] if SPECTRUM.is_file() else {}
ATTACKS = sorted((SHARED / "attacks" / "files").glob("*.csv*"))
NUMBERS = {"fields": [{"name": name, "type": "integer"} for name in ("id", "name", "value")], "primaryKey": ["id"]}


@pytest.mark.parametrize("name", [name for name in ITEMS if name.endswith(".csv")])
@pytest.mark.parametrize("size", [16, 4096])
def test_csv_spectrum(tmp_path: Path, name: str, size: int) -> None:
    path = tmp_path / Path(name).name
    path.write_bytes(base64.b64decode(ITEMS[name]))
    labels = path.read_text("utf-8").splitlines()[0].split(",")
    schema = {"fields": [{"name": label, "type": "integer"} for label in labels], "primaryKey": labels[:1]}
    for declared in (None, schema):
        assert_same(path, declared, size=size)
        assert_same(path, declared, DECLARED, "utf-8", size=size)


@pytest.mark.parametrize("path", ATTACKS, ids=lambda path: path.name)
def test_attacks(path: Path) -> None:
    for schema in (None, NUMBERS) if path.name != "wide.csv" else (None,):  # frictionless takes half a minute
        assert_same(path, schema, size=64)
        if path.name != "wide.csv":
            assert_same(path, schema, DECLARED, "utf-8")


@pytest.mark.parametrize("path", sorted((SHARED / "data").rglob("*.csv")), ids=lambda path: path.name)
def test_real_data(tmp_path: Path, path: Path) -> None:
    part = tmp_path / path.name
    with path.open(encoding="utf-8", newline="") as file:
        part.write_text("".join(islice(file, 3_000)), encoding="utf-8", newline="")
    assert_same(part, size=2**16)
    schema = Schema.describe(str(part)).to_descriptor()
    strict = [{**field, "missingValues": [""], "constraints": {"required": True}} for field in schema["fields"]]
    assert_same(part, {**schema, "primaryKey": [schema["fields"][0]["name"]]}, DECLARED, "utf-8", size=2**16)
    assert_same(part, {"fields": strict, "primaryKey": [strict[1]["name"], strict[2]["name"]]}, DECLARED, "utf-8", 300)
