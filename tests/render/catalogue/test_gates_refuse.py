"""The other half: each gate is broken in every way that its standard knows, and must refuse each time."""

import copy
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from frictionless import Package
from rdflib import DCAT, DCTERMS, FOAF, RDF, RDFS, BNode, Graph, Literal, URIRef

from . import gates
from .big_city import BigCity
from .test_gates import scripts

pytestmark = [gates.needs_standards, pytest.mark.filterwarnings("ignore::DeprecationWarning")]
NAME = "benches-1"
SPDX = "http://spdx.org/rdf/terms#"
WRONG = [7]
"""No field of any standard is a list of sevens."""
Where = tuple[str | int, ...]


def walk(value: Any, path: Where = ()) -> Iterator[Where]:
    """The path of everything inside."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield (*path, key)
        yield from walk(one, (*path, key))


def break_at(value: Any, path: Where, wrong: Any = WRONG) -> Any:
    """A copy with something else at one path; without it where `wrong` is None."""
    made = copy.deepcopy(value)
    place = made
    for key in path[:-1]:
        place = place[key]
    if wrong is None:
        del place[path[-1]]
    else:
        place[path[-1]] = wrong
    return made


def survivors(gate: gates.Gate, value: Any, paths: list[Where], wrong: Any = WRONG) -> list[Where]:
    """Paths at which a wrong value is taken all the same."""
    assert gate(value) == []
    return [one for one in paths if not gate(break_at(value, one, wrong))]


def one_dataset(built: BigCity, path: str) -> Any:
    """A catalogue of a single dataset, with a period and a box."""
    catalogue = json.loads(built.text(path))
    wanted = [one for one in catalogue["dataset"] if one["landingPage"] and f"{NAME}.html" in json.dumps(one)]
    return {**catalogue, "dataset": wanted}


def under(path: Where, *keys: str) -> list[Where]:
    return [(*path, one) for one in keys]


def test_dcat_us_1_1_refuses_every_field_of_another_kind(built: BigCity) -> None:
    catalogue = one_dataset(built, "data.json")
    paths = list(walk(catalogue))
    assert len(paths) > 50
    assert survivors(gates.dcat_us_1, catalogue, paths) == []


def test_dcat_us_1_1_refuses_every_missing_field_and_loose_values(built: BigCity) -> None:
    catalogue = one_dataset(built, "data.json")
    one: Where = ("dataset", 0)
    needed = under(one, "title", "description", "keyword", "modified", "publisher", "contactPoint", "identifier")
    needed += [(*one, "accessLevel"), ("conformsTo",), (*one, "publisher", "name"), (*one, "contactPoint", "hasEmail")]
    needed += [(*one, "contactPoint", "fn"), (*one, "distribution", 0, "mediaType")]
    assert survivors(gates.dcat_us_1, catalogue, needed, wrong=None) == []
    loose = {"license": "CC0", "accrualPeriodicity": "daily", "accessLevel": "open", "landingPage": "no address"}
    assert [key for key, text in loose.items() if not gates.dcat_us_1(break_at(catalogue, (*one, key), text))] == []


def test_dcat_us_3_0_refuses_every_field_of_another_kind(built: BigCity) -> None:
    catalogue = one_dataset(built, "dcat-us/3.0/data.json")
    inner = {"coordinates"}  # the standard takes any list there
    paths = [one for one in walk(catalogue) if not inner.intersection(one)]
    assert len(paths) > 80
    assert survivors(gates.dcat_us_3, catalogue, paths) == []


def test_dcat_us_3_0_refuses_every_missing_field_and_every_typing_error(built: BigCity) -> None:
    catalogue = one_dataset(built, "dcat-us/3.0/data.json")
    one: Where = ("dataset", 0)
    needed = [("dataset",), *under(one, "title", "description", "identifier", "contactPoint")]
    needed += under((*one, "contactPoint"), "fn", "hasEmail")
    needed += under((*one, "distribution", 0, "checksum"), "algorithm", "checksumValue")
    assert survivors(gates.dcat_us_3, catalogue, needed, wrong=None) == []
    misspelt = [(*path[:-1], f"{path[-1]}s") for path in walk(catalogue) if isinstance(path[-1], str)]
    misspelt = [one for one in misspelt if not {"bboxs", "types", "coordinates" + "s"}.intersection(one)]
    assert survivors(gates.dcat_us_3, catalogue, misspelt, wrong="x") == []


def small_graph(built: BigCity) -> Graph:
    """The catalogue with one dataset alone."""
    whole: Graph = gates.graph(built.text("catalog.ttl"), "turtle")
    wanted = whole.value(predicate=DCTERMS.identifier, object=Literal("urn:uuid:00000000-0000-4000-8000-000000000001"))
    for one in set(whole.subjects(RDF.type, DCAT.Dataset)) - {wanted}:
        whole.remove((None, DCAT.dataset, one))
        whole.remove((one, None, None))
    for one in set(whole.subjects(RDF.type, DCAT.Distribution)) - set(whole.objects(None, DCAT.distribution)):
        whole.remove((one, None, None))
    return whole


def test_dcat_ap_refuses_a_graph_without_what_is_mandatory(built: BigCity) -> None:
    whole = small_graph(built)
    assert gates.dcat_ap(whole) == []
    needed = [DCTERMS.title, DCTERMS.description, DCTERMS.publisher, FOAF.name, DCAT.accessURL]
    for predicate in [*needed, URIRef(f"{SPDX}algorithm"), URIRef(f"{SPDX}checksumValue"), RDF.type]:
        broken = Graph() + whole
        broken.remove((None, predicate, None))
        assert gates.dcat_ap(broken), predicate


def test_dcat_ap_refuses_every_link_to_something_of_another_kind(built: BigCity) -> None:
    whole = small_graph(built)
    free = {
        RDF.type,
        DCTERMS.identifier,
        DCAT.startDate,
        URIRef(f"{DCAT}version"),
        URIRef(f"{SPDX}algorithm"),
        RDFS.label,
    }
    free |= {URIRef(f"http://www.w3.org/2006/vcard/ns#{one}") for one in ("fn", "hasEmail")}  # no shape speaks of these
    predicates = set(whole.predicates()) - free
    assert len(predicates) > 20
    for predicate in predicates:
        broken = Graph() + whole
        for subject, _, value in list(broken.triples((None, predicate, None))):
            broken.remove((subject, predicate, value))
            broken.add((subject, predicate, BNode() if isinstance(value, Literal) else Literal("broken")))
        assert gates.dcat_ap(broken), predicate


def test_an_empty_graph_does_not_pass() -> None:
    assert gates.dcat_ap(Graph()) == ["no dcat:Dataset in the graph"]


def test_dataset_search_refuses_every_field_of_another_kind_and_a_short_text(built: BigCity) -> None:
    (text,) = scripts(built.text(f"datasets/{NAME}.html"))
    value = json.loads(text)
    known = set(gates.read("schemaorg/google-dataset.schema.json")["properties"]) - {"@context"}
    assert len(known & set(value)) > 10
    assert survivors(gates.google, value, [(one,) for one in sorted(known & set(value))]) == []
    needed: list[Where] = [("name",), ("description",), ("@type",), ("@context",), ("distribution", 0, "contentUrl")]
    assert survivors(gates.google, value, needed, wrong=None) == []
    assert gates.google({**value, "description": "Where to sit."})


def test_the_profile_refuses_a_package_with_a_field_of_another_kind(built: BigCity) -> None:
    package = json.loads(built.text(f"data/{NAME}/datapackage.json"))
    resource: Where = ("resources", 0)
    known = [
        ("name",),
        ("title",),
        ("description",),
        ("id",),
        ("licenses", 0),
        ("keywords",),
        ("resources",),
        ("version",),
    ]
    known += under(resource, "name", "path", "title", "format", "mediatype", "encoding", "bytes", "hash", "schema")
    known += under((*resource, "schema"), "fields", "primaryKey") + under((*resource, "schema", "fields", 0), "name")
    assert survivors(gates.data_package, package, known) == []
    assert survivors(gates.data_package, package, [("resources",), (*resource, "path")], wrong=None) == []


def test_frictionless_refuses_a_package_whose_file_has_other_bytes(built: BigCity, tmp_path: Path) -> None:
    folder = shutil.copytree(built.site / "data" / NAME, tmp_path / NAME)
    assert Package(str(folder / "datapackage.json")).validate().valid
    file = folder / "benches.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("007,3", "007,4"), encoding="utf-8", newline="\n")
    assert not Package(str(folder / "datapackage.json")).validate().valid


CROISSANT: list[tuple[Where, Any]] = [
    (("@type",), None), (("name",), None), (("description",), None), (("license",), None), (("url",), None),
    (("creator",), None), (("datePublished",), None), (("conformsTo",), None), (("@context", "sc"), None),
    (("distribution", 0, "sha256"), None), (("distribution", 0, "sha256"), "0" * 64),
    (("distribution", 0, "contentUrl"), None), (("distribution", 0, "encodingFormat"), None),
    (("distribution", 0, "encodingFormat"), "application/json"), (("recordSet", 0, "field", 0, "source"), None),
    (("recordSet", 0, "field", 0, "source", "extract", "column"), "none_such"),
    (("recordSet", 0, "field", 0, "source", "fileObject", "@id"), "none_such"),
    (("recordSet", 0, "field", 0, "name"), None),
    (("recordSet", 0, "field", 4, "dataType"), "sc:Integer"), (("recordSet", 0, "field", 0, "dataType"), None),
    (("recordSet", 0, "key", "@id"), "none_such"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "wrong"), CROISSANT, ids=[f"{'.'.join(map(str, p))}={w}" for p, w in CROISSANT])
def test_croissants_reader_refuses(built: BigCity, path: Where, wrong: Any) -> None:
    value = json.loads(built.text(f"data/{NAME}/croissant.json"))
    assert gates.croissant(break_at(value, path, wrong), built.site / "data" / NAME)


def test_checksums_tell_a_changed_byte(built: BigCity, tmp_path: Path) -> None:
    site = shutil.copytree(built.site, tmp_path / "site")
    (site / "data" / NAME / "benches.csv").write_text("changed", encoding="utf-8")
    found = gates.check_sums(site)
    assert found == [f"data/{NAME}/benches.csv"]
    assert gates.check_sums(built.site) == []
