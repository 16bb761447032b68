"""What a store asks of the place that holds it, so that a folder and a bucket are the same to everybody else.

A place maps keys to bytes: a key is a relative path with `/`, such as `datasets/trees/objects/<sha256>.csv`. The one
thing on which correctness rests is `create`: of all who try to create one key, exactly one succeeds. There is no lock.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple, Protocol

from lamppost.errors import StoreError

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
EXTENSION = re.compile(r"[a-z0-9]{1,10}")
NUMBER = re.compile(r"(v?)([1-9][0-9]{0,14})\.json")
OBJECT = re.compile(r"objects/([0-9a-f]{64})\.[a-z0-9]{1,10}")
PLAIN = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*")
"""Keys as the store itself makes them, in which there is nothing to doubt."""
CHUNK = 1 << 20


class Stored(NamedTuple):
    """Where an object lies, relative to the manifests of its dataset."""

    path: str
    sha256: str
    size: int


class Entry(NamedTuple):
    """A file as a listing shows it; `age` is in seconds since it was written, by the clock of the place itself."""

    size: int
    age: float


class Place(Protocol):
    """A folder or a bucket; whatever it refuses is a StoreError that names the key and the cause."""

    def read(self, key: str) -> bytes | None:
        """The bytes; None when there is no such key."""

    def read_each(self, keys: Sequence[str]) -> Iterator[bytes | None]:
        """The bytes of each key in order, fetched together where that is quicker."""

    def local(self, key: str) -> Path:
        """A file on this machine with the bytes; a path where nothing is when there is no such key."""

    def files(self, folder: str) -> Mapping[str, Entry]:
        """Name → entry of the files directly in `folder`, sorted; half-written ones are not shown, links are."""

    def names(self, folder: str) -> tuple[str, ...]:
        """The names of `files`, without asking for sizes and ages."""

    def folders(self, folder: str) -> tuple[str, ...]:
        """Names of the folders directly in `folder`, sorted."""

    def keys(self) -> Iterator[str]:
        """Every key, in no particular order."""

    def keep(self, key: str, source: bytes | Path) -> None:
        """Writes the bytes unless the very same are there; either way the key is young from now on."""

    def create(self, key: str, data: bytes) -> None:
        """Writes the bytes under a key that nobody has; TakenError when somebody has it."""

    def replace(self, key: str, data: bytes) -> None:
        """Writes the bytes in place of what is there, at once."""

    def remove(self, key: str) -> None:
        """Removes the key for good; it may be absent."""

    def sweep(self) -> tuple[str, ...]:
        """Removes what dead runs left half written, and gives its keys."""


def checked_name(name: str) -> str:
    """`name` when it is legal as a folder's name on every system; StoreError otherwise."""
    if not NAME.fullmatch(name):
        raise StoreError(f"{name!r}: not a name; expected lower-case letters, digits and dashes, at most 64")
    return name


def checked_key(key: str) -> str:
    """`key` when it is a plain relative path; StoreError otherwise."""
    if PLAIN.fullmatch(key):
        return key
    pieces = PurePosixPath(key).parts
    hostile = {"..", "/", ""}.intersection(pieces) or "\\" in key or ":" in key or "\0" in key
    if not pieces or hostile:
        raise StoreError(f"{key!r}: a path in a manifest; expected one that stays beside or below the manifest")
    return "/".join(pieces)


def hash_of(key: str) -> str:
    """The sha256 that the name of an object is; empty for a key that names no object."""
    match = OBJECT.fullmatch("/".join(key.split("/")[-2:]))
    return match[1] if match else ""


def numbers_of(names: Sequence[str], prefix: str = "") -> tuple[int, ...]:
    """Numbers of the names `<prefix><number>.json` (prefix: empty or `v`), ascending."""
    matches = (NUMBER.fullmatch(one) for one in names)
    return tuple(sorted(int(match[2]) for match in matches if match and match[1] == prefix))


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
