import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import markdown
import yaml

from lamppost.model import Field, Schema
from lamppost.render.chart import Chart
from lamppost.render.context import Failure
from lamppost.render.dataset import render_dataset
from lamppost.render.dictionary import dictionary_block
from lamppost.render.files import PublishedFile, newest_path

from .small_plan import PLAN
from .small_site import Site, make_version


def render(site: Site, **more: object) -> str:
    text = render_dataset(site.context, site.dataset, site.history, site.files, {"lights": site.rows}, **more)  # type: ignore[arg-type]
    return text.replace("\N{NO-BREAK SPACE}", " ")


def front_of(text: str) -> dict[str, object]:
    found: dict[str, object] = yaml.safe_load(text.split("---\n")[1])
    return found


def test_the_front_matter_keeps_the_page_out_of_the_search_of_words(site: Site) -> None:
    front = front_of(render(site))
    assert front["title"] == "Street lights"
    assert front["search"] == {"exclude": True}
    assert front["edit"] == "datasets/lights/dataset.yaml"
    assert "simulated" not in front


def test_the_page_says_who_looks_after_the_data_and_under_which_licence(site: Site) -> None:
    text = render(site)
    assert 'Public Works<br><a href="mailto:works@lampton.example">works@lampton.example</a>' in text
    assert '<a href="https://creativecommons.org/publicdomain/zero/1.0/">CC0</a>' in text


def test_source_fault_37_a_scheduler_that_fell_asleep_breaks_a_promise_that_stands_on_the_page(site: Site) -> None:
    assert (
        'every day; next by <time datetime="2026-11-23" data-due="2026-11-24T08:00:00Z">23 November 2026</time>'
        in render(site)
    )


def test_the_newest_reading_is_dated_by_the_citys_own_day(site: Site) -> None:
    assert 'Data up to</dt><dd><time datetime="2026-11-21">' in render(site, newest="2026-11-22T07:00:00Z")


def test_the_downloads_name_format_rows_and_size(site: Site) -> None:
    text = render(site)
    assert '<a href="../data/lights/lights.csv" download><span class="downloads__format">CSV</span>' in text
    assert "2,588 rows, opens in any spreadsheet" in text
    assert '<span class="downloads__size">180 KB</span>' in text


def test_the_fixed_files_stand_with_their_checksums(site: Site) -> None:
    text = render(site)
    assert f'<a href="../data/lights/objects/{"ab" * 32}.csv" download>CSV</a>' in text
    assert f"<code>{'ab' * 32}</code>" in text
    assert '<a href="../data/lights/v2.json">v2.json</a>' in text


def test_rows_that_are_not_the_tables_first_say_of_which_part_they_are(site: Site) -> None:
    (table,) = site.history[0].tables
    parts = (replace(table.parts[0], partition="2026-10"), replace(table.parts[0], partition="2026-11-22"))
    head = replace(site.history[0], tables=(replace(table, parts=parts),))
    assert "rows of 5,176, the first of part 2026-11-22." in render(replace(site, history=(head, *site.history[1:])))
    assert "the first of part" not in render(site)


def test_the_columns_are_explained(site: Site) -> None:
    text = render(site)
    assert "<strong>Light</strong><br>Painted on the pole." in text
    assert "Whole number, W; at least 0; at most 1,000" in text
    assert "Text; identifies the row; never empty" in text


def test_every_version_says_what_it_changed_and_where_it_lies(site: Site) -> None:
    text = render(site)
    assert '<tr id="v2" role="row">' in text
    assert '<a href="../data/lights/v1.json">Files of version 1</a>' in text
    assert '<a href="../data/lights/objects/what-changed.csv" download>rows that changed</a>' in text
    assert "38 rows added, 120 rows changed. Changed: Power in 120 rows. Field lamp_type added." in text


def test_dropped_columns_are_named(site: Site) -> None:
    assert "The source also holds owner_phone." in render(site)


def test_what_rests_on_the_dataset_is_linked(site: Site) -> None:
    assert '<a href="../figures/power.html">Power of all lights</a>: <strong>1,202.5 kW</strong>' in render(site)


def test_a_citation_names_the_version_and_an_address_that_never_changes(site: Site) -> None:
    text = render(site)
    assert (
        "City of Lampton (2026). Street lights [Data set, version 2]. Lampton. https://lampton.example/data/data/lights/v2.json"
        in text
    )
    assert "@misc{lights-v2," in text


def test_snippets_work_against_the_address_of_the_site(site: Site) -> None:
    assert "https://lampton.example/data/data/lights/lights.csv" in render(site)


def test_simulated_data_say_so_wherever_they_are_offered(practice: Site) -> None:
    text = render(practice)
    assert front_of(text)["simulated"] is True
    assert "../data/lights/lights.simulated.csv" in text
    assert "../data/lights/lights.csv" not in text
    assert text.count('<span class="simulated">simulated data</span>') >= 5
    assert "[simulated data; Data set, version 2]" in text


def test_a_failing_dataset_says_since_when_and_why(site: Site) -> None:
    text = render(site.with_context(failures={"lights": Failure("2026-11-21", "The source answered 503.")}))
    assert 'Not updated since <time datetime="2026-11-21">21 November 2026</time>.' in text
    assert "The source answered 503." in text


def test_a_dataset_without_any_version_has_an_honest_page(site: Site) -> None:
    empty = site.with_context(
        heads={}, figures={}, failures={"lights": Failure("2026-11-21", "SOURCE_URL is not set.")}
    )
    text = render_dataset(empty.context, site.dataset)
    assert "Nothing has been published yet." in text
    assert "SOURCE_URL is not set." in text
    assert "Columns it will have" in text
    assert "download" not in text


def test_the_chart_stands_with_its_sentence(site: Site) -> None:
    chart = Chart("dataset/lights", "bar", "Lights by lamp", "", "", (("LED", 3.0), ("HPS", 8.0)))
    text = render(site.with_context(charts={"dataset/lights": "<svg></svg>"}), chart=chart)
    assert "<svg></svg>" in text
    assert "Most: HPS (8). Least: LED (3)." in text


def test_every_table_has_a_caption_a_scope_and_takes_the_focus(site: Site) -> None:
    text = render(site)
    assert (
        len(re.findall("<table[ >]", text))
        == text.count("<caption>")
        == text.count('role="region" aria-label=') - text.count("<pre")
    )
    assert "<th>" not in text


class Outline(HTMLParser):
    """Every element that a page really has, with the depth that is left open."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.open += tag not in {"br", "img", "input"}

    def handle_endtag(self, tag: str) -> None:
        self.open -= 1


def test_markdown_leaves_the_blocks_of_a_page_alone(site: Site) -> None:
    body = render(site).split("---\n", 2)[2]
    html = markdown.markdown(body, extensions=["attr_list", "md_in_html", "tables"])
    before, after = Outline(), Outline()
    before.feed(body)
    after.feed(html)
    assert after.open == before.open == 0
    assert after.tags.count("td") == before.tags.count("td")
    assert after.tags.count("h2") == body.count("\n## ")


def test_older_versions_are_folded_away(site: Site) -> None:
    long = replace(site, history=tuple(make_version(seq) for seq in range(20, 0, -1)))
    assert "5 older versions</summary>" in render(long)


def test_the_data_of_a_plan_say_what_in_them_is_an_example(site: Site) -> None:
    plan = replace(PLAN, note="Dates are <ours>.")
    made = replace(site, context=replace(site.context, plan=plan))
    ours = replace(made, dataset=replace(site.dataset, name="plan"))
    assert '<div class="notice" role="note"><p>Dates are &lt;ours&gt;.</p></div>' in render(ours)
    assert "Dates are" not in render(made)


def test_of_several_tables_each_list_of_columns_is_folded(site: Site) -> None:
    (one,) = site.dataset.resources
    two = replace(site, dataset=replace(site.dataset, resources=(one, replace(one, name="poles"))))
    assert re.search(r'<details class="more"><summary>[^<]+: \d+ columns</summary>', render(two))
    assert not re.search(r"<summary>[^<]+: \d+ columns</summary>", render(site))


def offer(site: Site, *files: PublishedFile) -> str:
    return render(replace(site, files=files))


def make_file(name: str, **more: Any) -> PublishedFile:
    return PublishedFile("lights", name, newest_path("lights", "lights", name, simulated=False), 9, 2588, "9f", **more)


def test_columns_that_a_spreadsheet_takes_for_formulas_are_counted(site: Site) -> None:
    text = offer(site, make_file("csv", formulas={"lamp_type": 3, "light_id": 1}))
    assert "Opens as a formula in a spreadsheet: Lamp (3 cells), Light (1 cell)." in text


def test_a_format_that_is_not_there_says_why(site: Site) -> None:
    text = offer(site, make_file("csv", absent=dict.fromkeys(["xlsx", "json"], "too large")))
    assert "<p>Not as Excel, JSON: too large.</p>" in text


def test_a_table_in_parts_shows_two_lines_that_fetch_it(site: Site) -> None:
    text = offer(site, make_file("csv.gz"), make_file("sh"), make_file("ps1"))
    assert "curl -fsSO https://lampton.example/data/data/lights/lights.sh&#10;sh lights.sh" in text
    assert "Invoke-WebRequest https://lampton.example/data/data/lights/lights.ps1 -OutFile lights.ps1" in text
    assert "Script for" not in text


def test_the_pieces_of_a_large_table_stand_in_their_own_list(site: Site) -> None:
    text = offer(
        site, make_file("csv.gz"), make_file("xlsx", partition="2026-10"), make_file("xlsx", partition="2026-11")
    )
    assert "Piece by piece: 2 smaller files" in text
    assert text.count('<span class="downloads__format">') == 1


def test_a_column_with_empty_texts_says_what_an_empty_cell_means() -> None:
    keeps = Field("note", "string", descriptor={"missingValues": ["-"]})
    text = dictionary_block("Columns", Schema((keeps,), ("note",)))
    assert "- means no value, an empty cell an empty text" in text
    assert "An empty cell means that the value is not known, unless its column says otherwise." in text
