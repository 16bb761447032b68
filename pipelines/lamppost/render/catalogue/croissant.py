"""`/data/<name>/croissant.json`: Croissant 1.1, with which machine-learning tools load the rows by themselves.

Its readers warn at every `@context` but their own, and demand a hash for each file.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lamppost.formats import FORMATS
from lamppost.model import Field, Table
from lamppost.render.catalogue.entry import Entry
from lamppost.render.catalogue.text import dump_json, full
from lamppost.render.files import PublishedFile

_TERMS = (
    "arrayShape citeAs column containedIn equivalentProperty extract field fileProperty fileObject fileSet format "
    "includes isArray isLiveDataset jsonPath key md5 parentField path recordSet references regex repeated replace "
    "samplingRate separator source subField transform"
)
CONTEXT: Mapping[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    **{one: f"cr:{one}" for one in _TERMS.split()},
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "description": {"@container": "@language"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "name": {"@container": "@language"},
    "rai": "http://mlcommons.org/croissant/RAI/",
    "sc": "https://schema.org/",
}
CONFORMS_TO = "http://mlcommons.org/croissant/1.1"
READABLE = ("csv", "parquet")
"""Formats that Croissant's reader takes record sets from, the better first."""
_MEDIA_TYPES = {"parquet": "application/x-parquet"}
"""Where Croissant's own name is an older one than the registered."""
_TYPES = {
    "integer": "sc:Integer", "number": "sc:Float", "boolean": "sc:Boolean", "date": "sc:Date",
    "datetime": "sc:DateTime", "time": "sc:Time",
}  # fmt: skip
"""Table Schema type → data type; everything else is text."""


def render_croissant(entry: Entry) -> str:
    """The dataset's newest version; each table that has a file which the reader understands is a record set."""
    return dump_json(
        full(
            {
                "@context": dict(CONTEXT),
                "@type": "sc:Dataset",
                "conformsTo": CONFORMS_TO,
                "name": entry.title,
                "description": entry.description,
                "identifier": entry.identifier,
                "url": entry.page,
                "license": entry.licence,
                "creator": {"@type": "sc:Organization", "name": entry.publisher},
                "publisher": {"@type": "sc:Organization", "name": entry.city.publisher},
                "keywords": list(entry.keywords),
                "inLanguage": list(entry.city.languages),
                "datePublished": entry.issued,
                "dateModified": entry.modified,
                "version": f"{entry.version}.0.0",
                "citeAs": f"{entry.publisher} ({entry.modified[:4]}). {entry.title}, version {entry.version}. "
                f"{entry.manifest}",
                "distribution": [_file_object(entry, one) for one in entry.files],
                "recordSet": list(_record_sets(entry)),
            }
        )
    )


def _name_of(file: PublishedFile) -> str:
    return file.path.rpartition("/")[2]


def _file_object(entry: Entry, file: PublishedFile) -> Mapping[str, str]:
    return {
        "@type": "cr:FileObject",
        "@id": _name_of(file),
        "name": _name_of(file),
        "description": entry.title_of(file),
        "contentUrl": entry.address(file.path),
        "encodingFormat": _MEDIA_TYPES.get(file.format, FORMATS[file.format].media_type),
        "contentSize": f"{file.size} B",
        "sha256": file.sha256,
    }


def _record_sets(entry: Entry) -> Iterator[Mapping[str, Any]]:
    for table in entry.tables:
        whole = find_whole(entry.files, table)
        if whole is not None:
            yield _record_set(entry, table, whole)


def find_whole(files: Sequence[PublishedFile], table: Table) -> PublishedFile | None:
    """The file that holds all rows of the table in a format that Croissant's reader understands."""
    own = [one for one in files if one.resource == table.resource and one.rows == table.rows]
    ordered = [one for form in READABLE for one in own if one.format == form]
    return ordered[0] if ordered else None


def _record_set(entry: Entry, table: Table, file: PublishedFile) -> Mapping[str, Any]:
    name, keys = table.resource, table.schema.primary_key
    key = [{"@id": f"{name}/{one}"} for one in keys]
    return full(
        {
            "@type": "cr:RecordSet",
            "@id": name,
            "name": name,
            "description": entry.titles.get(name) or name,
            "key": key[0] if len(key) == 1 else key,
            "field": [_field(name, one, file) for one in table.schema.fields],
        }
    )


def _field(table: str, field: Field, file: PublishedFile) -> Mapping[str, Any]:
    return {
        "@type": "cr:Field",
        "@id": f"{table}/{field.name}",
        "name": field.name,
        "description": " ".join((field.description or field.title or field.name).split()),
        "dataType": _TYPES.get(field.type, "sc:Text"),
        "source": {"fileObject": {"@id": _name_of(file)}, "extract": {"column": field.name}},
    }
