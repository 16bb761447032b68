"""The start page: the city's sentence, focus areas in numbers, how the plan is going, a drawn story, what changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup

from lamppost.model import Area
from lamppost.render.context import Change, SiteContext
from lamppost.render.page import (
    METHOD,
    below_title,
    dataset_path,
    figure_mark,
    front_matter,
    link,
    plural,
    prose,
    render_block,
)
from lamppost.render.plan_view import count_labels, view_actions

HOME = "index.md"
CHANGES = "changes.md"
CHANGES_SHOWN = 5
DATASETS_SHOWN = 12


@dataclass(frozen=True)
class AreaView:
    """A focus area's card."""

    title: str
    summary: str
    href: str
    number: Markup | None
    unit: str
    label: str
    date: str
    simulated: bool


@dataclass(frozen=True)
class PanelView:
    """One drawn panel; caption and transcript may hold figures."""

    image: str
    alt: str
    caption: Markup
    transcript: Markup


def render_home(context: SiteContext, front: Mapping[str, Any], body: str) -> str:
    """The page for the template home.html; `front` of docs/index.md: `lead`, `image`, `novel_title`, `novel`."""
    sections = [
        _render_hero(context, front),
        _render_areas(context),
        _render_street(context),
        _render_novel(context, front.get("novel") or (), str(front.get("novel_title", ""))),
        _render_lately(context),
        below_title(body),
    ]
    head = front_matter(
        {
            "title": context.city.name,
            "description": " ".join(str(front.get("lead", "")).split()) or context.city.mantra.text,
            "template": "home.html",
            "simulated": _is_simulated(context),
        }
    )
    return "\n\n".join(part for part in [head, *sections] if part) + "\n"


def _is_simulated(context: SiteContext) -> bool:
    figures = any(one.simulated for one in context.figures.values())
    return figures or context.is_simulated(*context.heads)


def _render_hero(context: SiteContext, front: Mapping[str, Any]) -> str:
    mantra = context.city.mantra
    return render_block(
        "home_hero.html",
        mantra=mantra.text or context.city.name,
        illustrative=mantra.illustrative,
        lead=prose(str(front.get("lead", "")), context.figures, HOME),
        image=front.get("image") or "assets/dusk.svg",
        plan=link(HOME, context.plan.path or "plan/index.md") if context.plan else "",
        data=link(HOME, "datasets/index.md"),
    )


def _render_areas(context: SiteContext) -> str:
    if context.plan is None or not context.plan.areas:
        return ""
    return render_block("home_areas.html", areas=[_view_area(one, context) for one in context.plan.areas])


def _view_area(area: Area, context: SiteContext) -> AreaView:
    record = context.figures.get(area.figure)
    href = link(HOME, area.path) if area.path else ""
    if record is None:
        return AreaView(area.title, area.summary, href, None, "", "", "", simulated=False)
    number = figure_mark(record, HOME, marked=False)
    return AreaView(
        area.title, area.summary, href, number, record.unit, record.title, record.date, simulated=record.simulated
    )


def _render_street(context: SiteContext) -> str:
    plan = context.plan
    if plan is None or not plan.actions:
        return ""
    actions = view_actions(plan.actions, context, HOME)
    return render_block(
        "home_street.html",
        plan=plan,
        href=link(HOME, plan.path or "plan/index.md"),
        method=link(HOME, METHOD + "#delivery"),
        actions=actions,
        counts=count_labels((one.label, one.tone) for one in actions),
    )


def _render_novel(context: SiteContext, panels: Sequence[Mapping[str, str]], title: str) -> str:
    if not panels:
        return ""
    views = [
        PanelView(
            image=str(one.get("image", "")),
            alt=str(one.get("alt", "")),
            caption=prose(str(one.get("caption", "")), context.figures, HOME),
            transcript=prose(str(one.get("transcript", "")), context.figures, HOME),
        )
        for one in panels
    ]
    return render_block("home_novel.html", title=title or "A walk through the city", panels=views)


def _render_lately(context: SiteContext) -> str:
    datasets = sorted(context.datasets.values(), key=lambda one: one.title)
    return render_block(
        "home_lately.html",
        changes=[(one, _change_href(one)) for one in _join_firsts(context)[:CHANGES_SHOWN]],
        all_changes=link(HOME, CHANGES),
        datasets=[(one.title, link(HOME, dataset_path(one.name))) for one in datasets[:DATASETS_SHOWN]],
        total=len(datasets),
        catalogue=link(HOME, "datasets/index.md"),
    )


def _join_firsts(context: SiteContext) -> list[Change]:
    """The changes, newest first; datasets that were first published on one day are told in one line."""
    joined: list[Change] = []
    days: set[str] = set()
    for one in context.changes:
        group = [other for other in context.changes if other.is_first and other.date == one.date]
        if one not in group or len(group) == 1:
            joined.append(one)
        elif one.date not in days:
            days.add(one.date)
            joined.append(_join(group))
    return joined


def _join(group: Sequence[Change]) -> Change:
    title = f"{plural(len(group), 'dataset')} published for the first time"
    names = "; ".join(sorted(one.title for one in group))
    return replace(
        group[0], title=title, sentence=f"{names}.", href=CHANGES, simulated=any(one.simulated for one in group)
    )


def _change_href(change: Change) -> str:
    return link(HOME, change.href) if change.href else ""
