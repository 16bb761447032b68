"""Versions: valid Data Packages where they lie, read back as they were made, and standing on each other."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from frictionless import Package

from lamppost.errors import StoreError, TakenError
from lamppost.store import commit, compose, same_descriptor, same_parts
from tests.conftest import Lamps


@pytest.fixture
def lamps(any_lamps: Lamps) -> Lamps:
    """In a folder and in a bucket in turn."""
    return any_lamps


STANDARDS = Path(__file__).parents[3] / "shared" / "standards" / "datapackage-2.0"


def test_a_store_is_empty_until_something_is_published(lamps: Any) -> None:
    assert lamps.store.head("lamps") is None
    assert (lamps.store.versions("lamps"), lamps.store.datasets()) == ((), ())


def test_what_is_read_is_what_was_committed(lamps: Any) -> None:
    made = lamps.publish()
    read = lamps.store.read("lamps", 1)
    assert read == made == lamps.store.head("lamps")
    table = read.table("lights")
    assert (table.receipt.verdict, table.report.valid, table.incoming.bad_rows) == ("complete", True, (4,))
    assert table.incoming.issues[0].samples[0].field == "watts_w"
    assert table.schema == lamps.schema()
    assert table.counts.holds()


def test_a_glance_at_the_head_reads_the_manifest_alone(lamps: Any) -> None:
    assert lamps.store.glance("lamps") is None
    lamps.publish()
    head = lamps.publish({"": lamps.rows[:2]})
    for path in lamps.store.objects("lamps"):
        lamps.store.remove(lamps.store.key("lamps", path))
    assert lamps.store.glance("lamps") == replace(head, tables=())
    with pytest.raises(StoreError, match="is missing"):
        lamps.store.head("lamps")


def test_a_store_is_opened_without_a_data_library() -> None:
    code = "import sys, lamppost.store; print(sorted({'pyarrow', 'numpy', 'duckdb', 'pandas'} & sys.modules.keys()))"
    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True).stdout.strip() == b"[]"


def test_versions_stand_on_each_other_by_number_and_hash(lamps: Any) -> None:
    first, second = lamps.publish(), lamps.publish({"": lamps.rows[:2]})
    assert (first.parent, second.parent, second.parent_hash) == (None, 1, first.hash)
    assert lamps.store.versions("lamps") == (1, 2)
    assert second.tables[0].diff.removed == 1


def test_the_first_real_version_takes_the_next_number_and_stands_on_nothing(lamps: Any) -> None:
    made_up, real = lamps.publish(simulated=True), lamps.publish()
    assert made_up.descriptor["simulated"] is True
    assert "simulated" not in real.descriptor
    assert (real.seq, real.parent, real.tables[0].diff.added) == (2, None, 3)


def test_a_number_is_given_once(lamps: Any) -> None:
    first = lamps.publish()
    with pytest.raises(TakenError):
        commit(lamps.store, "lamps", first.descriptor, 1)


def test_tables_come_as_text_a_partition_or_typed_as_a_whole(lamps: Any) -> None:
    version = lamps.publish({"2026-10": lamps.rows[:1], "2026-11": lamps.rows[1:]})
    assert list(lamps.store.table_text(version, "lights", ["2026-11", "1999-01"])) == ["2026-11"]
    assert lamps.store.table_text(version, "lights")["2026-10"].to_pylist()[0]["energy_kwh"] == "1.5"
    assert lamps.store.table_typed(version, "lights").column("watts_w").to_pylist() == [40, 60, None]
    with pytest.raises(StoreError, match="no table trees; it has lights"):
        lamps.store.table_text(version, "trees")


@pytest.mark.parametrize("parts", [{"": 3}, {"2026-10": 1, "2026-11": 2}])
def test_a_stranger_finds_a_manifest_valid_where_it_lies(lamps: Any, parts: dict[str, int]) -> None:
    rows = iter(lamps.rows)
    lamps.publish({key: [next(rows) for _ in range(count)] for key, count in parts.items()})
    report = Package("1.json", basepath=str(copy(lamps) / "datasets" / "lamps")).validate()
    assert report.flatten(["type", "message"]) == []
    assert [(task.type, task.stats["rows"]) for task in report.tasks] == [("table", 3)]


@pytest.mark.skipif(not STANDARDS.is_dir(), reason="the profiles of the standard lie beside the checkout, not here")
@pytest.mark.parametrize("partitions", [1, 3])
def test_a_manifest_fits_the_profile_of_data_package_2(lamps: Any, partitions: int) -> None:
    version = lamps.publish({str(n): [lamps.rows[n]] for n in range(partitions)}, simulated=True)
    profile = json.loads((STANDARDS / "datapackage.json").read_text(encoding="utf-8"))
    assert list(jsonschema.Draft7Validator(profile).iter_errors(version.descriptor)) == []


def test_parts_are_the_same_when_partitions_and_hashes_are(lamps: Any) -> None:
    first, second = lamps.publish().tables[0], lamps.publish({"": [*lamps.rows[:2], ("c", None, "0.5")]}).tables[0]
    assert same_parts(first, replace(first, formats=("csv",)))
    assert not same_parts(first, second)


def test_metadata_is_the_same_until_the_public_is_told_something_else(lamps: Any) -> None:
    version, dataset = lamps.publish(), lamps.dataset()
    assert same_descriptor(version, dataset)
    assert not same_descriptor(version, lamps.dataset(title="Lamps"))
    assert not same_descriptor(version, lamps.dataset(schema=lamps.schema(light_id="string")))
    resource = dataset.resources[0]
    fewer = replace(resource, publish=replace(resource.publish, formats=("csv",)))
    assert not same_descriptor(version, replace(dataset, resources=(fewer,)))
    assert not same_descriptor(version, replace(dataset, resources=(resource, replace(resource, name="poles"))))


def test_rows_that_do_not_add_up_are_never_committed(lamps: Any) -> None:
    table = lamps.next_table(None, lamps.dataset(), None)
    wrong = replace(table, counts=replace(table.counts, removed=1))
    made = compose(
        lamps.dataset(), [wrong], seq=1, parent=None, date="2026-11-22", simulated=False, engine="1", store=lamps.store
    )
    with pytest.raises(StoreError, match="rows do not add up"):
        commit(lamps.store, "lamps", made, 1)
    assert lamps.store.versions("lamps") == ()


def test_a_damaged_object_is_named_and_not_read(lamps: Any) -> None:
    version = lamps.publish()
    key = lamps.store.key("lamps", version.tables[0].parts[0].path)
    lamps.store.replace(key, lamps.store.read_key(key).replace(b"40", b"41"))
    with pytest.raises(StoreError, match=r"objects/[0-9a-f]{64}\.csv has sha256 [0-9a-f]{64}, expected"):
        lamps.store.table_text(version, "lights")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (b'"format": 1', b'"format": 2', "format 2; this engine knows 1"),
        (b'"seq": 1', b'"seq": 7', "is version 7 of 'lamps'"),
        (b'"counts"', b'"count"', "not a manifest"),
        (b"{", b"[", "not a manifest"),
        (b'"path": "objects/', b'"path": "../', "not a manifest|stays beside"),
    ],
)
def test_a_manifest_that_is_none_is_refused_by_name(lamps: Any, old: bytes, new: bytes, words: str) -> None:
    lamps.publish()
    lamps.store.replace(lamps.store.manifest_key("lamps", 1), lamps.store.manifest("lamps", 1).replace(old, new))
    with pytest.raises(StoreError, match=words):
        lamps.store.table_text(lamps.store.read("lamps", 1), "lights")


PUBLISH = """
import sys; from pathlib import Path; sys.path.insert(0, sys.argv[2])
from conftest import Lamps; from lamppost.store import open_store
lamps = Lamps(Path(sys.argv[1]), open_store(Path(sys.argv[1]) / "store"))
lamps.publish({"2026-10": lamps.rows[:2], "2026-11": lamps.rows[2:]}, simulated=True)
lamps.publish({"2026-10": lamps.rows[:1], "2026-11": lamps.rows[1:]}, simulated=True)
"""


@pytest.mark.parametrize(("zone", "locale", "seed"), [("Asia/Kathmandu", "C", "1"), ("UTC", "de_DE.UTF-8", "2")])
def test_same_inputs_give_the_same_bytes_anywhere(
    lamps: Any, tmp_path: Path, zone: str, locale: str, seed: str
) -> None:
    there = tmp_path / "there"
    there.mkdir()
    env = os.environ | {"TZ": zone, "LC_ALL": locale, "PYTHONHASHSEED": seed}
    subprocess.run([sys.executable, "-c", PUBLISH, there, Path(__file__).parents[1]], env=env, check=True)
    lamps.publish({"2026-10": lamps.rows[:2], "2026-11": lamps.rows[2:]}, simulated=True)
    lamps.publish({"2026-10": lamps.rows[:1], "2026-11": lamps.rows[1:]}, simulated=True)
    assert bytes_of(there / "store") == bytes_of(copy(lamps))


def copy(lamps: Lamps) -> Path:
    """All that the store holds, as files in a folder."""
    folder = lamps.folder / "copy"
    for key in lamps.store.listing():
        (folder / key).parent.mkdir(parents=True, exist_ok=True)
        (folder / key).write_bytes(lamps.store.read_key(key))
    return folder


def bytes_of(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}
