"""Figures: one SELECT each, a name used once in the whole city; and where prose may show them."""

from collections.abc import Callable, Mapping

import pytest

from lamppost.load import check_pages, find_figures, load_datasets, load_figures
from lamppost.model import City, FigureQuery

Write = Callable[[Mapping[str, str]], City]
PATH = "datasets/trees/figures.yaml"
FIGURE = "{name: tree-count, title: Trees, sql: SELECT count(*) FROM trees}"


def load(city: City) -> tuple[tuple[FigureQuery, ...], list[str]]:
    figures, issues = load_figures(city, load_datasets(city)[0])
    return figures, [f"{issue.place} {issue.message}" for issue in issues]


def test_a_figure_reads_its_own_dataset_unless_it_says_otherwise(write: Write) -> None:
    (figure,), faults = load(write({PATH: f"format: 1\nfigures:\n  - {FIGURE}\n"}))
    assert not faults
    assert (figure.inputs, figure.round, figure.place) == (("trees",), 0, "datasets/trees/figures.yaml:3:5")


def test_a_figure_over_the_plan_lives_with_the_plan(write: Write) -> None:
    text = "format: 1\nfigures: [{name: done, title: D, sql: SELECT 1, from: [plan, trees], round: 1, unit: '%'}]\n"
    (figure,), faults = load(write({"docs/plan/figures.yaml": text}))
    assert not faults
    assert (figure.inputs, figure.round, figure.unit) == (("plan", "trees"), 1, "%")


@pytest.mark.parametrize(
    ("figure", "message"),
    [
        ("{title: T, sql: SELECT 1}", "`name` is missing"),
        ("{name: a, sql: SELECT 1}", "`title` is missing"),
        ("{name: A B, title: T, sql: SELECT 1}", "the figure name `A B` cannot stand in an address"),
        ("{name: a, title: T, sql: DROP TABLE trees}", "expected one SELECT"),
        ("{name: a, title: T, sql: SELECT 1; SELECT 2}", "expected one SELECT"),
        ("{name: a, title: T, sql: SELECT 1, from: [tree]}", "there is no dataset `tree`. Did you mean `trees`?"),
        ("{name: a, title: T, sql: SELECT 1, round: 1.5}", "expected a whole number"),
        ("{name: a, title: T, sql: SELECT 1, round: 9}", "at most 6 digits"),
        ("{name: a, title: T, sql: SELECT 1, units: '%'}", "Did you mean `unit`?"),
    ],
)
def test_a_fault_keeps_only_that_figure_out(write: Write, figure: str, message: str) -> None:
    figures, faults = load(write({PATH: f"format: 1\nfigures:\n  - {FIGURE}\n  - {figure}\n"}))
    assert [one.name for one in figures] == ["tree-count"]
    assert all(fault.startswith("datasets/trees/figures.yaml:4:") for fault in faults)
    assert any(message in fault for fault in faults), faults


def test_a_name_is_used_once_in_the_whole_city(write: Write) -> None:
    text = f"format: 1\nfigures:\n  - {FIGURE}\n"
    figures, (fault,) = load(write({PATH: text, "docs/plan/figures.yaml": text}))
    assert len(figures) == 1
    assert "is also in datasets/trees/figures.yaml:3:5; rename one" in fault


def test_figures_yml_is_told_to_be_renamed(write: Write) -> None:
    _, (fault,) = load(write({"datasets/trees/figures.yml": "format: 1\n"}))
    assert fault.startswith("datasets/trees/figures.yml expected figures.yaml")


def uses(text: str) -> list[tuple[str, int, str]]:
    return [(use.name, use.line, use.wrong) for use in find_figures(text)]


@pytest.mark.parametrize(
    "text",
    [
        "In all {{ trees }} trees.", "- a list with {{trees}}", "| a | {{ trees }} |",
        "**{{ trees }}** of them", "> {{ trees }}",
        "[a link](x.md) and {{ trees }}", '<div markdown="1">\n{{ trees }}\n</div>', "<strong>All</strong> {{ trees }}",
        "<div>\nraw\n</div>\n\n{{ trees }}", "`code` {{ trees }}",
    ],
)  # fmt: skip
def test_running_text_may_hold_a_figure(text: str) -> None:
    assert [(name, wrong) for name, _, wrong in uses(text)] == [("trees", "")]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("# All {{ trees }}", "a heading"), ("All {{ trees }}\n===", "a heading"),
        ("[{{ trees }}](x.md)", "the text of a link"),
        ("![{{ trees }}](x.png)", "the description of an image"), ("[x](y.md?n={{ trees }})", "the address of a link"),
        ("---\ntitle: {{ trees }}\n---\nx", "front matter"), ("<div>\n{{ trees }}\n</div>", "raw HTML"),
        ('a <a title="{{ trees }}">b</a>', "raw HTML"), ("<!-- {{ trees }} -->", "raw HTML"),
    ],
)  # fmt: skip
def test_where_no_number_can_be_shown_a_figure_is_refused(text: str, wrong: str) -> None:
    assert [found for _, _, found in uses(text)] == [wrong]


@pytest.mark.parametrize(
    "text", ["`{{ trees }}`", "```\n{{ trees }}\n```", "~~~~\n```\n{{ trees }}\n~~~~", "{{ 7*7 }}", "{ trees }"]
)
def test_code_and_other_braces_are_left_alone(text: str) -> None:
    assert uses(text) == []


def test_an_unknown_figure_is_told_with_file_line_and_the_nearest(write: Write) -> None:
    city = write({"docs/a/b.md": "One.\n\nAnd {{ tree-cuont }} trees."})
    ((place, message),) = [(issue.place, issue.message) for issue in check_pages(city, ["tree-count"])]
    assert (place, message) == ("docs/a/b.md:3", "there is no figure `tree-cuont`. Did you mean `tree-count`?")


def test_the_home_pages_lead_may_hold_figures(write: Write) -> None:
    city = write({"docs/index.md": "---\nlead: All {{ a }}\n---\n", "docs/x.md": "---\nlead: All {{ a }}\n---\n"})
    assert [issue.place for issue in check_pages(city, ["a"])] == ["docs/x.md:2"]


def test_a_folder_that_an_editor_left_behind_holds_no_figures(write: Write) -> None:
    files = {"datasets/.old/figures.yaml": f"format: 1\nfigures: [{FIGURE}]\n", "datasets/.old/dataset.yaml": ""}
    assert load(write(files)) == ((), [])
