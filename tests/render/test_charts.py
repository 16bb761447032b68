import re
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

import lamppost
from lamppost.model import Point
from lamppost.render.chart import Chart
from lamppost.render.charts import draw
from lamppost.site.config import STYLES

DAYS = tuple((f"2026-10-{day:02d}", 100.0 + day % 7 * 9) for day in range(1, 32) if day not in {8, 9, 21, 23})
PLACES = tuple((-118.3 - n / 999, 34.0 + n / 700) for n in range(90))
CHARTS = (
    Chart("dataset/energy", "line", "Energy", "Sum by day.", "kWh", DAYS, simulated=True),
    Chart("dataset/kinds", "bar", "Kinds", "", "", (("<b>Pothole</b>\x07", 3.0), ("Graffiti", 8.0)), simulated=True),
    Chart("dataset/lights", "points", "Where", "", "", PLACES, simulated=True),
    Chart(
        "indicator/days", "indicator", "Review days", "", "days", (("2019-01-31", 10.0), ("2020-01-31", 7.5)),
        simulated=True, baseline=Point(date(2019, 1, 1), 10), target=Point(date(2026, 12, 31), 4), better="down",
    ),
    Chart("dataset/none", "line", "Nothing yet", "", "", ()),
)  # fmt: skip


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("charts")


@pytest.fixture(scope="module")
def drawn(cache: Path) -> dict[str, str]:
    return draw(CHARTS, cache)


def images(drawn: dict[str, str]) -> list[ET.Element]:
    return [
        root
        for text in drawn.values()
        for root in ET.fromstring(f"<all>{text}</all>".replace(' xmlns="http://www.w3.org/2000/svg"', ""))
    ]


def test_each_chart_is_drawn_for_a_wide_screen_and_for_a_phone(drawn: dict[str, str]) -> None:
    assert set(drawn) == {chart.name for chart in CHARTS}
    for text in drawn.values():
        assert text.count("<svg") == 2
        assert "chart-svg--wide" in text
        assert "chart-svg--narrow" in text


def test_an_image_is_named_by_its_title_and_its_sentence(drawn: dict[str, str]) -> None:
    for root in images(drawn):
        named = {one.get("id"): one.text for one in root.iter() if one.get("id")}
        assert root.get("role") == "img"
        assert all(named[name] for name in (root.get("aria-labelledby") or "?").split())


def test_inside_an_image_nothing_else_speaks_to_a_screen_reader(drawn: dict[str, str]) -> None:
    inner = [one for root in images(drawn) for one in root.iter() if one is not root]
    assert not [name for one in inner for name in one.attrib if name.startswith("aria-") or name == "role"]


def test_no_two_images_share_an_id(drawn: dict[str, str]) -> None:
    ids = re.findall(r'\bid="([^"]+)"', "".join(drawn.values()))
    assert len(ids) == len(set(ids)) == 4 * len(CHARTS)


def test_a_strict_policy_blocks_nothing_in_an_image(drawn: dict[str, str]) -> None:
    assert not re.search(r"style=|<style|<script|href=|\son\w+=", "".join(drawn.values()))


def test_every_painted_element_has_a_class_by_which_the_theme_repaints_it(drawn: dict[str, str]) -> None:
    painted = re.findall(r"<(?:text|circle|path|line|g)\b[^>]*(?:fill|stroke)=\"#[^>]*>", "".join(drawn.values()))
    assert painted
    assert all('class="' in tag for tag in painted)


def test_the_stylesheets_that_pages_load_know_every_class(drawn: dict[str, str]) -> None:
    folder = Path(lamppost.__file__).parent
    css = "".join((folder / name).read_text(encoding="utf-8") for name in STYLES)
    classes = {name for said in re.findall(r'class="([^"]*)"', "".join(drawn.values())) for name in said.split()}
    assert [name for name in sorted(classes - {"chart-svg"}) if not re.search(rf"\.{name}\b", css)] == []


def test_a_chart_of_simulated_data_says_so_in_the_picture(drawn: dict[str, str]) -> None:
    for chart in CHARTS:
        words = [one.text for root in images({"": drawn[chart.name]}) for one in root.iter("text")]
        assert words.count("simulated data") == (2 if chart.simulated else 0)


def test_hostile_labels_are_text(drawn: dict[str, str]) -> None:
    assert "&lt;b&gt;Pothole&lt;/b&gt;" in drawn["dataset/kinds"]
    assert "<b>" not in drawn["dataset/kinds"]


def test_a_line_does_not_bridge_days_without_values(drawn: dict[str, str]) -> None:
    paths = [one.get("d", "") for one in images({"": drawn["dataset/energy"]})[0].iter("path")]
    assert max(path.count("M") for path in paths) == 4


def test_a_chart_without_values_says_so(drawn: dict[str, str]) -> None:
    assert "No values yet" in drawn["dataset/none"]


def test_values_that_are_no_numbers_are_no_values(tmp_path: Path) -> None:
    strange = (("2026-10-01", float("nan")), ("2026-10-02", float("inf")))
    charts = [Chart("a", "line", "A", "", "", strange), Chart("b", "points", "B", "", "", ((float("nan"), 999.0),))]
    assert all("No values yet" in svg for svg in draw(charts, tmp_path).values())


def test_a_cached_chart_is_not_drawn_again(drawn: dict[str, str], cache: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in cache.iterdir()}
    assert draw(CHARTS, cache) == drawn
    assert {path: path.stat().st_mtime_ns for path in cache.iterdir()} == before


def test_the_same_chart_has_the_same_bytes_in_another_process(drawn: dict[str, str], tmp_path: Path) -> None:
    assert draw(CHARTS[:2], tmp_path) == {chart.name: drawn[chart.name] for chart in CHARTS[:2]}


def test_thousands_of_places_become_at_most_450_dots(tmp_path: Path) -> None:
    places = tuple((-118.4 + n * 37 % 997 / 24000, 34.08 + n * 53 % 641 / 32000) for n in range(2600))
    svg = draw([Chart("many", "points", "Where", "", "", places)], tmp_path)["many"]
    wide, narrow = images({"": svg})
    assert 100 < len(list(wide.iter("circle"))) <= 450
    assert len(list(narrow.iter("circle"))) <= 250
