"""How a figure gets into prose."""

import markdown
import pytest

from lamppost.model import FigureRecord
from lamppost.site.tree import append_figures

TREES = FigureRecord(
    name="trees", n=3, value="1200", shown="1,200", rounded="1200", title="Street trees", unit="", round=0, note="",
    sql="SELECT count(*) FROM trees", inputs={"trees": 2}, input_hashes={"trees": "ab"}, date="2026-11-22",
)  # fmt: skip


def render(text: str, path: str = "index.md", record: FigureRecord = TREES) -> str:
    page = append_figures(path, text, {record.name: record})
    return markdown.markdown(page, extensions=["lamppost.site.markdown"])


def test_a_figure_is_a_number_with_its_record_and_a_link_to_its_page() -> None:
    assert render("We have {{ trees }} trees.") == (
        '<p>We have <a class="figure-link" href="figures/trees.md">'
        '<data class="figure" data-figure="trees" data-version="3" value="1200">1,200</data></a> trees.</p>'
    )


def test_the_link_is_relative_to_the_page() -> None:
    assert 'href="../../figures/trees.md"' in render("{{ trees }}", path="plan/actions/1.md")


def test_a_simulated_figure_says_so_in_the_text() -> None:
    simulated = FigureRecord(**{**vars(TREES), "simulated": True})
    assert "(simulated data)" in render("{{ trees }}", record=simulated)


@pytest.mark.parametrize("text", ["`{{ trees }}`", "    {{ trees }}", "{{ unknown }}"])
def test_code_and_unknown_names_stay_as_written(text: str) -> None:
    assert "<data" not in render(text)


def test_a_figure_without_any_value_says_that_there_is_none() -> None:
    page = append_figures("index.md", "We have {{ trees }} trees.", {}, known=["trees"])
    made = markdown.markdown(page, extensions=["lamppost.site.markdown"])
    assert "no value yet" in made
    assert "<data" not in made
