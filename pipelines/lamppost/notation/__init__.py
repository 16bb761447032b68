"""The small notations that a city writes and more than one room reads; read in two ways, they would mean two things.

A pull is proven by the records at a dotted path, and the rows are read at the same path; `load` refuses an unknown
`{{ figure }}` that the site would otherwise print; and what a query calls a table must be the table that is there.
"""

from lamppost.notation.conversion import CONVERSION_NAMES, ZONED, find_conversion
from lamppost.notation.dotted import ABSENT, find
from lamppost.notation.duration import parse_duration, parse_interval
from lamppost.notation.figure import FIGURE, figures_in
from lamppost.notation.identifier import identifier_uri, name_identifier
from lamppost.notation.sql import table_name
from lamppost.notation.unit import UNITS, unit_of_name

__all__ = [
    "ABSENT",
    "CONVERSION_NAMES",
    "FIGURE",
    "UNITS",
    "ZONED",
    "figures_in",
    "find",
    "find_conversion",
    "identifier_uri",
    "name_identifier",
    "parse_duration",
    "parse_interval",
    "table_name",
    "unit_of_name",
]
