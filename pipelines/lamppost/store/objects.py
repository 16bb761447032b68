"""The store's folder, and the bytes in it: each object is written whole, made durable, then named by its sha256.

    datasets/<name>/objects/<sha256>.<ext>   CSV and Parquet parts, receipts, reports, diffs
    datasets/<name>/<seq>.json               manifests (see `manifest`)
    figures/<name>/<n>.json, runs/<seq>.json records (see `records`)

A file that begins with a dot is one that a run was writing when it died; `sweep` removes it.
"""

import hashlib
import os
import re
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from lamppost.errors import StoreError

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
EXTENSION = re.compile(r"[a-z0-9]{1,10}")
NUMBER = re.compile(r"(v?)([1-9][0-9]{0,14})\.json")
TEMPORARY = re.compile(r"\.([0-9a-f]{8})-([0-9]+)-[0-9a-f]{16}\.tmp")
CHUNK = 1 << 20
ABANDONED = 24 * 60 * 60
"""Seconds after which a temporary file of another machine is taken to be nobody's."""


class Stored(NamedTuple):
    """Where an object lies, relative to the manifests of its dataset."""

    path: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Folder:
    """A store on a local disk; every path that leaves it is refused, also one through a symbolic link."""

    root: Path

    def dataset(self, name: str) -> Path:
        """The folder of one dataset, which need not exist."""
        return self.root / "datasets" / checked_name(name)

    def path(self, name: str, relative: str) -> Path:
        """The file that a manifest of dataset `name` calls `relative`; StoreError when it would lie elsewhere."""
        return inside(self.dataset(name), relative)

    def manifest_path(self, name: str, seq: int) -> Path:
        """Where the manifest of version `seq` lies, if it was made."""
        return inside(self.dataset(name), f"{seq}.json")

    def versions(self, name: str) -> tuple[int, ...]:
        """Numbers of the manifests, oldest first; empty for a dataset never published."""
        return numbered(self.dataset(name))

    def datasets(self) -> tuple[str, ...]:
        """Names of the datasets that have at least one version, sorted."""
        return tuple(name for name in named(self.root / "datasets") if self.versions(name))


def checked_name(name: str) -> str:
    """`name` when it is legal as a folder's name on every system; StoreError otherwise."""
    if not NAME.fullmatch(name):
        raise StoreError(f"{name!r}: not a name; expected lower-case letters, digits and dashes, at most 64")
    return name


def named(folder: Path) -> tuple[str, ...]:
    """Names of the real folders in `folder`, sorted; empty when there is no such folder."""
    if not folder.is_dir():
        return ()
    return tuple(sorted(one.name for one in folder.iterdir() if NAME.fullmatch(one.name) and is_real_folder(one)))


def is_real_folder(path: Path) -> bool:
    """True for a folder that is no symbolic link."""
    return path.is_dir() and not path.is_symlink()


def numbered(folder: Path, prefix: str = "") -> tuple[int, ...]:
    """Numbers of the files `<prefix><number>.json` in `folder` (prefix: empty or `v`), ascending."""
    if not folder.is_dir():
        return ()
    matches = (NUMBER.fullmatch(one.name) for one in folder.iterdir())
    return tuple(sorted(int(match[2]) for match in matches if match and match[1] == prefix))


def inside(folder: Path, relative: str) -> Path:
    """`folder`/`relative` when it is a plain relative path through no symbolic link; StoreError otherwise."""
    pieces = PurePosixPath(relative).parts
    hostile = {"..", "/", ""}.intersection(pieces) or "\\" in relative or ":" in relative or "\0" in relative
    if not pieces or hostile:
        raise StoreError(f"{relative!r}: a path in a manifest; expected one that stays beside or below the manifest")
    path = folder
    for piece in pieces:
        path = path / piece
        if path.is_symlink():
            raise StoreError(f"{path.name}: a symbolic link; expected a plain file, as nothing in a store is a link")
    return path


def put_object(store: Folder, name: str, source: bytes | Path, extension: str) -> Stored:
    """Keeps the bytes (or the file's) as an object of dataset `name`; doing it again only repairs."""
    if not EXTENSION.fullmatch(extension):
        raise StoreError(f"{name}: object extension {extension!r}; expected up to 10 lower-case letters and digits")
    sha256, size = measure(source)
    target = store.dataset(name) / "objects" / f"{sha256}.{extension}"
    with reported(target):
        if not target.is_file() or measure(target) != (sha256, size):
            target.parent.mkdir(parents=True, exist_ok=True)
            with staged(target.parent, source) as temporary:
                temporary.replace(target)
            sync_folder(target.parent)
    return Stored(f"objects/{target.name}", sha256, size)


def measure(source: bytes | Path) -> tuple[str, int]:
    """Sha256 in hex and number of bytes, without holding a file in memory."""
    digest, size = hashlib.sha256(), 0
    for chunk in read_chunks(source):
        digest.update(chunk)
        size += len(chunk)
    return digest.hexdigest(), size


def read_chunks(source: bytes | Path) -> Iterator[bytes]:
    """The bytes in pieces of at most 1 MiB."""
    if isinstance(source, bytes):
        yield source
        return
    with source.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


@contextmanager
def staged(folder: Path, source: bytes | Path) -> Iterator[Path]:
    """A temporary file in `folder` whose bytes are on the disk for certain; gone afterwards if it was not moved."""
    temporary = folder / f".{_host()}-{os.getpid()}-{secrets.token_hex(8)}.tmp"
    try:
        with temporary.open("xb") as file:
            for chunk in read_chunks(source):
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Makes the names in `folder` durable; systems that cannot open a folder do that by themselves."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def reported(path: Path) -> Iterator[None]:
    """Turns an error of the disk into a StoreError that names the file and the cause."""
    try:
        yield
    except OSError as error:
        cause = error.strerror or str(error)
        raise StoreError(
            f"{path}: could not be written: {cause}; nothing was committed, free the cause and run again"
        ) from error


def sweep(store: Folder) -> tuple[Path, ...]:
    """Removes what dead runs left half written, and gives the paths removed; never touches a living run's files."""
    removed = []
    for path in sorted(store.root.rglob(".*.tmp")):
        match = TEMPORARY.fullmatch(path.name)
        if match and not path.is_symlink() and _is_abandoned(path, match[1], int(match[2])):
            with suppress(OSError):
                path.unlink(missing_ok=True)
                removed.append(path)
    return tuple(removed)


def _is_abandoned(path: Path, host: str, process: int) -> bool:
    if host == _host() and os.name != "nt":
        return not _is_alive(process)
    with suppress(OSError), staged(path.parent, b"") as probe:
        # the disk's own clock against itself: a wrong clock of this machine does not matter
        return probe.stat().st_mtime - path.stat().st_mtime > ABANDONED
    return False


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _host() -> str:
    return hashlib.sha256(socket.gethostname().encode()).hexdigest()[:8]


def open_folder(path: Path) -> Folder:
    """The store at `path`; it is created by the first thing written."""
    if path.exists() and not path.is_dir():
        raise StoreError(f"{path}: a file; expected a folder, or nothing yet; correct `extra.city.store`")
    return Folder(path)
