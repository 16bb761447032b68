"""Cells and rows as whole numbers, so that millions of them are compared, found and sorted without a look at each."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
NOWHERE = -1
_MOST = 1 << 62
"""Codes below this cannot overflow an int64."""


def number_rows(columns: Sequence[pa.ChunkedArray | pa.Array]) -> Ints:
    """A number from 0 for each row, the same for two rows exactly when all their cells are the same text.

    No number is left out. A dictionary's texts must be different ones.
    """
    first, *rest = (encode(column) for column in columns)
    return encode(pa.array(join(first, rest)))[0] if rest else first[0]


def encode(column: pa.ChunkedArray | pa.Array) -> tuple[Ints, int]:
    """A code from 0 for each cell, null being a value of its own, and how many codes there are."""
    flat = flatten(column)
    if not isinstance(flat, pa.DictionaryArray):
        flat = flat.dictionary_encode(null_encoding="encode")
    codes, many = flat.indices.cast(pa.int64()), len(flat.dictionary)
    if codes.null_count:
        codes, many = pc.fill_null(codes, many), many + 1
    return codes.to_numpy(zero_copy_only=False), many


def join(first: tuple[Ints, int], others: Sequence[tuple[Ints, int]]) -> Ints:
    """One code for the codes of several columns, in order as they are: by the first, then by the second and so on."""
    codes, many = first
    for more, width in others:
        if many * width >= _MOST:
            codes = np.unique(codes, return_inverse=True)[1].astype(np.int64)
            many = int(codes.max(initial=0)) + 1
        codes, many = codes * width + more, many * max(width, 1)
    return codes


def locate(codes: Ints, many: int) -> Ints:
    """Code → the last row that has it, or NOWHERE; all codes are below `many`."""
    where = np.full(many, NOWHERE, np.int64)
    where[codes] = np.arange(len(codes))
    return where


def flatten(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    """The column in one piece."""
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def take(table: pa.Table, rows: Ints) -> pa.Table:
    """The rows in that order; nothing is copied for all rows as they are."""
    if len(rows) == table.num_rows and bool((rows == np.arange(len(rows))).all()):
        return table
    return table.take(pa.array(rows, pa.int64()))
