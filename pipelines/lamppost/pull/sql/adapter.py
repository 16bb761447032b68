"""Adapter `sql`: rows of a database, counted and read in one read-only transaction, streamed.

Without `cursor:` each pull reads the whole, so that rows deleted at the source are seen to be gone. With it only rows
from the cursor minus the lookback on are read: a transaction that began before the last pull may commit rows with
earlier times after it, and only the lookback brings those. Times without a zone stay without one.
"""

import sqlalchemy as sa
from sqlalchemy.engine import URL

from lamppost.model import Issue, Receipt, Snapshot
from lamppost.pull.job import Job
from lamppost.pull.receipt import make_receipt
from lamppost.pull.sql.asked import build_count, build_rows, build_since, read_asked, reads_whole, remember
from lamppost.pull.sql.columns import read_columns
from lamppost.pull.sql.database import PROVEN, find_kind, name_database, open_database, read_url
from lamppost.pull.sql.hosts import check_hosts
from lamppost.pull.sql.pages import BATCH, Limits, Writer, keep_rows

MARK = "lamppost_simulated"
"""A table of this name says that the database is the sandbox's."""
LIMITS = Limits()


def pull_sql(job: Job, limits: Limits = LIMITS) -> tuple[Snapshot, Receipt]:
    """All rows as NDJSON, every value as text, and a Receipt proven by COUNT in the same transaction."""
    asked = read_asked(job)
    url = read_url(asked.url)
    check_hosts(url, asked.allow)
    whole = reads_whole(job, asked)
    before = None if whole else job.cursor
    since = None if whole else build_since(job, asked, url.get_backend_name())
    with open_database(url) as connection:
        simulated = sa.inspect(connection).has_table(MARK)
        columns = read_columns(connection, asked)
        declared = int(connection.execute(build_count(asked, since)).scalar_one())
        rows = build_rows(asked, [one.expression for one in columns], since)
        streaming = connection.execution_options(stream_results=True, max_row_buffer=BATCH)
        writer = Writer(job, asked, columns)
        with streaming.execute(rows) as result:
            pages = keep_rows(job, writer, result.fetchmany, limits)
    name = f"{name_database(url)}/{asked.name}"
    receipt = make_receipt(
        source=f"sandbox/{name}" if simulated else name,
        adapter="sql",
        pages=[one.rows for one in pages],
        size=sum(one.size for one in pages),
        stopped="end of rows",
        declared=declared,
        declared_by="COUNT(*) in the same transaction",
        cursor=(before, writer.cursor or before),
        simulated=simulated,
    )
    memory = remember(job, asked, whole=whole)
    issues = () if url.get_backend_name() in PROVEN else (warn_untested(job.place, url),)
    return Snapshot(tuple(pages), "ndjson", simulated=simulated, issues=issues, memory=memory), receipt


def warn_untested(place: str, url: URL) -> Issue:
    """That nobody has seen this kind of database answer, and what could not be set there."""
    kind = find_kind(url)
    lacks = f"; {kind.lacks}" if kind.lacks else ""
    message = f"databases of the kind {kind.title} were not run against a server by lamppost's tests{lacks}"
    return Issue("database-untested", place, message, severity="warning")
