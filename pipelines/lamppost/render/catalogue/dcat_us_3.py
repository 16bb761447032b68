"""`/dcat-us/3.0/data.json`: DCAT-US 3.0 as plain JSON, for the JSON Schemas that data.gov harvests by.

Those schemas let unknown keys pass, so that a typing error would be invisible: a test holds ours to their list.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from lamppost.formats import FORMATS
from lamppost.model import City
from lamppost.render.catalogue.entry import Entry
from lamppost.render.catalogue.text import dump_json, full
from lamppost.render.files import PublishedFile, join_url

PATH = "dcat-us/3.0/data.json"
LANGUAGE = 2
"""Letters of a language that the schema allows."""


def render_dcat_us_3(city: City, entries: Iterable[Entry]) -> str:
    """The whole catalogue as JSON."""
    listed = list(entries)
    return dump_json(
        full(
            {
                "@id": join_url(city.url, PATH),
                "@type": "Catalog",
                "conformsTo": {"@type": "Standard", "title": "DCAT-US 3.0"},
                "title": city.name,
                "description": f"Open data of {city.publisher}.",
                "publisher": {"@type": "Organization", "name": city.publisher},
                "contactPoint": [
                    {"@type": "Kind", "fn": city.publisher, "hasEmail": f"mailto:{city.contact}"},
                ],
                "homepage": {"@type": "Document", "title": city.name, "accessURL": city.url},
                "language": _languages(city),
                "modified": max((one.modified for one in listed), default=""),
                "dataset": [],
            }
        )
        | {"dataset": [_dataset(one) for one in listed]}
    )


def _languages(city: City) -> list[str]:
    short = [one.partition("-")[0] for one in city.languages]
    return list(dict.fromkeys(one for one in short if len(one) == LANGUAGE))


def _dataset(entry: Entry) -> Mapping[str, Any]:
    name, mail = entry.contact
    return full(
        {
            "@id": entry.uri,
            "@type": "Dataset",
            "identifier": entry.identifier,
            "title": entry.title,
            "description": entry.description,
            "keyword": list(entry.keywords),
            "theme": [{"@type": "Concept", "prefLabel": entry.theme}] if entry.theme else None,
            "modified": entry.modified,
            "issued": entry.issued,
            "version": str(entry.version or ""),
            "accrualPeriodicity": "notPlanned" if entry.withdrawn else entry.periodicity,
            "status": {"@type": "Concept", "prefLabel": "withdrawn"} if entry.withdrawn else None,
            "publisher": _publisher(entry),
            "contactPoint": {"@type": "Kind", "fn": name, "hasEmail": f"mailto:{mail}"},
            "accessRights": "public" if entry.is_public else "non-public",
            "rights": [entry.reason] if entry.reason else None,
            "language": _languages(entry.city),
            "temporal": _temporal(entry),
            "spatial": _spatial(entry),
            "landingPage": {"@type": "Document", "title": entry.title, "accessURL": entry.page},
            "describedBy": _described_by(entry),
            "distribution": [_distribution(entry, one) for one in entry.files],
        }
    )


def _publisher(entry: Entry) -> Mapping[str, Any]:
    made = {"@type": "Organization", "name": entry.publisher}
    if entry.publisher == entry.city.publisher:
        return made
    return {**made, "subOrganizationOf": [{"@type": "Organization", "name": entry.city.publisher}]}


def _temporal(entry: Entry) -> list[Mapping[str, str]]:
    start, end = entry.temporal
    return [full({"@type": "PeriodOfTime", "startDate": start, "endDate": end})] if start else []


def _spatial(entry: Entry) -> Mapping[str, Any] | None:
    if isinstance(entry.spatial, str):
        return {"@type": "Location", "prefLabel": entry.spatial} if entry.spatial else None
    west, south, east, north = entry.spatial
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"@type": "Location", "bbox": {"type": "Polygon", "coordinates": [ring]}}


def _described_by(entry: Entry) -> Mapping[str, str] | None:
    """The data dictionary: Table Schemas inside a Data Package."""
    if not entry.is_public:
        return None
    named = {"title": "Data dictionary (Data Package 2.0)", "mediaType": "application/json"}
    return {"@type": "Distribution", **named, "downloadURL": entry.package}


def _distribution(entry: Entry, file: PublishedFile) -> Mapping[str, Any]:
    form = FORMATS[file.format]
    return {
        "@type": "Distribution",
        "title": entry.title_of(file),
        "description": f"{form.title}, {form.good_for}.",
        "accessURL": entry.page,
        "downloadURL": entry.address(file.path),
        "mediaType": form.media_type,
        "format": form.title,
        "byteSize": str(file.size),
        "checksum": {"@type": "Checksum", "algorithm": "SHA-256", "checksumValue": file.sha256},
        "license": entry.licence,
        "modified": entry.modified,
    }
