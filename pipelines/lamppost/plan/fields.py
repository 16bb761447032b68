"""The columns of the dataset `plan`, with the words that its data dictionary prints."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Column:
    """One field of Table Schema."""

    name: str
    type: str
    title: str
    description: str
    constraints: Mapping[str, Any] = field(default_factory=dict)


def _text(name: str, title: str, description: str, **constraints: Any) -> Column:
    return Column(name, "string", title, description, constraints)


def _day(name: str, title: str, description: str) -> Column:
    return Column(name, "date", title, description)


def _number(name: str, title: str, description: str, **constraints: Any) -> Column:
    return Column(name, "number", title, description, constraints)


_STAGES = ["planned", "active", "paused", "done", "cancelled"]
_KINDS = ["rate", "count", "share", "index", "yes-no", "cumulative"]
_BETTER = ["up", "down", "keep-within"]
_CADENCES = ["hourly", "daily", "weekly", "monthly", "quarterly", "yearly"]

DECISIONS = (
    _text("item_id", "Item", "Number of the action, or name of the indicator, that was changed."),
    _day("decided_date", "Decided on", "Day of the decision."),
    _text("changes", "Changes", "What it moved: start, due, owner, budget, baseline, target; separated by semicolons."),
    _text("decided_by", "Decided by", "Who decided it.", required=True),
    _text("reason", "Reason", "Why.", required=True),
)

ACTIONS = (
    _text("action_id", "Action", "Number of the action; never used again for another one."),
    _text("title", "Title", "What the plan calls the action.", required=True),
    _text("strategy_id", "Strategy", "The strategy that the action belongs to.", required=True),
    _text("focus_area", "Focus area", "The part of city life that the action is about."),
    _text("owner", "Owner", "The post or division that answers for the action."),
    _text("partners", "Partners", "Who else works on it, separated by semicolons."),
    _text("types", "Types", "Policy, program or pilot, separated by semicolons."),
    _text("stage", "Stage", "What its owner says of it; the status on the site is computed.", enum=_STAGES),
    _text("stage_reason", "Reason for the stage", "Why the action is paused or was stopped."),
    _day("start_date", "Start date", "Day on which the action was to start."),
    _day("due_date", "Due date", "Day by which the action is promised."),
    _number("budget_approved_usd", "Approved budget", "US dollars approved; empty: not costed.", minimum=0),
    _text("summary", "Summary", "The action in one sentence."),
    _text("problem", "Problem", "What the action is there to solve."),
    _text("people", "People", "Who has the problem."),
    _text("origin", "Origin", "Where the action came from."),
    _text("groups", "Groups", "Groups that meet to get it done, separated by semicolons."),
    _text("values", "Values", "Core values that it serves, separated by semicolons."),
    _text("depends_on", "Depends on", "Actions that have to come first, separated by semicolons."),
    _text("indicators", "Indicators", "Measures of the action, separated by semicolons."),
    _text("printed_id", "Printed number", "The number as printed, where it differs."),
    _text("lesson", "Lesson", "What finishing or stopping it taught."),
    _text("illustrative", "Illustrative", "Fields whose content is an example and not the city's."),
)

MILESTONES = (
    _text("action_id", "Action", "The action that the step belongs to."),
    _text("milestone_id", "Milestone", "Name of the step within its action."),
    _text("title", "Title", "What is to be done.", required=True),
    _day("due_date", "Due date", "Day by which the step is promised."),
    _day("done_date", "Done date", "Day on which the step was done; empty: not done."),
    _text("evidence_url", "Evidence", "Where anybody can see that it was done."),
    Column("is_illustrative", "boolean", "Illustrative", "True when the dates are an example and not the city's."),
)

INDICATORS = (
    _text("indicator_id", "Indicator", "Name of the measure."),
    _text("title", "Title", "What is measured.", required=True),
    _text("dataset", "Dataset", "The published dataset that it is drawn from.", required=True),
    _text("query", "Query", "The SELECT that gives its values by date."),
    _text("unit", "Unit", "Unit of the value."),
    _text("kind", "Kind", "What sort of number it is.", enum=_KINDS),
    _text("better", "Better", "Which way is better.", enum=_BETTER),
    _text("cadence", "Cadence", "How often a new value is promised.", enum=_CADENCES),
    _number("baseline_value", "Baseline", "The value at the start."),
    _day("baseline_date", "Baseline date", "Day on which the start value held."),
    _number("target_value", "Target", "The value to reach."),
    _day("target_date", "Target date", "Day by which it is to be reached."),
    _text("target_set_by", "Target set by", "Who decided the target."),
    _number("lower_limit", "Lower limit", "The value can never be, or should never go, below this."),
    _number("upper_limit", "Upper limit", "The value can never be, or should never go, above this."),
    _text("note", "Note", "How it is counted and what it misses."),
    _text("illustrative", "Illustrative", "Fields whose content is an example and not the city's."),
)
