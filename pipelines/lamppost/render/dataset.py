"""The page of one dataset: what it is, whether to trust it, and how to take it away."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

import pyarrow as pa
from markupsafe import Markup

from lamppost.model import PLAN, Dataset, Resource, Table, Version
from lamppost.render.cells import hide_marks, rows_block
from lamppost.render.chart import Chart
from lamppost.render.chart_block import chart_block
from lamppost.render.cite import cite
from lamppost.render.context import SiteContext
from lamppost.render.dictionary import dictionary_block
from lamppost.render.downloads import make_shelf
from lamppost.render.feeds import feed_paths
from lamppost.render.field import title_of
from lamppost.render.files import PublishedFile, fixed_path, join_url, manifest_path
from lamppost.render.freshness import city_day, version_due
from lamppost.render.page import dataset_path, format_period, link, page, plural, render_block
from lamppost.render.quality import list_checks, list_problems
from lamppost.render.snippets import make_snippets
from lamppost.render.uses import list_uses
from lamppost.render.versions import MOST, SHOWN, list_removed, list_versions


def render_dataset(
    context: SiteContext,
    dataset: Dataset,
    history: Sequence[Version] = (),
    files: Sequence[PublishedFile] = (),
    previews: Mapping[str, pa.Table] = MappingProxyType({}),
    chart: Chart | None = None,
    newest: str = "",
) -> str:
    """Markdown of `datasets/<name>.md`.

    `history`: versions that the store still has; the greatest number is the one shown. `files`: the newest version's
    files as written below data/. `previews`: resource → its first rows, as text. `chart` is what
    `context.charts["dataset/<name>"]` was drawn from. `newest`: ISO day or instant of the newest reading in the data.
    """
    ordered = sorted(history, key=lambda one: -one.seq)
    if not ordered:
        return _page(dataset, None, _unpublished(context, dataset))
    head = ordered[0]
    note = context.plan.note if context.plan and dataset.name == PLAN else ""
    tables = [(table, _resource(dataset, table)) for table in head.tables]
    sections = [
        _summary(context, dataset, head, newest),
        render_block("notice.html", text=note) if note else "",
        _chart(context, dataset, chart, files),
        "## Download",
        _downloads(dataset, head, files, context.city.url),
        "## First rows",
        *(_preview(dataset, table, previews[table.resource]) for table, _ in tables if table.resource in previews),
        "## Columns",
        *(_dictionary(dataset, table) for table, _ in tables),
        "## Checks",
        *(_quality(dataset, head, table) for table, _ in tables),
        "## What changed",
        _versions(context, head, ordered),
        "## Open it in your tools",
        *(_snippets(context, resource, files) for _, resource in tables if resource),
        *_ending(context, dataset, head),
    ]
    return _page(dataset, head, sections)


def _page(dataset: Dataset, head: Version | None, sections: Iterable[str]) -> str:
    front = {
        "description": " ".join(dataset.description.split()),
        "eyebrow": "Dataset",
        "crumbs": [["Data", "datasets/index.md"]],
        "simulated": bool(head and head.simulated),
        "search": {"exclude": True},
        "edit": f"datasets/{dataset.name}/dataset.yaml",
    }
    return page(dataset.title, [hide_marks(one) for one in sections], front)


def _resource(dataset: Dataset, table: Table) -> Resource | None:
    return next((one for one in dataset.resources if one.name == table.resource), None)


def _caption(words: str, dataset: Dataset, resource: str) -> str:
    """Tables of a dataset with several are told apart by name."""
    return f"{words} of {dataset.title}" if len(dataset.resources) <= 1 else f"{words} of {dataset.title}: {resource}"


def _summary(context: SiteContext, dataset: Dataset, head: Version, newest: str) -> str:
    due, instant = version_due(dataset, head, context.city.time_zone)
    return render_block(
        "dataset_summary.html",
        dataset=dataset,
        head=head,
        newest=city_day(newest, context.city.time_zone),
        due=due,
        due_at=instant,
        promise=format_period(dataset.promise),
        failure=context.failures.get(dataset.name),
        people=_people(dataset),
        inputs=[_input(context, dataset.name, name) for name in dataset.inputs],
        contact=context.city.contact,
    )


def _people(dataset: Dataset) -> tuple[Mapping[str, Any], ...]:
    """The stewards, else everybody who contributed."""
    stewards = tuple(one for one in dataset.contributors if "steward" in one.get("roles", ()))
    return stewards or dataset.contributors


def _input(context: SiteContext, dataset: str, name: str) -> tuple[str, str]:
    known = context.datasets.get(name)
    return (known.title if known else name, link(dataset_path(dataset), dataset_path(name)))


def _unpublished(context: SiteContext, dataset: Dataset) -> list[str]:
    """The honest page of a dataset that has no version yet: what it will be, and why it is not there."""
    block = render_block(
        "dataset_unpublished.html",
        dataset=dataset,
        failure=context.failures.get(dataset.name),
        promise=format_period(dataset.promise),
        people=_people(dataset),
    )
    if not dataset.listed:
        return [block]
    columns = [dictionary_block(_caption("Columns", dataset, one.name), one.schema) for one in dataset.resources]
    return [block, "## Columns it will have", *columns, *_ending(context, dataset, None)]


def _chart(context: SiteContext, dataset: Dataset, chart: Chart | None, files: Sequence[PublishedFile]) -> str:
    svg = context.charts.get(f"dataset/{dataset.name}", "")
    return chart_block(chart, svg, _csv_links(dataset, files)) if chart else ""


def _csv_links(dataset: Dataset, files: Sequence[PublishedFile]) -> list[tuple[str, str]]:
    origin = dataset_path(dataset.name)
    return [(one.path.rpartition("/")[2], link(origin, one.path)) for one in files if one.format == "csv"]


def _downloads(dataset: Dataset, head: Version, files: Sequence[PublishedFile], site: str) -> str:
    origin = dataset_path(dataset.name)
    shelves = [
        make_shelf(_title(dataset, name), list(group), head.table(name), origin, site)
        for name, group in groupby(files, key=lambda one: one.resource)
    ]
    parts = [
        (
            table.resource,
            part,
            link(origin, fixed_path(head.dataset, part.path)),
            link(origin, fixed_path(head.dataset, part.parquet_path)),
        )
        for table in head.tables
        for part in table.parts
    ]
    manifest = link(origin, manifest_path(head.dataset, head.seq))
    return render_block(
        "dataset_downloads.html", shelves=shelves, parts=parts, head=head, manifest=manifest, files=files
    )


def _title(dataset: Dataset, resource: str) -> str:
    titles = {one.name: one.title or one.name for one in dataset.resources}
    return titles.get(resource, resource) if len(titles) > 1 else ""


def _dictionary(dataset: Dataset, table: Table) -> str:
    """The columns of one table; of several tables each is folded, so that the page stays one to read."""
    block = dictionary_block(_caption("Columns", dataset, table.resource), table.schema)
    if len(dataset.resources) <= 1:
        return block
    name = f"{_title(dataset, table.resource)}: {plural(len(table.schema.fields), 'column')}"
    return render_block("folded.html", summary=name, block=Markup(block))  # noqa: S704 - autoescaped when it was made


def _preview(dataset: Dataset, table: Table, rows: pa.Table) -> str:
    shown = rows.slice(0, 10)
    part = table.parts[-1].partition if table.parts else ""
    where = f", the first of part {part}" if part else ""
    note = f"{plural(shown.num_rows, 'row')} of {table.rows:,}{where}. Long text is cut here; the files hold all of it."
    if table.rows <= shown.num_rows:
        note = "These are all rows."
    return rows_block(_caption("First rows", dataset, table.resource), shown, table.schema, note)


def _quality(dataset: Dataset, head: Version, table: Table) -> str:
    title, origin = _title(dataset, table.resource), dataset_path(dataset.name)
    papers = head.descriptor.get("lamppost", {}).get("tables", {}).get(table.resource, {})
    named = (("of the rows that came in", "incoming"), ("of the published file", "report"))
    return render_block(
        "dataset_quality.html",
        title=title,
        level=4 if title else 3,
        checks=list_checks(table),
        problems=list_problems(table),
        reports=[
            (words, link(origin, fixed_path(head.dataset, papers[key]))) for words, key in named if papers.get(key)
        ],
        form=link(origin, "assets/report.schema.json"),
    )


def _versions(context: SiteContext, head: Version, history: Sequence[Version]) -> str:
    rows = list_versions(history, context.thinned.get(head.dataset, {}))
    return render_block(
        "dataset_versions.html",
        groups=[one for one in (rows[:SHOWN], rows[SHOWN:MOST]) if one],
        rest=rows[MOST:],
        feeds=[link(dataset_path(head.dataset), path) for path in feed_paths(head.dataset)],
        removed=list_removed(history),
    )


def _snippets(context: SiteContext, resource: Resource, files: Sequence[PublishedFile]) -> str:
    own = [one for one in files if one.resource == resource.name and not one.partition]
    urls = {one.format: join_url(context.city.url, one.path) for one in own}
    csv_url = urls.get("csv") or urls.get("csv.gz", "")
    if not csv_url:
        return ""
    title = (resource.title or resource.name) if len({one.resource for one in files}) > 1 else ""
    return render_block(
        "snippets.html",
        title=title,
        snippets=make_snippets(resource, csv_url, urls.get("json", "")),
        name=resource.name,
        is_open=resource.name == files[0].resource,
    )


def _ending(context: SiteContext, dataset: Dataset, head: Version | None) -> list[str]:
    """What a reader does next: see who uses it, cite it, report a problem."""
    city = context.city
    uses = list_uses(dataset.name, context)
    subject = quote(f"Problem with the data: {dataset.title}")
    report = f"{city.repo_url.rstrip('/')}/issues/new?title={quote(f'[{dataset.name}] ')}" if city.repo_url else ""
    sections = ["## Where it is used" if uses else "", render_block("dataset_uses.html", uses=uses) if uses else ""]
    if head:
        url = join_url(city.url, manifest_path(dataset.name, head.seq))
        kind = f"Data set, version {head.seq}"
        citation = cite(
            f"{dataset.name}-v{head.seq}",
            dataset.title,
            kind,
            url,
            author=city.publisher,
            year=head.date[:4],
            site=city.name,
            simulated=head.simulated,
        )
        sections += ["## Cite it", render_block("cite.html", citation=citation)]
    drops = [(one.title or one.name, one.drop) for one in dataset.resources if one.drop]
    ask = render_block(
        "dataset_ask.html",
        drops=drops,
        rounds=list_rounds(dataset),
        report=report,
        mail=f"mailto:{city.contact}?subject={subject}",
        several=len(dataset.resources) > 1,
    )
    return [*sections, "## Privacy and problems", ask]


def list_rounds(dataset: Dataset) -> list[tuple[str, str]]:
    """Names of the fields that a privacy rule rounds, and to how many digits: `Longitude, Latitude`, `3 digits`."""
    rounded: dict[int, list[str]] = {}
    for resource in dataset.resources:
        for name, rule in resource.rules.items():
            rounded.setdefault(rule.digits, []).append(title_of(resource.schema.field(name)))
    return [(", ".join(names), plural(digits, "digit")) for digits, names in sorted(rounded.items())]
