"""The catalogue from build to build: it moves when data or metadata do, and never with the day or the machine."""

import json
import shutil
from typing import Any

from lamppost.store import open_store

from .big_city import DAY, BigCity

FILES = ("data.json", "dcat-us/3.0/data.json", "catalog.jsonld", "catalog.ttl", "llms.txt", "robots.txt", "SHA256SUMS")


def entries(city: BigCity) -> dict[str, Any]:
    """Folder name → entry of data.json."""
    found = json.loads(city.text("data.json"))["dataset"]
    return {one["landingPage"].rpartition("/")[2].removesuffix(".html"): one for one in found}


def test_two_builds_of_the_same_versions_give_the_same_catalogue(built: BigCity, tmp_path_factory: Any) -> None:
    again = BigCity(tmp_path_factory.mktemp("again") / "city")
    shutil.copytree(built.root, again.root, ignore=shutil.ignore_patterns("build", "site"))
    again.build()
    names = [*FILES, "sitemap.xml", "data/benches-0/croissant.json", "data/benches-0/datapackage.json"]
    assert {name: again.text(name) for name in names} == {name: built.text(name) for name in names}


def test_modified_moves_where_rows_or_words_did_and_nowhere_else(built: BigCity, later: BigCity) -> None:
    before, after = entries(built), entries(later)
    moved = {name for name in before if before[name]["modified"] != after[name]["modified"]}
    assert moved == {"benches-7", "benches-8", "benches-9"}
    same = set(before) - moved
    assert {name: after[name] for name in same} == {name: before[name] for name in same}


def test_a_better_title_keeps_the_identifier(built: BigCity, later: BigCity) -> None:
    assert entries(later)["benches-7"]["title"] == "Benches of the park"
    assert entries(later)["benches-7"]["identifier"] == entries(built)["benches-7"]["identifier"]


def test_what_is_taken_back_stays_as_an_entry_without_data(later: BigCity) -> None:
    entry = entries(later)["benches-9"]
    assert (entry["accessLevel"], entry["rights"]) == ("non-public", "They are gone.")
    assert "distribution" not in entry
    assert not (later.site / "data" / "benches-9").exists()
    page = later.text("datasets/benches-9.html")
    assert "They are gone." in page
    assert "Painted on it." not in page


def test_nothing_else_on_the_site_leads_to_what_was_taken_back(later: BigCity) -> None:
    texts = {
        path: path.read_text(encoding="utf-8") for path in later.site.rglob("*.*") if path.suffix in {".html", ".json"}
    }
    assert [path.name for path, text in texts.items() if "data/benches-9" in text] == []
    assert "benches-9" not in later.text("status.json")


def test_what_is_not_listed_is_asked_for_no_more(later: BigCity) -> None:
    head = open_store(later.root / "store").head("benches-9")
    assert head is not None
    assert (head.seq, head.date) == (1, DAY.isoformat())
    assert open_store(later.root / "store").head("calls") is None
