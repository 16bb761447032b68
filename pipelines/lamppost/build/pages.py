"""Driver of the build's middle: every page of the site as text, by its path in the docs tree."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from lamppost import load
from lamppost.build.rows import FigureRows
from lamppost.build.tables import Rows
from lamppost.model import City, Dataset, FigureRecord, Issue, Version
from lamppost.notation import figures_in
from lamppost.render.catalogue import Entry, machines, render_machines, with_head
from lamppost.render.changes import render_changes
from lamppost.render.chart import Chart
from lamppost.render.context import SiteContext
from lamppost.render.dataset import render_dataset
from lamppost.render.datasets import render_datasets
from lamppost.render.feeds import Entry as Told
from lamppost.render.figure import render_figure, render_figures
from lamppost.render.files import PublishedFile
from lamppost.render.home import render_home
from lamppost.render.page import dataset_path, figure_path
from lamppost.render.plan import render_plan
from lamppost.site.tree import append_figures
from lamppost.store import Store, parse_figure

PREVIEW = 10
"""Rows of a table that its page shows."""
HOME, PLAN = "index.md", "plan/"


@dataclass(frozen=True)
class Content:
    """Everything that goes into one site: what pages are rendered from, and the files of data they link."""

    context: SiteContext
    figure_names: tuple[str, ...]
    """All that the city declares, with a value or not yet."""
    chains: Mapping[str, tuple[Version, ...]]
    """dataset → its versions that the site shows, newest first."""
    downloads: Mapping[str, tuple[PublishedFile, ...]]
    charts: Mapping[str, Chart]
    """dataset → what its chart was drawn from."""
    newest: Mapping[str, str]
    """dataset → day or instant of its newest reading."""
    rows: Mapping[str, FigureRows]
    """figure → the rows that its newest record was computed from."""
    linked: Mapping[str, Path]
    """Path in the site → file on disk."""
    entries: tuple[Entry, ...]
    """The catalogue."""
    told: tuple[Told, ...]
    """What feeds tell."""
    warnings: tuple[Issue, ...]


def all_pages(content: Content, store: Store) -> dict[str, str]:
    """Path in the docs tree → Markdown, figures resolved."""
    made = {**narrative_pages(content.context.city), **_rendered(content, store)}
    made[HOME] = _home(content.context)
    records = content.context.figures
    return {
        path: append_figures(path, mark_simulated(text, records), records, content.figure_names)
        for path, text in sorted(made.items())
    }


def narrative_pages(city: City) -> dict[str, str]:
    """The city's own pages as they are; those of the plan and the home page are rendered from their front matter."""
    docs = city.root / "docs"
    found = {path.relative_to(docs).as_posix(): path for path in sorted(docs.rglob("*.md"))}
    return {
        name: load.read_markdown(path, f"docs/{name}")
        for name, path in found.items()
        if name != HOME and not name.startswith(PLAN)
    }


def mark_simulated(text: str, records: Mapping[str, FigureRecord]) -> str:
    """The page with `simulated: true` in its front matter when a figure in its prose is; the theme prints a banner."""
    simulated = any(records[name].simulated for name in figures_in(text) if name in records)
    head, mark, rest = text.partition("\n---\n") if text.startswith("---\n") else ("", "", "")
    if not simulated or "\nsimulated: true" in head:
        return text
    return f"{head}\nsimulated: true{mark}{rest}" if mark else f"---\nsimulated: true\n---\n\n{text}"


def _home(context: SiteContext) -> str:
    front, body = load.read_home(context.city)
    return render_home(context, front, body)


def _rendered(content: Content, store: Store) -> dict[str, str]:
    context = content.context
    made = {"datasets/index.md": render_datasets(context), "figures/index.md": render_figures(context)}
    made |= {"changes.md": render_changes(context), machines.PATH: render_machines(context.city, content.entries)}
    made |= {dataset_path(name): _dataset(content, store, one) for name, one in context.datasets.items()}
    made |= {figure_path(name): _figure(content, store, one) for name, one in context.figures.items()}
    return made | render_plan(context)


def _dataset(content: Content, store: Store, dataset: Dataset) -> str:
    name = dataset.name
    history = content.chains.get(name, ())
    names = [table.resource for table in history[0].tables] if history else []
    previews = {resource: preview(store, history[0], resource) for resource in names}
    text = render_dataset(
        content.context, dataset, history, content.downloads.get(name, ()), previews, content.charts.get(name),
        content.newest.get(name, ""),
    )  # fmt: skip
    entry = next((one for one in content.entries if one.name == name), None)
    return with_head(text, entry) if entry else text


def preview(store: Store, version: Version, resource: str) -> pa.Table:
    """The first rows of the newest partition, as text."""
    table = version.table(resource)
    return Rows(store, version, table, table.parts[-1:]).first(PREVIEW) if table else pa.table({})


def _figure(content: Content, store: Store, record: FigureRecord) -> str:
    paths = [store.figure_path(record.name, n) for n in range(1, record.n + 1)]
    history = [parse_figure(path.read_bytes(), path.name) for path in paths]
    rows = content.rows.get(record.name)
    if rows is None:
        versions = {name: store.read(name, seq) for name, seq in record.inputs.items()}
        return render_figure(content.context, history, versions)
    return render_figure(
        content.context, history, rows.versions, rows.table.slice(0, PREVIEW), rows.table.num_rows, rows.path
    )
