"""PostgreSQL's own texts of its values, taken as they are where they are exact, and brought into ours where not.

The driver would make an object of each value and we a text of that again; instead each value arrives as the text that
the server writes, which is both faster and never rounded. What a session must say for these texts is in SETTINGS.
Arrays become JSON by the server's own `to_json`; json and jsonb stay as the server writes them.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from lamppost.pull.fault import fault
from lamppost.pull.sql.value import NoTextError, Write, write_number

SETTINGS: Mapping[str, str] = {
    "timezone": "UTC",
    "datestyle": "ISO",
    "intervalstyle": "iso_8601",
    "extra_float_digits": "1",
    "client_encoding": "UTF8",
    "cursor_tuple_fraction": "1",  # all rows are fetched: plan for the last one, not for the first
}
TIMES = frozenset({"date", "timestamp", "timestamptz"})
NUMBERS = frozenset({"int2", "int4", "int8", "numeric", "float4", "float8"})
PLAIN = frozenset(
    {"int2", "int4", "int8", "oid", "uuid", "json", "jsonb", "xml", "interval", "bit", "varbit"}
    | {"inet", "cidr", "macaddr", "macaddr8"}
)
"""Types whose text is taken as it comes, beside all kinds of text and enumerations."""
HINTS: Mapping[str, str] = {
    "geometry": "write ST_AsGeoJSON(…) of it in a `query:`",
    "geography": "write ST_AsGeoJSON(…) of it in a `query:`",
    "money": "cast it to numeric in a `query:`",
}
TYPES = """
SELECT t.oid, t.typname, t.typcategory, e.typname, e.typcategory
FROM pg_catalog.pg_type t LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem AND t.typcategory = 'A'
WHERE t.oid = ANY(%(oids)s)
"""
JSON = 114
"""The type that `to_json` gives; numbers of built-in types never change."""
INSTANT = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?(\+00)?")
WHOLE_NAIVE, WHOLE_AWARE = len("2026-11-22 07:00:00"), len("2026-11-22 07:00:00+00")


@dataclass(frozen=True)
class Type:
    """One column's type; `element` is empty unless it is an array of it."""

    name: str
    category: str
    """`pg_type.typcategory`: S text, E enumeration, A array, …"""
    element: str = ""
    element_category: str = ""

    @property
    def is_array(self) -> bool:
        """True for what `to_json` makes a list of."""
        return bool(self.element)


def read_types(connection: sa.Connection, oids: Sequence[int]) -> list[Type]:
    """The type of each column, and from now on the text of each value in place of an object."""
    from psycopg.types.string import TextLoader  # noqa: PLC0415 - an extra; here it is known to be there

    found = connection.exec_driver_sql(TYPES, {"oids": list(oids)}).all()
    known = {int(one[0]): Type(one[1], one[2], one[3] or "", one[4] or "") for one in found}
    driver: Any = connection.connection.driver_connection
    for oid in {*known, JSON}:
        driver.adapters.register_loader(oid, TextLoader)
    return [known[oid] for oid in oids]


def check_type(name: str, kind: Type) -> None:
    """PullError for a column whose values have no text that says what they are."""
    type_name, category = (kind.element, kind.element_category) if kind.is_array else (kind.name, kind.category)
    if category in {"S", "E"} or type_name in PLAIN or type_name in WRITERS:
        return
    shown = f"{type_name}[]" if kind.is_array else type_name
    do = HINTS.get(type_name, "leave it out with `columns:`, or cast it in a `query:`")
    raise fault(f"column {name}", f"the type {shown}", "text, number, date or truth value", do)


def write_bool(text: str) -> str:
    """`t` and `f` spelled out."""
    return "true" if text == "t" else "false"


def write_numeric(text: str) -> str:
    """Exact digits, as many as the column keeps."""
    return write_number(Decimal(text)) if text[-1] in "Ny" else text  # NaN, Infinity


def write_float(text: str) -> str:
    """The shortest digits that read back as the same number, without an exponent."""
    found = repr(float(text))
    return found if "e" not in found and "n" not in found else write_number(Decimal(found))


def write_day(text: str) -> str:
    """An ISO day of four-digit years."""
    if len(text) != len("2026-11-22") or not text[0].isdigit():
        raise refuse_time(text)
    return text


def write_instant(text: str) -> str:
    """ISO 8601 with `T`; `Z` where the column has a zone, nothing where it has none."""
    if len(text) == WHOLE_AWARE and text.endswith("+00"):
        return f"{text[:10]}T{text[11:19]}Z"
    if len(text) == WHOLE_NAIVE and text[4] == "-":
        return f"{text[:10]}T{text[11:]}"
    match = INSTANT.fullmatch(text)
    if match is None:
        raise refuse_time(text)
    day, clock, fraction, zone = match.groups()
    return f"{day}T{clock}{'.' + fraction.ljust(6, '0') if fraction else ''}{'Z' if zone else ''}"


def write_clock(text: str) -> str:
    """ISO 8601 time of day, with its offset where it has one."""
    try:
        return time.fromisoformat(text).isoformat()
    except ValueError:
        raise refuse_time(text) from None


def refuse_time(text: str) -> NoTextError:
    """What no calendar of four-digit years and no clock of 24 hours has, such as `infinity`."""
    return NoTextError(f"the time {text}", "a date from year 1 to 9999", "have the query give NULL for it")


WRITERS: Mapping[str, Write] = {
    "bool": write_bool,
    "numeric": write_numeric,
    "float4": write_float,
    "float8": write_float,
    "date": write_day,
    "timestamp": write_instant,
    "timestamptz": write_instant,
    "time": write_clock,
    "timetz": write_clock,
}
"""type → what is done to the server's text; types that are not named here stay as they come."""
