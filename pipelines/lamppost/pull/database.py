"""Opening a database so that nothing can be written, and one view of it holds until it is closed."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url

from lamppost.errors import PullError
from lamppost.pull.fault import fault

DEADLINE = 600.0
"""Seconds that one statement may take."""
CONNECT = 10
STEPS = 10_000
"""SQLite instructions between two looks at the clock."""
SHOWN = 200


def read_url(text: str) -> URL:
    """The address of a SQLite file or a PostgreSQL database; PullError for any other kind."""
    try:
        url = make_url(text)
    except (sa.exc.ArgumentError, ValueError):
        raise fault("pull.url", "no database address", "sqlite:///… or postgresql://…", "correct the address") from None
    kind = url.get_backend_name()
    if kind not in {"sqlite", "postgresql"}:
        raise fault("pull.url", f"a database of kind {kind}", "sqlite or postgresql", "export it to files instead")
    return url.set(drivername="postgresql+psycopg" if kind == "postgresql" else "sqlite")


def name_database(url: URL) -> str:
    """The file's name, or `postgresql://host/database`: no folder, user or password."""
    if url.get_backend_name() == "sqlite":
        return Path(url.database or "").name
    return f"postgresql://{url.host or 'localhost'}/{url.database or ''}"


@contextmanager
def open_database(url: URL) -> Iterator[sa.Connection]:
    """A connection in a read-only transaction; what SQLAlchemy or the driver raises leaves as a PullError."""
    place = name_database(url)
    try:
        engine = _make_engine(url, place)
        with engine.connect() as connection:
            if url.get_backend_name() == "sqlite":
                connection.exec_driver_sql("PRAGMA query_only = ON")
                connection.exec_driver_sql("BEGIN")
            else:
                connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            yield connection
            connection.rollback()
    except (sa.exc.SQLAlchemyError, sqlite3.Error) as error:
        raise _explain(error, place) from None


def _make_engine(url: URL, place: str) -> sa.Engine:
    if url.get_backend_name() == "sqlite":
        path = Path(url.database or "")
        if not path.is_file():
            raise fault(place or "pull.url", "no such file", "a SQLite database", "correct the address")
        return sa.create_engine("sqlite://", creator=lambda: _open_sqlite(path), poolclass=sa.NullPool)
    options = f"-c timezone=UTC -c default_transaction_read_only=on -c statement_timeout={DEADLINE * 1000:.0f}"
    try:
        arguments = {"options": options, "connect_timeout": CONNECT}
        return sa.create_engine(url, poolclass=sa.NullPool, connect_args=arguments)
    except ImportError:
        do = "install lamppost[postgresql]"
        raise fault(place, "no PostgreSQL driver on this machine", "psycopg", do) from None


def _open_sqlite(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=CONNECT, isolation_level=None, check_same_thread=False
    )
    end = time.monotonic() + DEADLINE
    connection.set_progress_handler(lambda: int(time.monotonic() > end), STEPS)
    return connection


def _explain(error: Exception, place: str) -> PullError:
    """Our words, and the driver's first line where it speaks of tables and logins; elsewhere it may quote a cell."""
    if isinstance(error, sa.exc.NoSuchTableError):
        return fault(place, f"no table `{error}`", "it", "correct `table:` in the descriptor")
    original = getattr(error, "orig", None) or error
    speaks = isinstance(error, (sa.exc.OperationalError, sa.exc.ProgrammingError, sqlite3.OperationalError))
    text = str(original).strip().partition("\n")[0][:SHOWN] if speaks else type(original).__name__
    return fault(place, f"the database says: {text}", "rows", "check address, table, columns and rights")
