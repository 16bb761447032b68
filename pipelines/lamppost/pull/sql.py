"""Adapter `sql`: rows of a SQLite or PostgreSQL database, counted and read in one read-only transaction.

    url            `sqlite:////folder/file.db`, `postgresql://user:password@host/database`
    table          its name, `schema.name` where it has one; or
    query          one SELECT
    columns        those to read (default: all)
    order          those to order by (default: where the primary key comes from)

With `cursor:` in the descriptor only rows from the cursor minus the lookback on are read, in its order.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL
from sqlalchemy.sql import quoted_name

from lamppost.model import Page, Receipt, Snapshot
from lamppost.pull.database import name_database, open_database, read_url
from lamppost.pull.fault import fault
from lamppost.pull.job import Job, record_path
from lamppost.pull.receipt import make_receipt
from lamppost.pull.snapshot import unwritable
from lamppost.pull.tally import read_time
from lamppost.pull.transport import MAX_BYTES
from lamppost.pull.value import write_value
from lamppost.pull.window import parse_instant

MARK = "lamppost_simulated"
"""A table of this name says that the database is the sandbox's."""
BATCH = 5_000
ONE_SELECT = re.compile(r"\s*(select|with)\b", re.IGNORECASE)


@dataclass(frozen=True)
class _Sql:
    url: URL
    table: str
    query: str
    columns: tuple[str, ...]
    order: tuple[str, ...]


@dataclass(frozen=True)
class _Rows:
    """What came: where it is kept, how many, and the greatest cursor value as the source writes it."""

    page: Page
    count: int
    cursor: str | None


def pull_sql(job: Job) -> tuple[Snapshot, Receipt]:
    """All rows as NDJSON, every value as text, and a Receipt proven by COUNT in the same transaction."""
    asked = _read_sql(job)
    rows, count = _build(job, asked)
    with open_database(asked.url) as connection:
        _check_columns(connection, asked)
        simulated = MARK in sa.inspect(connection).get_table_names()
        declared = int(connection.execute(count).scalar_one())
        came = _write_rows(job, asked, connection, rows)
    name = f"{name_database(asked.url)}/{asked.table or 'query'}"
    receipt = make_receipt(
        source=f"sandbox/{name}" if simulated else name,
        adapter="sql",
        pages=[came.count],
        size=came.page.size,
        stopped="end of rows",
        declared=declared,
        declared_by="COUNT(*) in the same transaction",
        cursor=(job.cursor, came.cursor or job.cursor),
        simulated=simulated,
    )
    return Snapshot((came.page,), "ndjson", simulated=simulated), receipt


def _read_sql(job: Job) -> _Sql:
    options = job.options()
    key = job.resource.schema.primary_key
    known = () if job.resource.key_content or job.resource.transform else key
    asked = _Sql(
        url=read_url(options.text("url")),
        table=options.text("table", ""),
        query=options.text("query", "").strip().removesuffix(";"),
        columns=options.texts("columns"),
        order=options.texts("order") or tuple(record_path(job.pull, name) for name in known),
    )
    options.close()
    if bool(asked.table) == bool(asked.query):
        raise fault("pull", "both or neither of `table` and `query`", "one of them", "correct the descriptor")
    if asked.query and (not ONE_SELECT.match(asked.query) or ";" in asked.query):
        raise fault("pull.query", "no single SELECT", "one, without semicolon", "correct the descriptor")
    return asked


def _build(job: Job, asked: _Sql) -> tuple[sa.Select[Any], sa.Select[Any]]:
    """The SELECT of the rows, and that of their number."""
    columns: list[Any] = [_quote(name) for name in asked.columns] or [sa.text("*")]
    rows = sa.select(*columns).select_from(_name_source(asked))
    count = sa.select(sa.func.count()).select_from(_name_source(asked))
    order = asked.order
    if job.pull.cursor:
        path = record_path(job.pull, job.pull.cursor)
        order = (path, *(name for name in order if name != path))
        if job.cursor:
            since = sa.bindparam("since", _step_back(job), type_=sa.types.NULLTYPE)  # the database finds the type
            rows, count = rows.where(_quote(path) >= since), count.where(_quote(path) >= since)
    return rows.order_by(*map(_quote, order)), count


def _check_columns(connection: sa.Connection, asked: _Sql) -> None:
    """Refuses a name that the table has not: SQLite would take it for a text, and give that text in every row."""
    if not asked.table:
        return
    schema, _dot, name = asked.table.rpartition(".")
    known = [str(one["name"]) for one in sa.inspect(connection).get_columns(name, schema=schema or None)]
    for column in (*asked.columns, *asked.order):
        if column not in known:
            raise fault(asked.table, f"no column `{column}`", f"one of {', '.join(known)}", "correct the descriptor")


def _name_source(asked: _Sql) -> Any:
    if asked.query:
        return sa.text(f"({asked.query.replace(':', chr(92) + ':')}) AS asked")  # a colon is no parameter here
    schema, _dot, name = asked.table.rpartition(".")
    return sa.table(quoted_name(name, quote=True), schema=quoted_name(schema, quote=True) if schema else None)


def _quote(name: str) -> sa.ColumnClause[Any]:
    """A column by its exact name, be it a keyword of this database or not."""
    return sa.column(quoted_name(name, quote=True))


def _step_back(job: Job) -> str | int:
    """The cursor minus the lookback, written as the source writes such values."""
    assert job.cursor is not None
    source = job.pull.fields.get(job.pull.cursor)
    convert = source.convert if source else ""
    lookback = job.pull.lookback or timedelta()
    instant = parse_instant(job.cursor)
    if instant and convert.startswith("epoch"):
        return int((instant - lookback).timestamp() * (1 if convert == "epoch_s" else 1000))
    if not lookback:
        return job.cursor
    if instant is None:
        raise fault("pull.lookback", f"a cursor that is no time ({job.pull.cursor})", "one", "take `lookback:` out")
    return _write_like(job.cursor, lookback)


def _write_like(text: str, lookback: timedelta) -> str:
    """ISO text minus a duration, as precise as before: day, instant with `T` or blank, `Z` or offset."""
    if len(text) == len("2026-11-22"):
        return (date.fromisoformat(text) - lookback).isoformat()
    earlier = (datetime.fromisoformat(text) - lookback).isoformat(sep=text[10])
    return earlier.replace("+00:00", "Z") if text.endswith("Z") else earlier


def _write_rows(job: Job, asked: _Sql, connection: sa.Connection, rows: sa.Select[Any]) -> _Rows:
    """Streams the rows into `<sha256>.ndjson`; a file that was not finished is never named so."""
    result = connection.execution_options(stream_results=True, yield_per=BATCH).execute(rows)
    names = list(result.keys())
    if len(set(names)) != len(names):
        raise fault("pull.query", "two columns of one name", "each name once", "give one of them another with AS")
    for column in asked.order if asked.query else ():
        if column not in names:
            do = "name it in the query, or set `order:`"
            raise fault("pull.query", f"no column `{column}`", f"one of {', '.join(names)}", do)
    watch = _Watch(job, names)
    part = job.folder / f"{os.getpid()}.part"
    try:
        job.folder.mkdir(parents=True, exist_ok=True)
        digest, size = hashlib.sha256(), 0
        with part.open("wb") as file:
            for line in watch.lines(result):
                size += file.write(line)
                digest.update(line)
                if size > MAX_BYTES:
                    raise fault(job.place, f"more than {MAX_BYTES:,} bytes", "less", "name fewer `columns:`")
        path = job.folder / f"{digest.hexdigest()}.ndjson"
        part.replace(path)
    except OSError as error:
        raise unwritable(job.folder, error) from None
    finally:
        part.unlink(missing_ok=True)
    return _Rows(Page(path, digest.hexdigest(), size, rows=watch.count), watch.count, watch.cursor)


class _Watch:
    """Counts the rows that pass, and remembers the last cursor value that can be."""

    def __init__(self, job: Job, names: Sequence[str]) -> None:
        self.count = 0
        self.cursor: str | None = None
        self._names = names
        self._path = record_path(job.pull, job.pull.cursor) if job.pull.cursor else ""
        source = job.pull.fields.get(job.pull.cursor)
        self._convert = source.convert if source else ""
        self._latest = job.now + timedelta(days=1)
        if self._path and self._path not in names:
            raise fault("pull.cursor", f"no column `{self._path}`", f"one of {', '.join(names)}", "correct `cursor:`")

    def lines(self, rows: sa.Result[Any]) -> Iterator[bytes]:
        """Each row as a line of NDJSON."""
        for row in rows:
            self.count += 1
            pairs = zip(self._names, row, strict=True)
            record = {name: write_value(value, f"row {self.count}, column {name}") for name, value in pairs}
            if self._path:
                self._move(record[self._path])
            yield json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"

    def _move(self, text: str | None) -> None:
        """Rows come in the cursor's order; a value far ahead of now is a mistake, and would skip all that follows."""
        instant = read_time(text, self._convert) if text else None
        if text and (instant is None or instant <= self._latest):
            self.cursor = _write_cursor(instant) if instant and self._convert else text


def _write_cursor(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")
