"""The same three rows in every form in which a source gives them, and a city that publishes each."""

import io
import json
import zipfile
from collections.abc import Mapping

import openpyxl

from tests.promises.conftest import Ashton

NAMES = ("id", "name", "value")
ROWS = (("1", "a", 1), ("2", "b", 2), ("3", "c", 3))
RECORDS = [dict(zip(NAMES, row, strict=True)) for row in ROWS]
CSV = "".join(",".join(map(str, row)) + "\n" for row in (NAMES, *ROWS)).encode()
TYPES = {"csv": "text/csv", "json": "application/json", "geojson": "application/geo+json", "xml": "text/xml"}
"""Form → content type, of those that come over HTTP."""
FILES = {"xlsx": "rows.xlsx", "archive": "rows.zip"}
"""Form → name of the file that is dropped, of the others."""


def make_bodies() -> Mapping[str, bytes]:
    """Form → the three rows in it."""
    features = [{"type": "Feature", "geometry": None, "properties": one} for one in RECORDS]
    cells = ("".join(f"<{name}>{one[name]}</{name}>" for name in NAMES) for one in RECORDS)
    return {
        "csv": CSV,
        "json": json.dumps(RECORDS).encode(),
        "geojson": json.dumps({"type": "FeatureCollection", "features": features}).encode(),
        "xml": f"<rows>{''.join(f'<row>{one}</row>' for one in cells)}</rows>".encode(),
        "xlsx": _make_workbook(),
        "archive": _make_archive(),
    }


def _make_workbook() -> bytes:
    book, file = openpyxl.Workbook(), io.BytesIO()
    for row in (NAMES, *ROWS):
        book.worksheets[0].append(row)
    book.save(file)
    return file.getvalue()


def _make_archive() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("rows.csv", CSV)
    return file.getvalue()


def give(city: Ashton, bodies: Mapping[str, bytes]) -> None:
    """From now on each form's source gives these bytes."""
    for form, kind in TYPES.items():
        answer = (200, {"Content-Type": kind}, bodies[form])
        city.source.routes[f"/{form}"] = lambda _query, answer=answer: answer  # type: ignore[misc]
    for form, name in FILES.items():
        (city.inbox / form).mkdir(exist_ok=True)
        (city.inbox / form / name).write_bytes(bodies[form])


def declare_all(city: Ashton) -> None:
    """A dataset for each form."""
    more = {"geojson": "    protect: {geometry: drop}\n"}
    for form in TYPES:
        path = ", records: rows.row" if form == "xml" else ""
        city.declare(
            form,
            f'adapter: http, url: "{city.source.url}", path: /{form}, format: {form}{path}',
            more=more.get(form, ""),
        )
    for form, options in {"xlsx": "format: xlsx", "archive": 'format: csv, member: "*"'}.items():
        city.declare(form, f'adapter: files, folder: "{city.inbox}/{form}", {options}, stable: PT0S')
