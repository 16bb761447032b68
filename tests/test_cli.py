"""The command line: one sentence and the right exit code, whatever happens."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lamppost.cli import main, say_issues
from lamppost.model import Issue


def call(*words: str) -> Result:
    return CliRunner().invoke(main, words)


@pytest.fixture
def city(tmp_path: Path) -> str:
    folder = str(tmp_path / "city")
    assert call("new", folder).exit_code == 0
    assert call("--city", folder, "run").exit_code == 0
    return folder


def test_a_disk_that_refuses_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = call("new", str(tmp_path / "file" / "city"))
    assert result.exit_code == 1
    assert result.output.startswith("Error: ")
    assert "free the cause and run again" in result.output


def test_a_day_beyond_any_plan_is_misuse(city: str) -> None:
    result = call("--city", city, "run", "--today", "9999-12-31")
    assert result.exit_code == 2
    assert "expected a day of 2000 to 2100" in result.output


def test_status_names_a_plan_that_cannot_be_read(city: str) -> None:
    (Path(city) / "docs" / "plan" / "streets.md").unlink()
    result = call("--city", city, "run")
    assert result.exit_code == 1
    assert result.output.count("there is no area `streets`") == 1
    result = call("--city", city, "status", "--exit-code")
    assert result.exit_code == 1
    assert "FAILED: docs/plan/1.1-plant-trees.md" in result.output


def test_status_names_what_was_published_and_has_no_folder_any_more(city: str) -> None:
    shutil.rmtree(Path(city) / "datasets")
    result = call("--city", city, "status")
    assert "street-trees" in result.output
    assert "its folder is gone, or says withdrawn" in result.output


def test_help_says_each_verb_in_full() -> None:
    assert "..." not in call("--help").output.partition("Commands:")[2]


def test_the_verbs_stand_in_the_order_of_a_citys_work_each_with_a_few_words() -> None:
    lines = CliRunner().invoke(main, ["--help"]).stdout.partition("Commands:\n")[2].splitlines()
    verbs = [line.split()[0] for line in lines]
    assert verbs == [
        "new", "check", "presets", "try", "pull", "run", "build", "status", "verify",
        "log", "diff", "rollback", "retract", "gc", "sandbox", "validate", "workflows", "store",
    ]  # fmt: skip
    assert [line for line in lines if len(line.split()) < 3 or not line.endswith(".")] == []


def test_mistakes_stand_in_the_order_of_the_lines_that_hold_them(capsys: pytest.CaptureFixture[str]) -> None:
    places = ["b.yaml:2:1", "a.yaml:10:1", "a.yaml:9:12", "a.yaml:9:4", "a.yaml"]
    say_issues([Issue("x", "a.yaml:1:1", "seems odd", "warning"), *(Issue("x", one, "is wrong") for one in places)])
    assert [line.split()[1] for line in capsys.readouterr().err.splitlines()] == [
        "a.yaml:", "a.yaml:9:4:", "a.yaml:9:12:", "a.yaml:10:1:", "b.yaml:2:1:", "a.yaml:1:1:",
    ]  # fmt: skip
