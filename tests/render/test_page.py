from datetime import date, timedelta

import pytest
import yaml

from lamppost.render.page import (
    below_title,
    doc_link,
    escape_markdown,
    format_bytes,
    format_date,
    format_number,
    format_period,
    format_time,
    keep_lines,
    link,
    page,
    plural,
    with_unit,
)

SPACE = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("origin", "target", "expected"),
    [
        ("datasets/lights.md", "figures/power.md", "../figures/power.html"),
        ("plan/areas/hall.md", "plan/index.md#all", "../index.html#all"),
        ("index.md", "plan/1.1-data.md", "plan/1.1-data.html"),
        ("datasets/lights.md", "data/lights/lights.csv", "../data/lights/lights.csv"),
        ("datasets/lights.md", "datasets/lights.md#rows", "#rows"),
        ("datasets/lights.md", "datasets/lights.md", "lights.html"),
    ],
)
def test_links_are_relative_so_that_the_site_works_from_a_folder(origin: str, target: str, expected: str) -> None:
    assert link(origin, target) == expected


def test_links_in_markdown_name_the_source() -> None:
    assert doc_link("plan/indicators/lit.md", "plan/1.1-stops.md") == "../1.1-stops.md"


def test_a_page_is_front_matter_a_heading_and_what_is_not_empty() -> None:
    text = page("A *b*", ["", "<p>x</p>", "## y\n\n"], {"simulated": False, "eyebrow": "Data: all"})
    assert text.endswith("---\n\n# A \\*b\\*\n\n<p>x</p>\n\n## y\n")
    assert yaml.safe_load(text.split("---\n")[1]) == {"title": "A *b*", "eyebrow": "Data: all"}


def test_a_citys_title_can_be_no_markup_and_no_figure() -> None:
    assert escape_markdown("a\n<i> {{ x }} [l](u) & b_c") == "a &lt;i&gt; \\{\\{ x \\}\\} \\[l\\](u) &amp; b\\_c"


def test_an_empty_line_in_code_does_not_end_its_block() -> None:
    assert keep_lines("SELECT 1 < 2\n\nFROM t") == "SELECT 1 &lt; 2&#10;&#10;FROM t"


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [
        ("1234.5", None, "1,234.5"),
        (-3, None, "\N{MINUS SIGN}3"),
        ("0.125", 2, "0.13"),
        (1e6, 0, "1,000,000"),
        ("n/a", None, "n/a"),
    ],
)
def test_numbers_are_grouped_and_rounded_half_up(value: str, digits: int | None, expected: str) -> None:
    assert format_number(value, digits) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (date(2026, 11, 22), "22 November 2026"), ("2018-02", "February 2018"), ("2030", "2030"),
        ("2026-11-22T07:00:00Z", "22 November 2026"), ("soon", "soon"), ("2026-13", "2026"), (None, ""),
    ],
)  # fmt: skip
def test_dates_are_written_in_words(value: date | str | None, expected: str) -> None:
    assert format_date(value).replace(SPACE, " ") == expected


def test_a_date_can_carry_the_instant_after_which_it_is_late() -> None:
    assert format_time("2026-11-22", '2026-11-24T08:00:00Z"') == (
        f'<time datetime="2026-11-22" data-due="2026-11-24T08:00:00Z&#34;">22{SPACE}November{SPACE}2026</time>'
    )


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (1, "1 byte"),
        (812, "812 bytes"),
        (1024, "1.0 KB"),
        (10_200, "10 KB"),
        (3_400_000, "3.2 MB"),
        (5 * 1024**4, "5.0 TB"),
    ],
)
def test_sizes_are_short(size: int, expected: str) -> None:
    assert format_bytes(size).replace(SPACE, " ") == expected


@pytest.mark.parametrize(
    ("days", "expected"),
    [(1, "every day"), (7, "every week"), (3, "every 3 days"), (0.25, "every 6 hours"), (91, "every three months")],
)
def test_a_promise_is_said_in_words(days: float, expected: str) -> None:
    assert format_period(timedelta(days=days)) == expected
    assert format_period(None) == "no fixed interval"


def test_numbers_stay_with_their_units_and_nouns() -> None:
    assert (with_unit("12", "kWh"), with_unit("1,200", "USD"), with_unit("3", "")) == (f"12{SPACE}kWh", "$1,200", "3")
    assert (plural(1, "row"), plural(1200, "row"), plural(2, "strategy", "strategies")) == (
        f"1{SPACE}row", f"1,200{SPACE}rows", f"2{SPACE}strategies",
    )  # fmt: skip


def test_a_body_loses_only_its_title() -> None:
    assert below_title("\n# T\n\ntext\n\n# more\n") == "text\n\n# more"
    assert below_title("text") == "text"
