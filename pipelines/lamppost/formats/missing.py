"""What an empty cell means: no value, or in a string field that says so an empty text.

A text table holds the cells of the CSV, where null and the empty string are one and the same: an empty cell. A string
field whose own `missingValues` lacks `""` keeps empty texts; its nulls are written as the first word of that list.
"""

import pyarrow as pa
import pyarrow.compute as pc

from lamppost.model import Field, Schema


def list_marks(field: Field, schema: Schema) -> tuple[str, ...]:
    """The texts that mean "no value" in this field (Table Schema 2.0: a field's own go before those of its schema).

    Where the empty one is not among them, the first is written for a null.
    """
    declared = field.descriptor.get("missingValues")
    if declared is None:
        return schema.missing_values
    return tuple(str(one["value"]) if isinstance(one, dict) else str(one) for one in declared)


def present(column: pa.ChunkedArray | pa.Array, field: Field, schema: Schema) -> pa.Array:
    """The cells of a text column by their meaning: null where there is no value, an empty text where there is one."""
    chunks = column.cast(pa.string())
    if isinstance(chunks, pa.ChunkedArray):
        chunks = chunks.combine_chunks() if chunks.num_chunks else pa.array([], pa.string())
    marks = list_marks(field, schema)
    if "" not in marks:
        chunks = pc.fill_null(chunks, "")
    return pc.if_else(pc.is_in(chunks, pa.array(marks, pa.string())), None, chunks)


def spell(cells: pa.Array, field: Field, schema: Schema) -> pa.Array:
    """The reverse of `present`: what stands in the CSV, an empty cell being null."""
    marks = list_marks(field, schema)
    if "" not in marks:
        cells = pc.fill_null(cells, marks[0])
    return pc.if_else(pc.equal(cells, ""), None, cells)
