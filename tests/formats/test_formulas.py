"""Text that a spreadsheet takes for a formula is counted."""

import pyarrow as pa

from lamppost.formats.formulas import count_formulas
from lamppost.model import Field, Schema


def test_cells_that_begin_as_a_formula_are_counted_column_by_column() -> None:
    schema = Schema((Field("note", "string"), Field("gap_m", "number"), Field("plain", "string")), ("note",))
    notes = ["=1+1", "+1 310", "-x", "@me", "\tx", "\rx", None, "a=b", "'=1", ""]
    table = pa.table({"note": notes, "gap_m": ["-1"] * 10, "plain": ["x"] * 10})
    assert count_formulas([table, table], schema) == {"note": 12}
