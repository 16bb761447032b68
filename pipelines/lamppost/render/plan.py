"""The pages of the plan: the overview, one page each for actions, strategies, areas, values, indicators."""

from dataclasses import dataclass

from lamppost.model import Plan
from lamppost.render.action import render_action
from lamppost.render.context import SiteContext
from lamppost.render.group import datasets_of, render_area, render_strategy, render_value
from lamppost.render.indicator import progress_of, render_indicator
from lamppost.render.page import METHOD, below_title, link, page, render_block
from lamppost.render.plan_view import ActionView, count_labels, say_why, split_advice, view_actions

_GROUPS = (("Off course", ("bad",)), ("Unclear or behind", ("fair", "none")), ("Going well", ("good",)))
"""Heading → tones: what needs a look comes first."""


@dataclass(frozen=True)
class IndicatorRow:
    """One indicator in the overview's list."""

    title: str
    href: str
    badge: str
    tone: str
    sentence: str
    simulated: bool


@dataclass(frozen=True)
class MatrixRow:
    """One strategy of the matrix; one cell for each focus area, in the plan's order."""

    title: str
    href: str
    cells: tuple[tuple[ActionView, ...], ...]


def render_plan(context: SiteContext) -> dict[str, str]:
    """All pages of the plan by their path in the docs tree; nothing when the city has no plan."""
    plan = context.plan
    if plan is None:
        return {}
    pages = {plan.path or "plan/index.md": render_overview(plan, context)}
    pages |= {one.path: render_action(one, plan, context) for one in plan.actions if one.path}
    pages |= {one.path: render_strategy(one, plan, context) for one in plan.strategies if one.path}
    pages |= {one.path: render_area(one, plan, context) for one in plan.areas if one.path}
    pages |= {one.path: render_value(one, plan, context) for one in plan.values if one.path}
    pages |= {one.path: render_indicator(one, plan, context) for one in plan.indicators.values() if one.path}
    return pages


def render_overview(plan: Plan, context: SiteContext) -> str:
    """How the whole plan is going: counts of each status, never an average; then every action."""
    path = plan.path or "plan/index.md"
    actions = view_actions(plan.actions, context, path)
    front = {
        "description": " ".join(plan.summary.split()),
        "eyebrow": "Plan",
        "simulated": context.is_simulated(*sorted(datasets_of(plan, plan.actions)))
        or context.quotes_simulated(plan.body),
        "edit": f"docs/{path}",
        "layout": "wide",
    }
    sections = [
        render_block("plan_intro.html", plan=plan, is_over=_is_over(plan, context)),
        "## Where the actions stand",
        render_block(
            "plan_street.html",
            actions=actions,
            counts=count_labels((one.label, one.tone) for one in actions),
            attention=[one for one in actions if one.tone in ("bad", "fair") or one.label == "Stopped"],
            method=link(path, METHOD + "#delivery"),
        ),
        "## What is measured" if plan.indicators else "",
        _render_indicators(plan, context, path) if plan.indicators else "",
        "## All actions, by strategy and focus area",
        _render_matrix(plan, context, path),
        render_block("plan_actions.html", actions=actions, name="All actions"),
        *_render_values(plan, path),
        *_render_warnings(context),
        below_title(plan.body),
    ]
    return page(plan.title, sections, front)


def _render_matrix(plan: Plan, context: SiteContext, path: str) -> str:
    rows = [
        MatrixRow(
            title=strategy.title,
            href=link(path, strategy.path) if strategy.path else "",
            cells=tuple(
                view_actions(
                    (one for one in plan.actions if one.strategy == strategy.id and one.focus == area.id), context, path
                )
                for area in plan.areas
            ),
        )
        for strategy in plan.strategies
    ]
    listed = [one for row in rows for cell in row.cells for one in cell]
    return render_block("plan_matrix.html", rows=rows, areas=plan.areas, path=path, actions=listed)


def _render_indicators(plan: Plan, context: SiteContext, path: str) -> str:
    rows = []
    for one in plan.indicators.values():
        progress = progress_of(one.id, context)
        href = link(path, one.path) if one.path else ""
        simulated = context.is_simulated(one.dataset, *one.inputs)
        why = say_why(progress.sentence, progress.badge)
        rows.append(IndicatorRow(one.title, href, progress.badge, progress.tone, why, simulated))
    groups = [(title, [one for one in rows if one.tone in tones]) for title, tones in _GROUPS]
    return render_block(
        "plan_indicators.html",
        rows=rows,
        groups=[(title, group) for title, group in groups if group],
        counts=count_labels(
            (progress_of(key, context).badge, progress_of(key, context).tone) for key in plan.indicators
        ),
        evident=sum(bool(context.series.get(key)) for key in plan.indicators),
        method=link(path, METHOD + "#progress"),
    )


def _render_warnings(context: SiteContext) -> list[str]:
    if not context.warnings:
        return []
    warnings = [split_advice(one.message) for one in context.warnings]
    return ["## Where the plan contradicts itself", render_block("plan_warnings.html", warnings=warnings)]


def _render_values(plan: Plan, path: str) -> list[str]:
    if not plan.values:
        return []
    served = {one.id: sum(one.id in action.values for action in plan.actions) for one in plan.values}
    return ["## Core values", render_block("plan_values.html", values=plan.values, served=served, path=path)]


def _is_over(plan: Plan, context: SiteContext) -> bool:
    """True when the plan's last year, month or day has passed."""
    return bool(plan.ends) and plan.ends < context.today.isoformat()[: len(plan.ends)]
