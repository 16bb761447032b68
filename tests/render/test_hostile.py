"""What a source puts into a cell, a label or a sample is shown as text, whatever it looks like."""

import json
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import markdown
import pytest

from lamppost.model import Issue, Report, Sample
from lamppost.notation import figures_in
from lamppost.render.cells import show_cell
from lamppost.render.dataset import render_dataset

from .small_site import Site, make_version, text_table

CORPUS = Path(__file__).parents[2].parent / "shared" / "attacks" / "strings.json"
OWN = (
    "<script>window.__pwned('M4RK')</script>", "</td></tr></table></div><h1>broken</h1>",
    "<img src=x onerror=alert(1)>",
    "**bold** _it_ [a](javascript:alert(1))", "{{ power }}", "line\n\n# heading\n\n<b>x", "\x02wzxhzdk:0\x03",
    "{: onclick=alert(1) }", "<!-- ", "<![CDATA[", "\u202egnp.exe", "&lt;script&gt;", "a\x00b", "```",
    "<details markdown>",
    "![](https://evil.example/x.png)",
)  # fmt: skip


class Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, tuple[str, ...]]] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, tuple(name for name, _ in attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def elements(site: Site, cells: list[str]) -> Elements:
    rows = text_table([(f"L-{n}", cell, "1") for n, cell in enumerate(cells)])
    version = make_version(2)
    samples = tuple(Sample(n, "lamp_type", cell) for n, cell in enumerate(cells[:5]))
    incoming = Report(9, (Issue("x", "lights", cells[0], samples=samples),))
    table = version.tables[0]
    hostile = type(version)(**{**vars(version), "tables": (type(table)(**{**vars(table), "incoming": incoming}),)})
    text = render_dataset(site.context, site.dataset, (hostile,), site.files, {"lights": rows})
    parser = Elements()
    parser.feed(
        markdown.markdown(text.split("---\n", 2)[2], extensions=["attr_list", "md_in_html", "tables", "admonition"])
    )
    return parser


def check(site: Site, cells: list[str]) -> None:
    """A page of hostile cells has exactly the elements of a page of plain ones, and shows every cell."""
    for start in range(0, len(cells), 10):
        group = cells[start : start + 10]
        page, plain = elements(site, group), elements(site, ["x"] * len(group))
        assert page.found == plain.found
        shown = " ".join(" ".join(page.words).split())
        for cell in group:
            assert " ".join(unescape(show_cell(cell)).split()) in unescape(shown) or not show_cell(cell).strip()


def test_our_own_attacks_are_shown_as_text(site: Site) -> None:
    check(site, list(OWN))


@pytest.mark.skipif(not CORPUS.is_file(), reason="the corpus of attack strings is not beside the project")
def test_the_whole_corpus_is_shown_as_text(site: Site) -> None:
    items = json.loads(CORPUS.read_text(encoding="utf-8"))["items"]
    check(site, [one["payload"] for one in items if isinstance(one.get("payload"), str)])


def test_a_cell_is_one_line_without_invisible_controls() -> None:
    assert show_cell("a\x00b\nc") == "a␀b c"
    assert show_cell(None) == ""
    assert len(show_cell("x" * 500)) == 80


def test_a_cell_that_looks_like_a_figure_is_not_taken_for_one(site: Site) -> None:
    text = render_dataset(
        site.context, site.dataset, site.history, (), {"lights": text_table([("a", "{{ power }}", "1")])}
    )
    assert figures_in(text) == ()
    assert "&#123;&#123; power }}" in text
