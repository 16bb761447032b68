"""Text that a spreadsheet takes for a formula when it opens a CSV; it is counted and told, never altered."""

from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc

from lamppost.model import Schema

STARTS = r"^[=+\-@\t\r]"
"""OWASP, "CSV Injection"."""
_NUMBERS = ("number", "integer", "year")


def count_formulas(tables: Iterable[pa.Table], schema: Schema) -> dict[str, int]:
    """Field → how many of its cells start so; fields of numbers and fields without such a cell are left out."""
    names = [one.name for one in schema.fields if one.type not in _NUMBERS]
    found = dict.fromkeys(names, 0)
    for table in tables:
        for name in names:
            found[name] += pc.sum(pc.match_substring_regex(table.column(name), STARTS)).as_py() or 0
    return {name: count for name, count in found.items() if count}
