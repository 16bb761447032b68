"""schema.org's Dataset as Google Dataset Search reads it, for the head of each dataset's page.

The theme writes it into `<script type="application/ld+json">` with `<`, `>`, `&` and everything outside ASCII as
character escapes, so that no title can end the element.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from lamppost.formats import FORMATS
from lamppost.model import Field
from lamppost.render.catalogue.entry import Entry
from lamppost.render.catalogue.text import cut, decimal, full
from lamppost.render.files import PublishedFile

SHORTEST, LONGEST = 50, 5000
"""Characters of a description that Google accepts."""


def describe_dataset(entry: Entry) -> dict[str, Any]:
    """The dataset as plain values."""
    return full(
        {
            "@context": "https://schema.org/",
            "@type": "Dataset",
            "@id": entry.uri,
            "identifier": entry.identifier,
            "name": entry.title,
            "description": describe_long_enough(entry),
            "url": entry.page,
            "keywords": list(entry.keywords),
            "license": entry.licence,
            "creator": _organization(entry.publisher),
            "publisher": _organization(entry.city.publisher),
            "isAccessibleForFree": entry.is_public,
            "conditionsOfAccess": entry.reason,
            "version": str(entry.version or ""),
            "creativeWorkStatus": "Withdrawn" if entry.withdrawn else "",
            "dateModified": entry.modified,
            "datePublished": entry.issued,
            "inLanguage": list(entry.city.languages),
            "temporalCoverage": _temporal(entry),
            "spatialCoverage": _spatial(entry),
            "variableMeasured": list(_variables(entry)),
            "includedInDataCatalog": {"@type": "DataCatalog", "name": entry.city.name, "url": entry.city.url},
            "distribution": [_download(entry, one) for one in entry.files],
        }
    )


def describe_long_enough(entry: Entry) -> str:
    """The description; one that is too short to be accepted goes on with the columns, then with who publishes it."""
    columns = ", ".join(dict.fromkeys(one.title or one.name for table in entry.tables for one in table.schema.fields))
    text = entry.description
    for more in (f"Columns: {columns}." if columns else "", f"Published by {entry.publisher} in {entry.city.name}."):
        if len(text) < SHORTEST and more:
            text = f"{text.rstrip()} {more}".strip()
    return cut(text.ljust(SHORTEST, "."), LONGEST)


def _organization(name: str) -> Mapping[str, str]:
    return {"@type": "Organization", "name": name}


def _temporal(entry: Entry) -> str:
    start, end = entry.temporal
    return f"{start}/{end or '..'}" if start else ""


def _spatial(entry: Entry) -> Mapping[str, Any] | None:
    if isinstance(entry.spatial, str):
        return {"@type": "Place", "name": entry.spatial} if entry.spatial else None
    west, south, east, north = map(decimal, entry.spatial)
    return {"@type": "Place", "geo": {"@type": "GeoShape", "box": f"{south} {west} {north} {east}"}}


def _variables(entry: Entry) -> Iterator[Mapping[str, str]]:
    seen: set[str] = set()
    for table in entry.tables:
        for one in table.schema.fields:
            if one.name not in seen:
                seen.add(one.name)
                yield _variable(one)


def _variable(field: Field) -> Mapping[str, str]:
    return full(
        {
            "@type": "PropertyValue",
            "name": field.title or field.name,
            "description": " ".join(field.description.split()),
            "unitText": field.unit,
        }
    )


def _download(entry: Entry, file: PublishedFile) -> Mapping[str, str]:
    return {
        "@type": "DataDownload",
        "name": entry.title_of(file),
        "contentUrl": entry.address(file.path),
        "encodingFormat": FORMATS[file.format].media_type,
        "contentSize": f"{file.size} B",
        "sha256": file.sha256,
        "dateModified": entry.modified,
    }
