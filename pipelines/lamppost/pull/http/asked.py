"""The options of the adapter `http`.

url, path, params, headers   what is asked; `{since}`, `{until}` and names of `values:` and `for_each:` are filled in
records, format, paging, …   how its lists are read, see form.py and paging.py
for_each                     a list asked first: {path, params, records, paging, …, take, only}; the rest is asked
                             once for each of its items, `take:` gives names to what an item knows
window                       {initial: P31D, size: P90D, align, form, zone, overlap}, see window.py
values                       names of our own
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from lamppost.pull.fault import fault
from lamppost.pull.http.form import Form, inherit, read_form
from lamppost.pull.options import Options
from lamppost.pull.window import Grid, read_grid


@dataclass(frozen=True)
class Items:
    """`for_each:`."""

    form: Form
    path: str
    params: Mapping[str, str]
    take: Mapping[str, str]
    only: Mapping[str, str]
    """dotted path → text that must stand there, or in the list there."""


@dataclass(frozen=True)
class Asked:
    """All of them."""

    form: Form
    path: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    items: Items | None = None
    grid: Grid = field(default_factory=Grid)
    values: Mapping[str, str] = field(default_factory=dict)


def read_asked(options: Options) -> Asked:
    """The options, each taken; PullError for one that is missing, wrong, or that nobody reads."""
    url = options.text("url")
    form = read_form(options, url)
    asked = Asked(
        form=form,
        path=options.text("path", ""),
        params=options.pairs("params"),
        items=_read_items(options.block("for_each"), form),
        grid=read_grid(options.block("window")),
        values=options.pairs("values"),
    )
    options.close()
    if form.paging.by == "time_window" and (asked.grid.initial is None or not asked.grid.size):
        do = "write `window: {initial: P31D, size: P1D}`"
        raise fault("pull.window", "no `initial` and `size`", "both, because pages are windows of time", do)
    return asked


def _read_items(options: Options | None, outer: Form) -> Items | None:
    if options is None:
        return None
    form = inherit(read_form(options, outer.access.home), outer)
    items = Items(form, options.text("path"), options.pairs("params"), options.pairs("take"), options.pairs("only"))
    options.close()
    return items
