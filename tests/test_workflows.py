"""The GitHub workflows: what lies in `.github/workflows/` is what would be written now, and every line of it runs."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from lamppost.load import load_city, load_datasets
from lamppost.starter import new_city
from lamppost.workflows import behind, check_yml, find_placeholders, make_workflows, publish_yml, write_workflows

ROOT = Path(__file__).parents[1]
STARTER = ROOT / "pipelines" / "lamppost" / "starter" / "files" / "workflows"
FILES = sorted([*(ROOT / ".github" / "workflows").glob("*.yml"), *STARTER.glob("*.yml")])
SETUP = "python -m pip install -r requirements.txt"
COMMANDS = ("lamppost ", "nox ", "pipx run nox ")

FORM = {"DATASET": "trees", "VERSION": "12", "REASON": "why"}
"""What staff typed, as the steps get it."""

needs_bash = pytest.mark.skipif(
    os.name != "posix" or not shutil.which("bash"), reason="Publish runs under Linux's bash"
)
each_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())


def read(path: Path) -> Mapping[Any, Any]:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert isinstance(content, dict)
    return content


def jobs(path: Path) -> Iterator[Mapping[str, Any]]:
    yield from read(path)["jobs"].values()


def steps(path: Path) -> list[Mapping[str, Any]]:
    return [step for job in jobs(path) for step in job["steps"]]


def run_lines(path: Path) -> list[str]:
    return [line for step in steps(path) for line in step.get("run", "").splitlines()]


def execute(line: str, folder: Path, env: Mapping[str, str]) -> list[str]:
    """The calls that a line makes under bash, where each program only writes down how it was called."""
    calls = folder / "calls"
    for name in ("lamppost", "nox", "pipx", "python"):
        stub = folder / name
        stub.write_text(
            f'#!/bin/sh\nprintf "%s" "{name}" >> "$CALLS"\nprintf "|%s" "$@" >> "$CALLS"\necho >> "$CALLS"\n',
            encoding="utf-8",
        )
        stub.chmod(0o755)
    bash = shutil.which("bash")
    assert bash
    path = f"{folder}{os.pathsep}{os.environ['PATH']}"
    command = [bash, "--noprofile", "--norc", "-eo", "pipefail", "-c", line]
    subprocess.run(command, env={**os.environ, "CALLS": str(calls), "PATH": path, **env}, check=True)
    return calls.read_text(encoding="utf-8").splitlines()


def test_the_workflows_fit_the_datasets() -> None:
    city = load_city(ROOT)
    datasets, faults = load_datasets(city)
    assert behind(city, datasets, [*(one.name for one in datasets), *faults]) == (), "run `lamppost workflows --write`"


def test_a_new_citys_workflows_are_what_would_be_written_for_it() -> None:
    assert (STARTER / "publish.yml").read_text(encoding="utf-8") == publish_yml((), ["street-trees"], own_engine=False)
    assert (STARTER / "check.yml").read_text(encoding="utf-8") == check_yml(own_engine=False)


@each_file
def test_each_line_calls_lamppost_or_nox(path: Path) -> None:
    assert [line for line in run_lines(path) if not line.startswith(COMMANDS) and line != SETUP] == []


@each_file
def test_values_reach_the_shell_through_the_environment_alone(path: Path) -> None:
    assert [line for line in run_lines(path) if "${{" in line] == []


@each_file
def test_actions_are_pinned_by_commit_with_their_version_beside(path: Path) -> None:
    used = re.findall(r"uses: (.+)", path.read_text(encoding="utf-8"))
    assert used
    assert [one for one in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", one)] == []


@each_file
def test_rights_are_given_job_by_job_and_least(path: Path) -> None:
    assert read(path)["permissions"] == {}
    given = [job["permissions"] for job in jobs(path)]
    allowed = (
        [{"contents": "read"}]
        if path.stem == "check"
        else [{"contents": "write"}, {"pages": "write", "id-token": "write"}]
    )
    assert given == allowed


@each_file
@needs_bash
def test_each_line_runs_under_bash(path: Path, tmp_path: Path) -> None:
    lines = run_lines(path)
    assert lines
    for line in lines:
        (tmp_path / "calls").unlink(missing_ok=True)
        (call,) = execute(line, tmp_path, FORM)
        filled = line.replace('${DATASET:+"$DATASET"}', "$DATASET").replace('"', "")
        for name, value in FORM.items():
            filled = filled.replace(f"${name}", value)
        assert call.replace("|", " ") == filled


@needs_bash
@pytest.mark.parametrize("typed", ['"; rm -rf . ; "', "$(touch x)", "`touch x`", "--help", "' || true", "a b"])
def test_what_is_typed_into_the_form_stays_one_argument(tmp_path: Path, typed: str) -> None:
    lines = [line for line in run_lines(STARTER / "publish.yml") if "$" in line]
    calls: list[str] = []
    for line in lines:
        calls += execute(line, tmp_path, dict.fromkeys(FORM, typed))[len(calls) :]
    assert calls == [
        f"lamppost|run|{typed}",
        f"lamppost|rollback|--reason={typed}|--|{typed}|{typed}",
        f"lamppost|log|--|{typed}",
    ]
    assert not Path("x").exists()


@needs_bash
def test_without_a_dataset_everything_that_is_due_runs(tmp_path: Path) -> None:
    line = next(line for line in run_lines(STARTER / "publish.yml") if " run " in line)
    assert execute(line, tmp_path, {"DATASET": ""}) == ["lamppost|run"]


def test_each_thing_that_the_form_offers_is_done_by_one_step_and_the_site_is_built_after_it() -> None:
    path = ROOT / ".github" / "workflows" / "publish.yml"
    offered = read(path)[True]["workflow_dispatch"]["inputs"]["what"]["options"]
    verbs = {
        one: [
            step["run"].split(" -- ")[1].split()[0]
            for step in steps(path)
            if f"env.WHAT == '{one}'" in step.get("if", "")
        ]
        for one in offered
    }
    assert verbs == {
        "pull new data": ["run", "status"],
        "build the site again": [],
        "go back to an earlier version": ["rollback"],
        "thin out old versions (only say what would go)": ["gc"],
        "thin out old versions": ["gc"],
    }


def test_old_versions_are_thinned_out_once_a_month_whatever_the_age_of_fetched_files() -> None:
    path = ROOT / ".github" / "workflows" / "publish.yml"
    daily, monthly = (one["cron"] for one in read(path)[True]["schedule"])
    make = read(path)["jobs"]["make"]
    assert (daily.split()[2:], monthly.split()[2:]) == (["*", "*", "*"], ["1", "*", "*"])
    assert f"github.event.schedule == '{monthly}' && 'thin out old versions'" in make["env"]["WHAT"]
    (line,) = [line for line in run_lines(path) if " gc " in line and "--dry-run" not in line]
    assert line.endswith("gc --grace 0")


def test_publishing_is_never_cut_short_and_starts_at_an_odd_minute() -> None:
    publish = read(ROOT / ".github" / "workflows" / "publish.yml")
    triggers = publish[True]  # YAML 1.1 takes GitHub's word `on` for true
    minute = triggers["schedule"][0]["cron"].split()[0]
    assert publish["concurrency"] == {"group": "publish", "cancel-in-progress": False, "queue": "max"}
    assert int(minute) % 2 == 1
    assert set(triggers) == {"schedule", "workflow_dispatch"}


def test_the_store_is_kept_before_the_site_is_shown_also_when_a_dataset_failed() -> None:
    make, deploy = jobs(ROOT / ".github" / "workflows" / "publish.yml")
    order = [step["id"] for step in make["steps"] if "id" in step]
    assert order == ["fetch", "run", "save", "build", "upload"]
    after_run = [step["if"] for step in make["steps"] if step.get("id") in {"save", "build", "upload"}]
    assert all(condition.startswith("${{ !cancelled() && steps.") for condition in after_run)
    assert "needs.make.outputs.artifact != ''" in deploy["if"]
    assert not any("continue-on-error" in step for step in make["steps"])


def test_the_form_offers_every_dataset_and_addresses_come_from_the_repository() -> None:
    city = load_city(ROOT)
    datasets, _ = load_datasets(city)
    text = make_workflows(city, datasets, ["also-at-fault"])[".github/workflows/publish.yml"]
    assert "          - also-at-fault\n" in text
    for name in find_placeholders(datasets):
        assert f"{name}: ${{{{ vars.{name} || secrets.{name} }}}}" in text
    assert "run --sandbox" in text


def test_a_city_without_addresses_needs_no_sandbox(tmp_path: Path) -> None:
    new_city(tmp_path / "city", "Riverton")
    city = load_city(tmp_path / "city")
    datasets, _ = load_datasets(city)
    assert "sandbox" not in make_workflows(city, datasets, ["street-trees"])[".github/workflows/publish.yml"]


def test_writing_twice_changes_nothing(tmp_path: Path) -> None:
    new_city(tmp_path / "city", "Riverton")
    city = load_city(tmp_path / "city")
    path = city.root / ".github/workflows/publish.yml"
    path.unlink()
    write_workflows(city, (), ["street-trees"])
    before = path.stat().st_mtime_ns
    write_workflows(city, (), ["street-trees"])
    assert path.stat().st_mtime_ns == before
    assert behind(city, (), ["street-trees", "another"]) == (".github/workflows/publish.yml",)
