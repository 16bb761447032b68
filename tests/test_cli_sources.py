"""The verbs about sources: in words, with the right exit code, and without a secret."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lamppost.cli import main
from lamppost.load.preset import preset_names

ASKS = """
format: 1
title: Wells
description: All of them.
licenses: [{name: CC0-1.0}]
contributors: [{title: Water, roles: [publisher]}]
accrualPeriodicity: R/P1D
resources:
  - name: wells
    pull:
      adapter: http
      url: "${WELLS_URL}"
      auth: {bearer: "${WELLS_KEY}"}
      records: items
      paging: {by: next_link, path: next}
      count: {path: total}
      every: PT6H
      cursor: at
      lookback: P3D
    publish: {mode: upsert, event_time: at}
"""
SCHEMA = "primaryKey: [id]\nfields:\n  - {name: id, type: string}\n  - {name: at, type: datetime}\n"


def call(*words: str, **env: str | None) -> Result:
    return CliRunner().invoke(main, words, env=env)


@pytest.fixture
def city(tmp_path: Path) -> str:
    folder = tmp_path / "city"
    assert call("new", str(folder)).exit_code == 0
    (folder / "datasets/wells").mkdir()
    (folder / "datasets/wells/dataset.yaml").write_text(ASKS, encoding="utf-8")
    (folder / "schemas/wells.yaml").write_text(SCHEMA, encoding="utf-8")
    return str(folder)


def explain(city: str, **env: str | None) -> Result:
    return call("--city", city, "pull", "--explain", "wells", **env)


def test_explain_says_how_often_what_and_how_it_would_be_proven(city: str) -> None:
    result = explain(city)
    text = " ".join(result.output.split())
    assert result.exit_code == 0
    assert "A run asks every 6 hours. After the first pull it starts 3 days before the newest `at`" in text
    assert "1. Asks ${WELLS_URL}" in text
    assert "`next`" in text
    assert "`total`" in text
    assert text.endswith("Nothing was asked: this is what you wrote, in words.")


def test_explain_says_which_names_are_set_and_never_to_what(city: str) -> None:
    output = explain(city, WELLS_URL="https://wells.example.org/canary", WELLS_KEY=None).output
    assert "WELLS_URL: set (a variable)" in output
    assert "WELLS_KEY: NOT SET (a secret)" in output
    assert "canary" not in output


def test_explain_exits_2_when_the_pull_would_be_refused(city: str) -> None:
    path = Path(city) / "datasets/wells/dataset.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("by: next_link", "by: next_lunk"), encoding="utf-8")
    result = explain(city)
    assert result.exit_code == 2
    assert "Refused as it is declared" in result.output
    assert "next_lunk" in result.output


def test_explain_is_as_wide_as_the_terminal(city: str) -> None:
    lines = explain(city, COLUMNS="60").output.splitlines()
    assert max(map(len, lines)) <= 60


def test_explain_of_files_needs_nothing_to_be_set(city: str) -> None:
    result = call("--city", city, "pull", "--explain", "street-trees")
    assert (result.exit_code, "the descriptor names no variable and no secret" in result.output) == (0, True)


def test_pull_shows_the_first_rows_and_publishes_nothing(city: str) -> None:
    result = call("--city", city, "pull", "street-trees")
    assert result.exit_code == 0
    assert "  tree_id=T-" in result.output
    assert not (Path(city) / "store").exists()


@pytest.mark.parametrize(
    ("name", "said"), [("street-treess", "Did you mean `street-trees`?"), ("zzz", "The city has ")]
)
def test_a_dataset_that_is_not_there_is_told_with_the_nearest_or_with_all(city: str, name: str, said: str) -> None:
    result = call("--city", city, "pull", "--explain", name)
    assert (result.exit_code, said in result.output) == (2, True)


def test_presets_are_listed_with_what_they_are_and_how_they_were_proven() -> None:
    result = call("presets", COLUMNS="120")
    lines = {line.split()[0]: line for line in result.output.splitlines()[1:-2]}
    assert tuple(lines) == preset_names()
    assert "ArcGIS feature layer" in lines["arcgis"]
    assert "  http  " in lines["arcgis"]


@pytest.mark.parametrize("name", preset_names())
def test_the_page_of_a_preset_is_the_same_words_in_the_terminal_and_as_markdown(name: str) -> None:
    page = call("presets", name, "--markdown").output
    shown = call("presets", name, COLUMNS="200").output
    assert page.startswith(f"---\ntitle: {name}\n---\n\n# ")
    assert f"preset: {name}" in page
    assert f"preset: {name}" in shown
    assert "## What you write" in page
    assert "What you write" in shown


def test_a_page_says_which_names_are_secrets() -> None:
    page = call("presets", "meraki", "--markdown").output
    assert "| `MERAKI_API_KEY` | secret |" in page
    assert "| `MERAKI_URL` | variable |" in page


def test_a_preset_that_is_not_there_is_told_with_the_nearest() -> None:
    result = call("presets", "opem311")
    assert (result.exit_code, "Did you mean `open311`?" in result.output) == (2, True)


def test_try_prints_both_files_or_saves_them(city: str) -> None:
    printed = call("--city", city, "try", "open311", "--sandbox", "--today", "2026-11-22", CI=None)
    assert printed.exit_code == 0
    assert "----- datasets/open311/dataset.yaml" in printed.output
    saved = call("--city", city, "try", "open311", "--sandbox", "--save", "requests", "--today", "2026-11-22")
    assert saved.exit_code == 0
    assert "Wrote datasets/requests/dataset.yaml" in saved.output
    again = call("--city", city, "try", "open311", "--sandbox", "--save", "requests", "--today", "2026-11-22")
    assert (again.exit_code, "nothing was written" in again.output) == (2, True)


def test_try_needs_no_city_until_something_is_saved(tmp_path: Path) -> None:
    assert call("--city", str(tmp_path), "try", "open311", "--sandbox").exit_code == 0
    assert call("--city", str(tmp_path), "try", "open311", "--sandbox", "--save", "requests").exit_code == 2
    assert list(tmp_path.iterdir()) == []


def test_the_verbs_about_sources_stand_between_writing_and_running() -> None:
    commands = call("--help").output.partition("Commands:")[2].split("\n")
    names = [line.split()[0] for line in commands if line.strip()]
    assert names[:6] == ["new", "check", "presets", "try", "pull", "run"]
