"""A PostgreSQL server of one's own: it refuses to run as root, so root starts it as somebody else."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from tests.peers.conftest import absent, free_port, running

OWNER = "lamp"


@contextmanager
def postgresql(*settings: str) -> Iterator[str]:
    """The address of a fresh, empty server whose owner may do anything; it is gone afterwards."""
    folder, port = Path(tempfile.mkdtemp(prefix="lamppost-postgresql-")), free_port()
    url, account = f"postgresql://{OWNER}@127.0.0.1:{port}/postgres", find_account()
    if account:
        shutil.chown(folder, account)
    create = [
        find_program("initdb"),
        "-D",
        str(folder / "data"),
        "-A",
        "trust",
        "-U",
        OWNER,
        "-E",
        "UTF8",
        "--locale=C",
    ]
    options = [
        f"port={port}",
        "listen_addresses=127.0.0.1",
        f"unix_socket_directories={folder}",
        "fsync=off",
        *settings,
    ]
    serve = [find_program("postgres"), "-D", str(folder / "data"), *(part for one in options for part in ("-c", one))]
    try:
        subprocess.run(become(account, create), check=True, capture_output=True, cwd=folder)
        with running(become(account, serve), lambda: is_ready(url), cwd=folder):
            yield url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def is_ready(url: str) -> bool:
    """True once it answers a question: it listens before that."""
    try:
        return execute(url, "SELECT 1") == [(1,)]
    except psycopg.OperationalError:
        return False


def find_program(name: str) -> str:
    """The newest one that Debian keeps aside, or what the path has."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4]))
    program = str(found[-1]) if found else shutil.which(name)
    if program is None:
        absent(f"{name} is not installed; `nox -s peers` installs it")
    return str(program)


def find_account() -> str:
    """Whom root starts the server as; empty for everybody else, who starts it as himself."""
    if os.name != "posix" or os.geteuid() != 0:
        return ""
    return "nobody"


def become(account: str, command: Sequence[str]) -> list[str]:
    """The command, run by that account."""
    return ["runuser", "-u", account, "--", *command] if account else list(command)


def execute(url: str, *statements: str) -> list[tuple[Any, ...]]:
    """Runs each statement, and gives the rows of the last one that has any."""
    with psycopg.connect(url, autocommit=True) as connection:
        rows: list[tuple[Any, ...]] = []
        for statement in statements:
            cursor = connection.execute(statement.encode())
            rows = cursor.fetchall() if cursor.description else []
    return rows
