"""A snapshot becomes one table of text: every page decoded strictly, every declared field taken from its place."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from lamppost.decode import DECODERS, Records
from lamppost.decode.delimited_blocks import decode_blocks
from lamppost.decode.parts import PART, cut_page
from lamppost.decode.records import Row, Shortcut
from lamppost.errors import RefusedError
from lamppost.model import FieldSource, Geometry, Page, Pull, Snapshot
from lamppost.table.column import take_column
from lamppost.table.convert import write_text
from lamppost.table.facts import Facts
from lamppost.table.geometry import KEY, Locator, find_geometry
from lamppost.table.names import list_unmapped

ROW = "_row"
"""The column that numbers a pull's rows from 1 and stays to the end, for identity and messages."""
ABSENT_KEY = b"lamppost.absent"
"""Schema metadata: names of mapped fields whose key was in no record, joined by newlines; read by protect."""
_ESRI = {"geometry.x": "geometry.coordinates.0", "geometry.y": "geometry.coordinates.1"}


def read(snapshot: Snapshot, pull: Pull, facts: Facts | None = None) -> pa.Table:
    """All columns `string` (null = missing), then `_row` int64, numbered over all pages in their order.

    With `pull.fields` just those are taken, and a key that a JSON record lacks is null; without, every top-level key or
    column keeps its own name. A page's context counts as part of each of its records. What else there is to say goes
    into `facts`. RefusedError names the page.
    """
    tables = list(_read_pages(snapshot, pull, Facts() if facts is None else facts))
    filled = [_list_absent(table) for table in tables if table.num_rows]
    absent = [name for name in pull.fields if filled and all(name in one for one in filled)]
    table = pa.concat_tables(tables, promote_options="default") if tables else _make_empty(pull.fields)
    table = table.select([*(name for name in table.column_names if name != ROW), ROW])
    return table.replace_schema_metadata({ABSENT_KEY: "\n".join(absent).encode()} if absent else None)


def batches(snapshot: Snapshot, pull: Pull, facts: Facts | None = None) -> Iterator[pa.RecordBatch]:
    """The same rows, page by page, in the memory of one page; at least one batch for each page that has rows.

    All have the same columns, for which pages without a mapping and a header are read twice. `ABSENT_KEY` in a batch
    speaks of its page, or its part of a big one, alone; `facts` are whole when the last batch was taken.
    """
    names: dict[str, None] = {}
    divided = len(snapshot.pages) > 1 or any(page.size > PART for page in snapshot.pages)
    if not pull.fields and divided and snapshot.decode != "csv":  # all pages of which have one header
        for table in _read_pages(snapshot, pull, Facts()):
            names |= dict.fromkeys(table.column_names)
    for table in _read_pages(snapshot, pull, Facts() if facts is None else facts):
        columns = [name for name in names if name != ROW] or table.column_names[:-1]
        lacking = [name for name in columns if name not in table.column_names]
        for name in lacking:
            table = table.append_column(name, pa.nulls(table.num_rows, pa.string()))  # noqa: PLW2901 - the same rows
        yield from table.select([*columns, ROW]).to_batches()


def _list_absent(table: pa.Table) -> list[str]:
    text: bytes = (table.schema.metadata or {}).get(ABSENT_KEY, b"")
    return text.decode().split("\n") if text else []


def _make_empty(names: Mapping[str, Any]) -> pa.Table:
    return pa.schema([*((name, pa.string()) for name in names), (ROW, pa.int64())]).empty_table()


def _read_pages(snapshot: Snapshot, pull: Pull, facts: Facts) -> Iterator[pa.Table]:
    """One table a page."""
    if ROW in pull.fields:
        raise RefusedError(f"`{ROW}` is the engine's own column, expected another name; rename it in `fields:`")
    geometry = find_geometry(snapshot, pull)
    sources = _name_sources(snapshot, pull, geometry)
    shaped = any(path.partition(".")[0] == KEY for one in sources.values() for path in (one.path, *one.otherwise))
    locator = Locator(geometry, shaped=shaped) if geometry else None
    headers = _Headers(sources)
    first = 1
    for number, page in enumerate(snapshot.pages, 1):
        for records in _decode(snapshot, page, number):
            headers.check(records.header, number)
            if sources:
                facts.unmapped |= list_unmapped(records, sources)
            wanted = sources or {name: FieldSource(name) for name in _list_names(records)}
            yield _lay(_locate(records, locator, first) if locator else records, wanted, first)
            first += len(records.rows)
    if locator:
        facts.notes += locator.notes
        facts.issues += locator.find_issues()


def _locate(records: Records, locator: Locator, first: int) -> Records:
    header = None if records.header is None else tuple(dict.fromkeys((*records.header, KEY)))
    return replace(records, rows=locator.locate(records, first), header=header)


def _lay(records: Records, sources: Mapping[str, FieldSource], first: int) -> pa.Table:
    count, columns, absent = len(records.rows), {}, []
    for name, source in sources.items():
        paths = (source.path, *source.otherwise)
        if records.header is not None and not set(paths) & set(records.header):
            continue
        columns[name], missing = take_column(records.rows, name, source, first)
        if missing and count:
            absent.append(name)
    table = pa.table({**columns, ROW: pa.array(np.arange(first, first + count, dtype=np.int64))})
    return table.replace_schema_metadata({ABSENT_KEY: "\n".join(absent).encode()} if absent else None)


def _decode(snapshot: Snapshot, page: Page, number: int) -> Iterator[Records]:
    """The page's records; those of a big page some at a time."""
    place = f"page {number}" if len(snapshot.pages) > 1 else "the answer"
    if snapshot.decode == "csv":
        for found in decode_blocks(page.path, snapshot, place):
            yield _add_context(found, page, place)
        return
    for data, here in cut_page(page.path.read_bytes(), snapshot, place):
        yield _add_context(DECODERS[snapshot.decode](data, snapshot, here), page, here)


def _add_context(found: Records, page: Page, place: str) -> Records:
    if not page.context:
        return found
    context = dict(page.context)
    header = None if found.header is None else tuple(dict.fromkeys((*found.header, *context)))
    return replace(found, rows=_join(found.rows, context, place), header=header)


def _join(rows: Sequence[Row], context: Mapping[str, str], place: str) -> Sequence[Row]:
    """The records with what the request knew."""
    if isinstance(rows, Shortcut) and rows.columns is not None:
        return _join_columns(rows, rows.columns, context, place)
    rows = _look_into(rows)
    for key, value in context.items():
        _check_agreement([row.get(key) for row in rows], key, value, place)
    return [{**row, **context} for row in rows]


def _join_columns(rows: Shortcut, table: pa.Table, context: Mapping[str, str], place: str) -> Shortcut:
    for key, value in context.items():
        same = pa.array([value], pa.string()).take(pa.array(np.zeros(len(rows), np.int64)))
        if key in table.column_names:
            _check_agreement(table.column(key).to_pylist(), key, value, place)
            table = table.set_column(table.column_names.index(key), key, same)
        else:
            table = table.append_column(key, same)
    return replace(rows, columns=table, make=table.to_pylist)


def _look_into(rows: Sequence[Row]) -> Sequence[Row]:
    return rows.records if isinstance(rows, Shortcut) and rows.records is not None else rows


def _check_agreement(own: Sequence[Any], key: str, value: str, place: str) -> None:
    """A record and its request may both say the same thing, never different things."""
    for number, one in enumerate(own, 1):
        if one is not None and write_text(one) != value:
            raise RefusedError(
                f"{place}, record {number}: `{key}` differs between the request and its answer, expected the same; "
                "take it from the request under another name"
            )


def _name_sources(snapshot: Snapshot, pull: Pull, geometry: Geometry | None) -> Mapping[str, FieldSource]:
    """Column name → where it comes from, as declared, in the words that records have here."""

    def name(path: str) -> str:
        path = path.removeprefix("properties.") if snapshot.decode == "geojson" else path
        return _ESRI.get(path, path) if geometry and geometry.form == "esri" else path

    return {
        field: replace(one, path=name(one.path), otherwise=tuple(map(name, one.otherwise)))
        for field, one in pull.fields.items()
    }


def _list_names(records: Records) -> list[str]:
    """Every column of the header, or every key of any record, in order of first appearance."""
    rows = records.rows
    if records.header is not None:
        names = list(records.header)
    elif isinstance(rows, Shortcut) and rows.columns is not None:
        names = rows.columns.column_names
    else:
        names = list(dict.fromkeys(name for row in _look_into(rows) for name in row))
    if ROW in names:
        raise RefusedError(f"the source has a column `{ROW}`, the engine's own; give it another name in `fields:`")
    return names


class _Headers:
    """Holds that every page declares the same columns, as far as they matter: those of `sources`, or else all."""

    def __init__(self, sources: Mapping[str, FieldSource]) -> None:
        self._wanted = {path for one in sources.values() for path in (one.path, *one.otherwise)}
        self._before: dict[str, int] | None = None

    def check(self, header: Sequence[str] | None, number: int) -> None:
        """RefusedError names the page that lacks a column and one that has it."""
        if header is None:
            return
        now = dict.fromkeys((name for name in header if not self._wanted or name in self._wanted), number)
        before = now if self._before is None else self._before
        for having, lacking, missing in ((before, number, before.keys() - now), (now, 1, now.keys() - before)):
            if missing:
                name = min(missing)
                raise RefusedError(
                    f"page {lacking}: the column `{name}` is missing, expected it as in page {having[name]}; "
                    "all pages of a pull need the same columns"
                )
        self._before = before
