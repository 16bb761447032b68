"""The contradictions of a printed plan are found when it is loaded exactly as printed."""

from dataclasses import replace
from datetime import date
from typing import Any

from lamppost.model import Action, Milestone, Plan, Update
from lamppost.plan import check_plan

TODAY = date(2018, 3, 1)


def action(number: str, start: str, *depends_on: str, **more: Any) -> Action:
    given = {"types": ("program",), "indicators": ("i",), **more}
    return Action(
        id=number, title=f"Title {number}", strategy=f"s{number[0]}", focus="city-hall", owner="O", summary="S",
        problem="P", people="P", origin="O", start=date.fromisoformat(f"{start}-01"), depends_on=depends_on, **given,
    )  # fmt: skip


PRINTED = Plan(
    title="P", adopted="2018-02", ends="2023-02", document="", summary="", path="plan/index.md",
    actions=(
        action("1.1", "2018-04"),
        action("1.2", "2018-10", "1.1"),
        action("1.3", "2018-06", "1.1"),
        action("1.4", "2018-08"),
        action("1.5", "2018-09"),
        action("2.1", "2019-06", printed_id="3.3"),
        action("2.2", "2018-06"),
        action("2.3", "2019-07", printed_types=("policy",)),
        action("2.4", "2019-10"),
        action("3.1", "2018-03", "1.5", "2.2"),
        action("3.2", "2019-02"),
        action("3.3", "2019-11", "1.5"),
        action("3.4", "2020-02", "3.2", "3.5"),
        action("3.5", "2021-01", "3.2"),
    ),
)  # fmt: skip


def codes(plan: Plan, today: date = TODAY) -> list[str]:
    return [issue.code for issue in check_plan(plan, today)]


def of(number: str, **more: Any) -> Plan:
    return replace(PRINTED, actions=tuple(replace(one, **more) for one in PRINTED.actions if one.id == number))


def test_the_plan_as_printed_contradicts_itself_in_four_ways() -> None:
    found = [(issue.code, issue.message.split("; expected")[0]) for issue in check_plan(PRINTED, TODAY)]
    early = "starts-before-prerequisite"
    assert found == [
        ("types-differ", "2.3 is printed as program in one place and as policy in another"),
        (early, "3.1 starts on 1 March 2018 but depends on 1.5, which starts on 1 September 2018"),
        (early, "3.1 starts on 1 March 2018 but depends on 2.2, which starts on 1 June 2018"),
        (early, "3.4 starts on 1 February 2020 but depends on 3.5, which starts on 1 January 2021"),
        ("number-used-twice", "The number 3.3 is used twice, by “Title 2.1” (2.1) and “Title 3.3” (3.3)"),
        ("number-missing", "No action is printed with the number 2.1"),
    ]


def test_the_corrected_plan_does_not() -> None:
    right: dict[str, dict[str, Any]] = {
        "3.1": {"start": date(2019, 1, 1)},
        "3.4": {"start": date(2021, 6, 1)},
        "2.1": {"printed_id": ""},
    }
    right |= {"2.3": {"printed_types": ()}}
    actions = tuple(replace(one, **right.get(one.id, {})) for one in PRINTED.actions)
    assert codes(replace(PRINTED, actions=actions)) == []


def test_every_message_says_what_to_do() -> None:
    for issue in check_plan(PRINTED, TODAY):
        assert "; expected " in issue.message
        assert issue.message.count(";") >= 2
        assert (issue.severity, issue.place.startswith("docs/plan/")) == ("warning", True)


def test_starting_before_a_prerequisite_is_due() -> None:
    first, second = action("1.1", "2018-01", due=date(2018, 12, 31)), action("1.2", "2018-06", "1.1")
    plan = replace(PRINTED, actions=(first, second))
    assert codes(plan) == ["starts-before-prerequisite"]
    assert codes(replace(plan, actions=(replace(first, illustrative=("due",)), second))) == []


def test_all_milestones_due_on_one_day() -> None:
    same = (Milestone("a", "A", due=date(2018, 12, 31)), Milestone("b", "B", due=date(2018, 12, 31)))
    assert codes(of("1.1", milestones=same)) == ["milestones-on-one-day"]
    assert codes(of("1.1", milestones=same[:1])) == []


def test_done_in_the_future_is_an_error_and_done_without_evidence_a_warning() -> None:
    future = Milestone("a", "A", done=date(2018, 3, 2), evidence="https://example.org")
    claimed = Milestone("a", "A", done=date(2018, 3, 1))
    (error,) = check_plan(of("1.1", milestones=(future,)), TODAY)
    assert (error.code, error.severity) == ("done-in-future", "error")
    assert codes(of("1.1", milestones=(claimed,))) == ["done-without-evidence"]


def test_done_with_open_steps() -> None:
    (issue,) = check_plan(of("1.1", stage="done", milestones=(Milestone("a", "A"), Milestone("b", "B"))), TODAY)
    assert issue.code == "done-with-open-steps"
    assert "its steps a and b are not" in issue.message


def test_an_action_needs_an_owner_and_an_indicator() -> None:
    assert codes(of("1.1", owner=" ", indicators=())) == ["owner-missing", "indicator-missing"]


def test_an_update_older_than_the_cadence() -> None:
    plan = of("1.1", stage="active")
    assert codes(plan) == ["update-overdue"]
    updated = replace(plan, updates=(Update("1.1", date(2018, 3, 1), "O", "Did."),))
    assert codes(updated, date(2018, 6, 1)) == []
    assert codes(updated, date(2018, 6, 2)) == ["update-overdue"]
