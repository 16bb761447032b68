"""The page that GitHub shows of a run."""

from pathlib import Path

from lamppost.model import Issue, Outcome, RunRecord, Sample
from lamppost.summary import LONGEST, summarise, write_lines, write_summary

RECORD = RunRecord(
    3, "", "",
    {
        "wells": Outcome("wells", "failed", version=2, reason="wells: found <b>HTML</b> | expected JSON"),
        "trees": Outcome(
            "trees", "published", version=1, read=1200, published=1190, quarantined=10, seconds=2.5, simulated=True
        ),
    },
    ("figure a: no value",),
)  # fmt: skip


def test_each_dataset_is_a_row_and_each_failure_is_told_in_full() -> None:
    text = summarise(RECORD)
    assert "| trees (simulated) | new version | 1 | 1,200 | 1,190 | 10 | none | 2.5 |" in text
    assert (
        "- **wells**: wells: found &#60;b&#62;HTML&#60;/b&#62; &#124; expected JSON Version 2 stays published." in text
    )
    assert "- figure a: no value" in text


NOTICES = {
    "trees": [
        Issue("type-error", "field n", "n: found 'x|y'", count=7, samples=(Sample(3, "n", "x", place="line 4"),)),
        Issue("undeclared-column", "resource trees, column owner", "not declared", "warning"),
    ]
}


def test_what_was_found_stands_below_with_its_place_and_the_drift_in_the_table() -> None:
    text = summarise(RECORD, NOTICES)
    assert "| 10 | undeclared-column | 2.5 |" in text
    assert "### What was found in trees" in text
    assert "| type-error: n: found 'x&#124;y' | line 4 and 6 more | 7 |" in text
    assert "| warning, undeclared-column: not declared | resource trees, column owner | 1 |" in text
    assert "### What was found in wells" not in text


def test_simulated_data_is_called_so() -> None:
    assert "**Simulated data.**" in summarise(RECORD)


def test_it_is_added_to_the_file_that_github_names(tmp_path: Path) -> None:
    path = tmp_path / "summary.md"
    write_summary(RECORD, str(path))
    write_summary(RECORD, str(path))
    assert path.read_text(encoding="utf-8") == summarise(RECORD) * 2


def test_without_a_name_nothing_is_written(tmp_path: Path) -> None:
    write_summary(RECORD, "")
    assert not list(tmp_path.iterdir())


def test_what_a_verb_printed_stands_there_letter_by_letter_and_makes_no_page_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "summary.md"
    write_lines("Versions", ["version 2  reason: </pre><img src=x>", "version 1"], str(path))
    text = "## Versions\n\n<pre>\nversion 2  reason: &lt;/pre&gt;&lt;img src=x&gt;\nversion 1\n</pre>\n"
    assert path.read_text(encoding="utf-8") == text


def test_of_a_long_list_the_newest_lines_are_shown(tmp_path: Path) -> None:
    path = tmp_path / "summary.md"
    write_lines("Versions", [f"version {number}" for number in range(LONGEST + 3, 0, -1)], str(path))
    assert path.read_text(encoding="utf-8").splitlines()[-3:] == ["version 4", "… and 3 older", "</pre>"]
