"""A figure is a named number drawn from data: this computes its next record, or finds that there is none to make."""

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

import pyarrow as pa

from lamppost.errors import QueryError
from lamppost.formats.text import write_number
from lamppost.model import FigureQuery, FigureRecord, Version
from lamppost.query import answer

DIGITS = 400


def compute(
    query: FigureQuery,
    tables: Mapping[str, pa.Table],
    inputs: Mapping[str, Version],
    previous: FigureRecord | None,
    today: date,
) -> FigureRecord | None:
    """The next record of the figure; None when value and query, wording included, are those of `previous`.

    `tables` are the typed tables of `inputs` (dataset → newest version) under their SQL names. QueryError when the
    query does not give exactly one number.
    """
    value = read_value(answer(query.sql, tables, max_rows=1_000, place=f"figure {query.name}"), query.name)
    rounded = round_half_up(value, query.round)
    record = FigureRecord(
        name=query.name,
        n=previous.n + 1 if previous else 1,
        value=write_number(value),
        shown=f"{rounded:,f}",
        rounded=f"{rounded:f}",
        title=query.title,
        unit=query.unit,
        round=query.round,
        note=query.note,
        sql=query.sql,
        inputs={name: one.seq for name, one in sorted(inputs.items())},
        input_hashes={name: one.hash for name, one in sorted(inputs.items())},
        date=today.isoformat(),
        simulated=any(one.simulated for one in inputs.values()),
    )
    return None if previous and _says(previous) == _says(record) else record


def _says(record: FigureRecord) -> tuple[Any, ...]:
    """What a reader is told, in which versions and days play no part; that data is simulated does."""
    return (
        record.value,
        record.rounded,
        record.sql,
        record.title,
        record.unit,
        record.note,
        record.simulated,
    )


def read_value(rows: pa.Table, name: str) -> Decimal:
    """The one number in an answer of one row and one column, exact; QueryError for anything else."""
    if (rows.num_rows, rows.num_columns) != (1, 1):
        found = f"{rows.num_rows} rows and {rows.num_columns} columns"
        raise QueryError(f"figure {name}: found {found}; expected one row and one column; aggregate")
    value = rows.column(0)[0].as_py()
    if value is None:
        raise QueryError(f"figure {name}: no value (NULL); expected a number; is the table or the period empty?")
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise QueryError(f"figure {name}: found {rows.schema.types[0]}; expected a number; CAST or count it")
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not number.is_finite():
        raise QueryError(f"figure {name}: found {value}; expected a number; is something divided by zero?")
    return number


def round_half_up(value: Decimal, digits: int) -> Decimal:
    """`value` with that many digits after the point, halves away from zero, as readers learned it at school.

    Negative `digits` round to tens, hundreds and so on. A rounded zero has no minus.
    """
    with localcontext(prec=DIGITS):
        rounded = value.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
        return (rounded or abs(rounded)).quantize(Decimal(1).scaleb(-max(digits, 0)))
