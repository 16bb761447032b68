"""Explain the adapter `sql`: which SELECT on which database, from when on, and how COUNT proves it."""

import re
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from lamppost.errors import PullError
from lamppost.pull.explain.explanation import Explanation
from lamppost.pull.job import Job
from lamppost.pull.sql.adapter import warn_untested
from lamppost.pull.sql.asked import Asked, build_rows, name_column, read_asked
from lamppost.pull.sql.database import PROVEN, READS, STATEMENT, find_kind, name_database, read_url
from lamppost.pull.sql.pages import PAGE
from lamppost.pull.words import word_span

NAME = re.compile(r"\$\{\w+\}")
DIALECTS = {"sqlite": sqlite.dialect, "postgresql": postgresql.dialect}


def explain_sql(job: Job) -> Explanation:
    """The whole conversation with the database, told without having it."""
    try:
        asked = read_asked(job)
    except PullError as error:
        return Explanation((), (), (str(error),))
    url = _read_url(asked.url)
    place = name_database(url) if url else asked.url if NAME.fullmatch(asked.url) else "The database of `url:`"
    untested = [] if url is None or url.get_backend_name() in PROVEN else [warn_untested(job.place, url).message]
    asks = (
        _tell_opening(place, url),
        f"The rows of {asked.name} are counted, and then read: {_write_select(asked, url)}",
        _tell_since(job, asked),
        f"They are streamed and kept in pages of {PAGE:,} rows, each value as the text that it has there.",
        *untested,
    )
    proof = (
        "COUNT(*) is asked in the same transaction, with the same condition: complete when as many rows came.",
        _tell_deletes(asked),
    )
    return Explanation(tuple(one for one in asks if one), proof, tuple(_find_refusals(job)))


def _read_url(text: str) -> sa.URL | None:
    try:
        return read_url(text)
    except PullError:
        return None


def _tell_opening(place: str, url: sa.URL | None) -> str:
    if url is None:
        return f"{place} is opened in one transaction; where it is SQLite or PostgreSQL, one {READS}."
    kind = find_kind(url)
    view = f" ({kind.isolation})" if kind.isolation else ""
    limit = f"; a statement may take {STATEMENT} seconds" if url.get_backend_name() in PROVEN else ""
    return f"{place} is opened in one transaction {kind.reads}".rstrip() + f"{view}{limit}."


def _write_select(asked: Asked, url: sa.URL | None) -> str:
    columns: list[Any] = [name_column(name) for name in asked.columns] or [sa.text("*")]
    made = DIALECTS.get(url.get_backend_name() if url else "", postgresql.dialect)
    return " ".join(str(build_rows(asked, columns).compile(dialect=made(paramstyle="named"))).split())


def _tell_since(job: Job, asked: Asked) -> str:
    if not asked.cursor:
        return "Every pull reads the whole: no `cursor:` is declared."
    back = word_span(job.pull.lookback or timedelta())
    whole = f" At most every {word_span(asked.full)} the whole is read." if asked.full else ""
    asked_for = f"After the first pull only rows are asked for whose `{asked.cursor}` is missing, or not earlier than"
    return f"{asked_for} the newest kept one minus {back}: what was committed late, up to {back}, still comes.{whole}"


def _tell_deletes(asked: Asked) -> str:
    if asked.cursor:
        return "Rows deleted at the source stay published: only a pull without `cursor:` can see that they are gone."
    return "Rows deleted at the source are seen to be gone, because the whole is read."


def _find_refusals(job: Job) -> list[str]:
    found = []
    if job.pull.cursor and not job.pull.lookback:
        found.append("`cursor:` without `lookback:` loses what is committed late; write how late, such as P1D.")
    if job.pull.cursor and job.resource.publish.mode == "snapshot":
        found.append("`cursor:` brings new rows only, and `mode: snapshot` would throw the others away.")
    if job.pull.cursor and job.resource.key_content:
        found.append("`cursor:` needs a primary key: with `key: content` a changed row would be a second one.")
    return found
