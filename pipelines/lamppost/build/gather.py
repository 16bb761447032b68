"""Driver of the build's first half: store and plan become one value that every page is rendered from."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from lamppost import plan as plans
from lamppost.errors import QueryError
from lamppost.formats.filed import Typed, read_blocks
from lamppost.model import PLAN, Dataset, Indicator, Issue, Plan, Point, Resource, Version
from lamppost.query import answer
from lamppost.render.chart import Chart
from lamppost.render.chart_choice import choose_chart
from lamppost.render.charts import draw
from lamppost.render.context import Delivery, Progress, SiteContext


def described(version: Version) -> Dataset:
    """A dataset as its newest version tells it: for one whose own files cannot be read at the moment."""
    said = version.descriptor
    resources = tuple(
        Resource(name=one.resource, schema=one.schema, title=_resource_title(said, one.resource))
        for one in version.tables
    )
    return Dataset(
        name=version.dataset,
        title=str(said.get("title", version.dataset)),
        description=str(said.get("description", "")),
        resources=resources,
        licenses=tuple(said.get("licenses", ())),
        contributors=tuple(said.get("contributors", ())),
        keywords=tuple(said.get("keywords", ())),
        accrual_periodicity=str(said.get("accrualPeriodicity", "")),
        metadata=said,
    )


def _resource_title(descriptor: Mapping[str, Any], name: str) -> str:
    return next((str(one.get("title", "")) for one in descriptor.get("resources", ()) if one.get("name") == name), "")


def find_series(
    plan: Plan, typed: Mapping[str, Typed], today: date
) -> tuple[dict[str, tuple[Point, ...]], list[Issue]]:
    """Each indicator's observations; what a query could not answer becomes an issue, not a failed build."""
    series: dict[str, tuple[Point, ...]] = {}
    issues: list[Issue] = []
    for indicator in plan.indicators.values():
        try:
            series[indicator.id], found = plans.read_points(indicator, answer(indicator.sql, typed), today)
            issues += found
        except QueryError as error:
            place = f"docs/{indicator.path}" if indicator.path else indicator.id
            issues.append(Issue("indicator-query", place, str(error), severity="warning"))
    return series, issues


def _dataset_charts(context: SiteContext, typed: Mapping[str, Typed]) -> Iterable[Chart]:
    for name, dataset in context.datasets.items():
        head = context.heads.get(name)
        if head is None or name == PLAN:
            continue
        tables = {one.resource: typed[head.sql_name(one.resource)] for one in head.tables}
        chart = choose_chart(dataset, head, tables, context.city.time_zone)
        if chart:
            yield chart


def _indicator_charts(context: SiteContext) -> Iterable[Chart]:
    for key, points in context.series.items():
        indicator = context.plan.indicators[key] if context.plan else None
        if indicator and points:
            yield indicator_chart(indicator, points, simulated=context.is_simulated(*indicator.inputs))


def indicator_chart(indicator: Indicator, points: tuple[Point, ...], *, simulated: bool) -> Chart:
    """The observations with baseline, target and the path between them."""
    return Chart(
        name=f"indicator/{indicator.id}", kind="indicator", title=indicator.title, description=indicator.note,
        unit=indicator.unit, rows=tuple((one.date.isoformat(), one.value) for one in points), simulated=simulated,
        baseline=indicator.baseline, target=indicator.target, better=indicator.better, limits=indicator.limits,
    )  # fmt: skip


def judge_plan(
    plan: Plan, series: Mapping[str, tuple[Point, ...]], today: date, first: Mapping[str, pa.Table]
) -> tuple[dict[str, Progress], dict[str, Delivery]]:
    """Where each indicator and each action stands, in the words that pages print.

    `first`: resource → rows of the plan's first published version, against which slips and moved targets are told.
    """
    progress: dict[str, Progress] = {}
    targets = _first_targets(first)
    for key, indicator in plan.indicators.items():
        found = plans.judge(indicator, series.get(key, ()), today, original=targets.get(key))
        progress[key] = Progress(found.badge, found.sentence, found.tone)
    dues, steps = _first_dates(first)
    delivery: dict[str, Delivery] = {}
    for action in plan.actions:
        original = {step: due for (owner, step), due in steps.items() if owner == action.id}
        state = plans.deliver(action, today, original_due=dues.get(action.id), original_milestones=original)
        delivery[action.id] = Delivery(state.label, state.sentence, state.percent, state.late_days, state.tone)
    return progress, delivery


def _first_targets(first: Mapping[str, pa.Table]) -> dict[str, Point]:
    rows = first["indicators"].to_pylist() if "indicators" in first else []
    return {
        row["indicator_id"]: Point(date.fromisoformat(row["target_date"]), float(row["target_value"]))
        for row in rows
        if row.get("target_date") and row.get("target_value")
    }


def _first_dates(first: Mapping[str, pa.Table]) -> tuple[dict[str, date], dict[tuple[str, str], date]]:
    actions = first["actions"].to_pylist() if "actions" in first else []
    steps = first["milestones"].to_pylist() if "milestones" in first else []
    return (
        {row["action_id"]: date.fromisoformat(row["due_date"]) for row in actions if row.get("due_date")},
        {
            (row["action_id"], row["milestone_id"]): date.fromisoformat(row["due_date"])
            for row in steps
            if row.get("due_date")
        },
    )


def with_plan(
    context: SiteContext, plan: Plan, typed: Mapping[str, Typed], first: Mapping[str, pa.Table]
) -> tuple[SiteContext, list[Issue]]:
    """The context with the plan judged: series, progress, delivery, and what the plan's checks found."""
    today = context.today
    series, issues = find_series(plan, typed, today)
    progress, delivery = judge_plan(plan, series, today, first)
    found = plans.check_plan(plan, today)
    return replace(context, series=series, progress=progress, delivery=delivery, warnings=tuple(found)), issues


def with_charts(context: SiteContext, typed: Mapping[str, Typed], cache: Path) -> tuple[SiteContext, dict[str, Chart]]:
    """The context with `dataset/<name>` and `indicator/<id>` drawn, one process for all; and each dataset's chart."""
    datasets = {chart.name.partition("/")[2]: chart for chart in _dataset_charts(context, typed)}
    charts = [*datasets.values(), *_indicator_charts(context)]
    drawn = draw([replace(chart, name=chart.name.replace("/", "-")) for chart in charts], cache)
    return replace(context, charts={chart.name: drawn[chart.name.replace("/", "-")] for chart in charts}), datasets


def newest_readings(context: SiteContext, typed: Mapping[str, Typed]) -> dict[str, str]:
    """Dataset → day or instant (UTC) of the newest reading of its first table, where rows are dated."""
    found: dict[str, str] = {}
    for name, head in context.heads.items():
        dataset = context.datasets[name]
        resource = next((one for one in dataset.resources if one.name == head.tables[0].resource), None)
        column = _dated(resource) if resource else ""
        table = typed[head.sql_name(head.tables[0].resource)]
        blocks = read_blocks(table, [column]) if column in table.column_names else ()
        newest = max((one for block in blocks if (one := pc.max(block.column(0)).as_py()) is not None), default=None)
        if isinstance(newest, date):
            found[name] = newest.isoformat()
    return found


def _dated(resource: Resource) -> str:
    """The field that rows are dated by: the event time, else the partition's, else a date or instant of the key."""
    times = {one.name for one in resource.schema.fields if one.type in {"date", "datetime"}}
    wanted = (resource.publish.event_time, resource.publish.partition_of, *resource.schema.primary_key)
    return next((name for name in wanted if name in times), "")
