"""`retract`: a record goes from everything that was ever published, and everything says that it did."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from lamppost.cli import main
from lamppost.load import load_city
from lamppost.retract import Order, plan_retraction
from lamppost.retract import retract as carry_on
from lamppost.store import Store, parse_figure
from lamppost.store.branch import save_store
from lamppost.store.folder import Folder
from lamppost.verify import verify

from .conftest import Town, make_well
from .search import search, unpack

DAYS = [date(2026, 11, day) for day in range(20, 28)]
SCHEMA = """
fields:
  - {name: well_id, title: Well, type: string, description: Its number., constraints: {required: true}}
  - {name: depth_m, title: Depth, type: number, description: Depth in metres.}
  - {name: owner, title: Owner, type: string, description: Whose it is.}
primaryKey: [well_id]
"""
FIGURES = """
format: 1
figures:
  - {name: deepest-well, title: The deepest well, sql: SELECT max(depth_m) FROM wells, unit: m, round: 1}
  - {name: all-depths, title: All depths, sql: SELECT sum(depth_m) FROM wells, unit: m, round: 1}
"""
DEEP = """
format: 1
title: Depths by owner
description: How deep the wells of each owner go.
licenses: [{name: CC0-1.0}]
contributors: [{title: Water Works, roles: [publisher, steward]}]
accrualPeriodicity: R/P1D
resources:
  - name: owners
    derive: {from: [wells], sql: owners.sql}
"""
OWNERS = "primaryKey: [owner]\nfields: [{name: owner, type: string}, {name: depth_m, type: number}]\n"
NAME, KEY, DEPTHS = "Zyxwéna Quill", "w-7731", ("600.50837", "777.25419")


@pytest.fixture
def aired(town: Town) -> Town:
    """Three versions: the record comes with the first, changes with the second, and others change with the third."""
    town.write("schemas/wells.yaml", SCHEMA)
    town.write("datasets/wells/figures.yaml", FIGURES)
    town.write("datasets/owners/dataset.yaml", DEEP)
    town.write("datasets/owners/owners.sql", "SELECT owner, sum(depth_m) AS depth_m FROM wells GROUP BY owner")
    town.write("schemas/owners.yaml", OWNERS)
    town.source.items = [{**make_well(n), "owner": f"owner {n}"} for n in range(1, 9)]
    town.source.items.append({"well_id": KEY, "depth_m": float(DEPTHS[0]), "owner": NAME})
    town.run(DAYS[0])
    town.source.items[-1]["depth_m"] = float(DEPTHS[1])
    town.run(DAYS[1])
    town.source.items[0]["depth_m"] = 3.75
    town.run(DAYS[2])
    return town


def retract(town: Town, *words: str, dataset: str = "wells") -> Result:
    told = ["--reason", "A resident asked for it.", "--by", "City Clerk", "--today", "2026-11-24"]
    return CliRunner().invoke(main, ["--city", str(town.root), "retract", dataset, *told, *words])


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8", newline="\n")


def build(town: Town) -> None:
    result = CliRunner().invoke(main, ["--city", str(town.root), "build", "--today", "2026-11-24"])
    assert result.exit_code == 0, result.output


def rows(town: Town) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = town.store.table_whole(town.head("wells"), "wells").to_pylist()
    return found


def hashes(root: Path) -> list[str]:
    """The sha256 of everything in the store that names the record, or that names by hash what does, and of its rows."""
    lines = [f"{KEY},{depth},{NAME}{end}" for depth in DEPTHS for end in ("", "\n")]
    found = {sha256(line.encode()).hexdigest() for line in lines}
    kept = list(files(root / "store" / "datasets"))
    while True:
        more = {
            sha256(data).hexdigest()
            for name, data in kept
            if any(one.encode() in layer for layer in unpack(data) for one in (NAME, KEY, *found))
        }
        if more <= found:
            return sorted(found)
        found |= more


def files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path.read_bytes()


def test_a_row_goes_from_every_version_and_the_chain_closes_again(aired: Town) -> None:
    result = retract(aired, "--rows", KEY, "--yes")
    assert result.exit_code == 0, result.output
    for seq in aired.store.versions("wells"):
        version = aired.store.read("wells", seq)
        assert (version.rows, len(version.redacted), version.redacted[0].rows) == (8, 1, 1)
        assert (version.redacted[0].reason, version.redacted[0].by) == ("A resident asked for it.", "City Clerk")
    assert verify(aired.root / "store") == ()


def test_every_place_is_searched_for_it_in_every_encoding_and_for_the_hash_of_what_held_it(
    aired: Town, tmp_path: Path
) -> None:
    build(aired)
    texts = [NAME, KEY, *DEPTHS, *hashes(aired.root)]
    before = search(aired.root, texts)
    assert {one.split("/")[0] for one in before} >= {"store", "private", "build", "site"}
    assert any(".parquet: Zyx" in one for one in before)
    retract(aired, "--rows", KEY, "--yes")
    build(aired)
    assert search(aired.root, texts) == []
    assert verify(aired.root / "store") == verify(aired.root / "site") == ()


def test_the_page_and_verify_say_that_it_was_redacted_and_not_what(aired: Town) -> None:
    retract(aired, "--rows", KEY, "--yes")
    build(aired)
    words = "Redacted on 2026-11-24 by City Clerk: 1 row taken out, because: A resident asked for it."
    assert words in (aired.root / "site" / "datasets" / "wells.html").read_text(encoding="utf-8")
    result = CliRunner().invoke(main, ["verify", str(aired.root / "site")])
    assert result.exit_code == 0, result.output
    assert "wells version 1: redacted on 2026-11-24 by City Clerk (1 row): A resident asked for it." in result.output


def test_a_figure_is_what_its_query_gives_without_the_row(aired: Town) -> None:
    retract(aired, "--rows", KEY, "--yes")
    store = aired.store
    values = [store.figures()[one].value for one in ("deepest-well", "all-depths")]
    first = parse_figure(store.figure_bytes("deepest-well", 1), "deepest-well")
    assert (values, first.value, first.redacted) == (["12", "56.25"], "12", "2026-11-24")
    assert first.input_hashes == {"wells": store.read("wells", 1).hash}


def test_what_is_computed_from_it_is_computed_again(aired: Town) -> None:
    retract(aired, "--rows", KEY, "--yes")
    versions = [aired.store.read("owners", seq) for seq in aired.store.versions("owners")]
    assert [(one.rows, one.redacted[0].rows) for one in versions] == [(8, 1), (8, 1), (8, 1)]
    assert [(one.tables[0].diff.added, one.tables[0].diff.changed) for one in versions[1:]] == [(0, 0), (0, 1)]


def test_a_version_that_todays_query_does_not_give_is_emptied(aired: Town) -> None:
    aired.write("datasets/owners/owners.sql", "SELECT owner, max(depth_m) + 1 AS depth_m FROM wells GROUP BY owner")
    retract(aired, "--rows", KEY, "--yes")
    assert [aired.store.read("owners", seq).rows for seq in aired.store.versions("owners")] == [0, 0, 0]
    assert verify(aired.root / "store") == ()


def test_it_does_not_come_back(aired: Town) -> None:
    retract(aired, "--rows", KEY, "--yes")
    assert aired.run(DAYS[5], "wells").outcomes["wells"].verdict == "unchanged"
    aired.source.items[1]["depth_m"] = 4.5
    assert aired.run(DAYS[6], "wells").outcomes["wells"].verdict == "published"
    head = aired.head("wells")
    assert (head.rows, head.tables[0].counts.filtered, head.tables[0].counts.read) == (8, 1, 9)
    assert KEY not in [row["well_id"] for row in rows(aired)]


def test_without_the_secret_that_tells_the_rows_nothing_is_published(aired: Town) -> None:
    retract(aired, "--rows", KEY, "--yes")
    (aired.root / "private" / "receipt.key").write_text("another one")
    aired.source.items[1]["depth_m"] = 4.5
    outcome = aired.run(DAYS[6], "wells").outcomes["wells"]
    assert outcome.verdict == "kept"
    assert "it was made with another secret; expected the one in LAMPPOST_RECEIPT_KEY" in outcome.reason


def test_without_any_secret_the_source_has_to_delete_it_first(aired: Town) -> None:
    edit(aired.root / "mkdocs.yml", "    format: 1", "    format: 1\n    private: none")
    result = retract(aired, "--rows", KEY, "--yes")
    assert (result.exit_code, "set LAMPPOST_RECEIPT_KEY here and where runs are made" in result.output) == (2, True)
    result = retract(aired, "--rows", KEY, "--yes", "--gone-at-source")
    assert (result.exit_code, aired.head("wells").rows) == (0, 8)


def test_a_value_finds_the_row_in_whatever_version_it_had_it(aired: Town) -> None:
    assert retract(aired, "--where", "depth_m=600.50837", "--yes").exit_code == 0
    assert search(aired.root / "store", [NAME, KEY, *DEPTHS]) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--rows", "w-none"], "no version of wells has or had such a row"),
        (["--where", "depth=7"], "is no field of wells; it has well_id, depth_m, owner"),
        (["--where", "owner=Nobody"], "no version of wells has such a row"),
        (["--where", "owner"], "expected FIELD=VALUE"),
        (["--table", "pumps"], "is no table of wells"),
        (["--rows", KEY, "--reason", f"{NAME} asked."], "says what is to be taken out"),
        (["--rows", KEY, "--by", " "], "found 0 letters"),
    ],
)
def test_what_cannot_be_meant_changes_nothing(aired: Town, words: list[str], said: str) -> None:
    before = list(files(aired.root / "store"))
    result = retract(aired, *words, "--yes")
    assert (result.exit_code, said in result.output) == (2, True), result.output
    assert list(files(aired.root / "store")) == before


def test_a_dry_run_tells_and_changes_nothing(aired: Town) -> None:
    before = list(files(aired.root))
    result = retract(aired, "--rows", KEY, "--dry-run")
    assert result.exit_code == 0
    for line in (
        "wells: 1 row; versions rewritten: 1, 2, 3",
        "owners, which is computed from it: versions rewritten: 1",
    ):
        assert line in result.output
    assert list(files(aired.root)) == before
    assert retract(aired, "--rows", KEY).exit_code == 2, "nothing irreversible without a yes"


def test_a_whole_dataset_leaves_a_tombstone_of_each_version(aired: Town) -> None:
    result = retract(aired, "--yes")
    assert result.exit_code == 0, result.output
    versions = [aired.store.read("wells", seq) for seq in aired.store.versions("wells")]
    assert [(one.rows, one.redacted[0].rows, one.tables[0].receipt) for one in versions] == [(0, 9, None)] * 3
    build(aired)
    assert search(aired.root, [NAME, KEY, "owner 3", *DEPTHS]) == []
    assert verify(aired.root / "site") == ()
    assert "9 rows taken out" in (aired.root / "site" / "datasets" / "wells.html").read_text(encoding="utf-8")


def test_nothing_follows_a_whole_retraction_until_somebody_names_the_dataset(aired: Town) -> None:
    retract(aired, "--yes")
    held = aired.run(DAYS[5]).outcomes["wells"]
    assert (held.verdict, "was retracted as a whole on 2026-11-24" in held.reason) == ("kept", True)
    assert aired.run(DAYS[5], "wells").outcomes["wells"].verdict == "published"
    assert (aired.head("wells").seq, aired.head("wells").rows, aired.head("wells").redacted) == (4, 9, ())
    assert verify(aired.root / "store") == ()


def test_rows_of_a_thinned_version_leave_no_hash_behind(aired: Town) -> None:
    path = aired.store.read("wells", 1).tables[0].parts[0]
    (aired.root / "store" / "datasets" / "wells" / "1.thinned.json").write_text('{"format": 1, "answered_by": 2}')
    for one in (path.path, path.parquet_path):
        aired.store.path("wells", one).unlink()
    retract(aired, "--rows", KEY, "--yes")
    assert search(aired.root / "store", [path.hash, path.parquet_hash, NAME]) == []
    assert aired.store.read("wells", 1).redacted[0].rows is None
    assert parse_figure(aired.store.figure_bytes("all-depths", 1), "").shown == "(redacted)"
    assert verify(aired.root / "store") == ()


def test_a_store_branch_keeps_no_copy(aired: Town, tmp_path: Path) -> None:
    root, remote = aired.root, tmp_path / "remote.git"
    for words in (["init", "-q", str(root)], ["init", "-q", "--bare", str(remote)]):
        subprocess.run(["git", *words], check=True)
    subprocess.run(["git", "-C", str(root), "remote", "add", "origin", str(remote)], check=True)
    save_store(root, root / "store", "store")
    texts = [NAME, KEY, *DEPTHS, *hashes(root)]
    retract(aired, "--rows", KEY, "--yes")
    save_store(root, root / "store", "store")
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", "--no-local", "-b", "store", str(remote), str(clone)], check=True)
    listed = subprocess.run(["git", "-C", str(clone), "rev-list", "--all"], check=True, capture_output=True, text=True)
    assert len(listed.stdout.split()) == 1
    assert search(clone, texts) == []


class DiedError(Exception):
    """What a test means by a power cut."""


@dataclass
class Dying:
    """A place that goes out after some writes."""

    place: Folder
    left: int

    def __getattr__(self, name: str) -> Any:
        return getattr(self.place, name)

    def _spend(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise DiedError

    def keep(self, key: str, source: bytes | Path) -> None:
        self._spend()
        self.place.keep(key, source)

    def replace(self, key: str, data: bytes) -> None:
        self._spend()
        self.place.replace(key, data)

    def remove(self, key: str) -> None:
        self._spend()
        self.place.remove(key)


def take_out(town: Town, place: Any, folder: Path) -> None:
    order = Order("wells", "A resident asked for it.", "City Clerk", rows=(KEY,))
    city, store = load_city(town.root), Store(place)
    with tempfile.TemporaryDirectory(dir=folder) as name:
        plan = plan_retraction(city, store, order, day="2026-11-24", env={}, folder=Path(name))
        carry_on(city, store, plan, day="2026-11-24", env={}, folder=Path(name))


def test_killed_again_and_again_and_given_again_it_ends_with_the_same_bytes(aired: Town, tmp_path: Path) -> None:
    store, copy = aired.root / "store", tmp_path / "copy"
    shutil.copytree(store, copy)
    take_out(aired, Folder(store), tmp_path)
    undisturbed, deaths = list(files(store)), 0
    shutil.rmtree(store)
    shutil.copytree(copy, store)
    while True:
        try:
            take_out(aired, Dying(Folder(store), deaths), tmp_path)
        except DiedError:  # each time a little later, each time in another place
            deaths += 1
        else:
            break
    assert deaths > 5
    assert list(files(store)) == undisturbed
