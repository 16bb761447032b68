"""A big page is cut between records: the same rows come, few at a time, and what cannot be cut is refused."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from lamppost.decode.parts import MAX_VALUES, PART, cut_page
from lamppost.errors import RefusedError
from lamppost.model import Page, Pull, Snapshot
from lamppost.table.read import batches, read

TEXT = "x" * 1000
ROWS = [{"id": number, "text": TEXT, **({"late": "1"} if number == 8_999 else {})} for number in range(9_000)]
FEATURES = [{"type": "Feature", "properties": one, "geometry": None} for one in ROWS]


def snap(folder: Path, data: bytes, decode: Any = "json", records: str = "") -> Snapshot:
    path = folder / "page"
    path.write_bytes(data)
    return Snapshot((Page(path, sha256(data).hexdigest(), len(data)),), decode, records)


@pytest.mark.parametrize(
    ("decode", "records", "data"),
    [
        ("json", "", json.dumps(ROWS)), ("json", "a.rows", json.dumps({"n": 1, "a": {"rows": ROWS}, "z": [1]})),
        ("json", "rows", "\ufeff" + json.dumps({"rows": ROWS})), ("ndjson", "", "\n".join(map(json.dumps, ROWS))),
        ("geojson", "", json.dumps({"type": "FeatureCollection", "features": FEATURES})),
    ],
)  # fmt: skip
def test_the_rows_of_a_big_page_are_those_of_the_whole(tmp_path: Path, decode: str, records: str, data: str) -> None:
    one = snap(tmp_path, data.encode(), decode, records)
    assert len(list(cut_page(data.encode(), one, "the answer"))) > 1
    table = read(one, Pull("files", {}, {}))
    assert table["id"].to_pylist() == [str(row["id"]) for row in ROWS]
    assert table["_row"].to_pylist() == list(range(1, len(ROWS) + 1))
    assert table["late"].drop_null().to_pylist() == ["1"]
    assert {tuple(batch.schema.names) for batch in batches(one, Pull("files", {}, {}))} == {tuple(table.column_names)}


def test_a_small_page_is_its_only_part(tmp_path: Path) -> None:
    data = json.dumps(ROWS[:5]).encode()
    assert list(cut_page(data, snap(tmp_path, data), "the answer")) == [(data, "the answer")]


@pytest.mark.parametrize("fault", ['{"id": 1, "id": 2}', "NaN", "{'a': 1}", '{"id": "\\ud800"}, 7', '{"a": "\x01"}'])
def test_a_fault_in_a_late_record_is_found_as_in_a_small_page(tmp_path: Path, fault: str) -> None:
    data = f'{{"rows": {json.dumps(ROWS)[:-1]}, {fault}]}}'.encode()
    with pytest.raises(RefusedError):
        read(snap(tmp_path, data, records="rows"), Pull("files", {}, {}))


@pytest.mark.parametrize(
    "data",
    [
        b'[{"id": 1, "x": [' + b"1," * (MAX_VALUES + 1) + b"1]}]",
        b'{"x": [' + b"1," * (MAX_VALUES + PART) + b'1], "rows": [{"id": 1}]}',
    ],
    ids=["one record", "beside the records"],
)
def test_what_cannot_be_taken_piece_by_piece_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(RefusedError, match="more than 2,500,000 values in one piece"):
        read(snap(tmp_path, data, records="rows" if b"rows" in data else ""), Pull("files", {}, {}))
