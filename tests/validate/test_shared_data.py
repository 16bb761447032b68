"""Real data beside the project through read, validate, quarantine and settle; no row gets lost on the way."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from lamppost.formats import csv as formats_csv
from lamppost.model import Counts, FieldSource, Page, Publish, Pull, Resource, Snapshot
from lamppost.table.protect import protect_rows
from lamppost.table.read import read
from lamppost.table.settle import settle
from lamppost.validate import split, validate

Build = Callable[..., Any]

SHARED = Path(__file__).parents[2].parent / "shared"
pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="the folder ../shared with real data is not here")


def write(table: pa.Table, path: Path) -> Path:
    names = [name for name in table.column_names if name != "_row"]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        writer.writerows(zip(*(table[name].to_pylist() for name in names), strict=True))
    return path


def test_hours_of_real_air_keep_their_identity(tmp_path: Path, schema: Build) -> None:
    source = SHARED / "data" / "air-quality" / "Changping.csv"
    fields = {"no": "No", "year": "year", "pm25": "PM2.5", "wind": "wd"}
    pull = Pull("files", {}, {name: FieldSource(path) for name, path in fields.items()})
    whole = read(Snapshot((Page(source, "", 0),), "csv"), pull)
    rows = pa.concat_tables([whole.slice(0, 4000), whole.slice(100, 50)])
    pm25 = {"type": "number", "constraints": {"maximum": 300}}
    rule = schema(key="no", missing=("", "NA"), no="integer", year="year", pm25=pm25, wind="string")
    resource = Resource("air", rule, pull=pull, publish=Publish("upsert", partition_by="value", partition_of="year"))
    safe, issues = protect_rows(rows, resource)
    report = validate(write(safe, tmp_path / "in.csv"), rule, mode="upsert")
    good, bad = split(safe, report)
    settled = settle(good, {}, resource)
    counts = Counts(
        read=4050, quarantined=bad.num_rows, deduplicated=settled.deduplicated, accepted=settled.accepted,
        added=settled.added, settled=settled.settled, published=settled.settled,
    )  # fmt: skip
    assert (issues, counts.holds()) == ((), True)
    assert bad.num_rows == sum(float(one or 0) > 300 for one in safe["pm25"].to_pylist()) > 0
    assert all(validate(write(table, tmp_path / f"{key}.csv"), rule).valid for key, table in settled.partitions.items())


def test_a_duplicate_row_of_a_snapshot_is_collapsed_and_a_conflicting_one_quarantined(
    tmp_path: Path, schema: Build
) -> None:
    source = SHARED / "attacks" / "files" / "dup-rows.csv"
    rows = read(Snapshot((Page(source, "", 0),), "csv"), Pull("files", {}, {}))
    rule = schema(id="integer", name="string", value="integer")
    good, bad = split(rows, validate(write(rows, tmp_path / "in.csv"), rule, mode="snapshot"))
    settled = settle(good, {}, Resource("rows", rule))
    assert (rows.num_rows, settled.accepted, settled.deduplicated, bad.num_rows) == (5, 3, 1, 1)
    assert bad["name"].to_pylist() == ["B"]


def test_a_type_that_drifts_costs_one_row(tmp_path: Path, schema: Build) -> None:
    source = SHARED / "attacks" / "files" / "type-drift.csv"
    rows = read(Snapshot((Page(source, "", 0),), "csv"), Pull("files", {}, {}))
    report = validate(write(rows, tmp_path / "in.csv"), schema(id="integer", name="string", value="number"))
    assert report.bad_rows == (2,)


def test_naughty_strings_come_out_of_the_published_file_as_they_went_in(tmp_path: Path, schema: Build) -> None:
    strings = json.loads((SHARED / "attacks" / "blns.json").read_text(encoding="utf-8"))["items"]
    rows = pa.table({"id": [str(number) for number in range(len(strings))], "text": strings})
    rows = rows.append_column("_row", pa.array(range(1, len(strings) + 1), pa.int64()))
    rule = schema(id="integer", text="string")
    resource = Resource("strings", rule)
    safe, _ = protect_rows(rows, resource)
    published = settle(safe, {}, resource).partitions[""]
    path = tmp_path / "out.csv"
    formats_csv.write(published, path, rule.names)
    assert validate(path, rule).valid
    back = {"": formats_csv.read(path)}
    assert settle(safe, back, resource).unchanged == len(strings)
