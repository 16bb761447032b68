"""P12: when a source changes its columns, none that nobody declared is ever published, and the way out is said."""

import gzip
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tests.promises.conftest import SCHEMA, Ashton

CANARY = "QXJ7-canary"
"""Stands in columns that nobody declared; a value of a declared one may be shown in a message."""
KINDS = SCHEMA.replace(
    "primaryKey",
    "  - {name: kind, title: Kind, type: string, description: Kind., constraints: {enum: [well, pump]}}\nprimaryKey",
)
Rows = list[dict[str, Any]]
ROWS: Rows = [
    {"id": f"w{n}", "name": f"Well {n}", "value": n * 1.5, "kind": "well" if n % 2 else "pump"} for n in range(1, 61)
]
"""As many as it takes to tell a change of unit from chance."""


def rename(old: str, new: str) -> Rows:
    return [{new if key == old else key: value for key, value in row.items()} for row in ROWS]


DRIFTS: dict[str, tuple[Rows, str]] = {
    "added": ([{**row, "owner_phone": CANARY} for row in ROWS], "`- {name: owner_phone, type: string"),
    "added to one record alone": ([*ROWS[:-1], {**ROWS[-1], "note": CANARY}], "`- {name: note, type: string"),
    "renamed, with other values": ([{**row, "full": CANARY} for row in rename("name", "x")], "`fields: {"),
    "renamed": (rename("name", "full_name"), "name: full_name"),
    "in other case": (rename("name", "Name"), "name: Name"),
    "retyped": ([{**row, "value": f"{row['value']} metres"} for row in ROWS], "`- {name: value, "),
    "dropped": ([{key: one for key, one in row.items() if key != "name"} for row in ROWS], "`pull.fields`"),
    "in another unit": ([{**row, "value": row["value"] * 1000} for row in ROWS], "1,000 times what they were"),
    "a new value of an enum": ([{**row, "kind": "spring"} for row in ROWS], "constraint-error"),
}
"""Drift → what the source gives, and what the way out begins with."""


def read_everything(*folders: Path) -> Iterator[tuple[Path, bytes]]:
    """All bytes of all files, and what is packed in them."""
    for path in (one for folder in folders for one in sorted(folder.rglob("*")) if one.is_file()):
        yield path, path.read_bytes()
        if path.suffix == ".parquet":
            yield path, json.dumps(pq.read_table(path).to_pylist(), default=str).encode()
        elif path.suffix in {".xlsx", ".zip"}:
            with zipfile.ZipFile(path) as archive:
                yield from ((path, archive.read(name)) for name in archive.namelist())
        elif path.suffix == ".gz":
            yield path, gzip.decompress(path.read_bytes())


def find(word: str, city: Ashton) -> list[Path]:
    """Public files in which it stands."""
    return [path for path, data in read_everything(city.root / "store", city.root / "site") if word.encode() in data]


def give(city: Ashton, rows: Rows) -> None:
    city.source.routes["/wells"] = lambda _query: (200, {}, json.dumps(rows).encode())


@pytest.fixture
def wells(ashton: Ashton) -> Ashton:
    """A dataset with a version."""
    pull = f'adapter: http, url: "{ashton.source.url}", path: /wells'
    ashton.declare("wells", pull, KINDS)
    give(ashton, ROWS)
    assert ashton.run().outcomes["wells"].published == 60
    return ashton


@pytest.mark.parametrize("drift", DRIFTS)
def test_a_drift_publishes_nothing_and_says_the_way_out(wells: Ashton, drift: str) -> None:
    before = wells.published()
    rows, way_out = DRIFTS[drift]
    give(wells, rows)
    outcome = wells.run().outcomes["wells"]
    assert outcome.verdict == "kept"
    assert way_out in outcome.reason
    assert wells.published() == before
    assert find(CANARY, wells) == []


def test_columns_in_another_order_are_the_same_columns(wells: Ashton) -> None:
    give(wells, [dict(reversed(row.items())) for row in ROWS])
    assert wells.run().outcomes["wells"].verdict == "unchanged"


@pytest.mark.parametrize("way", ["dropped by name", "not among those mapped"])
def test_a_column_that_is_left_out_is_in_no_byte_of_what_is_public(wells: Ashton, way: str) -> None:
    mapped = ", fields: {id: id, name: name, value: value, kind: kind}" if "mapped" in way else ""
    dropped = "" if mapped else "    protect: {owner_phone: drop}\n"
    pull = f'adapter: http, url: "{wells.source.url}", path: /wells{mapped}'
    formats = "mode: snapshot, formats: [csv, json, ndjson, parquet, xlsx]"
    wells.declare("wells", pull, KINDS, more=dropped)
    text = (wells.root / "datasets/wells/dataset.yaml").read_text(encoding="utf-8")
    wells.write("datasets/wells/dataset.yaml", re.sub(r"mode: snapshot, formats: \[.*?\]", formats, text))
    give(wells, [{**row, "name": f"Tower {row['id']}", "owner_phone": CANARY} for row in ROWS])
    assert wells.run().outcomes["wells"].verdict == "published"
    wells.build()
    assert len(find("Tower w7", wells)) >= 6  # the search finds what is there
    assert find(CANARY, wells) == []
