"""`/catalog.jsonld` and `/catalog.ttl`: DCAT-AP 3.0.1, one tree written twice.

Agents' names carry no language (a profile that wants plain text refuses it), contacts are typed as the shapes' very
class (nothing infers a subclass there), and every concept that is named is typed where it stands.
"""

from collections.abc import Iterable, Mapping

from lamppost.formats import FORMATS
from lamppost.model import City
from lamppost.render.catalogue.entry import Entry, licence_address
from lamppost.render.catalogue.rdf import Node, iri, write_turtle
from lamppost.render.catalogue.text import decimal, dump_json, full
from lamppost.render.files import PublishedFile, join_url

JSONLD, TURTLE = "catalog.jsonld", "catalog.ttl"
PREFIXES = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatap": "http://data.europa.eu/r5r/",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
EU = "http://publications.europa.eu/resource/authority"
SHA256 = "http://spdx.org/rdf/terms#checksumAlgorithm_sha256"
MEDIA = "https://www.iana.org/assignments/media-types"
_FREQUENCIES = {
    "R/PT1H": "HOURLY", "R/P1D": "DAILY", "R/P1W": "WEEKLY", "R/P7D": "WEEKLY", "R/P2W": "BIWEEKLY",
    "R/P14D": "BIWEEKLY", "R/P1M": "MONTHLY", "R/P2M": "BIMONTHLY", "R/P3M": "QUARTERLY", "R/P6M": "ANNUAL_2",
    "R/P1Y": "ANNUAL", "R/P12M": "ANNUAL", "R/P2Y": "BIENNIAL", "irregular": "IRREG", "": "NOT_PLANNED",
}  # fmt: skip
_LANGUAGES = {
    "ar": "ARA", "bg": "BUL", "cs": "CES", "da": "DAN", "de": "DEU", "el": "ELL", "en": "ENG", "es": "SPA",
    "et": "EST", "fi": "FIN", "fr": "FRA", "ga": "GLE", "hi": "HIN", "hr": "HRV", "hu": "HUN", "hy": "HYE",
    "it": "ITA", "ja": "JPN", "ko": "KOR", "lt": "LIT", "lv": "LAV", "mt": "MLT", "nb": "NOB", "nl": "NLD",
    "nn": "NNO", "no": "NOR", "pl": "POL", "pt": "POR", "ro": "RON", "ru": "RUS", "sk": "SLK", "sl": "SLV",
    "sv": "SWE", "tl": "TGL", "tr": "TUR", "uk": "UKR", "vi": "VIE", "zh": "ZHO",
}  # fmt: skip
_DATES = {4: "xsd:gYear", 7: "xsd:gYearMonth", 10: "xsd:date"}
"""Length of an ISO date → what it is typed as."""


def render_jsonld(city: City, entries: Iterable[Entry]) -> str:
    """The catalogue as JSON-LD with its context inside, so that no reader has to fetch one."""
    return dump_json({"@context": PREFIXES, **describe_catalogue(city, entries)})


def render_turtle(city: City, entries: Iterable[Entry]) -> str:
    """The same graph as Turtle."""
    return write_turtle(describe_catalogue(city, entries), PREFIXES)


def describe_catalogue(city: City, entries: Iterable[Entry]) -> Node:
    """The tree of both files."""
    listed = list(entries)
    return full(
        {
            "@id": iri(join_url(city.url, "#catalogue")),
            "@type": "dcat:Catalog",
            "dct:title": _words(city.name, city),
            "dct:description": _words(f"Open data of {city.publisher}.", city),
            "dct:publisher": _agent(city.publisher),
            "dct:language": _languages(city),
            "dct:modified": _date(max((one.modified for one in listed), default="")),
            "dct:issued": _date(min((one.issued for one in listed if one.issued), default="")),
            "dct:license": {"@id": iri(licence_address({"name": city.licence})), "@type": "dct:LicenseDocument"},
            "foaf:homepage": {"@id": iri(city.url), "@type": "foaf:Document"},
            "dcat:dataset": [_dataset(one) for one in listed],
        }
    )


def _dataset(entry: Entry) -> Node:
    name, mail = entry.contact
    contact = {"@type": "vcard:Kind", "vcard:fn": name, "vcard:hasEmail": {"@id": iri(f"mailto:{mail}")}}
    rights = "PUBLIC" if entry.is_public else "NON_PUBLIC"
    return full(
        {
            "@id": iri(entry.uri),
            "@type": "dcat:Dataset",
            "dct:identifier": entry.identifier,
            "dct:title": _words(entry.title, entry.city),
            "dct:description": _words(entry.description, entry.city),
            "dcat:keyword": [_words(one, entry.city) for one in entry.keywords],
            "dcat:theme": _theme(entry),
            "dct:publisher": _agent(entry.publisher),
            "dcat:contactPoint": contact,
            "dct:modified": _date(entry.modified),
            "dct:issued": _date(entry.issued),
            "dcat:version": str(entry.version or ""),
            "dct:accrualPeriodicity": _frequency(entry),
            "dct:accessRights": {"@id": f"{EU}/access-right/{rights}", "@type": "dct:RightsStatement"},
            "dct:rights": _statement(entry),
            "dct:language": _languages(entry.city),
            "dct:temporal": _temporal(entry),
            "dct:spatial": _spatial(entry),
            "dcat:landingPage": {"@id": iri(entry.page), "@type": "foaf:Document"},
            "dcat:distribution": [_distribution(entry, one) for one in entry.files],
        }
    )


def _distribution(entry: Entry, file: PublishedFile) -> Node:
    form, address = FORMATS[file.format], iri(entry.address(file.path))
    return {
        "@id": f"{address}#distribution",
        "@type": "dcat:Distribution",
        "dct:title": _words(entry.title_of(file), entry.city),
        "dct:description": _words(f"{form.title}, {form.good_for}.", entry.city),
        "dcat:accessURL": {"@id": address},
        "dcat:downloadURL": {"@id": address},
        "dcat:mediaType": {"@id": f"{MEDIA}/{form.media_type}", "@type": "dct:MediaType"},
        "dct:format": {"@type": "dct:MediaTypeOrExtent", "rdfs:label": form.title},
        "dcat:byteSize": {"@value": str(file.size), "@type": "xsd:nonNegativeInteger"},
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": {"@id": SHA256},
            "spdx:checksumValue": {"@value": file.sha256, "@type": "xsd:hexBinary"},
        },
        "dct:license": {"@id": iri(entry.licence), "@type": "dct:LicenseDocument"},
        "dct:modified": _date(entry.modified),
        "dcatap:availability": {
            "@id": f"{EU}/planned-availability/AVAILABLE",
            "@type": "skos:Concept",
            "skos:prefLabel": {"@value": "Available", "@language": "en"},
        },
    }


def _words(text: str, city: City) -> Mapping[str, str]:
    """Text in the city's first language, which is the one that its descriptors are written in."""
    return {"@value": text, "@language": city.languages[0] if city.languages else "en"}


def _date(text: str) -> Mapping[str, str] | None:
    return {"@value": text, "@type": _DATES[len(text)]} if len(text) in _DATES else None


def _agent(name: str) -> Node:
    return {"@type": "foaf:Agent", "foaf:name": name}


def _languages(city: City) -> list[Node]:
    known = [_LANGUAGES.get(one.partition("-")[0], "") for one in city.languages]
    return [{"@id": f"{EU}/language/{one}", "@type": "dct:LinguisticSystem"} for one in dict.fromkeys(known) if one]


def _frequency(entry: Entry) -> Node:
    word = _FREQUENCIES.get(entry.periodicity, "OTHER")
    return {"@id": f"{EU}/frequency/{word}", "@type": "dct:Frequency"}


def _theme(entry: Entry) -> Node | None:
    if not entry.theme:
        return None
    return {
        "@id": iri(entry.theme_page),
        "@type": "skos:Concept",
        "skos:prefLabel": _words(entry.theme, entry.city),
    }


def _statement(entry: Entry) -> Node | None:
    return {"@type": "dct:RightsStatement", "rdfs:label": _words(entry.reason, entry.city)} if entry.reason else None


def _temporal(entry: Entry) -> Node | None:
    start, end = entry.temporal
    if not start:
        return None
    return full({"@type": "dct:PeriodOfTime", "dcat:startDate": _date(start), "dcat:endDate": _date(end)})


def _spatial(entry: Entry) -> Node | None:
    if isinstance(entry.spatial, str):
        label = _words(entry.spatial, entry.city)
        return {"@type": "dct:Location", "skos:prefLabel": label} if entry.spatial else None
    west, south, east, north = map(decimal, entry.spatial)
    ring = ", ".join(f"{x} {y}" for x, y in ((west, south), (east, south), (east, north), (west, north), (west, south)))
    return {"@type": "dct:Location", "dcat:bbox": {"@value": f"POLYGON(({ring}))", "@type": "geo:wktLiteral"}}
