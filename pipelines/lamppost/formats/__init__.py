"""The file formats that a dataset can be downloaded in; importing this module loads no data library.

A name that `publish.formats` lists and `FORMATS` lacks is refused by `load`, by name.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Format:
    """What a reader is told of a download before fetching it."""

    extension: str
    media_type: str
    title: str
    good_for: str


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "csv": Format("csv", "text/csv", "CSV", "opens in any spreadsheet"),
        "json": Format("json", "application/json", "JSON", "for programs and web pages"),
        "parquet": Format("parquet", "application/vnd.apache.parquet", "Parquet", "small and typed, for analysis"),
        "geojson": Format("geojson", "application/geo+json", "GeoJSON", "opens in mapping tools"),
    }
)
