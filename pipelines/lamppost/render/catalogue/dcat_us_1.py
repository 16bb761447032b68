"""`/data.json`: DCAT-US 1.1 (Project Open Data), as data.gov harvests it from a city.

`bureauCode` and `programCode` are for federal agencies, which a city is not; neither hash nor size has a word here.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from lamppost.formats import FORMATS
from lamppost.model import City
from lamppost.render.catalogue.entry import Entry
from lamppost.render.catalogue.text import cut, decimal, dump_json, full
from lamppost.render.files import PublishedFile, join_url

PATH = "data.json"
SCHEMA = "https://project-open-data.cio.gov/v1.1/schema"
LONGEST_RIGHTS, LONGEST_TEXT = 255, 10_000
"""Characters that the schema allows."""


def render_dcat_us_1(city: City, entries: Iterable[Entry]) -> str:
    """The whole catalogue as JSON."""
    return dump_json(
        {
            "@context": f"{SCHEMA}/catalog.jsonld",
            "@id": join_url(city.url, PATH),
            "@type": "dcat:Catalog",
            "conformsTo": SCHEMA,
            "describedBy": f"{SCHEMA}/catalog.json",
            "dataset": [_dataset(one) for one in entries],
        }
    )


def _dataset(entry: Entry) -> Mapping[str, Any]:
    name, mail = entry.contact
    return full(
        {
            "@type": "dcat:Dataset",
            "identifier": entry.identifier,
            "title": entry.title,
            "description": cut(entry.description, LONGEST_TEXT),
            "keyword": list(entry.keywords),
            "theme": [entry.theme] if entry.theme else None,
            "modified": entry.modified or entry.periodicity,
            "issued": entry.issued,
            "accrualPeriodicity": entry.periodicity,
            "publisher": _publisher(entry),
            "contactPoint": {"@type": "vcard:Contact", "fn": name, "hasEmail": f"mailto:{mail}"},
            "accessLevel": "public" if entry.is_public else "non-public",
            "rights": cut(entry.reason, LONGEST_RIGHTS),
            "license": entry.licence,
            "language": list(entry.city.languages),
            "temporal": _temporal(entry),
            "spatial": _spatial(entry),
            "landingPage": entry.page,
            "describedBy": entry.package if entry.is_public else None,
            "describedByType": "application/json" if entry.is_public else None,
            "references": [entry.manifest, entry.croissant] if entry.is_public else None,
            "distribution": [_distribution(entry, one) for one in entry.files],
        }
    )


def _publisher(entry: Entry) -> Mapping[str, Any]:
    made = {"@type": "org:Organization", "name": entry.publisher}
    if entry.publisher == entry.city.publisher:
        return made
    return {**made, "subOrganizationOf": {"@type": "org:Organization", "name": entry.city.publisher}}


def _temporal(entry: Entry) -> str:
    """Where data go on coming the period ends with the newest version, because the standard has no open end."""
    start, end = entry.temporal
    end = end or entry.modified
    return f"{start}/{end}" if start and end else ""


def _spatial(entry: Entry) -> str:
    return entry.spatial if isinstance(entry.spatial, str) else ",".join(map(decimal, entry.spatial))


def _distribution(entry: Entry, file: PublishedFile) -> Mapping[str, Any]:
    form = FORMATS[file.format]
    return {
        "@type": "dcat:Distribution",
        "title": entry.title_of(file),
        "downloadURL": entry.address(file.path),
        "mediaType": form.media_type,
        "format": form.title,
    }
