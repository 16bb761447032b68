"""Issues as GitHub's workflow commands: at the line of YAML, escaped by GitHub's own rules."""

import subprocess
import sys
from pathlib import Path

import pytest

from lamppost.annotations import annotate, find_folder, is_wanted
from lamppost.model import Issue

CITY = """
site_name: Riverton
extra: {city: {format: 1}}
"""


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("schemas/trees.yaml:7:5 fields[2].type", "file=schemas/trees.yaml,line=7,col=5,title=wrong-value"),
        ("schemas/trees.yaml:7", "file=schemas/trees.yaml,line=7,title=wrong-value"),
        ("docs/a, b.md", "file=docs/a%2C b.md,title=wrong-value"),
        ("datasets/trees/transform.py:3", "file=datasets/trees/transform.py,line=3,title=wrong-value"),
    ],
)
def test_a_place_becomes_file_line_and_column(place: str, said: str) -> None:
    assert annotate([Issue("wrong-value", place, "no")]) == [f"::error {said}::no"]


def test_an_issue_without_a_file_says_its_place_in_words() -> None:
    assert annotate([Issue("shrunk", "trees/trees", "gone", "warning")]) == [
        "::warning title=shrunk::trees/trees: gone"
    ]


def test_nothing_in_a_message_can_begin_another_command() -> None:
    (line,) = annotate([Issue("x", "a.yaml:1", "100 % of:\r\n::error::b, c")])
    assert line == "::error file=a.yaml,line=1,title=x::100 %25 of:%0D%0A::error::b, c"
    assert "\n" not in line


def test_a_city_in_a_folder_of_the_repository_is_named_from_its_root(tmp_path: Path) -> None:
    env = {"GITHUB_WORKSPACE": str(tmp_path)}
    assert find_folder(tmp_path / "town", env) == "town/"
    assert find_folder(tmp_path, env) == ""
    (line,) = annotate([Issue("x", "a.yaml:1", "no")], "town/")
    assert line.startswith("::error file=town/a.yaml,line=1,")


@pytest.mark.parametrize(("env", "wanted"), [({"GITHUB_ACTIONS": "true"}, True), ({}, False)])
def test_they_are_written_where_github_reads_them(env: dict[str, str], wanted: bool, tmp_path: Path) -> None:
    assert is_wanted(env) is wanted
    (tmp_path / "mkdocs.yml").write_text(CITY, encoding="utf-8")
    command = [sys.executable, "-m", "lamppost.cli", "--city", str(tmp_path), "check"]
    done = subprocess.run(
        command, env={"GITHUB_WORKSPACE": str(tmp_path), "PATH": ""} | env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert ("::error file=mkdocs.yml,line=3,col=15,title=" in done.stdout) is wanted
    assert "mkdocs.yml:3" in done.stderr
