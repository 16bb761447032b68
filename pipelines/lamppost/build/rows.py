"""The rows behind each figure: exactly those that its query worked on, from the versions that its record names."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from lamppost.build.tables import Shelf
from lamppost.errors import QueryError
from lamppost.formats import csv
from lamppost.formats.filed import Typed
from lamppost.formats.text import as_text
from lamppost.model import FigureRecord, Version
from lamppost.query import answer, rows_behind

MOST = 20_000
"""Rows of which a CSV of their own is written; beyond that the dataset's own download is the better file."""


@dataclass(frozen=True)
class FigureRows:
    """The rows of one record as text, and where all of them lie, from the site's root."""

    table: pa.Table
    path: str
    file: Path
    versions: Mapping[str, Version]


def find_rows(shelf: Shelf, records: Mapping[str, FigureRecord], folder: Path) -> dict[str, FigureRows]:
    """Figure → its rows; a figure whose query groups in its last step, or works on very many rows, has none here."""
    read: dict[tuple[str, int], Version] = {}
    found: dict[str, FigureRows] = {}
    for name, record in records.items():
        for key in record.inputs.items():
            if key not in read:
                read[key] = shelf.store.read(*key)
        inputs = [read[key] for key in record.inputs.items()]
        rows = _answer(record, shelf.tables(inputs))
        if rows is not None:
            path = f"figures/{name}/{record.n}.csv"
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.unlink(missing_ok=True)  # the site may hold a link to it, and readers in the middle of it
            csv.write(rows, file, rows.column_names)
            found[name] = FigureRows(rows, path, file, {one.dataset: one for one in inputs})
    return found


def _answer(record: FigureRecord, tables: Mapping[str, Typed]) -> pa.Table | None:
    sql = rows_behind(record.sql)
    try:
        rows = answer(sql, tables, max_rows=MOST, place=f"rows of {record.name}") if sql else None
    except QueryError:  # such as two tables with a column of the same name
        return None
    if rows is None or not rows.num_rows:
        return None
    return pa.table({name: as_text(rows.column(name), name) for name in rows.column_names})
