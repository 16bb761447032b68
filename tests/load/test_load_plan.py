"""The plan: one Markdown file a thing, joined by id; each fault with file, line and what to do."""

from collections.abc import Callable, Mapping
from datetime import date

import pytest

from lamppost.load import check_references, load_datasets, load_plan
from lamppost.model import City, Milestone, Point

Write = Callable[[Mapping[str, str]], City]
ACTION = """\
kind: action
id: "1.1"
title: Plant trees
strategy: s1
focus: streets
owner: Parks
summary: Twelve more.
problem: No shade.
people: Everybody who walks.
origin: A meeting.
"""
INDICATOR = """\
kind: count
id: planted
title: Trees planted
data: {dataset: trees, sql: "SELECT planted_date AS date, count(*) AS value FROM trees GROUP BY 1"}
unit: trees
better: up
cadence: yearly
"""
FRONT = {
    "index.md": "kind: plan\ntitle: Green\nadopted: 2026-01\nends: 2028-12\nsummary: S\ngroups: [{id: g, title: G}]\n",
    "shade.md": "kind: strategy\nid: s1\ntitle: Shade\nsummary: S\n",
    "streets.md": "kind: area\nid: streets\ntitle: Streets\nsummary: S\n",
    "health.md": "kind: value\nid: health\ntitle: Health\nsummary: S\n",
    "1.1.md": ACTION,
    "indicators/planted.md": INDICATOR,
}


def plan_files(changed: Mapping[str, str]) -> dict[str, str]:
    return {f"docs/plan/{name}": f"---\n{text}---\nBody.\n" for name, text in {**FRONT, **changed}.items()}


def faults(write: Write, changed: Mapping[str, str]) -> list[str]:
    _, issues = load_plan(write(plan_files(changed)))
    return [f"{issue.place} {issue.message}" for issue in issues]


def test_a_sound_plan_is_joined(write: Write) -> None:
    plan, issues = load_plan(write(plan_files({})))
    assert not issues
    assert plan is not None
    assert (plan.title, plan.path, plan.body) == ("Green", "plan/index.md", "Body.")
    assert [one.path for one in plan.actions] == ["plan/1.1.md"]
    assert plan.indicators["planted"].inputs == ("trees",)
    assert (plan.groups[0].id, plan.values[0].title, plan.areas[0].id) == ("g", "Health", "streets")


def test_an_action_is_read_whole(write: Write) -> None:
    text = ACTION + (
        "start: 2026-01-15\ndue: 2026-12-31\n"
        "stage: paused\nstage_reason: No staff.\ntype: [policy, pilot]\n"
        'budget: {approved: "120000"}\ngroups: [g]\nvalues: [health]\nindicators: [planted]\n'
        "illustrative: [problem, start]\n"
        "milestones:\n  - {id: a, title: First, due: 2026-06-30, done: 2026-07-14, evidence: 'https://example.org/m'}\n"
    )
    plan, issues = load_plan(write(plan_files({"1.1.md": text})))
    assert not issues
    assert plan is not None
    (action,) = plan.actions
    assert (action.due, action.stage, action.types) == (date(2026, 12, 31), "paused", ("policy", "pilot"))
    assert (action.budget_approved, action.illustrative) == ("120000", ("problem", "start"))
    assert action.milestones == (
        Milestone("a", "First", date(2026, 6, 30), date(2026, 7, 14), "https://example.org/m"),
    )  # fmt: skip


def test_an_indicator_is_read_whole_in_either_spelling(write: Write) -> None:
    more = "baseline: {value: 3, date: 2025-12-31}\ntarget: {value: 9.5, date: 2028-12-31, set_by: Council}\n"
    more += "limits: {min: 0}\n"
    spelled = INDICATOR.replace("kind: count", "kind: indicator\nmeasure: count")
    for text in (INDICATOR + more, spelled + more):
        plan, issues = load_plan(write(plan_files({"indicators/planted.md": text})))
        assert not issues
        assert plan is not None
        indicator = plan.indicators["planted"]
        assert (indicator.kind, indicator.limits) == ("count", (0.0, None))
        assert (indicator.baseline, indicator.target) == (Point(date(2025, 12, 31), 3), Point(date(2028, 12, 31), 9.5))


def test_updates_come_in_the_order_of_their_dates(write: Write) -> None:
    update = 'kind: update\nitem: "1.1"\ndate: 2026-{}\nby: Parks\ndid: Dug.\n'
    files = plan_files({"updates/a.md": update.format("05-02"), "updates/b.md": update.format("03-01")})
    plan, issues = load_plan(write(files))
    assert not issues
    assert plan is not None
    assert [one.path for one in plan.updates] == ["plan/updates/b.md", "plan/updates/a.md"]


def test_ids_sort_as_people_count(write: Write) -> None:
    others = {f"{n}.md": ACTION.replace('"1.1"', f'"{n}"') for n in ("1.10", "1.2", "2.1")}
    plan, _ = load_plan(write(plan_files(others)))
    assert plan is not None
    assert [one.id for one in plan.actions] == ["1.1", "1.2", "1.10", "2.1"]


def test_an_id_without_quotes_would_lose_its_zero(write: Write) -> None:
    found = faults(write, {"1.1.md": ACTION.replace('"1.1"', "1.10")})
    assert 'docs/plan/1.1.md:3:5 id found the number `1.10`, expected text; write "1.10"' in found


@pytest.mark.parametrize("key", ["title", "strategy", "focus", "owner", "summary", "problem", "people", "origin"])
def test_what_an_action_must_say_is_missed_by_name(write: Write, key: str) -> None:
    text = "".join(f"{line}\n" for line in ACTION.splitlines() if not line.startswith(f"{key}:"))
    assert any(f"docs/plan/1.1.md:2:1 `{key}` is missing" in fault for fault in faults(write, {"1.1.md": text}))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("depends_on: ['9.9']", "there is no action `9.9`"),
        ("indicators: [plantd]", "Did you mean `planted`?"),
        ("values: [wealth]", "there is no value `wealth`"),
        ("groups: [x]", "there is no group `x`"),
        ("depends_on: ['1.1']", "wait for each other in a circle"),
        ("stage: cancelled", "cancelled without `stage_reason:`"),
        ("stage: halted", "expected one of planned, active"),
        ("milestones: [{id: a, title: T, done: 2026-01-01}]", "done without `evidence:`"),
        ("milestones: [{id: a, title: T}, {id: a, title: U}]", "is used twice"),
        ("milestones: [{id: a, title: T, evidence: notes}]", "expected an address with https://"),
        ("due: 2026-02-30", "expected a day of the calendar"),
        ("budget: {approved: 120000}", 'write "120000"'),
        ("budget: much", "expected not-costed or"),
        ("type: [law]", "expected one of policy, program, pilot"),
        ("illustrative: [problemz]", "Did you mean `problem`?"),
        ("image: a.jpg", "an image without `image_alt:`"),
        ("owners: Parks", "Did you mean `owner`?"),
        ("title: Again", "the key is written twice"),
    ],
)
def test_a_fault_in_an_action_says_what_to_do(write: Write, line: str, message: str) -> None:
    found = faults(write, {"1.1.md": f"{ACTION}{line}\n"})
    assert any(message in fault for fault in found), found
    assert all(fault.startswith("docs/plan/1.1.md:12:") for fault in found)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "baseline: {value: 1, date: 2026-01-01}\ntarget: {value: 2, date: 2026-01-01, set_by: C}",
            "is not after the baseline's",
        ),
        ("target: {value: 2, date: 2027-01-01}", "`set_by` is missing"),
        ("baseline: {value: '1', date: 2026-01-01}", "expected a number; remove the quotes"),
        ("limits: {min: 5, max: 1}", "min 5 is not below max 1"),
        ("measures: count", "is not a key here"),
    ],
)
def test_a_fault_in_an_indicator_says_what_to_do(write: Write, line: str, message: str) -> None:
    found = faults(write, {"indicators/planted.md": f"{INDICATOR}{line}\n"})
    assert any(message in fault for fault in found), found


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"other.md": FRONT["shade.md"]}, "the strategy id `s1` is also in docs/plan/other.md"),
        ({"other.md": FRONT["index.md"]}, "a second `kind: plan`"),
        ({"other.md": "kind: acton\n"}, "Did you mean `action`?"),
        (
            {"u.md": 'kind: update\nitem: "7"\ndate: 2026-01-01\nby: P\ndid: D\n'},
            "no action, strategy or indicator `7`",
        ),
        (
            {"streets.md": "kind: area\nid: street\ntitle: S\nsummary: S\n"},
            "there is no area `streets`. Did you mean `street`?",
        ),
        ({"index.md": FRONT["index.md"].replace("2026-01", "January")}, "expected as much as is known"),
        ({"index.md": "title: Not a plan\n"}, "no file has `kind: plan`"),
    ],
)
def test_a_fault_between_files_says_what_to_do(write: Write, files: Mapping[str, str], message: str) -> None:
    found = faults(write, files)
    assert any(message in fault for fault in found), found


def test_all_faults_of_all_pages_come_together(write: Write) -> None:
    found = faults(write, {"1.1.md": ACTION + "due: soon\nvalues: [x]\n", "shade.md": "kind: strategy\nid: s2\n"})
    assert len(found) == 5


def test_pages_without_a_kind_are_not_part_of_the_plan(write: Write) -> None:
    plan, issues = load_plan(write({"docs/plan/notes.md": "# Notes\n", "docs/plan/more.md": "---\ntitle: More\n---\n"}))
    assert (plan, issues) == (None, ())


def test_plan_and_data_must_know_each_other(write: Write, sound: Mapping[str, str]) -> None:
    files = plan_files({"streets.md": FRONT["streets.md"] + "figure: shade\n"})
    files["docs/plan/indicators/planted.md"] = files["docs/plan/indicators/planted.md"].replace(
        "dataset: trees", "dataset: tree"
    )
    path = "datasets/trees/dataset.yaml"
    city = write(files | {path: sound[path] + "focus: street\n"})
    plan, _ = load_plan(city)
    found = check_references(plan, load_datasets(city)[0], ["trees"], ["shades"])
    assert [issue.message for issue in found] == [
        "there is no focus area `street`. Did you mean `streets`?",
        "there is no figure `shade`. Did you mean `shades`?",
        "there is no dataset `tree`. Did you mean `trees`?",
    ]


UPDATE = 'kind: update\nitem: "1.1"\ndate: 2026-05-02\nby: Parks\ndid: Dug.\n'


def test_an_update_says_who_moved_a_promise_and_why(write: Write) -> None:
    text = UPDATE + "decision: {changes: [due, owner], by: City Council, reason: It rained.}\n"
    plan, faults = load_plan(write(plan_files({"u.md": text})))
    assert not faults
    assert plan is not None
    decision = plan.updates[0].decision
    assert decision is not None
    assert (decision.changes, decision.by, decision.reason) == (("due", "owner"), "City Council", "It rained.")


@pytest.mark.parametrize(
    ("decision", "message"),
    [
        ("{changes: [title], by: A, reason: B}", "found `title`, expected one of start, due, owner, budget"),
        ("{changes: [due], reason: B}", "`by` is missing"),
        ("{changes: [due], by: A}", "`reason` is missing"),
        ("{changes: [], by: A, reason: B}", "found an empty list"),
    ],
)
def test_a_decision_without_a_decider_or_a_reason_is_none(write: Write, decision: str, message: str) -> None:
    _, faults = load_plan(write(plan_files({"u.md": UPDATE + f"decision: {decision}\n"})))
    assert any(message in one.message for one in faults), faults
