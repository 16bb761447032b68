"""A chart as it stands on a page: picture, sentence, the numbers as a table, and the file they come from."""

from collections.abc import Sequence

from markupsafe import Markup

from lamppost.render.cells import Head, table_block
from lamppost.render.chart import Cell, Chart, instant, read_series, sum_bars
from lamppost.render.chart_words import describe_chart, name_moment
from lamppost.render.page import plural, render_block

SHOWN = 60
"""Newest values in the table beside a line."""


def chart_block(chart: Chart, svg: str, links: Sequence[tuple[str, str]] = ()) -> str:
    """`svg` is what `charts.draw` made of `chart`; `links`: (name, address) of files with all rows."""
    return render_block(
        "chart.html",
        chart=chart,
        svg=Markup(svg),  # noqa: S704 - drawn by our own process; its text was escaped when it was written
        sentence=describe_chart(chart).removesuffix("These are simulated data.").strip(),
        table=Markup(_numbers(chart)),  # noqa: S704 - autoescaped when it was rendered
        links=links,
    )


def _numbers(chart: Chart) -> str:
    unit = chart.unit or "Number"
    if chart.kind == "points" or not chart.rows:
        return ""
    if chart.kind == "bar":
        return table_block(
            chart.title,
            [Head("Name"), Head(unit, right=True)],
            [(name, f"{value:,.10g}") for name, value in sum_bars(chart, len(chart.rows))],
        )
    step = read_series(chart.rows).step
    newest = list(reversed(chart.rows))[:SHOWN]
    whole = len(newest) == len(chart.rows)
    shown = "newest first" if whole else f"the newest {len(newest)} of {plural(len(chart.rows), 'value')}"
    rows = [(name_moment(instant(str(when)), step), _amount(value)) for when, value, *_ in newest]
    return table_block(f"{chart.title}, {shown}", [Head("Date"), Head(unit, right=True)], rows)


def _amount(value: Cell) -> str:
    return "no value" if value is None else f"{round(float(value), 2):,.10g}"
