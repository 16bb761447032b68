"""The page of one figure: the number, and everything that is needed to doubt it."""

from collections.abc import Mapping, Sequence

import pyarrow as pa

from lamppost.model import FigureRecord, Version
from lamppost.render.cells import hide_marks, plain_block
from lamppost.render.cite import cite
from lamppost.render.context import SiteContext
from lamppost.render.files import join_url, manifest_path, record_path
from lamppost.render.page import dataset_path, figure_path, format_date, link, page, plural, render_block, with_unit

INDEX = "figures/index.md"
ROWS_SHOWN = 20


def render_figure(
    context: SiteContext,
    history: Sequence[FigureRecord],
    versions: Mapping[str, Version] | None = None,
    rows: pa.Table | None = None,
    rows_total: int = 0,
    csv_path: str = "",
) -> str:
    """Markdown of `figures/<name>.md`; `history` holds at least one record, the greatest `n` is shown.

    `versions`: dataset → the version that the newest record read. `rows`: the first rows behind the value, of
    `rows_total`; `csv_path`: where all of them lie, from the site's root.
    """
    ordered = sorted(history, key=lambda one: -one.n)
    record = ordered[0]
    origin = figure_path(record.name)
    sections = [
        _value(record),
        "## Where it comes from",
        _sources(context, record, versions or {}, origin),
        "## How it is computed",
        render_block("figure_query.html", record=record),
        "## The rows behind it" if rows is not None else "",
        _rows(rows, rows_total, csv_path, origin, record) if rows is not None else "",
        "## Earlier values",
        _history(ordered, origin),
        "## Quote it",
        _quoting(context, record, origin),
    ]
    front = {
        "description": f"{with_unit(record.shown, record.unit)}: {record.title}",
        "eyebrow": "Figure",
        "crumbs": [["Figures", INDEX]],
        "simulated": record.simulated,
        "search": {"exclude": True},
    }
    return page(record.title, [hide_marks(one) for one in sections], front)


def _value(record: FigureRecord) -> str:
    exact = "" if record.value == record.rounded else record.value
    return render_block("figure_value.html", record=record, exact=exact)


def _sources(context: SiteContext, record: FigureRecord, versions: Mapping[str, Version], origin: str) -> str:
    """One line a dataset: its title, the version read, that version's day and manifest, and the manifest's hash."""
    inputs = []
    for name, seq in sorted(record.inputs.items()):
        known, version = context.datasets.get(name), versions.get(name)
        inputs.append(
            {
                "title": known.title if known else name,
                "href": link(origin, dataset_path(name) if known or name in context.heads else "changes.md"),
                "seq": seq,
                "manifest": link(origin, manifest_path(name, seq)),
                "date": version.date if version else "",
                "hash": record.input_hashes.get(name, ""),
                "simulated": version.simulated if version else record.simulated,
            }
        )
    return render_block("figure_sources.html", record=record, inputs=inputs)


def _rows(rows: pa.Table, total: int, csv_path: str, origin: str, record: FigureRecord) -> str:
    shown = rows.slice(0, ROWS_SHOWN)
    note = "These are all rows." if total <= shown.num_rows else f"{plural(shown.num_rows, 'row')} of {total:,}."
    caption = f"Rows behind {record.title}{' (simulated data)' if record.simulated else ''}"
    csv = render_block("figure_csv.html", href=link(origin, csv_path), simulated=record.simulated) if csv_path else ""
    return f"{plain_block(caption, shown, note)}\n{csv}"


def _history(history: Sequence[FigureRecord], origin: str) -> str:
    return render_block(
        "figure_history.html", records=[(one, link(origin, record_path(one.name, one.n))) for one in history]
    )


def _quoting(context: SiteContext, record: FigureRecord, origin: str) -> str:
    city = context.city
    fixed, latest = join_url(city.url, record_path(record.name, record.n)), join_url(city.url, link("index.md", origin))
    kind = f"{with_unit(record.shown, record.unit)}, record {record.n} of {format_date(record.date)}"
    citation = cite(
        f"{record.name}-{record.n}",
        record.title,
        kind,
        fixed,
        author=city.publisher,
        year=record.date[:4],
        site=city.name,
        simulated=record.simulated,
    )
    addresses = render_block("figure_addresses.html", fixed=fixed, latest=latest)
    return f"{addresses}\n{render_block('cite.html', citation=citation)}"


def render_figures(context: SiteContext) -> str:
    """Markdown of `figures/index.md`: every figure with its newest value."""
    records = sorted(context.figures.values(), key=lambda one: (one.title.lower(), one.name))
    intro = (
        "Each number on this site has a page of its own: where it comes from, how it is computed, and how to quote it."
    )
    if not records:
        return page("Figures", [intro, "No figure has been computed yet."], {"crumbs": [["Data", "datasets/index.md"]]})
    rows = [
        {
            "title": one.title,
            "href": link(INDEX, figure_path(one.name)),
            "mark": with_unit(one.shown, one.unit),
            "date": one.date,
            "simulated": one.simulated,
            "sources": [
                (context.datasets[name].title if name in context.datasets else name) for name in sorted(one.inputs)
            ],
        }
        for one in records
    ]
    front = {
        "description": intro,
        "layout": "wide",
        "crumbs": [["Data", "datasets/index.md"]],
        "simulated": any(one.simulated for one in records),
    }
    return page("Figures", [intro, hide_marks(render_block("figures.html", rows=rows))], front)
