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
    is_data: bool = True
    """False for a script that fetches data."""
    is_chosen: bool = True
    """A word that `publish.formats` may hold; the others come by themselves with a large table."""
    is_capped: bool = False
    """Made of a whole table up to `MOST_ROWS` and `MOST_BYTES` only: its readers load all of it into memory."""
    needs_place: bool = False
    """Needs fields that say where a row is."""


MOST_ROWS = 100_000
MOST_BYTES = 50_000_000
"""Of the table's CSV; above it the CSV itself comes in parts."""

FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "csv": Format("csv", "text/csv", "CSV", "opens in any spreadsheet", is_capped=True),
        "csv.gz": Format("csv.gz", "application/gzip", "CSV.gz", "all in one file; unpack it first", is_chosen=False),
        "xlsx": Format(
            "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Excel",
            "opens in Excel, columns typed", is_capped=True,
        ),
        "json": Format("json", "application/json", "JSON", "for programs and web pages", is_capped=True),
        "ndjson": Format(
            "ndjson", "application/x-ndjson", "NDJSON", "for programs that read row by row", is_capped=True
        ),
        "parquet": Format("parquet", "application/vnd.apache.parquet", "Parquet", "small and typed, for analysis"),
        "geojson": Format(
            "geojson", "application/geo+json", "GeoJSON", "opens in web maps", is_capped=True, needs_place=True
        ),
        "gpkg": Format(
            "gpkg", "application/geopackage+sqlite3", "GeoPackage", "opens in QGIS and ArcGIS", is_capped=True,
            needs_place=True,
        ),
        "sh": Format(
            "sh", "application/x-sh", "Script for Linux and macOS", "fetches all parts and makes one file of them",
            is_data=False, is_chosen=False,
        ),
        "ps1": Format(
            "ps1", "text/plain", "Script for Windows", "fetches all parts and makes one file of them",
            is_data=False, is_chosen=False,
        ),
    }
)  # fmt: skip


def is_whole(name: str, rows: int, size: int) -> bool:
    """True when a table of so many rows and bytes of CSV is offered whole in that format."""
    if name == "csv":
        return size <= MOST_BYTES
    return not FORMATS[name].is_capped or (rows <= MOST_ROWS and size <= MOST_BYTES)
