"""A snapshot becomes one table of text: every page decoded strictly, every declared field taken from its place."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa

from lamppost.decode import DECODERS, Records
from lamppost.decode.records import CELL_LIMIT
from lamppost.errors import RefusedError
from lamppost.model import FieldSource, Page, Pull, Snapshot
from lamppost.notation import ABSENT, find
from lamppost.table.convert import CONVERSIONS, write_text

ROW = "_row"
"""The column that numbers a pull's rows from 1 and stays to the end, for identity and messages."""
ABSENT_KEY = b"lamppost.absent"
"""Schema metadata: names of mapped fields whose key was in no record, joined by newlines; read by protect."""


def read(snapshot: Snapshot, pull: Pull) -> pa.Table:
    """All columns `string` (null = missing), then `_row` int64, numbered over all pages in their order.

    With `pull.fields` just those are taken, and a key that a JSON record lacks is null; without, every top-level key or
    column keeps its own name. A page's context counts as part of each of its records. RefusedError names the page.
    """
    pages = [_decode(snapshot, page, number) for number, page in enumerate(snapshot.pages, 1)]
    sources = _name_sources(snapshot, pull, pages)
    rows = [row for page in pages for row in page.rows]
    columns: dict[str, list[str | None]] = {}
    absent: list[str] = []
    for name, source in sources.items():
        values = [find(row, source.path) for row in rows]
        if rows and all(value is ABSENT for value in values):
            absent.append(name)
        columns[name] = _write_column(name, values, source.convert)
    table = pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})
    table = table.append_column(ROW, pa.array(range(1, len(rows) + 1), pa.int64()))
    return table.replace_schema_metadata({ABSENT_KEY: "\n".join(absent).encode()} if absent else None)


def _decode(snapshot: Snapshot, page: Page, number: int) -> Records:
    place = f"page {number}" if len(snapshot.pages) > 1 else "the answer"
    found = DECODERS[snapshot.decode](page.path.read_bytes(), snapshot, place)
    if not page.context:
        return found
    context = dict(page.context)
    rows = [_join(context, row, f"{place}, record {index}") for index, row in enumerate(found.rows, 1)]
    return Records(rows, None if found.header is None else tuple(dict.fromkeys((*found.header, *context))))


def _join(context: Mapping[str, str], row: Mapping[str, Any], place: str) -> dict[str, Any]:
    """The record with what the request knew; both may say the same thing, never different things."""
    for key, value in context.items():
        own = row.get(key)
        if own is not None and write_text(own) != value:
            raise RefusedError(
                f"{place}: `{key}` differs between the request and its answer, expected the same; "
                "take it from the request under another name"
            )
    return {**row, **context}


def _name_sources(snapshot: Snapshot, pull: Pull, pages: Sequence[Records]) -> dict[str, FieldSource]:
    """Column name → where it comes from, declared or, without a mapping, each top-level key under its own name."""
    if ROW in pull.fields:
        raise RefusedError(f"`{ROW}` is the engine's own column, expected another name; rename it in `fields:`")
    if not pull.fields:
        return {name: FieldSource(name) for name in _list_names(pages)}
    sources = dict(pull.fields)
    if snapshot.decode == "geojson":
        sources = {name: replace(one, path=one.path.removeprefix("properties.")) for name, one in sources.items()}
    return {name: source for name, source in sources.items() if not _is_column_absent(source.path, pages)}


def _list_names(pages: Sequence[Records]) -> list[str]:
    names = dict.fromkeys(name for page in pages for name in page.header or ())
    names |= dict.fromkeys(name for page in pages if page.header is None for row in page.rows for name in row)
    if ROW in names:
        raise RefusedError(f"the source has a column `{ROW}`, the engine's own; give it another name in `fields:`")
    return [name for name in names if not _is_column_absent(name, pages)]


def _is_column_absent(path: str, pages: Sequence[Records]) -> bool:
    """True when every page declares its columns and none declares this one; refused when only some do."""
    headers = [page.header for page in pages]
    having = [index for index, header in enumerate(headers, 1) if header is None or path in header]
    if not having:
        return bool(headers)
    lacking = sorted(set(range(1, len(headers) + 1)) - set(having))
    if lacking:
        raise RefusedError(
            f"page {lacking[0]}: the column `{path}` is missing, expected it as in page {having[0]}; "
            "all pages of a pull need the same columns"
        )
    return False


def _write_column(name: str, values: Sequence[Any], convert: str) -> list[str | None]:
    if convert not in CONVERSIONS:
        known = ", ".join(filter(None, CONVERSIONS))
        raise RefusedError(f"field `{name}`: `as: {convert}` is unknown, expected one of: {known}")
    change = CONVERSIONS[convert]
    try:
        texts = [None if value is ABSENT else write_text(value) for value in values]
    except RecursionError:
        raise RefusedError(f"field `{name}`: values are nested too deep, expected less; map an inner key") from None
    for number, text in enumerate(texts, 1):
        if text is not None and len(text) > CELL_LIMIT:
            raise RefusedError(
                f"row {number}, `{name}`: found {len(text):,} characters, expected at most {CELL_LIMIT:,}; "
                "leave the field out"
            )
    return [None if text is None else change(text) for text in texts]
