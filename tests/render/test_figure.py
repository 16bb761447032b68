from dataclasses import replace

import pyarrow as pa

from lamppost.render.figure import render_figure, render_figures

from .small_site import Site, make_figure, make_version

ROWS = pa.table({"lamp_type": ["LED", "HPS"], "watts_w": ["54", "70"], "code": ["01", "02"]})


def render(site: Site, *, simulated: bool = False) -> str:
    history = (make_figure(2, simulated=simulated), make_figure(1, simulated=simulated))
    text = render_figure(site.context, history, {"lights": make_version(2)}, ROWS, 60, "figures/power/2.csv")
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_the_page_opens_with_the_value_as_machines_read_it_too(site: Site) -> None:
    assert '<data class="figure" data-figure="power" data-version="2" value="1202.5">1,202.5</data>' in render(site)
    assert "Exact value: <code>1202.4567</code>, shown rounded to 1 digit after the point." in render(site)


def test_the_inputs_lead_to_the_very_versions_that_were_read(site: Site) -> None:
    text = render(site)
    assert '<a href="../datasets/lights.html">Street lights</a>, <a href="../data/lights/v2.json">version 2</a>' in text
    assert f"<code>{'ef' * 32}</code>" in text


def test_the_query_stands_word_for_word(site: Site) -> None:
    assert "SELECT sum(watts_w)&#10;&#10;FROM lights" in render(site)


def test_the_rows_behind_it_are_shown_with_numbers_on_the_right(site: Site) -> None:
    text = render(site)
    assert '<th scope="col" class="num">watts_w</th>' in text
    assert '<th scope="col">code</th>' in text
    assert "2 rows of 60." in text
    assert '<a href="power/2.csv" download>' in text


def test_every_record_keeps_its_own_address(site: Site) -> None:
    text = render(site)
    assert '<a href="power/1.json">1</a>' in text
    assert "https://lampton.example/data/figures/power/2.json" in text
    assert "https://lampton.example/data/figures/power.html" in text


def test_a_citation_names_value_and_record(site: Site) -> None:
    assert "Power of all lights [1,202.5 kW, record 2 of 22 November 2026]." in render(site)


def test_a_simulated_figure_says_so_beside_its_value(practice: Site) -> None:
    text = render(practice, simulated=True)
    assert "simulated: true" in text
    assert 'class="figure figure--simulated"' in text
    assert text.count('<span class="simulated">simulated data</span>') >= 4
    assert "[simulated data; 1,202.5 kW" in text


def test_the_list_holds_every_figure_with_its_newest_value(site: Site) -> None:
    text = render_figures(site.context).replace("\N{NO-BREAK SPACE}", " ")
    assert '<a href="power.html">Power of all lights</a></th><td role="cell" class="num">1,202.5 kW</td>' in text


def test_a_site_without_figures_says_so(site: Site) -> None:
    assert "No figure has been computed yet." in render_figures(replace(site.context, figures={}))
