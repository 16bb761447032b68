"""What all pages share: the frame of a Markdown page, links, escaping, and how numbers and dates are written.

A page is front matter, a heading, and sections; a section is Markdown or one raw HTML block. The site is built with
`use_directory_urls: false`, so that `datasets/air-quality.md` becomes `datasets/air-quality.html`, and works from a
folder on disk; links in HTML blocks are therefore relative and end in `.html`.
"""

import posixpath
import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import cache
from typing import Any

import jinja2
import yaml
from markupsafe import Markup, escape

from lamppost.model import FigureRecord
from lamppost.notation import FIGURE

METHOD = "about/method.md"
"""The page that says how every status is computed."""

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

_PERIODS = {
    timedelta(hours=1): "every hour",
    timedelta(days=1): "every day",
    timedelta(days=7): "every week",
    timedelta(days=14): "every two weeks",
    timedelta(days=30): "every month",
    timedelta(days=31): "every month",
    timedelta(days=90): "every three months",
    timedelta(days=91): "every three months",
    timedelta(days=92): "every three months",
    timedelta(days=182): "every six months",
    timedelta(days=365): "every year",
    timedelta(days=366): "every year",
}

_KILO = 1024
_SHORT = 9.9
_NO_BREAK = "\N{NO-BREAK SPACE}"


@cache
def environment() -> jinja2.Environment:
    """The templates of this room: autoescaped, an unknown name is an error, and the formatters below are filters."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("lamppost.render", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    made.filters |= {
        "day": format_date,
        "time": format_time,
        "number": format_number,
        "with_unit": with_unit,
        "period": format_period,
        "size": format_bytes,
        "code": keep_lines,
    }
    made.globals |= {"link": link, "plural": plural}
    return made


def render_block(template: str, **values: object) -> str:
    """One raw HTML block from a template, without blank lines, which would end it in Markdown."""
    text = environment().get_template(template).render(**values)
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


def front_matter(values: Mapping[str, Any]) -> str:
    """The YAML head of a page; keys whose value is None, False or empty text are left out."""
    kept = {key: value for key, value in values.items() if value is not None and value is not False and value != ""}
    return f"---\n{yaml.safe_dump(kept, sort_keys=False, allow_unicode=True, width=10_000)}---"


def page(title: str, sections: Iterable[str], front: Mapping[str, Any] | None = None) -> str:
    """A whole Markdown page; empty sections are left out."""
    head = front_matter({"title": title, **(front or {})})
    parts = [head, f"# {escape_markdown(title)}", *(one.strip("\n") for one in sections)]
    return "\n\n".join(part for part in parts if part) + "\n"


def link(origin: str, target: str) -> str:
    """The relative address of one page (or file) from another, both as paths in the docs tree; a #fragment is kept."""
    path, mark, fragment = target.partition("#")
    path = f"{path.removesuffix('.md')}.html" if path.endswith(".md") else path
    if not path or path == f"{origin.removesuffix('.md')}.html":
        return mark + fragment if fragment else posixpath.basename(path)
    return posixpath.relpath(path, posixpath.dirname(origin) or ".") + mark + fragment


def doc_link(origin: str, target: str) -> str:
    """The same for a link written in Markdown, where MkDocs wants the path of the source and checks that it exists."""
    path, mark, fragment = target.partition("#")
    return posixpath.relpath(path, posixpath.dirname(origin) or ".") + mark + fragment


def below_title(body: str) -> str:
    """A body that the city wrote, without the `# Title` it may start with: the page has its own."""
    return re.sub(r"\A\s*# [^\n]*\n?", "", body + "\n").strip("\n")


def dataset_path(name: str) -> str:
    """Where a dataset's page lies in the docs tree."""
    return f"datasets/{name}.md"


def figure_path(name: str) -> str:
    """Where a figure's page lies in the docs tree."""
    return f"figures/{name}.md"


def escape_markdown(text: str) -> str:
    """Text that Markdown shows as it stands, on one line, also where a city's title holds `*`, `_`, `<` or `{{`."""
    one_line = " ".join(text.split())
    marked = re.sub(r"([\\`*_{}\[\]#|!~^])", r"\\\1", one_line).replace("&", "&amp;")
    return marked.replace("<", "&lt;").replace(">", "&gt;")  # a backslash before them would be shown


def keep_lines(text: str) -> Markup:
    """Text for `<pre>`: its line breaks become character references, so that an empty line cannot end the block."""
    return escape(text).replace("\n", Markup("&#10;"))


def figure_mark(record: FigureRecord, origin: str, *, marked: bool = True) -> Markup:
    """A measured number as it stands in HTML: linked to its figure's page, and marked when it is simulated.

    The same elements as `lamppost.site.markdown` makes of `{{ name }}` in an author's Markdown. Only who prints the
    mark beside the number in another way may say `marked=False`.
    """
    data = Markup('<data class="{}" data-figure="{}" data-version="{}" value="{}">{}</data>').format(
        "figure figure--simulated" if record.simulated else "figure",
        record.name,
        record.n,
        record.rounded,
        record.shown,
    )
    mark = Markup('<span class="figure__mark"> (simulated data)</span>') if record.simulated and marked else Markup("")
    href = link(origin, figure_path(record.name))
    return Markup('<a class="figure-link" href="{}">{}{}</a>').format(href, data, mark)


def prose(text: str, figures: Mapping[str, FigureRecord], origin: str) -> Markup:
    """One plain sentence for HTML in which each `{{ name }}` is that figure; one without a record says so."""
    parts = FIGURE.split(" ".join(text.split()))
    made = [
        (figure_mark(figures[part], origin) if part in figures else Markup("(no value yet)")) if odd else escape(part)
        for part, odd in zip(parts, [False, True] * len(parts), strict=False)
    ]
    return Markup("").join(made)


def format_number(value: str | float | Decimal, digits: int | None = None) -> str:
    """`1234.5` → `1,234.5`; rounded half up to `digits` when given, as figures are; what is no number stays text."""
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return str(value)
    if digits is not None:
        number = number.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return f"{number:,f}".replace("-", "\N{MINUS SIGN}")


def with_unit(shown: str, unit: str) -> str:
    """`12 kWh`, `40 %`, `$1,200`: number and unit with a space that does not break."""
    if not unit:
        return shown
    if unit in {"USD", "$"}:
        return f"${shown}"
    return f"{shown}{_NO_BREAK}{unit}"


def format_date(value: date | str | None) -> str:
    """`2026-11-22` → `22 November 2026`; `2018-02` → `February 2018`; what is no date is given back as text."""
    text = str(value or "")
    matched = re.fullmatch(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?(?:T.*)?", text)
    if not matched:
        return text
    year, month, day = matched.groups()
    words = [str(int(day))] if day else []
    words += [MONTHS[int(month) - 1]] if month and 1 <= int(month) <= len(MONTHS) else []
    return _NO_BREAK.join([*words, year])


def format_time(value: date | str | None, due: str = "") -> Markup:
    """A `<time>` element with the day in words; with `due` (ISO instant) the reader's browser says when it is late."""
    text = str(value or "")
    if not text:
        return Markup("")
    late = Markup(' data-due="{}"').format(due) if due else Markup("")
    return Markup('<time datetime="{}"{}>{}</time>').format(text, late, format_date(text))


def format_period(value: timedelta | None) -> str:
    """`every day`, `every 3 days`; `no fixed interval` for None."""
    if value is None:
        return "no fixed interval"
    if value in _PERIODS:
        return _PERIODS[value]
    if value < timedelta(days=1):
        return f"every {value.total_seconds() / 3600:g} hours"
    return f"every {value.days} days"


def format_bytes(size: int) -> str:
    """`812 bytes`, `1.4 KB`, `32 MB`: 1 KB = 1024 bytes."""
    if size < _KILO:
        return plural(size, "byte")
    amount, unit = float(size), "KB"
    for step in ("KB", "MB", "GB", "TB"):
        amount, unit = amount / _KILO, step
        if amount < _KILO:
            break
    return f"{amount:,.{0 if round(amount, 1) > _SHORT else 1}f}{_NO_BREAK}{unit}"


def plural(count: int, one: str, many: str = "") -> str:
    """`1 row`, `1,200 rows`."""
    return f"{count:,}{_NO_BREAK}{one if count == 1 else many or one + 's'}"
