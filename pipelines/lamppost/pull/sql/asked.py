"""What a descriptor asks of a database: one table or one SELECT, which columns, in which order, from when on (pure).

url            `sqlite:////folder/file.db`, `postgresql://user:password@host/database?sslmode=verify-full`; others
               (mysql, mariadb, mssql, oracle, any dialect of SQLAlchemy) too, but no test runs against them
table          its name, `schema.name` where it has one, `"…"` around a name with a dot; a view is one too; or
query          one SELECT
columns        those to read (default: all)
order          those to order by (default: where the primary key comes from)
full           with `cursor:`: how often the whole is read all the same (`P7D`), for changes that move no cursor
allow          link-local addresses that may be asked; private ones always may, databases are inside networks
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.sql import quoted_name

from lamppost.notation import ZONED
from lamppost.pull.fault import fault
from lamppost.pull.job import Job, record_path
from lamppost.pull.window import parse_instant

ONE_SELECT = re.compile(r"\s*(select|with)\b", re.IGNORECASE)
TABLE = re.compile(r'(?:(?:"(?P<qs>[^"]+)"|(?P<s>[^".]+))\.)?(?:"(?P<qt>[^"]+)"|(?P<t>[^".]+))')
"""`name`, `schema.name`; in double quotes what has a dot in it."""
UNITS: Mapping[str, int] = {"epoch_s": 1, "epoch_ms": 1_000, "epoch_ms_date": 1_000, "epoch_ns": 1_000_000_000}
"""`as:` of a number of time → how many of it make a second."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
BEGINNING = datetime.min.replace(tzinfo=UTC)
SET_BACK = timedelta(hours=3)
"""No clock is put back by more at once."""
REMEMBERED = "full"
"""Key of the memory: when the whole was last read."""


@dataclass(frozen=True)
class Asked:
    """The options of `pull:`; paths are column names of the source."""

    url: str
    schema: str
    table: str
    query: str
    columns: tuple[str, ...]
    order: tuple[str, ...]
    """The cursor first, then the key."""
    cursor: str
    convert: str
    """How the cursor's column becomes a time: `epoch_s`, …; empty where it is one."""
    zone: str
    """Of its clocks, where it is converted with `as: local`."""
    full: timedelta | None
    allow: tuple[str, ...]

    @property
    def name(self) -> str:
        """What is read, for people."""
        return f"{self.schema}.{self.table}".removeprefix(".") or "query"


def read_asked(job: Job) -> Asked:
    """The options, or a PullError that says which of them cannot be."""
    options = job.options()
    key = job.resource.schema.primary_key
    known = () if job.resource.key_content or job.resource.transform else key
    url, table = options.text("url"), options.text("table", "")
    query = options.text("query", "").strip().removesuffix(";")
    columns, order = options.texts("columns"), options.texts("order")
    full, allow = options.span("full"), options.texts("allow")
    options.close()
    _check(table, query, full, job)
    match = TABLE.fullmatch(table)
    if table and match is None:
        raise fault("pull.table", table, 'a name or schema.name; "…" around one with a dot', "correct the descriptor")
    cursor = record_path(job.pull, job.pull.cursor) if job.pull.cursor else ""
    source = job.pull.fields.get(job.pull.cursor)
    wanted = (cursor, *(order or (record_path(job.pull, name) for name in known)))
    return Asked(
        url=url,
        schema=(match["qs"] or match["s"] or "") if match else "",
        table=(match["qt"] or match["t"]) if match else "",
        query=query,
        columns=columns,
        order=tuple(dict.fromkeys(name for name in wanted if name)),
        cursor=cursor,
        convert=source.convert if source else "",
        zone=source.zone if source else "",
        full=full,
        allow=allow,
    )


def _check(table: str, query: str, full: timedelta | None, job: Job) -> None:
    if bool(table) == bool(query):
        raise fault("pull", "both or neither of `table` and `query`", "one of them", "correct the descriptor")
    if query and (not ONE_SELECT.match(query) or ";" in query):
        raise fault("pull.query", "no single SELECT", "one, without semicolon", "correct the descriptor")
    if full is not None and not (full and job.pull.cursor):
        do = "without `cursor:` every pull reads the whole anyway" if full else "write a duration such as P7D"
        raise fault("pull.full", "nothing that it would change", "`cursor:` and a duration", do)


def reads_whole(job: Job, asked: Asked) -> bool:
    """True when everything is read: the first time, without a cursor, and when `full:` has passed since the last."""
    since = parse_instant(job.cursor or "")
    if not asked.cursor or since is None or since - BEGINNING <= _reach_back(job):
        return True
    if asked.full is None:
        return False
    last = parse_instant(job.memory.get(REMEMBERED, ""))
    return last is None or not timedelta() <= job.now - last < asked.full


def _reach_back(job: Job) -> timedelta:
    """How far before the cursor is read at most; SQL Server's first day of all, 0001-01-01, has nothing before it."""
    return (job.pull.lookback or timedelta()) + SET_BACK + timedelta(days=1)


def remember(job: Job, asked: Asked, *, whole: bool) -> dict[str, str]:
    """What the next pull has to know: when the whole was last read."""
    if asked.full is None:
        return {}
    return {REMEMBERED: job.now.isoformat() if whole else job.memory[REMEMBERED]}


def name_source(asked: Asked) -> Any:
    """The table, or the query as a table; its colons are no parameters, and a comment at its end ends before us."""
    if asked.query:
        return sa.text(f"({asked.query.replace(':', chr(92) + ':')}\n) asked")
    schema = quoted_name(asked.schema, quote=True) if asked.schema else None
    return sa.table(quoted_name(asked.table, quote=True), schema=schema)


def name_column(name: str) -> sa.ColumnClause[Any]:
    """A column by its exact name, be it a keyword of this database or not."""
    return sa.column(quoted_name(name, quote=True))


def build_rows(asked: Asked, columns: Sequence[Any], since: Any = None) -> sa.Select[Any]:
    """The SELECT of the rows, in their order; `since` is a condition."""
    rows = sa.select(*columns).select_from(name_source(asked))
    return (rows if since is None else rows.where(since)).order_by(*map(name_column, asked.order))


def build_count(asked: Asked, since: Any = None) -> sa.Select[Any]:
    """The SELECT of their number."""
    count = sa.select(sa.func.count()).select_from(name_source(asked))
    return count if since is None else count.where(since)


def build_since(job: Job, asked: Asked, kind: str) -> Any:
    """The condition for rows from the cursor minus the lookback on, in the dialect of this kind of database.

    Rows without a time come with every pull, or one of them would come never. SQLite keeps times as text in any form,
    so there it compares instants, and what is no instant comes with every pull too.
    """
    assert job.cursor is not None
    column, lookback = name_column(asked.cursor), job.pull.lookback or timedelta()
    since: Any = step_back(job.cursor, lookback, asked.convert, asked.zone)
    if kind == "sqlite":
        since = sa.bindparam("since", since, type_=sa.types.NULLTYPE)
        if asked.convert in UNITS:
            return sa.or_(sa.cast(column, sa.REAL) >= since, column.is_(None))
        day, no_date = sa.func.julianday(column), sa.not_(column.op("GLOB")("[0-9][0-9][0-9][0-9]-*"))
        return sa.or_(day >= sa.func.julianday(since), day.is_(None), no_date)
    if kind != "postgresql" and isinstance(since, str):  # others do not read every text that stands for a time
        since = datetime.fromisoformat(since)
    return sa.or_(column >= sa.bindparam("since", since, type_=sa.types.NULLTYPE), column.is_(None))


def step_back(cursor: str, lookback: timedelta, convert: str = "", zone: str = "") -> str | int:
    """The cursor minus the lookback, written as the source's column writes such values: a number, or an ISO text.

    Times without a zone repeat when a clock is put back, so of them three more hours are read.
    """
    instant = parse_instant(cursor)
    assert instant is not None, "a cursor that is no time is not used"
    if convert in UNITS:
        return (instant - lookback - EPOCH) // timedelta(microseconds=1) * UNITS[convert] // 1_000_000
    if convert == ZONED:
        return (instant - lookback - SET_BACK).astimezone(ZoneInfo(zone)).replace(tzinfo=None).isoformat()
    if len(cursor) == len("2026-11-22"):
        return (date.fromisoformat(cursor) - lookback).isoformat()
    told = datetime.fromisoformat(cursor)
    earlier = (told - lookback - (timedelta() if told.tzinfo else SET_BACK)).isoformat(sep=cursor[10])
    return earlier.replace("+00:00", "Z") if cursor.endswith("Z") else earlier
