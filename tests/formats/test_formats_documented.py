"""docs/about/formats.md says something of every format and every key that chooses among them."""

from pathlib import Path

import pytest

from lamppost.formats import FORMATS, MOST_BYTES, MOST_ROWS

PAGE = (Path(__file__).parents[2] / "docs/about/formats.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [name for name, one in FORMATS.items() if one.is_data])
def test_a_format_has_its_row(name: str) -> None:
    assert f"| {FORMATS[name].title} | `.{FORMATS[name].extension}` |" in PAGE


def test_every_format_to_choose_from_stands_in_the_example() -> None:
    line = next(line for line in PAGE.splitlines() if line.startswith("  formats: ["))
    chosen = line.partition("[")[2].rstrip("]").split(", ")
    assert sorted(chosen) == sorted(name for name, one in FORMATS.items() if one.is_chosen)


def test_the_limits_are_those_of_the_program() -> None:
    assert f"up to {MOST_ROWS:,} rows and {MOST_BYTES // 1_000_000} MB" in PAGE
