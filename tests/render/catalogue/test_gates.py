"""Each file of the catalogue passes its standard's own validator, on a built site of more than twenty datasets."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from urllib.request import urlopen

import pytest
from frictionless import Package
from rdflib import DCAT, RDF
from rdflib.compare import isomorphic

from lamppost.render.catalogue.croissant import CONTEXT

from . import gates
from .big_city import COUNT, URL, BigCity, serve

pytestmark = [gates.needs_standards, pytest.mark.filterwarnings("ignore::DeprecationWarning")]
PUBLISHED = COUNT + 2
"""With the plan and the starter's own."""


def scripts(html: str) -> list[str]:
    return re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)


def test_dcat_us_1_1_takes_data_json(built: BigCity) -> None:
    catalogue = json.loads(built.text("data.json"))
    assert gates.dcat_us_1(catalogue) == []
    assert len(catalogue["dataset"]) == PUBLISHED + 1


def test_dcat_us_3_0_takes_the_second_feed_and_knows_every_key(built: BigCity) -> None:
    catalogue = json.loads(built.text("dcat-us/3.0/data.json"))
    assert gates.dcat_us_3(catalogue) == []
    assert len(catalogue["dataset"]) == PUBLISHED + 1


def test_dcat_ap_takes_the_graph_which_is_one_in_both_notations(built: BigCity) -> None:
    turtle = gates.graph(built.text("catalog.ttl"), "turtle")
    assert len(set(turtle.subjects(RDF.type, DCAT.Dataset))) == PUBLISHED + 1
    assert isomorphic(turtle, gates.graph(built.text("catalog.jsonld"), "json-ld"))
    assert gates.dcat_ap(turtle) == []


def test_dataset_search_takes_the_head_of_every_page(built: BigCity) -> None:
    pages = [one for one in sorted((built.site / "datasets").glob("*.html")) if one.name != "index.html"]
    found = [json.loads(one) for page in pages for one in scripts(page.read_text(encoding="utf-8"))]
    assert [gates.google(one) for one in found] == [[]] * (PUBLISHED + 1)
    assert {one["url"] for one in found} == {f"{URL}datasets/{one.name}" for one in pages}


def test_no_title_can_end_the_script_that_holds_it(built: BigCity) -> None:
    (text,) = scripts(built.text("datasets/benches-1.html"))
    assert json.loads(text)["name"] == 'The "quoted" one </script>'
    assert not re.search("[<>&\u2028\u2029]", text)


def test_every_data_package_follows_the_profile_and_frictionless_finds_no_fault(built: BigCity) -> None:
    paths = sorted((built.site / "data").glob("*/*.json"))
    packages = [one for one in paths if re.fullmatch(r"datapackage|v\d+", one.stem)]
    assert len(packages) == 2 * PUBLISHED
    assert [gates.data_package(json.loads(one.read_text(encoding="utf-8"))) for one in packages] == [[]] * len(packages)
    assert [one for one in packages if not Package(str(one)).validate().valid] == []


def test_croissant_loads_every_record_set_with_as_many_rows(built: BigCity) -> None:
    paths = sorted((built.site / "data").glob("*/croissant.json"))
    assert len(paths) == PUBLISHED
    for path in paths:
        value = json.loads(path.read_text(encoding="utf-8"))
        assert value["recordSet"]
        assert gates.croissant(value, path.parent) == []


def test_our_croissant_context_is_the_one_that_readers_know() -> None:
    assert gates.read("croissant/context-1.1.json")["@context"] == CONTEXT


def test_each_download_answers_below_a_folder_with_the_declared_type_size_and_hash(built: BigCity) -> None:
    catalogue = json.loads(built.text("dcat-us/3.0/data.json"))
    files = [file for one in catalogue["dataset"] for file in one.get("distribution", ())]
    assert len(files) > PUBLISHED
    for base in serve(built.site, "/city/open/"):
        for one in files:
            with urlopen(one["downloadURL"].replace("https://records.example.org", base), timeout=5) as answer:
                body = answer.read()
                assert answer.headers["Content-Type"] == one["mediaType"]
            assert (str(len(body)), sha256(body).hexdigest()) == (one["byteSize"], one["checksum"]["checksumValue"])


def declared(value: object) -> Iterator[dict[str, str]]:
    if isinstance(value, dict):
        if "contentUrl" in value:
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from declared(one)


def test_schema_org_and_croissant_declare_the_same_bytes(built: BigCity) -> None:
    texts = [one for page in (built.site / "datasets").glob("*.html") for one in scripts(page.read_text("utf-8"))]
    texts += [one.read_text("utf-8") for one in (built.site / "data").glob("*/croissant.json")]
    found = [file for text in texts for file in declared(json.loads(text))]
    assert len(found) > 2 * PUBLISHED
    for one in found:
        body = (built.site / one["contentUrl"].removeprefix(URL)).read_bytes()
        assert (f"{len(body)} B", sha256(body).hexdigest()) == (one["contentSize"], one["sha256"])


def test_every_file_of_data_is_in_the_checksums_and_as_it_says(built: BigCity) -> None:
    lines = {line[66:]: line[:64] for line in built.text("SHA256SUMS").splitlines()}
    files = {one.relative_to(built.site).as_posix() for one in (built.site / "data").rglob("*") if one.is_file()}
    assert files < set(lines)
    assert {"data.json", "catalog.ttl", "figures/street-trees/1.json"} <= set(lines)
    assert {path: sha256((built.site / path).read_bytes()).hexdigest() for path in lines} == lines


@pytest.mark.skipif(sys.platform != "linux", reason="sha256sum is GNU's")
def test_sha256sum_reads_them(built: BigCity) -> None:
    done = subprocess.run(
        ["sha256sum", "-c", "SHA256SUMS"], cwd=built.site, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(": OK\n") == len(built.text("SHA256SUMS").splitlines())


def test_the_sitemap_names_every_page_once(built: BigCity) -> None:
    named = re.findall(r"<loc>(.*?)</loc>", built.text("sitemap.xml"))
    pages = {
        URL + one.relative_to(built.site).as_posix() for one in built.site.rglob("*.html") if one.name != "404.html"
    }
    assert sorted(named) == sorted(pages)
    assert Path(built.site / "sitemap.xml.gz").exists() is False
