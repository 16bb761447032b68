"""The pages that gather actions: strategies, focus areas and core values."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from lamppost.model import Action, Area, Plan, Strategy, Value
from lamppost.render.context import SiteContext
from lamppost.render.indicator import progress_of, render_indicator_block
from lamppost.render.page import below_title, figure_mark, link, page, render_block, with_unit
from lamppost.render.plan_view import actions_by_id, count_labels, view_actions

DRAWN = 2
"""Indicators that such a page draws; the others have pages of their own."""
_TONES = ("bad", "fair", "good", "none")


@dataclass(frozen=True)
class GroupFacts:
    """What the actions of a group have in common."""

    owners: tuple[str, ...]
    start: date | None
    due: date | None
    done: int
    of: int
    next_due: date | None
    next_title: str
    illustrative: bool
    waits_for: tuple[tuple[str, str], ...]
    """(title, address) of actions elsewhere that these depend on."""


def render_strategy(strategy: Strategy, plan: Plan, context: SiteContext) -> str:
    """A strategy with its actions."""
    actions = [one for one in plan.actions if one.strategy == strategy.id]
    return _render_group(strategy, "Strategy", actions, plan, context)


def render_area(area: Area, plan: Plan, context: SiteContext) -> str:
    """A focus area with its live number, its actions and its datasets."""
    actions = [one for one in plan.actions if one.focus == area.id]
    record = context.figures.get(area.figure)
    number = (
        render_block(
            "area_number.html",
            record=record,
            number=figure_mark(record, area.path, marked=False),
            unit=with_unit("", record.unit).strip(),
        )
        if record
        else ""
    )
    datasets = [one for one in context.datasets.values() if one.focus == area.id]
    data = (
        ["## Data behind it", render_block("area_data.html", datasets=datasets, context=context, path=area.path)]
        if datasets
        else []
    )
    return _render_group(area, "Focus area", actions, plan, context, before=[number], after=data)


def render_value(value: Value, plan: Plan, context: SiteContext) -> str:
    """A core value with the actions that serve it."""
    actions = [one for one in plan.actions if value.id in one.values]
    return _render_group(value, "Core value", actions, plan, context)


def _render_group(
    group: Strategy | Area | Value,
    eyebrow: str,
    actions: Sequence[Action],
    plan: Plan,
    context: SiteContext,
    *,
    before: Sequence[str] = (),
    after: Sequence[str] = (),
) -> str:
    views = view_actions(actions, context, group.path)
    number = any(
        context.figures[one.figure].simulated
        for one in [group]
        if isinstance(one, Area) and one.figure in context.figures
    )
    front = {
        "description": " ".join(group.summary.split()),
        "eyebrow": eyebrow,
        "crumbs": [[plan.title, plan.path]],
        "simulated": number
        or context.quotes_simulated(group.body)
        or context.is_simulated(*sorted(datasets_of(plan, actions))),
        "edit": f"docs/{group.path}",
    }
    counts = count_labels((one.label, one.tone) for one in views)
    listed = render_block("plan_group.html", actions=views, counts=counts, name=f"Actions of {group.title}")
    lead = render_block("lead.html", text=group.summary) if group.summary else ""
    sections = [
        lead,
        *before,
        "## Actions",
        listed,
        render_block("group_facts.html", facts=_gather_facts(actions, context, group.path)),
        *_render_problems(actions, group.path),
        *_render_indicators(actions, plan, context, group.path),
        *after,
        below_title(group.body),
    ]
    return page(group.title, sections, front)


def _gather_facts(actions: Sequence[Action], context: SiteContext, path: str) -> GroupFacts:
    """Owners, dates, milestones and what is waited for, of all the actions together."""
    ids = {one.id for one in actions}
    others = actions_by_id(context.plan) if context.plan else {}
    outside = sorted({key for one in actions for key in one.depends_on if key not in ids and key in others})
    steps = [step for one in actions for step in one.milestones if step.done is None]
    upcoming = [(step.due, step.title) for step in steps if step.due and step.due >= context.today]
    next_due, next_title = min(upcoming, default=(None, ""))
    views = view_actions(actions, context, path)
    return GroupFacts(
        owners=tuple(dict.fromkeys(one.owner for one in actions)),
        start=min((one.start for one in actions if one.start), default=None),
        due=max((one.due for one in actions if one.due), default=None),
        done=sum(one.done for one in views),
        of=sum(one.of for one in views),
        next_due=next_due,
        next_title=next_title,
        illustrative=any({"due", "milestones"} & set(one.illustrative) for one in actions),
        waits_for=tuple((f"{key} {others[key].title}", link(path, others[key].path)) for key in outside),
    )


def _render_problems(actions: Sequence[Action], path: str) -> list[str]:
    """Each problem once, with who has it, and the action that takes it on."""
    problems = [
        (one.problem, one.people, f"{one.id} {one.title}", link(path, one.path), "problem" in one.illustrative)
        for one in actions
        if one.problem
    ]
    return ["## Problems it takes on", render_block("group_problems.html", problems=problems)] if problems else []


def _render_indicators(actions: Sequence[Action], plan: Plan, context: SiteContext, path: str) -> list[str]:
    """The indicators of the actions: the ones furthest off course are drawn, the others listed with their status."""
    keys = dict.fromkeys(key for one in actions for key in one.indicators if key in plan.indicators)
    order = sorted(
        keys, key=lambda key: (not context.series.get(key), _TONES.index(progress_of(key, context).tone), key)
    )
    if not order:
        return []
    drawn = [render_indicator_block(plan.indicators[key], context, path) for key in order[:DRAWN]]
    rest = [
        (plan.indicators[key], progress_of(key, context), link(path, plan.indicators[key].path))
        for key in order[DRAWN:]
    ]
    listed = [render_block("group_indicators.html", rest=rest)] if rest else []
    return ["## How we know whether it works", *drawn, *listed]


def datasets_of(plan: Plan, actions: Iterable[Action]) -> set[str]:
    """Names of the datasets that the actions' indicators are drawn from."""
    keys = {key for one in actions for key in one.indicators if key in plan.indicators}
    return {name for key in keys for name in (plan.indicators[key].dataset, *plan.indicators[key].inputs)}
