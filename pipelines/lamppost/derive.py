"""A derived table: one SELECT over other datasets' versions, given as the text that `table.read` would give."""

from collections.abc import Mapping

import pyarrow as pa

from lamppost.errors import QueryError
from lamppost.formats.text import as_text
from lamppost.model import Resource
from lamppost.query import answer

MOST_ROWS = 1_000_000


def derive(resource: Resource, tables: Mapping[str, pa.Table]) -> pa.Table:
    """Every column of the resource's SELECT as canonical text, null where it gave none, and int64 `_row` from 1.

    `tables` are the typed inputs under their SQL names. Decimals come plain and without idle zeros, days and instants
    in ISO 8601, instants with a zone in UTC (`2026-11-22T07:00:00Z`). QueryError, which names the file of the query.
    """
    if resource.derive is None:
        raise QueryError(f"{resource.name}: has no `derive:`; expected a query and its inputs")
    place = resource.derive.sql_path.name or resource.name
    rows = answer(resource.derive.sql, tables, max_rows=MOST_ROWS, place=place)
    try:
        columns = {name: as_text(rows.column(name), name) for name in rows.column_names}
    except TypeError as error:
        raise QueryError(f"{place}: {error}; CAST it") from error
    return pa.table({**columns, "_row": pa.array(range(1, rows.num_rows + 1), pa.int64())})
