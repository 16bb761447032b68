"""`gc`: says what goes, deletes just that, and the site still builds, verifies and explains itself."""

import os
from datetime import date, timedelta

import pytest
from click.testing import CliRunner, Result

from lamppost.cli import main

from .conftest import Town, make_well

FIRST = date(2026, 5, 1)


@pytest.fixture
def old(town: Town) -> Town:
    """Three versions on three days of one May, and a fourth in November; the figure rests on the last."""
    for number, day in enumerate((FIRST, FIRST + timedelta(1), FIRST + timedelta(2), date(2026, 11, 20)), 1):
        town.source.items[0] = {"well_id": "w1", "depth_m": 100 + number}
        town.run(day)
    for path in town.root.rglob("objects/*"):
        os.utime(path, (1, 1))
    return town


def gc(town: Town, *words: str) -> Result:
    return CliRunner().invoke(main, ["--city", str(town.root), "gc", "--today", "2026-11-22", *words])


def objects(town: Town) -> set[str]:
    return set(town.store.objects("wells"))


def test_a_dry_run_says_what_would_go_and_deletes_nothing(old: Town) -> None:
    before = objects(old)
    result = gc(old, "--dry-run")
    lines = result.output.splitlines()
    assert lines[:2] == [
        "wells version 1: gives up its rows; version 3 answers for it",
        "wells version 2: gives up its rows; version 3 answers for it",
    ]
    assert lines[2].startswith("wells: 4 files of thinned versions, ")
    assert lines[3].startswith("Would free ")
    assert (objects(old), old.store.thinned("wells")) == (before, {})


def test_what_goes_is_the_rows_of_the_thinned_versions_alone(old: Town) -> None:
    doomed = {
        path
        for seq in (1, 2)
        for part in old.store.read("wells", seq).tables[0].parts
        for path in (part.path, part.parquet_path)
    }
    before = objects(old)
    assert gc(old).exit_code == 0
    assert before - objects(old) == doomed
    assert list(old.store.thinned("wells")) == [1, 2]


def test_young_files_go_where_no_other_run_can_be_at_work(old: Town) -> None:
    for path in old.root.rglob("objects/*"):
        os.utime(path)  # as on a machine that has just unpacked the store
    before = objects(old)
    assert gc(old).output.splitlines()[-1] == "Freed 0 bytes in 0 files."
    assert objects(old) == before
    assert "in 4 files." in gc(old, "--grace", "0").output
    assert len(before) - len(objects(old)) == 4


def test_what_a_figure_was_computed_from_stays(old: Town) -> None:
    old.source.items[0] = make_well(1)
    old.write("datasets/wells/figures.yaml", "format: 1\nfigures: []\n")  # its newest record stays with version 4
    old.run(date(2026, 11, 21))
    gc(old, "--today", "2027-11-22", "--keep", "all=1", "--keep", "daily=1")
    assert sorted(old.store.thinned("wells")) == [1, 2]


def test_a_run_after_gc_and_a_second_gc_find_nothing_to_do(old: Town) -> None:
    gc(old)
    assert old.run(date(2026, 11, 21)).outcomes["wells"].verdict == "unchanged"
    assert gc(old).output == "Freed 0 bytes in 0 files.\n"


def test_a_thinned_version_is_not_there_to_go_back_to_and_another_is_named(old: Town) -> None:
    gc(old)
    result = say(old, "rollback", "wells", "1", "--reason", "Why")
    assert result.exit_code == 1
    assert "was thinned, its rows are no longer kept; version 3 answers for it; ask for wells@3" in result.output


def say(town: Town, *words: str) -> Result:
    return CliRunner().invoke(main, ["--city", str(town.root), *words])


def test_what_thinned_versions_changed_is_still_told(old: Town) -> None:
    gc(old)
    assert "changed w1: depth_m was 101, is 102" in say(old, "diff", "wells@2").output
    lines = say(old, "log", "wells", "--row", "w1").output.splitlines()
    assert [one.strip() for one in lines if "depth_m" in one] == [
        f"depth_m: was 10{n}, is 10{n + 1}" for n in (3, 2, 1)
    ]
    assert "version 1 of 2026-05-01: added\n  well_id: w5\n" in say(old, "log", "wells", "--row", "w5").output
    assert "version 1  2026-05-01  8 rows  +8 ~0 -0  first version; thinned: version 3 answers for it" in (
        say(old, "log", "wells").output
    )


def test_rows_that_are_gone_are_not_compared_and_the_version_that_answers_is_named(old: Town) -> None:
    gc(old)
    assert "changed w1: depth_m was 103, is 104" in say(old, "diff", "wells@3", "wells").output
    result = say(old, "diff", "wells@1", "wells")
    assert (result.exit_code, "version 3 answers for it; ask for wells@3" in result.output) == (1, True)


def test_the_site_builds_without_them_says_so_and_verifies(old: Town) -> None:
    gc(old)
    built = say(old, "build", "--today", "2026-11-22")
    assert built.exit_code == 0, built.output
    page = (old.root / "site/datasets/wells.html").read_text(encoding="utf-8")
    assert page.count("its rows are no longer kept") == 2
    part = old.store.read("wells", 1).tables[0].parts[0].path
    assert not (old.root / "site/data/wells" / part).exists()
    assert (old.root / "site/data/wells/1.thinned.json").is_file()
    verified = say(old, "verify")
    assert verified.exit_code == 0, verified.output


def test_verify_says_which_figure_records_it_cannot_compute_again(old: Town) -> None:
    assert "inputs thinned" not in say(old, "verify", str(old.root / "store")).output
    gc(old)
    told = say(old, "verify", str(old.root / "store"))
    said = (
        "figure deepest-well records 1 to 2: inputs thinned, cannot be recomputed; each value stays as it was recorded"
    )
    assert (told.exit_code, told.output.splitlines()[:-1]) == (0, [said])


def test_a_rule_that_makes_no_sense_is_misuse(old: Town) -> None:
    for words in ("all", "all=x", "some=3", "all=0", "all=9 daily=8"):
        result = gc(old, *(piece for word in words.split() for piece in ("--keep", word)))
        assert (result.exit_code, "expected" in result.output) == (2, True)
    assert old.store.thinned("wells") == {}
