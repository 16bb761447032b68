"""The standards' own validators, each as a function from what was published to the faults that it finds."""

import hashlib
import json
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.validators import validator_for
from referencing import Registry, Resource

STANDARDS = Path(__file__).parents[3].parent / "shared" / "standards"
needs_standards = pytest.mark.skipif(not STANDARDS.is_dir(), reason="the standards' schemas are not beside the project")
Gate = Callable[[Any], list[str]]
US3 = "https://resources.data.gov/dcat-us/3.0.0/definitions/"


FORMATS = FormatChecker(("date", "date-time", "uri"))


@FORMATS.checks("iri")
def is_iri(value: object) -> bool:
    """The library's own grammar takes a quarter of a second an address."""
    return not isinstance(value, str) or bool(re.fullmatch(r"[A-Za-z][\w+.-]*:[^\s<>\"{}|\\^`]+", value))


def read(path: str) -> Any:
    return json.loads((STANDARDS / path).read_text(encoding="utf-8"))


def faults(validator: Any, value: Any) -> list[str]:
    return [f"{'/'.join(map(str, one.path))}: {one.message[:120]}" for one in validator.iter_errors(value)]


@cache
def dcat_us_1_validator() -> Any:
    dataset = Resource.from_contents(read("dcat-us-1.1/non-federal_dataset.json"))
    registry: Any = Registry().with_resource("https://project-open-data.cio.gov/v1.1/schema/dataset.json", dataset)
    return Draft202012Validator(read("dcat-us-1.1/catalog.json"), registry=registry, format_checker=FORMATS)


def dcat_us_1(catalogue: Any) -> list[str]:
    return faults(dcat_us_1_validator(), catalogue)


@cache
def dcat_us_3_definitions() -> Mapping[str, Any]:
    paths = sorted((STANDARDS / "dcat-us-3.0/definitions").glob("*.json"))
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in paths}


@cache
def dcat_us_3_validator() -> Any:
    known = [(one["$id"], Resource.from_contents(one)) for one in dcat_us_3_definitions().values()]
    registry: Any = Registry().with_resources(known)
    return Draft202012Validator({"$ref": f"{US3}catalog"}, registry=registry, format_checker=FORMATS)


def dcat_us_3(catalogue: Any) -> list[str]:
    """With the list of keys that the schemas know, because an unknown one passes them."""
    return faults(dcat_us_3_validator(), catalogue) + list(unknown_keys(catalogue))


def unknown_keys(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from unknown_keys(one)
    elif isinstance(value, dict) and "@type" in value:
        found = dcat_us_3_definitions().get(str(value["@type"]))
        known = found.get("properties") if found else {}
        for form in (found or {}).get("anyOf", ()):
            known = known or form.get("properties")
        yield from (f"{value['@type']}.{key}: not a key of the standard" for key in value if key not in (known or {}))
        for key in value:
            yield from unknown_keys(value[key])


@cache
def google_validator() -> Any:
    return Draft202012Validator(read("schemaorg/google-dataset.schema.json"), format_checker=FORMATS)


def google(jsonld: Any) -> list[str]:
    return faults(google_validator(), jsonld)


@cache
def package_validator() -> Any:
    profile = read("datapackage-2.0/datapackage.json")
    return validator_for(profile)(profile, format_checker=FORMATS)


def data_package(package: Any) -> list[str]:
    return faults(package_validator(), package)


@cache
def shapes() -> Any:
    from rdflib import Graph  # noqa: PLC0415  heavy, and only some tests ask

    found = Graph()
    for name in ("shapes.ttl", "range.ttl"):
        found.parse(STANDARDS / "dcat-ap-3.0.1" / name)
    return found


def graph(text: str, form: str) -> Any:
    from rdflib import Graph  # noqa: PLC0415  heavy, and only some tests ask

    return Graph().parse(data=text, format=form)


def dcat_ap(found: Any) -> list[str]:
    """Violations of shapes and ranges; a graph without a dataset is one, because an empty graph conforms."""
    import pyshacl  # noqa: PLC0415
    from rdflib import DCAT, RDF  # noqa: PLC0415

    _, _, text = pyshacl.validate(found, shacl_graph=shapes(), do_owl_imports=False)
    seen = len(set(found.subjects(RDF.type, DCAT.Dataset)))
    return re.findall(r"Message: (.*)", text) + ([] if seen else ["no dcat:Dataset in the graph"])


REQUIRED = ("@context", "@type", "conformsTo", "name", "description", "license", "url", "creator", "datePublished")
"""Of a dataset, by the specification's own list; the reader asks for fewer."""


def missing_in_croissant(value: Any) -> list[str]:
    """What the specification requires and the reader does not ask for."""
    found = [f"{key}: is missing" for key in REQUIRED if not value.get(key)]
    for one in value.get("recordSet", ()):
        keys = one["key"] if isinstance(one["key"], list) else [one["key"]]
        fields = {field["@id"] for field in one["field"]}
        found += [f"key {key['@id']}: no such field" for key in keys if key["@id"] not in fields]
        found += [f"{field['@id']}: has no name" for field in one["field"] if not field.get("name")]
    return found


def croissant(value: Any, folder: Path) -> list[str]:
    """Errors and warnings of the reader, a record set that it cannot load, or one with other rows than its file."""
    import mlcroissant  # type: ignore[import-untyped]  # noqa: PLC0415

    here = {one["@id"]: folder / one["@id"] for one in value.get("distribution", ())}
    try:
        with tempfile.TemporaryDirectory() as work:
            path = Path(work) / "croissant.json"
            path.write_text(json.dumps(value), encoding="utf-8")
            dataset = mlcroissant.Dataset(jsonld=str(path), mapping=here)
            found = [*dataset.metadata.issues.errors, *dataset.metadata.issues.warnings]
            for one in value.get("recordSet", ()):
                rows = sum(1 for _ in dataset.records(one["@id"]))
                file = here[one["field"][0]["source"]["fileObject"]["@id"]]
                written = len(json.loads(file.with_suffix(".json").read_text(encoding="utf-8")))
                found += [] if rows == written else [f"{one['@id']}: {rows} rows, expected {written}"]
    except Exception as error:  # noqa: BLE001  whatever the reader throws is its refusal
        return [f"{type(error).__name__}: {error}"]
    return [*found, *missing_in_croissant(value)]


def check_sums(site: Path) -> list[str]:
    """Paths in SHA256SUMS whose file has another hash."""
    lines = (line.split("  ", 1) for line in (site / "SHA256SUMS").read_text(encoding="utf-8").splitlines())
    return [path for sha256, path in lines if hashlib.sha256((site / path).read_bytes()).hexdigest() != sha256]
