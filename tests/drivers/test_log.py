"""`log` and `diff`: what versions and rows went through, for a person, a screen reader and a pipe."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from lamppost.cli import main
from lamppost.history.row import find_steps

from .conftest import DESCRIPTOR, Town, make_well

DAYS = [date(2026, 11, day) for day in range(20, 28)]


@pytest.fixture
def town_of_three(town: Town) -> Town:
    """Three versions: w1 gets deeper, w2 goes, w9 comes; then w1 is measured again."""
    town.run(DAYS[0])
    town.source.items = [{"well_id": "w1", "depth_m": 7.25}, *(make_well(n) for n in range(3, 10))]
    town.run(DAYS[1])
    town.source.items[0] = {"well_id": "w1", "depth_m": 8}
    town.run(DAYS[2])
    return town


def call(town: Town, *words: str) -> Result:
    return CliRunner().invoke(main, ["--city", str(town.root), *words])


def said(town: Town, *words: str) -> list[str]:
    result = call(town, *words)
    assert result.exit_code == 0, result.output
    return result.output.splitlines()


def test_log_has_a_line_a_version_newest_first(town_of_three: Town) -> None:
    assert said(town_of_three, "log", "wells") == [
        "wells: 3 versions, newest first. Rows added +, changed ~, removed -",
        "version 3  2026-11-22  8 rows  +0 ~1 -0",
        "version 2  2026-11-21  8 rows  +1 ~1 -1",
        "version 1  2026-11-20  8 rows  +8 ~0 -0  first version",
    ]


def test_on_github_the_page_of_the_run_shows_what_log_shows(town_of_three: Town, tmp_path: Path) -> None:
    page = tmp_path / "summary.md"
    words = ["--city", str(town_of_three.root), "log", "wells"]
    result = CliRunner().invoke(main, words, env={"GITHUB_STEP_SUMMARY": str(page)})
    assert page.read_text(encoding="utf-8") == f"## Versions\n\n<pre>\n{result.output}</pre>\n"


def test_log_as_json_has_the_same(town_of_three: Town) -> None:
    entries: list[dict[str, Any]] = json.loads(call(town_of_three, "log", "wells", "--json").stdout)
    assert [(one["seq"], one["added"], one["changed"], one["removed"]) for one in entries] == [
        (3, 0, 1, 0),
        (2, 1, 1, 1),
        (1, 8, 0, 0),
    ]


def test_a_row_tells_its_history_and_the_pull_behind_each_step(town_of_three: Town) -> None:
    lines = said(town_of_three, "log", "wells", "--row", "w1")
    assert [one for one in lines if one.startswith("version") or "depth_m" in one] == [
        "version 3 of 2026-11-22: changed",
        "  depth_m: was 7.25, is 8",
        "version 2 of 2026-11-21: changed",
        "  depth_m: was 1.5, is 7.25",
        "version 1 of 2026-11-20: added",
        "  depth_m: 1.5",
    ]
    assert sum("complete pull of 8 rows from http://" in one for one in lines) == 3


def test_each_step_of_a_row_names_the_receipt_of_its_pull(town_of_three: Town) -> None:
    (steps,) = find_steps(town_of_three.store, "wells", ["w2"]).values()
    assert [(one.seq, one.change) for one in steps] == [(2, "removed"), (1, "added")]
    receipts = [json.loads(town_of_three.store.path("wells", one.receipt).read_bytes()) for one in steps]
    assert [(one["verdict"], one["received"]) for one in receipts] == [("complete", 8), ("complete", 8)]


def test_diff_of_one_version_is_with_the_one_it_stands_on(town_of_three: Town) -> None:
    lines = said(town_of_three, "diff", "wells@2")
    assert lines[0] == "wells: version 1 of 2026-11-20 compared with version 2 of 2026-11-21"
    assert lines[2:4] == ["Rows were 8, are 8: 1 added, 1 changed, 1 removed", "Changed: depth_m in 1 row"]
    assert lines[5:] == ["removed w2", "added w9", "changed w1: depth_m was 1.5, is 7.25"]


def test_diff_of_any_two_versions_reads_their_rows(town_of_three: Town) -> None:
    lines = said(town_of_three, "diff", "wells@1", "wells")
    assert lines[-1] == "changed w1: depth_m was 1.5, is 8"
    assert said(town_of_three, "diff", "wells@3", "wells@1")[-1] == "changed w1: depth_m was 8, is 1.5"


def test_diff_as_csv_is_the_list_that_the_version_keeps(town_of_three: Town) -> None:
    kept = town_of_three.store.read("wells", 2).tables[0].diff.path
    listed = call(town_of_three, "diff", "wells@2", "--csv").stdout_bytes
    assert listed == town_of_three.store.path("wells", kept).read_bytes()


def test_diff_as_json_holds_every_row(town_of_three: Town) -> None:
    body = json.loads(call(town_of_three, "diff", "wells@2", "--json").stdout)
    assert (body["older"], body["newer"], body["tables"]["wells"]["fields"]) == (1, 2, {"depth_m": 1})
    assert [one["change"] for one in body["tables"]["wells"]["listing"]] == ["removed", "added", "changed"]


def test_of_many_rows_fifty_are_shown_unless_all_are_wanted(town: Town) -> None:
    town.run(DAYS[0])
    town.source.items = [make_well(n) for n in range(1, 80)]
    town.run(DAYS[1])
    assert said(town, "diff", "wells")[-1] == "and 21 more lines; --all shows them, --csv gives them as a file"
    assert "added w79" in said(town, "diff", "wells", "--all")


def test_what_would_move_a_terminal_is_shown_and_not_done(town: Town) -> None:
    town.run(DAYS[0])
    town.source.items.append({"well_id": "w\x1b[2Jx", "depth_m": 1})
    town.run(DAYS[1])
    assert said(town, "diff", "wells")[-1] == "added w\\x1b[2Jx"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["log", "well"], "nothing was ever published under this name; published are: wells"),
        (["log", "Wells!"], "is no dataset"),
        (["log", "wells", "--row", "w99"], "no version has or had a row with the key w99; expected --row WELL_ID"),
        (["log", "wells", "--row", "w1", "--table", "x"], "has no table x; it has wells"),
        (["diff", "wells@9"], "there is no such version; expected one of 1; see `lamppost log wells`"),
        (["diff", "wells@x"], "is no version; expected a dataset and a number, such as air-quality@3"),
        (["diff", "wells@1", "lights@2"], "is another dataset than wells@1"),
    ],
)
def test_what_is_misspelt_is_misuse_and_says_what_there_is(town: Town, words: list[str], expected: str) -> None:
    town.run(DAYS[0])
    result = call(town, *words)
    assert result.exit_code == 2
    assert expected in result.output


def test_a_change_of_what_an_append_only_table_had_published_is_called_a_revision(town: Town) -> None:
    town.write("datasets/wells/dataset.yaml", DESCRIPTOR.replace("mode: snapshot", "mode: append"))
    town.run(DAYS[0])
    town.source.items[0] = {"well_id": "w1", "depth_m": 9}
    town.run(DAYS[1])
    assert said(town, "log", "wells")[1].endswith("+0 ~1 -0  revision of 1 row that was published before")
