"""The page of one action: the problem and who has it first, then what is done, by whom, by when, and if it works."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from lamppost.model import Action, Milestone, Plan, Update
from lamppost.render.context import SiteContext
from lamppost.render.indicator import render_indicator_block
from lamppost.render.page import METHOD, below_title, dataset_path, format_date, link, page, plural, render_block
from lamppost.render.plan_view import actions_by_id, split_advice, view_action, view_actions

FIELD_WORDS = {
    "problem": "the problem",
    "people": "who has it",
    "origin": "where the action came from",
    "summary": "what is being done",
    "due": "the due date",
    "start": "the start date",
    "owner": "who leads",
    "partners": "the partners",
    "groups": "the groups",
    "values": "the values it serves",
    "milestones": "the milestones and their dates",
    "budget": "the budget",
    "budget_approved": "the budget",
    "type": "the type",
    "types": "the type",
    "stage": "the stage",
    "lesson": "the lesson",
    "indicators": "the choice of indicators",
}


@dataclass(frozen=True)
class StepView:
    """One milestone on the timeline."""

    title: str
    state: str
    """`done`, `late`, `next` or empty."""
    when: str
    note: str
    evidence: str
    """Address of the proof: relative to the page, or elsewhere; empty when there is none."""


def render_action(action: Action, plan: Plan, context: SiteContext) -> str:
    """The whole page; the body that the city wrote comes below what is computed."""
    marked = set(action.illustrative)
    sections = [
        render_block("action_problem.html", action=action, marked=marked),
        "## What is being done",
        _render_status(action, context),
        "## Milestones" if action.milestones else "",
        _render_milestones(action, context.today) if action.milestones else "",
        "## Who does it",
        _render_people(action, plan),
        *_render_indicators(action, plan, context),
        *_render_neighbours(action, plan, context),
        *_render_updates(action, plan, context),
        *_render_changes(action, context),
        below_title(action.body),
        _render_illustrative(action),
    ]
    return page(f"{action.id} {action.title}", sections, _front(action, plan, context))


def view_steps(milestones: Sequence[Milestone], today: date, origin: str) -> tuple[StepView, ...]:
    """Milestones by due date, each with what became of it; the first open one that is not late is `next`."""
    order = sorted(milestones, key=lambda one: (one.due or one.done or date.max, one.id))
    following = next((one.id for one in order if not one.done and not (one.due and one.due < today)), "")
    return tuple(_view_step(one, today, origin, is_next=one.id == following) for one in order)


def evidence_address(evidence: str, origin: str) -> str:
    """Where a proof is found: an address elsewhere as it stands, a path in the docs tree relative to the page."""
    return evidence if not evidence or "://" in evidence else link(origin, evidence)


def _view_step(step: Milestone, today: date, origin: str, *, is_next: bool) -> StepView:
    evidence = evidence_address(step.evidence, origin)
    if step.done:
        slip = (step.done - step.due).days if step.due else 0
        note = f"{plural(slip, 'day')} after its date, {format_date(step.due)}" if slip > 0 else ""
        return StepView(step.title, "done", f"Done {format_date(step.done)}", note, evidence)
    if step.due and step.due < today:
        late = plural((today - step.due).days, "day")
        return StepView(step.title, "late", f"Was due {format_date(step.due)}", f"Late by {late}", evidence)
    when = f"Due {format_date(step.due)}" if step.due else "No date yet"
    return StepView(step.title, "next" if is_next else "", when, "", evidence)


def _front(action: Action, plan: Plan, context: SiteContext) -> dict[str, object]:
    strategy = next((one for one in plan.strategies if one.id == action.strategy), None)
    crumbs = [[plan.title, plan.path], *([[strategy.title, strategy.path]] if strategy and strategy.path else [])]
    datasets = {
        name
        for key in action.indicators
        if key in plan.indicators
        for name in (plan.indicators[key].dataset, *plan.indicators[key].inputs)
    }
    return {
        "description": " ".join(action.summary.split()),
        "eyebrow": "Action" + "".join(f" · {one}" for one in action.types),
        "crumbs": crumbs,
        "simulated": context.is_simulated(*sorted(datasets)) or context.quotes_simulated(action.body),
        "edit": f"docs/{action.path}",
    }


def _render_status(action: Action, context: SiteContext) -> str:
    return render_block(
        "action_status.html",
        action=action,
        view=view_action(action, context, action.path),
        marked=set(action.illustrative),
        method=link(action.path, METHOD + "#delivery"),
    )


def _render_milestones(action: Action, today: date) -> str:
    marked = "milestones" in action.illustrative
    return render_block(
        "action_milestones.html", steps=view_steps(action.milestones, today, action.path), marked=marked
    )


def _render_people(action: Action, plan: Plan) -> str:
    areas = {one.id: one for one in plan.areas}
    strategies = {one.id: one for one in plan.strategies}
    values = {one.id: one for one in plan.values}
    return render_block(
        "action_people.html",
        action=action,
        marked=set(action.illustrative),
        groups=[one for one in plan.groups if one.id in action.groups],
        area=areas.get(action.focus),
        strategy=strategies.get(action.strategy),
        values=[values[one] for one in action.values if one in values],
        origin=action.path,
    )


def _render_indicators(action: Action, plan: Plan, context: SiteContext) -> list[str]:
    found = [plan.indicators[key] for key in action.indicators if key in plan.indicators]
    if not found:
        return ["## How we know whether it works", "No indicator is named for this action yet."]
    return ["## How we know whether it works", *(render_indicator_block(one, context, action.path) for one in found)]


def _render_neighbours(action: Action, plan: Plan, context: SiteContext) -> list[str]:
    by_id = actions_by_id(plan)
    needs = [by_id[key] for key in action.depends_on if key in by_id]
    needed_by = [one for one in plan.actions if action.id in one.depends_on]
    warnings = [one for one in context.warnings if action.path in one.place]
    if not (needs or needed_by or warnings):
        return []
    block = render_block(
        "action_neighbours.html",
        needs=view_actions(needs, context, action.path),
        needed_by=view_actions(needed_by, context, action.path),
        warnings=[split_advice(one.message) for one in warnings],
    )
    return ["## What it waits for, and what waits for it", block]


def _render_updates(action: Action, plan: Plan, context: SiteContext) -> list[str]:
    updates = sorted((one for one in plan.updates if one.item == action.id), key=lambda one: one.date, reverse=True)
    return ["## Updates", _render_update_list(updates, context, action.path)] if updates else []


def _render_update_list(updates: Sequence[Update], context: SiteContext, origin: str) -> str:
    proofs = [
        [(_proof_title(text, context), evidence_address(text, origin)) for text in one.evidence] for one in updates
    ]
    return render_block("action_updates.html", updates=list(zip(updates, proofs, strict=True)))


def _proof_title(evidence: str, context: SiteContext) -> str:
    titles = {dataset_path(one.name): one.title for one in context.datasets.values()}
    return titles.get(evidence, evidence)


def _render_changes(action: Action, context: SiteContext) -> list[str]:
    changes = [one for one in context.changes if one.kind == "plan" and one.href.partition("#")[0] == action.path]
    return ["## What changed", render_block("action_changes.html", changes=changes)] if changes else []


def _render_illustrative(action: Action) -> str:
    if not action.illustrative:
        return ""
    words = [FIELD_WORDS.get(one, one.replace("_", " ")) for one in action.illustrative]
    return render_block("action_illustrative.html", words=words)
