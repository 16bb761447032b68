"""Opening a database so that nothing can be written, and one view of it holds until it is closed.

SQLite and PostgreSQL are proven: tests run against them. Others are opened by what their manuals say; KINDS holds what
is set there and what cannot be.
"""

import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url

from lamppost.pull.fault import fault
from lamppost.pull.sql.postgresql import SETTINGS
from lamppost.pull.sql.trouble import explain

DEADLINE = 3600.0
"""Seconds that a pull may take."""
STATEMENT = 600
"""Seconds that one statement may take, as far as the database can be told so."""
CONNECT = 10
LOCK = 30
STEPS = 10_000
"""SQLite instructions between two looks at the clock."""
PROVEN = frozenset({"sqlite", "postgresql"})
ALIASES: Mapping[str, str] = {"postgres": "postgresql"}


READS = "that can write nothing and sees one state of the data"


@dataclass(frozen=True)
class Kind:
    """How a database of one kind is opened."""

    title: str
    driver: str = ""
    """SQLAlchemy's name for the driver that is taken when the address names none."""
    package: str = ""
    """What to install where it is missing."""
    isolation: str = ""
    begin: tuple[str, ...] = ()
    """Statements before anything is read."""
    arguments: Mapping[str, Any] | None = None
    reads: str = READS
    lacks: str = ""
    """What of `read-only, one view, no endless statement` cannot be set."""


KEEPALIVE: Mapping[str, Any] = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
TELLING: Mapping[str, Any] = {"connect_timeout": CONNECT, "fallback_application_name": "lamppost"}
MYSQL = Kind(
    "MySQL", "mysql+pymysql", "pymysql", "REPEATABLE READ",
    ("SET SESSION TRANSACTION READ ONLY", "SET SESSION time_zone = '+00:00'"),
    {"connect_timeout": CONNECT, "read_timeout": STATEMENT},
    lacks="tables that are not InnoDB are not read in one view",
)  # fmt: skip
KINDS: Mapping[str, Kind] = {
    "sqlite": Kind("SQLite", "sqlite"),
    "postgresql": Kind(
        "PostgreSQL", "postgresql+psycopg", "lamppost[postgresql]", "REPEATABLE READ",
        arguments={**TELLING, **KEEPALIVE, "prepare_threshold": None},
    ),
    "mysql": MYSQL,
    "mariadb": replace(MYSQL, title="MariaDB", driver="mariadb+pymysql"),
    "mssql": Kind(
        "SQL Server", "mssql+pymssql", "pymssql", "SNAPSHOT",
        arguments={"login_timeout": CONNECT, "timeout": STATEMENT},
        reads="that sees one state of the data",
        lacks="it has no read-only transaction: use a login that may only read, and set ALLOW_SNAPSHOT_ISOLATION ON",
    ),
    "oracle": Kind(
        "Oracle", "oracle+oracledb", "oracledb", "", ("SET TRANSACTION READ ONLY",),
        lacks="its statements have no time limit",
    ),
}  # fmt: skip
STRANGER = "neither read-only nor one view could be set: use a login that may only read"


def read_url(text: str) -> URL:
    """The address of a database; PullError for what is none."""
    try:
        url = make_url(text)
    except (sa.exc.ArgumentError, ValueError):
        do = "correct the address"
        raise fault("pull.url", "no database address", "such as sqlite:///… or postgresql://…", do) from None
    name = url.get_backend_name()
    kind = ALIASES.get(name, name)
    if kind in PROVEN or ("+" not in url.drivername and kind in KINDS):
        return url.set(drivername=KINDS[kind].driver)
    return url


def find_kind(url: URL) -> Kind:
    """How databases of this kind are opened; one that we know nothing of is opened as it is."""
    name = url.get_backend_name()
    return KINDS.get(name) or Kind(name, url.drivername, f"the SQLAlchemy dialect `{name}`", reads="", lacks=STRANGER)


def name_database(url: URL) -> str:
    """The file's name, or `postgresql://host/database`: no folder, user or password."""
    if url.get_backend_name() == "sqlite":
        return Path(url.database or "").name
    return f"{url.get_backend_name()}://{url.host or 'localhost'}/{url.database or ''}"


@contextmanager
def open_database(url: URL) -> Iterator[sa.Connection]:
    """A connection in a read-only transaction; what SQLAlchemy or the driver raises leaves as a PullError."""
    place, kind = name_database(url), find_kind(url)
    try:
        engine = _make_engine(url, place, kind)
        with engine.connect() as connection:
            _begin(connection, url.get_backend_name(), kind)
            yield connection
            connection.rollback()
    except (sa.exc.SQLAlchemyError, sqlite3.Error, UnicodeDecodeError) as error:
        raise explain(error, place) from None


def _begin(connection: sa.Connection, name: str, kind: Kind) -> None:
    if name == "sqlite":
        connection.exec_driver_sql("PRAGMA query_only = ON")
        connection.exec_driver_sql("BEGIN")
        return
    if kind.isolation:
        more = {"postgresql_readonly": True} if name == "postgresql" else {}
        connection.execution_options(isolation_level=kind.isolation, **more)
    for statement in kind.begin:
        connection.exec_driver_sql(statement)
    if name == "postgresql":
        limits = {"statement_timeout": f"{STATEMENT}s", "lock_timeout": f"{LOCK}s"}
        for setting, value in {**SETTINGS, **limits}.items():
            connection.exec_driver_sql(f"SET LOCAL {setting} TO '{value}'")


def _make_engine(url: URL, place: str, kind: Kind) -> sa.Engine:
    if url.get_backend_name() == "sqlite":
        path = Path(url.database or "")
        if not path.is_file():
            raise fault(place or "pull.url", "no such file", "a SQLite database", "correct the address")
        return sa.create_engine("sqlite://", creator=lambda: _open_sqlite(path), poolclass=sa.NullPool)
    try:
        arguments = dict(kind.arguments or {}) if url.drivername == kind.driver else {}
        more = {"use_native_hstore": False} if url.get_backend_name() == "postgresql" else {}
        return sa.create_engine(url, poolclass=sa.NullPool, connect_args=arguments, **more)
    except (ImportError, sa.exc.NoSuchModuleError):
        do = f"install {kind.package}, or export the table to files"
        raise fault(place, f"no driver for {kind.title} on this machine", "one", do) from None


def _open_sqlite(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=CONNECT, isolation_level=None, check_same_thread=False
    )
    end = time.monotonic() + DEADLINE
    connection.set_progress_handler(lambda: int(time.monotonic() > end), STEPS)
    return connection
