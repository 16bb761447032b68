"""Whatever stands in place of a value, loading ends in issues: never in a traceback, never twice the same."""

import copy
from collections.abc import Callable, Iterator, Mapping
from itertools import islice, product
from typing import Any

import pytest
import yaml

from lamppost.errors import LoadError
from lamppost.load import check_pages, check_references, load_datasets, load_figures, load_plan
from lamppost.model import City, Issue

Write = Callable[[Mapping[str, str]], City]
STRANGE: tuple[Any, ...] = (None, True, 5, -0.5, "", "a b", [], {}, [[]], [{}], ["x", "x"], {"x": 1}, {"x": {"y": []}})
STEP = 11
"""Every 11th pair of place and value is tried; 13 values against 11 make the pairs walk through all of both."""
FULL: Mapping[str, str] = {
    "mkdocs.yml": """\
site_name: T
site_url: https://t.example.org
extra:
  city: {format: 1, mantra: {text: M}, publisher: P, contact: a@b.org, licence: MIT, time_zone: UTC, languages: [en],
         boundary: [0, 0, 1, 1], words: {avoid: [a], say: {a: b}, names: [A]}, store: store, private: none, notice: N}
""",
    "datasets/trees/dataset.yaml": """\
format: 1
title: T
description: D
licenses: [{name: CC0-1.0, path: "https://a.org", title: C}]
contributors: [{title: P, roles: [steward], email: a@b.org}]
sources: [{title: S}]
keywords: [a]
accrualPeriodicity: R/P1D
focus: streets
resources:
  - name: trees
    pull: {preset: arcgis, url: "${A}", params: {a: b}, every: P1D, lookback: P1D, cursor: day,
           fields: {a_id: {path: A, as: epoch_s}}}
    protect: {x: drop}
    checks: {rows: {min: 1, shrink: 5%}, quarantine: {max: 1%}}
    publish: {mode: upsert, event_time: day, every: P1D, partition: {by: day, of: day}, formats: [csv]}
""",
    "datasets/trees/figures.yaml": "format: 1\nfigures: [{name: f, title: F, sql: SELECT 1, round: 1}]\n",
    "datasets/all/dataset.yaml": """\
format: 1
title: T
description: D
licenses: [{name: CC0-1.0}]
contributors: [{title: P}]
accrualPeriodicity: irregular
resources: [{name: all, key: content, derive: {from: [trees], sql: q.sql}}]
""",
    "datasets/all/q.sql": "SELECT 1",
    "schemas/all.yaml": "fields: [{name: n, type: number}]\n",
    "schemas/trees.yaml": """\
primaryKey: [a_id]
missingValues: [""]
fields:
  - {name: a_id, type: string, constraints: {required: true, pattern: "a", enum: [a]}}
  - {name: day, type: date, constraints: {minimum: "2020-01-01"}}
""",
}
PLAN: Mapping[str, str] = {
    "docs/plan/index.md": "kind: plan\ntitle: P\nsummary: S\nadopted: 2026-01\ngroups: [{id: g, title: G}]\n",
    "docs/plan/s.md": "kind: strategy\nid: s\ntitle: S\nsummary: S\n",
    "docs/plan/streets.md": "kind: area\nid: streets\ntitle: S\nsummary: S\nfigure: f\n",
    "docs/plan/u.md": 'kind: update\nitem: "1"\ndate: 2026-01-01\nby: B\ndid: D\nevidence: ["https://a.org"]\n',
    "docs/plan/1.md": """\
kind: action
id: "1"
title: T
strategy: s
focus: streets
owner: O
summary: S
problem: P
people: P
origin: O
start: 2026-01-01
stage: active
budget: {approved: "1"}
depends_on: []
illustrative: [title]
milestones: [{id: a, title: A, due: 2026-01-01, done: 2026-01-01, evidence: "https://a.org"}]
""",
    "docs/plan/indicators/i.md": """\
kind: count
id: i
title: I
data: {dataset: trees, sql: SELECT 1, from: [trees]}
unit: u
better: up
cadence: yearly
baseline: {value: 1, date: 2025-01-01}
target: {value: 2, date: 2026-01-01, set_by: C}
limits: {min: 0, max: 9}
""",
}


def positions(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of each value in a tree of lists and mappings."""
    yield path
    if isinstance(value, Mapping | list):
        for key in value if isinstance(value, Mapping) else range(len(value)):
            yield from positions(value[key], (*path, key))


def replaced(content: Any, path: tuple[Any, ...], by: Any) -> Any:
    if not path:
        return by
    changed = copy.deepcopy(content)
    parent = changed
    for key in path[:-1]:
        parent = parent[key]
    parent[path[-1]] = by
    return changed


def write_out(path: str, content: Any) -> str:
    text = yaml.safe_dump(content, allow_unicode=True)
    return f"---\n{text}---\n" if path.endswith(".md") else text


def load_all(write: Write, files: Mapping[str, str]) -> list[Issue]:
    try:
        city = write(files)
    except LoadError as error:
        return list(error.issues)
    datasets, faults = load_datasets(city)
    figures, figure_issues = load_figures(city, datasets)
    plan, plan_issues = load_plan(city)
    names = [one.name for one in figures]
    others = [
        *check_pages(city, names),
        *check_references(plan, datasets, [*(one.name for one in datasets), *faults], names),
    ]
    return [*(one for found in faults.values() for one in found), *figure_issues, *plan_issues, *others]


def base() -> dict[str, str]:
    return {**FULL, **{path: f"---\n{text}---\n" for path, text in PLAN.items()}}


def test_the_city_that_is_varied_has_no_fault(write: Write) -> None:
    assert load_all(write, base()) == []


@pytest.mark.parametrize("path", [path for path in (*FULL, *PLAN) if not path.endswith(".sql")])
def test_a_strange_value_anywhere_ends_in_issues_told_once(write: Write, path: str) -> None:
    content = yaml.safe_load({**FULL, **PLAN}[path])
    write(base())
    for place, strange in islice(product(positions(content), STRANGE), 0, None, STEP):
        issues = load_all(write, {**base(), path: write_out(path, replaced(content, place, strange))})
        assert len(issues) == len(set(issues)), (place, strange, issues)
        assert all(issue.message and issue.place for issue in issues)
