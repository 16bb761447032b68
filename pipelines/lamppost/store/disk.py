"""What a local disk is asked to do, in steps after each of which a run may die: staged, made durable, then named."""

import hashlib
import os
import re
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from lamppost.errors import StoreError, name_shortage
from lamppost.store.place import checked_key, read_chunks
from lamppost.system import sync_folder

TEMPORARY = re.compile(r"\.([0-9a-f]{8})-([0-9]+)-[0-9a-f]{16}\.tmp")
ABANDONED = 24 * 60 * 60
"""Seconds after which a temporary file of another machine is taken to be nobody's."""


def inside(folder: Path, relative: str) -> Path:
    """`folder`/`relative` when it is a plain relative path through no symbolic link; StoreError otherwise."""
    path = str(folder)
    for piece in checked_key(relative).split("/"):
        path = os.path.join(path, piece)  # noqa: PTH118  asked of every file that is read: a third of pathlib's time
        if os.path.islink(path):  # noqa: PTH114  as above
            raise StoreError(f"{piece}: a symbolic link; expected a plain file, as nothing in a store is a link")
    return Path(path)


def is_real_folder(path: Path) -> bool:
    """True for a folder that is no symbolic link."""
    return path.is_dir() and not path.is_symlink()


@contextmanager
def staged(folder: Path, source: bytes | Path) -> Iterator[Path]:
    """A temporary file in `folder` whose bytes are on the disk for certain; gone afterwards if it was not moved."""
    temporary = folder / f".{name_host()}-{os.getpid()}-{secrets.token_hex(8)}.tmp"
    try:
        with temporary.open("xb") as file:
            for chunk in read_chunks(source):
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        yield temporary
    finally:
        with suppress(OSError):  # whatever went wrong before is what counts; `sweep` comes by
            temporary.unlink(missing_ok=True)


def make_folder(folder: Path) -> None:
    """Makes `folder` and what is missing above it, each name durable, so that a power cut cannot take it away again."""
    missing = [folder]
    while not missing[-1].parent.is_dir():
        missing.append(missing[-1].parent)
    for one in reversed(missing):
        if not one.is_dir():
            one.mkdir(exist_ok=True)
            sync_folder(one.parent)


@contextmanager
def reported(key: str, deed: str = "written") -> Iterator[None]:
    """Turns an error of the disk into a StoreError that names the key, the cause and what to do.

    It may be shown on a page, so it names no folder of this machine.
    """
    try:
        yield
    except OSError as error:
        raise StoreError(f"store: {key} could not be {deed}: {name_shortage(error)}") from error


def find_abandoned(root: Path) -> list[Path]:
    """Temporary files below `root` whose runs are dead."""
    found = []
    for folder, _, names in os.walk(root):
        for name in sorted(names):
            match = TEMPORARY.fullmatch(name) if name[0] == "." else None
            path = Path(folder, name)
            if match and not path.is_symlink() and _is_abandoned(path, match[1], int(match[2])):
                found.append(path)
    return sorted(found)


def _is_abandoned(path: Path, host: str, process: int) -> bool:
    if host == name_host() and os.name != "nt":
        return not _is_alive(process)
    with suppress(OSError):
        return age_of(path) > ABANDONED
    return False


def age_of(path: Path) -> float:
    """Seconds since `path` was written."""
    return read_clock(path.parent) - path.stat().st_mtime


def read_clock(folder: Path) -> float:
    """The disk's own clock: a wrong clock of this machine does not matter."""
    with staged(folder, b"") as probe:
        return probe.stat().st_mtime


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def name_host() -> str:
    """Eight digits for this machine and, inside a container, for its own numbering of processes."""
    space = ""
    with suppress(OSError):
        space = str(Path("/proc/self/ns/pid").readlink())
    return hashlib.sha256(f"{socket.gethostname()} {space}".encode()).hexdigest()[:8]
