"""The plan as data: the engine's own dataset `plan`, so that a changed date is an ordinary diff of two versions.

Only what people declared is in it. A status changes with the calendar and would make a version a day.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import pyarrow as pa

from lamppost.model import (
    PLAN,
    Action,
    Checks,
    City,
    Dataset,
    Field,
    Indicator,
    Milestone,
    Plan,
    Point,
    Publish,
    Resource,
    Schema,
)
from lamppost.plan.fields import ACTIONS, DECISIONS, INDICATORS, MILESTONES, Column

TITLE = "The plan and its progress"
DESCRIPTION = (
    "Every action, milestone and indicator of the plan as its owners declared them. "
    "Each change of a date, owner, target or budget is a change between two versions of this dataset."
)

DECIDED_KEY = ("item_id", "decided_date", "changes")
KEYWORDS = ("plan", "progress", "milestones", "indicators")

Row = Mapping[str, str | None]


def tables(plan: Plan) -> Mapping[str, pa.Table]:
    """The tables as text (null = not said), rows by primary key, with `_row` from 1; no `decisions` where none is."""
    actions = sorted(plan.actions, key=lambda one: one.id)
    indicators = sorted(plan.indicators.values(), key=lambda one: one.id)
    milestones = [(action, one) for action in actions for one in sorted(action.milestones, key=lambda one: one.id)]
    decisions = sorted(_decision_rows(plan), key=lambda one: [str(one[name]) for name in DECIDED_KEY])
    return {
        "actions": _table(ACTIONS, [_action_row(one) for one in actions]),
        "milestones": _table(MILESTONES, [_milestone_row(action, one) for action, one in milestones]),
        "indicators": _table(INDICATORS, [_indicator_row(one) for one in indicators]),
        **({"decisions": _table(DECISIONS, decisions)} if decisions else {}),
    }


def dataset(city: City, plan: Plan) -> Dataset:
    """The description of the dataset `plan`, in the city's name and under its licence."""
    source = {"title": plan.title} | ({"path": plan.document} if plan.document.startswith("http") else {})
    person = {"title": city.publisher, "roles": ["publisher", "steward"], "email": city.contact}
    licence = {"name": city.licence}
    return Dataset(
        name=PLAN,
        title=TITLE,
        description=DESCRIPTION,
        resources=RESOURCES if any(_decision_rows(plan)) else RESOURCES[:-1],
        licenses=(licence,),
        contributors=(person,),
        keywords=KEYWORDS,
        identifier=plan.identifier,
        metadata=({"id": plan.identifier} if plan.identifier else {})
        | {
            "title": TITLE,
            "description": DESCRIPTION,
            "keywords": list(KEYWORDS),
            "licenses": [licence],
            "contributors": [person],
            "sources": [source],
        },
    )


def _resource(name: str, title: str, description: str, columns: Sequence[Column], *key: str) -> Resource:
    fields = tuple(_field(column, required=column.name in key) for column in columns)
    descriptor = {
        "fields": [dict(one.descriptor) for one in fields], "primaryKey": list(key), "missingValues": [""],
    }  # fmt: skip
    return Resource(
        name=name,
        schema=Schema(fields=fields, primary_key=key, descriptor=descriptor),
        title=title,
        description=description,
        checks=Checks(min_rows=0, shrink=1.0, quarantine_max=1.0),
        publish=Publish(mode="snapshot", formats=("csv", "xlsx", "json", "parquet")),
    )


def _field(column: Column, *, required: bool) -> Field:
    descriptor: dict[str, Any] = {
        "name": column.name, "type": column.type, "title": column.title, "description": column.description,
    }  # fmt: skip
    constraints = dict(column.constraints) | ({"required": True} if required else {})
    if constraints:
        descriptor["constraints"] = constraints
    return Field(column.name, column.type, column.title, column.description, descriptor)


def _table(columns: Sequence[Column], rows: Sequence[Row]) -> pa.Table:
    data = {column.name: pa.array([row[column.name] for row in rows], pa.string()) for column in columns}
    return pa.table(data | {"_row": pa.array(range(1, len(rows) + 1), pa.int64())})


def _action_row(action: Action) -> Row:
    return {
        "action_id": action.id,
        "title": _text(action.title),
        "strategy_id": _text(action.strategy),
        "focus_area": _text(action.focus),
        "owner": _text(action.owner),
        "partners": _join(action.partners),
        "types": _join(action.types),
        "stage": _text(action.stage),
        "stage_reason": _text(action.stage_reason),
        "start_date": _day(action.start),
        "due_date": _day(action.due),
        "budget_approved_usd": _text(action.budget_approved),
        "summary": _text(action.summary),
        "problem": _text(action.problem),
        "people": _text(action.people),
        "origin": _text(action.origin),
        "groups": _join(action.groups),
        "values": _join(action.values),
        "depends_on": _join(action.depends_on),
        "indicators": _join(action.indicators),
        "printed_id": _text(action.printed_id),
        "lesson": _text(action.lesson),
        "illustrative": _join(action.illustrative),
    }


def _milestone_row(action: Action, milestone: Milestone) -> Row:
    return {
        "action_id": action.id,
        "milestone_id": milestone.id,
        "title": _text(milestone.title),
        "due_date": _day(milestone.due),
        "done_date": _day(milestone.done),
        "evidence_url": _text(milestone.evidence),
        "is_illustrative": "true" if "milestones" in action.illustrative else "false",
    }


def _indicator_row(indicator: Indicator) -> Row:
    low, high = indicator.limits
    return {
        "indicator_id": indicator.id,
        "title": _text(indicator.title),
        "dataset": _text(indicator.dataset),
        "query": _text(" ".join(indicator.sql.split())),
        "unit": _text(indicator.unit),
        "kind": indicator.kind,
        "better": indicator.better,
        "cadence": indicator.cadence,
        **_point_cells("baseline", indicator.baseline),
        **_point_cells("target", indicator.target),
        "target_set_by": _text(indicator.target_set_by),
        "lower_limit": _number(low),
        "upper_limit": _number(high),
        "note": _text(indicator.note),
        "illustrative": _join(indicator.illustrative),
    }


def _decision_rows(plan: Plan) -> Iterator[Row]:
    for one in plan.updates:
        if one.decision is not None:
            yield {
                "item_id": one.item,
                "decided_date": _day(one.date),
                "changes": _join(one.decision.changes),
                "decided_by": _text(one.decision.by),
                "reason": _text(one.decision.reason),
            }


def _point_cells(name: str, point: Point | None) -> Row:
    value, day = (point.value, point.date) if point else (None, None)
    return {f"{name}_value": _number(value), f"{name}_date": _day(day)}


def _text(value: str) -> str | None:
    return " ".join(value.split()) or None


def _join(values: Iterable[str]) -> str | None:
    return "; ".join(values) or None


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _number(value: float | None) -> str | None:
    """The shortest plain decimal notation that reads back as the same number."""
    if value is None:
        return None
    text = f"{value:.15f}".rstrip("0").rstrip(".")
    return text if float(text) == value else f"{value!r}"


RESOURCES = (
    _resource("actions", "Actions", "One row an action: who does what for whom, and when.", ACTIONS, "action_id"),
    _resource(
        "milestones", "Milestones", "One row a dated step of an action.", MILESTONES, "action_id", "milestone_id"
    ),
    _resource("indicators", "Indicators", "One row a measure, with baseline and target.", INDICATORS, "indicator_id"),
    _resource("decisions", "Decisions", "One row a decision that moved a promise, and why.", DECISIONS, *DECIDED_KEY),
)
"""The tables, whoever's plan it is; the last one only where something was decided."""
