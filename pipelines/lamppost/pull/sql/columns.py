"""Which columns there are, and how the values of each become text: known, and refused, before a row is read."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import quoted_name

from lamppost.pull.fault import fault
from lamppost.pull.sql import postgresql
from lamppost.pull.sql.asked import UNITS, Asked, name_column, name_source
from lamppost.pull.sql.value import write_value


@dataclass(frozen=True)
class Column:
    """One column to read."""

    name: str
    expression: Any
    """What is selected: the column itself, or what the server makes of it."""
    write: Callable[[Any], str] | None = write_value
    """None where every value arrives as the text that it stays."""


def read_columns(connection: sa.Connection, asked: Asked) -> list[Column]:
    """The columns asked for, in their order; PullError for one that is not there or has no text."""
    none = sa.literal_column("1") == sa.literal_column("0")
    result = connection.execute(sa.select(sa.text("*")).select_from(name_source(asked)).where(none))
    assert result.cursor is not None
    described: list[Any] = list(result.cursor.description)
    names = list(result.keys())
    result.close()
    _check_names(names, asked)
    wanted = asked.columns or names
    if asked.cursor and asked.cursor not in wanted:
        raise fault("pull.columns", f"no `{asked.cursor}`", "the cursor's column among them", "add it")
    if connection.dialect.name == "postgresql":
        oids = [int(one[1]) for one in described]
        types = dict(zip(names, postgresql.read_types(connection, oids), strict=True))
        return [_read_postgresql(name, types[name], asked) for name in wanted]
    _refuse_binary(connection, asked, wanted)
    return [Column(name, name_column(name)) for name in wanted]


def _check_names(names: list[str], asked: Asked) -> None:
    """SQLite would take a name that is no column for a text, and give that text in every row."""
    if len(set(names)) != len(names):
        raise fault("pull.query", "two columns of one name", "each name once", "give one of them another with AS")
    for column in (*asked.columns, *asked.order):
        if column not in names:
            place, do = ("pull.query", "name it in the query, or set `order:`") if asked.query else (
                asked.name, "correct the descriptor",
            )  # fmt: skip
            raise fault(place, f"no column `{column}`", f"one of {', '.join(names)}", do)


def _read_postgresql(name: str, kind: postgresql.Type, asked: Asked) -> Column:
    postgresql.check_type(name, kind)
    if name == asked.cursor:
        _check_cursor(name, kind.name, asked.convert)
    if kind.is_array:
        return Column(name, sa.func.to_json(name_column(name)).label(quoted_name(name, quote=True)), None)
    return Column(name, name_column(name), postgresql.WRITERS.get(kind.name))


def _check_cursor(name: str, kind: str, convert: str) -> None:
    """Text is compared letter by letter: one time in another form, and rows behind it never come."""
    good = postgresql.NUMBERS if convert in UNITS else postgresql.TIMES
    if kind not in good:
        do = "name a column with the time of the last change, or cast it in a `query:`"
        raise fault("pull.cursor", f"`{name}` of the type {kind}", f"one of {', '.join(sorted(good))}", do)


def _refuse_binary(connection: sa.Connection, asked: Asked, wanted: list[str] | tuple[str, ...]) -> None:
    """By the type that the table declares; a query declares none, there the first such value is refused."""
    if not asked.table:
        return
    for one in sa.inspect(connection).get_columns(asked.table, schema=asked.schema or None):
        if one["name"] in wanted and isinstance(
            one["type"], sa.types.LargeBinary | sa.types.BINARY | sa.types.VARBINARY
        ):
            do = "leave it out with `columns:`, or cast it in a `query:`"
            raise fault(f"column {one['name']}", f"the type {one['type']}", "one that has a text", do)
