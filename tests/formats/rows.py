"""One table with everything that formats are known to spoil, and what frictionless reads out of its CSV."""

import csv as plain
from pathlib import Path
from typing import Any

import frictionless
import pyarrow as pa

from lamppost.formats import csv
from lamppost.formats.about import About
from lamppost.model import Field, Schema

KINDS = {
    "lamp_id": "string", "note": "string", "exact_id": "integer", "count": "integer", "price_usd": "number",
    "ratio": "number", "odd": "number", "is_on": "boolean", "seen_date": "date", "founded_date": "date",
    "seen_at": "datetime", "local_at": "datetime", "opens": "time", "built": "year", "longitude": "number",
    "latitude": "number",
}  # fmt: skip
OWN = {"note": {"missingValues": ["-"]}}
FIELDS = tuple(
    Field(name, kind, name.title(), f"What {name} is.", {"name": name, "type": kind, **OWN.get(name, {})})
    for name, kind in KINDS.items()
)
SCHEMA = Schema(
    FIELDS, ("lamp_id",), ("", "NA"),
    {"fields": [one.descriptor for one in FIELDS], "missingValues": ["", "NA"], "primaryKey": ["lamp_id"]},
)  # fmt: skip
ROWS: tuple[tuple[str | None, ...], ...] = (
    ("007", "=1+1", "9007199254740993", "1", "0.10", "0.30000000000000004", "1.5", "true", "2026-11-22", "1899-12-31",
     "2026-11-22T07:00:00Z", "2026-11-22T07:00:00", "07:00:00", "1984", "-118.361744", "34.0900"),
    ("-12", None, "9223372036854775807", "-3", "1234567.89", "12345678901234567.25", "NaN", "false", "2026-01-05",
     "2026-11-22", "2026-11-22T00:00:00-08:00", "1999-12-31T23:59:59", "23:59:59.5", "2026", "179.5", "-89.25"),
    ("@x", "-", None, None, "NA", None, "INF", None, None, None, None, None, None, None, None, "1"),
    ("\t tab", 'a "b", c\nd\re \u2028 _x0041_ \U0001f600 &<>', "1", "2", "-5", "0.1", "2", "True", "2024-02-29",
     "0001-01-01", "2026-11-22T07:00:00.123456Z", "2026-11-22T07:00:01", "00:00:00", "0001", "0", "0"),
)  # fmt: skip
"""Cells as the CSV has them: an empty one is None, which in `note` is an empty text."""
TABLE = pa.table({name: pa.array([row[n] for row in ROWS], pa.string()) for n, name in enumerate(KINDS)})
ABOUT = About(
    "lamps", "Lamps", "Every lamp.", "City of Lampton", "CC0 1.0", "7", "2026-11-22", "https://lampton.example/"
)


def read_csv(path: Path) -> list[dict[str, Any]]:
    """Rows of a CSV by a reader that is not ours, each cell as frictionless reads it."""
    fields = frictionless.Schema.from_descriptor(dict(SCHEMA.descriptor)).fields
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(plain.reader(file))[1:]
    found = []
    for row in rows:
        cells = [field.read_cell(cell) for field, cell in zip(fields, row, strict=True)]
        assert not any(notes for _value, notes in cells)
        found.append({field.name: value for field, (value, _notes) in zip(fields, cells, strict=True)})
    return found


def expected(folder: Path) -> list[dict[str, Any]]:
    """What `TABLE` means."""
    csv.write(TABLE, folder / "lamps.csv", SCHEMA.names)
    return read_csv(folder / "lamps.csv")
