"""One decoder a format: a page's bytes become records, strictly, or are refused with the place of the first fault."""

from collections.abc import Callable, Mapping

from lamppost.decode.delimited import decode_csv, find_lines
from lamppost.decode.influx import decode_influx
from lamppost.decode.json_text import decode_geojson, decode_json, decode_ndjson
from lamppost.decode.records import Records
from lamppost.decode.workbook import decode_ods, decode_xls, decode_xlsx, find_cells
from lamppost.decode.xml_text import decode_xml
from lamppost.model import Snapshot

DECODERS: Mapping[str, Callable[[bytes, Snapshot, str], Records]] = {
    "csv": decode_csv,
    "geojson": decode_geojson,
    "influx": decode_influx,
    "json": decode_json,
    "ndjson": decode_ndjson,
    "ods": decode_ods,
    "xls": decode_xls,
    "xlsx": decode_xlsx,
    "xml": decode_xml,
}
"""`Snapshot.decode` → decoder of one page's bytes; the third argument names the page in messages."""
SEALED = frozenset({"json", "geojson", "xml", "xlsx", "xls", "ods"})
"""Formats that cannot be read any more when they are cut anywhere, so that what reads whole is whole."""

__all__ = ["DECODERS", "SEALED", "Records", "find_cells", "find_lines"]
