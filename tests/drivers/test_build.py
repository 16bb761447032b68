"""The build: reads the store alone, does nothing when nothing changed, and never leaves half a site."""

import json
import os
import re
import shutil
import subprocess
import sys
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from lamppost.build import Built, build_site
from lamppost.errors import BuildError, LoadError
from lamppost.load import load_city
from lamppost.model import Dates
from tests.drivers.conftest import FIGURES, Town

DAY = date(2026, 11, 22)


def build(town: Town, day: date = DAY) -> Built:
    city = load_city(town.root)
    return build_site(city, Dates(day, datetime.combine(day, time(12), ZoneInfo(city.time_zone))))


def page(town: Town, path: str) -> str:
    return (town.root / "site" / path).read_text(encoding="utf-8")


def test_prose_shows_the_number_with_its_record_linked_to_its_page(town: Town) -> None:
    town.run()
    build(town)
    assert re.search(
        r'<a class="figure-link" href="figures/deepest-well.html"><data class="figure" data-figure="deepest-well" '
        r'data-version="1" value="12.0">12.0</data>',
        page(town, "index.html"),
    )


def test_a_figures_page_shows_the_very_rows_it_was_computed_from(town: Town) -> None:
    sql = "SELECT count(*) FROM wells WHERE depth_m > 9"
    town.write("datasets/wells/figures.yaml", FIGURES.replace("SELECT max(depth_m) FROM wells", sql))
    town.run()
    build(town)
    rows = page(town, "figures/deepest-well/1.csv")
    assert rows == "well_id,depth_m\nw7,10.5\nw8,12\n"
    assert 'href="deepest-well/1.csv"' in page(town, "figures/deepest-well.html")


def test_every_kind_of_download_is_there_and_says_what_it_is(town: Town) -> None:
    town.run()
    build(town)
    folder = town.root / "site" / "data" / "wells"
    names = {path.name for path in folder.iterdir()}
    assert names >= {"wells.csv", "wells.json", "wells.parquet", "datapackage.json", "v1.json"}
    assert json.loads((folder / "wells.json").read_text(encoding="utf-8"))[0] == {"well_id": "w1", "depth_m": 1.5}


def test_a_second_build_with_nothing_new_does_nothing(town: Town) -> None:
    town.run()
    build(town)
    before = {path: path.stat().st_mtime_ns for path in (town.root / "site").rglob("*.html")}
    assert build(town).sentence.startswith("Nothing changed")
    assert {path: path.stat().st_mtime_ns for path in (town.root / "site").rglob("*.html")} == before


def test_two_builds_of_the_same_store_give_the_same_bytes(town: Town) -> None:
    town.run()
    build(town)
    first = {path.name: path.read_bytes() for path in (town.root / "site").rglob("*.html")}
    shutil.rmtree(town.root / "site")
    shutil.rmtree(town.root / "build")
    build(town)
    assert {path.name: path.read_bytes() for path in (town.root / "site").rglob("*.html")} == first


def test_the_page_of_a_failing_dataset_says_since_when_and_why(town: Town) -> None:
    town.run()
    town.source.status = 503
    town.run(DAY + timedelta(days=1))
    town.run(DAY + timedelta(days=2))
    build(town, DAY + timedelta(days=2))
    text = page(town, "datasets/wells.html")
    assert 'since <time datetime="2026-11-23">' in text
    assert "503" in text
    assert "w1" in text


def test_a_dataset_whose_files_are_broken_keeps_its_page(town: Town) -> None:
    town.run()
    town.write("datasets/wells/dataset.yaml", "format: 1\ntitle: [\n")
    town.run(DAY + timedelta(days=1))
    build(town, DAY + timedelta(days=1))
    assert "datasets/wells/dataset.yaml" in page(town, "datasets/wells.html")


def test_simulated_rows_are_called_so_on_every_page_that_rests_on_them(town: Town) -> None:
    town.source.kind = "application/json\r\nX-Lamppost-Simulated: true"
    town.run()
    build(town)
    for name in ("index", "datasets/wells", "datasets/index", "figures/deepest-well", "changes"):
        assert "simulated data" in page(town, f"{name}.html").lower(), name
    assert (town.root / "site/data/wells/wells.simulated.csv").is_file()
    assert json.loads(page(town, "data/wells/datapackage.json"))["simulated"] is True
    assert json.loads(page(town, "figures/deepest-well/1.json"))["simulated"] is True


def test_simulated_versions_leave_the_site_with_the_first_real_one(town: Town) -> None:
    town.source.kind = "application/json\r\nX-Lamppost-Simulated: true"
    town.run()
    town.source.kind = "application/json"
    town.run(DAY + timedelta(days=1))
    build(town, DAY + timedelta(days=1))
    names = {path.name for path in (town.root / "site/data/wells").iterdir()}
    assert "v1.json" not in names
    assert not any("simulated" in name for name in names)
    assert "simulated" not in page(town, "datasets/wells.html").lower()


def test_a_page_that_cannot_be_built_leaves_the_old_site(town: Town) -> None:
    town.run()
    build(town)
    before = page(town, "index.html")
    town.write("docs/stories/broken.md", "# Broken\n\n[nowhere](missing.md)\n")
    with pytest.raises(BuildError, match=r"missing\.md"):
        build(town)
    assert page(town, "index.html") == before


def test_an_inline_script_in_a_story_is_refused(town: Town) -> None:
    town.run()
    town.write("docs/stories/script.md", "# Story\n\n<script>alert(1)</script>\n")
    with pytest.raises(BuildError, match=r"stories/script\.html: an inline script"):
        build(town)


def test_a_broken_plan_is_told_and_the_old_site_stays(town: Town) -> None:
    town.run()
    build(town)
    town.write("docs/plan/index.md", "---\nkind: plan\nkind: twice\n---\n")
    with pytest.raises(LoadError, match=r"docs/plan/index\.md:3"):
        build(town)
    assert (town.root / "site" / "index.html").is_file()


def test_hostile_cells_are_shown_as_text(town: Town) -> None:
    town.source.items[0]["well_id"] = "<img src=x onerror=alert(1)> {{ deepest-well }} [x](javascript:alert(1))"
    town.run()
    build(town)
    text = page(town, "datasets/wells.html")
    assert "<img src=x" not in text
    assert "&lt;img src=x onerror=alert(1)&gt;" in text


@pytest.mark.skipif(sys.platform != "linux" or not shutil.which("unshare"), reason="needs Linux network namespaces")
def test_a_build_needs_no_route_to_anywhere(town: Town) -> None:
    town.run()
    alone = ["unshare", "--net", "--map-root-user"]
    if subprocess.run([*alone, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine gives no network namespace")
    done = subprocess.run(
        [*alone, sys.executable, "-m", "lamppost.cli", "--city", str(town.root), "build", "--today", DAY.isoformat()],
        capture_output=True, encoding="utf-8", check=False, env=dict(os.environ),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (town.root / "site" / "index.html").is_file()


def test_a_page_in_another_encoding_is_named_and_the_old_site_stays(town: Town) -> None:
    town.run()
    build(town)
    (town.root / "docs" / "story.md").write_bytes("Br\u00fccke".encode("latin-1"))
    with pytest.raises(LoadError, match=r"docs/story.md: byte 3 is not UTF-8"):
        build(town)
    assert page(town, "index.html")
