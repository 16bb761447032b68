"""Indicators: the block an action shows for each of its own, and the page of one indicator."""

from lamppost.model import Indicator, Plan, Point
from lamppost.render.context import Progress, SiteContext
from lamppost.render.files import newest_path
from lamppost.render.page import (
    METHOD,
    dataset_path,
    doc_link,
    escape_markdown,
    format_date,
    format_number,
    link,
    page,
    render_block,
    with_unit,
)
from lamppost.render.plan_view import say_why

SHOWN_POINTS = 60
"""Newest values in the table beside a chart; the CSV has them all."""

_UNKNOWN = Progress("No evidence yet", "No value has been published for this indicator yet.")


def progress_of(identifier: str, context: SiteContext) -> Progress:
    """Where the indicator stands, or that there is no evidence yet."""
    return context.progress.get(identifier, _UNKNOWN)


def format_measure(value: float) -> str:
    """A value of a series at the precision people read: `1,204`, `10.4`, `0.37`."""
    digits = next((digits for limit, digits in ((100, 0), (10, 1), (0, 2)) if abs(value) >= limit), 2)
    shown = format_number(value, digits)
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def measure(point: Point | None, unit: str, when: str = "on") -> str:
    """`10.4 days on 31 December 2025`; empty without a point."""
    return f"{with_unit(format_measure(point.value), unit)} {when} {format_date(point.date)}" if point else ""


def render_indicator_block(indicator: Indicator, context: SiteContext, origin: str) -> str:
    """Status, chart with table and source, baseline and target, as one raw HTML block."""
    points = context.series.get(indicator.id, ())
    dataset = context.datasets.get(indicator.dataset)
    return render_block(
        "indicator.html",
        indicator=indicator,
        progress=(progress := progress_of(indicator.id, context)),
        why=say_why(progress.sentence, progress.badge),
        chart=context.charts.get(f"indicator/{indicator.id}", ""),
        latest=measure(points[-1] if points else None, indicator.unit),
        baseline=measure(indicator.baseline, indicator.unit),
        target=measure(indicator.target, indicator.unit, "by"),
        rows=[(one.date, format_measure(one.value)) for one in reversed(points[-SHOWN_POINTS:])],
        total=len(points),
        dataset=dataset,
        dataset_href=link(origin, dataset_path(indicator.dataset)),
        files=_files(indicator.dataset, context, origin),
        simulated=context.is_simulated(indicator.dataset, *indicator.inputs),
        method=link(origin, METHOD + "#progress"),
        is_own_page=origin == indicator.path,
        own_page=link(origin, indicator.path) if indicator.path else "",
    )


def _files(name: str, context: SiteContext, origin: str) -> list[tuple[str, str]]:
    """(title, address) of the CSV of each table behind the indicator; none before the first version."""
    head, dataset = context.heads.get(name), context.datasets.get(name)
    if head is None:
        return []
    titles = {one.name: one.title for one in dataset.resources} if dataset else {}
    tables = [one.resource for one in head.tables if "csv" in one.formats]
    paths = {one: newest_path(name, one, "csv", simulated=head.simulated) for one in tables}
    return [(titles.get(one) or one, link(origin, paths[one])) for one in tables]


def render_indicator(indicator: Indicator, plan: Plan, context: SiteContext) -> str:
    """The page of one indicator: the block, and the actions that it stands for."""
    users = [one for one in plan.actions if indicator.id in one.indicators]
    listed = "\n".join(
        f"- [{one.id} {escape_markdown(one.title)}]({doc_link(indicator.path, one.path)})" for one in users
    )
    front = {
        "eyebrow": "Indicator",
        "crumbs": [[plan.title, plan.path]],
        "simulated": context.is_simulated(indicator.dataset, *indicator.inputs),
        "edit": f"docs/{indicator.path}",
    }
    sections = [
        render_indicator_block(indicator, context, indicator.path),
        "## Actions it stands for\n\n" + listed if listed else "",
    ]
    return page(indicator.title, sections, front)
