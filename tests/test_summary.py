"""The page that GitHub shows of a run."""

from pathlib import Path

from lamppost.model import Outcome, RunRecord
from lamppost.summary import summarise, write_summary

RECORD = RunRecord(
    3, "", "",
    {
        "wells": Outcome("wells", "failed", version=2, reason="wells: found <b>HTML</b> | expected JSON"),
        "trees": Outcome("trees", "published", version=1, read=1200, published=1190, quarantined=10, simulated=True),
    },
    ("figure a: no value",),
)  # fmt: skip


def test_each_dataset_is_a_row_and_each_failure_is_told_in_full() -> None:
    text = summarise(RECORD)
    assert "| trees (simulated) | new version | 1 | 1,200 | 1,190 | 10 |" in text
    assert (
        "- **wells**: wells: found &#60;b&#62;HTML&#60;/b&#62; &#124; expected JSON Version 2 stays published." in text
    )
    assert "- figure a: no value" in text


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
