"""A promise of the plan that moves is published as was → is, with who decided it and why."""

from pathlib import Path

import pytest

from lamppost.build import build_site
from lamppost.load import load_city
from lamppost.model import Dates
from lamppost.outside import date_run
from lamppost.pull import Transport
from lamppost.run import Setting, run
from lamppost.starter import new_city
from lamppost.store import open_store

ACTION, UPDATE = "docs/plan/1.1-plant-trees.md", "docs/plan/updates/2026-11-05-1.1.md"


def run_plan(root: Path) -> Dates:
    city = load_city(root)
    dates = date_run(city, None)
    run(Setting(city, open_store(root / "store"), dates, {}, Transport()), ["plan"])
    return dates


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8", newline="\n")


@pytest.fixture
def city(tmp_path: Path) -> Path:
    root = tmp_path / "city"
    new_city(root, "Testville")
    run_plan(root)
    return root


def test_the_log_names_decider_and_reason_or_says_that_there_is_none(city: Path) -> None:
    due = next(line for line in (city / ACTION).read_text(encoding="utf-8").splitlines() if line.startswith("due: "))
    edit(city / ACTION, due, "due: 2031-01-01")
    run_plan(city)
    edit(city / ACTION, "due: 2031-01-01", "due: 2032-02-02")
    edit(city / UPDATE, "did:", "decision: {changes: [due], by: City Council, reason: The trees came late.}\ndid:")
    build_site(load_city(city), run_plan(city))
    feed = (city / "site/changes.feed.json").read_text(encoding="utf-8")
    assert "due date 2031-01-01 → 2032-02-02. Decided by City Council: The trees came late." in feed
    assert "→ 2031-01-01. No reason was given." in feed
    page = (city / "site/changes.html").read_text(encoding="utf-8")
    assert "Decided by City Council: The trees came late." in page


def test_a_plan_may_have_neither_milestones_nor_indicators(tmp_path: Path) -> None:
    root = tmp_path / "city"
    new_city(root, "Testville")
    text = (root / ACTION).read_text(encoding="utf-8")
    lines = [one for one in text.splitlines() if not one.startswith(("milestones:", "  - {id:", "indicators:"))]
    (root / ACTION).write_text("\n".join(lines).replace("due, milestones]", "due]") + "\n", encoding="utf-8")
    for path in (root / "docs/plan/indicators").iterdir():
        path.unlink()
    city, store = load_city(root), open_store(root / "store")
    outcome = run(Setting(city, store, date_run(city, None), {}, Transport()), ["plan"]).outcomes["plan"]
    assert (outcome.verdict, outcome.reason) == ("published", "")
    head = store.head("plan")
    assert head is not None
    assert {one.resource: one.counts.published for one in head.tables} == {
        "actions": 1, "milestones": 0, "indicators": 0
    }  # fmt: skip
