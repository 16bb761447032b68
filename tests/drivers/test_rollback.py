"""`rollback`: one command, any kept version, and the fault does not come back the same night."""

from datetime import date

import pytest
from click.testing import CliRunner, Result

from lamppost.cli import main
from lamppost.formats import csv
from lamppost.verify import verify

from .conftest import DESCRIPTOR, Town, make_well

DAYS = [date(2026, 11, day) for day in range(20, 28)]
DEEP = """
format: 1
title: Deep wells
description: Wells below ten metres.
licenses: [{name: CC0-1.0}]
contributors: [{title: Water Works, roles: [publisher, steward]}]
accrualPeriodicity: R/P1D
resources:
  - name: deep
    derive: {from: [wells], sql: deep.sql}
"""
SCHEMA = "primaryKey: [well_id]\nfields: [{name: well_id, type: string}, {name: depth_m, type: number}]\n"


@pytest.fixture
def wrong(town: Town) -> Town:
    """Two versions, the second with a well that is a thousand times too deep, and a dataset derived from them."""
    town.write("datasets/deep-wells/dataset.yaml", DEEP)
    town.write("datasets/deep-wells/deep.sql", "SELECT well_id, depth_m FROM wells WHERE depth_m >= 10")
    town.write("schemas/deep-wells.yaml", SCHEMA)
    town.run(DAYS[0])
    town.source.items[0] = {"well_id": "w1", "depth_m": 1500}
    town.run(DAYS[1])
    return town


def go_back(town: Town, version: int, reason: str = "A meter was read in millimetres.") -> Result:
    words = ["rollback", "wells", str(version), "--reason", reason, "--today", "2026-11-22"]
    return CliRunner().invoke(main, ["--city", str(town.root), *words])


def depth(town: Town, dataset: str = "wells") -> dict[str, str]:
    head = town.head(dataset)
    rows = [row for part in head.tables[0].parts for row in csv.read(town.store.path(dataset, part.path)).to_pylist()]
    return {row["well_id"]: row["depth_m"] for row in rows}


def test_the_old_rows_are_the_newest_version_and_nothing_is_deleted(wrong: Town) -> None:
    result = go_back(wrong, 1)
    assert (result.exit_code, depth(wrong)["w1"]) == (0, "1.5")
    assert "wells: version 3 holds the 8 rows of version 1 again." in result.output
    assert wrong.store.versions("wells") == (1, 2, 3)
    assert wrong.head("wells").date == "2026-11-22"


def test_what_is_computed_from_it_follows_at_once(wrong: Town) -> None:
    assert "w1" in depth(wrong, "deep-wells")
    assert wrong.store.figures()["deepest-well"].value == "1500"
    result = go_back(wrong, 1)
    assert "deep-wells, which is computed from it: published" in result.output
    assert "w1" not in depth(wrong, "deep-wells")
    assert wrong.store.figures()["deepest-well"].value == "12"


def test_runs_leave_it_alone_and_say_why_until_somebody_names_it(wrong: Town) -> None:
    go_back(wrong, 1)
    outcome = wrong.run(DAYS[3]).outcomes["wells"]
    assert (outcome.verdict, outcome.version) == ("kept", 3)
    assert "rolled back to version 1 on 2026-11-22, because: A meter was read in millimetres." in outcome.reason
    assert "`lamppost run wells`" in outcome.reason
    wrong.source.items[0] = make_well(1)
    wrong.source.items[1] = {"well_id": "w2", "depth_m": 3.5}
    assert wrong.run(DAYS[4], "wells").outcomes["wells"].verdict == "published"
    assert wrong.run(DAYS[5]).outcomes["wells"].verdict == "unchanged"


def test_the_next_pull_starts_where_the_one_of_then_ended(wrong: Town) -> None:
    descriptor = DESCRIPTOR.replace("every: P1D}", "every: P1D, cursor: depth_m}").replace("snapshot", "upsert")
    wrong.write("datasets/wells/dataset.yaml", descriptor)
    first = wrong.store.read("wells", 1).tables[0].receipt
    go_back(wrong, 1)
    assert wrong.head("wells").tables[0].receipt == first


@pytest.mark.parametrize(
    ("version", "reason", "code", "words"),
    [
        (2, "Why", 1, "holds the same rows as the newest"),
        (9, "Why", 2, "there is no such version; expected one of 1 to 2"),
        (1, " \n", 2, "found 0 letters, expected a sentence of at most 500"),
    ],
)
def test_what_makes_no_sense_changes_nothing(wrong: Town, version: int, reason: str, code: int, words: str) -> None:
    result = go_back(wrong, version, reason)
    assert result.exit_code == code
    assert words in result.output
    assert wrong.store.versions("wells") == (1, 2)


@pytest.mark.parametrize(
    ("dataset", "version", "words"),
    [
        ("", "1", "Invalid value for 'DATASET': it is empty; expected the name of a dataset"),
        ("wells", "", "Invalid value for 'VERSION': it is empty; expected the number of an earlier version"),
        ("wells", "two", "Invalid value for 'VERSION': found 'two'; expected the number of an earlier version"),
        ("wells", "0", "Invalid value for 'VERSION': found '0'; expected the number of an earlier version"),
    ],
)
def test_a_form_that_was_not_filled_in_is_told_what_is_missing(
    wrong: Town, dataset: str, version: str, words: str
) -> None:
    line = ["--city", str(wrong.root), "rollback", "--reason=Why", "--", dataset, version]
    result = CliRunner().invoke(main, line, terminal_width=400)
    assert result.exit_code == 2
    assert words in " ".join(result.output.split())


def test_the_plan_goes_back_by_its_files(wrong: Town) -> None:
    words = ["--city", str(wrong.root), "rollback", "plan", "1", "--reason", "Why"]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 2
    assert "put these back as they were" in result.output


def test_the_site_holds_the_bytes_of_that_version_says_why_and_verifies(wrong: Town) -> None:
    go_back(wrong, 1)
    built = CliRunner().invoke(main, ["--city", str(wrong.root), "build", "--today", "2026-11-22"])
    assert built.exit_code == 0, built.output
    site, part = wrong.root / "site", wrong.store.read("wells", 1).tables[0].parts[0].path
    assert (site / "data/wells/wells.csv").read_bytes() == wrong.store.path("wells", part).read_bytes()
    for place in ("datasets/wells.html", "changes.html", "changes.atom", "datasets/wells.feed.json"):
        assert "A meter was read in millimetres" in (site / place).read_text(encoding="utf-8"), place
    assert verify(site) == ()
