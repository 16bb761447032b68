"""Where everything in a store lies, and its objects: each is written whole, made durable, then named by its sha256.

    datasets/<name>/objects/<sha256>.<ext>   CSV and Parquet parts, receipts, reports, diffs
    datasets/<name>/<seq>.json               manifests (see `manifest`)
    datasets/<name>/<seq>.thinned.json       which kept version answers for one whose objects were deleted
    figures/<name>/<n>.json, runs/<seq>.json records (see `records`)

A file that begins with a dot is one that a run was writing when it died; `sweep` removes it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from lamppost.errors import StoreError
from lamppost.store.disk import inside, is_real_folder
from lamppost.store.folder import Folder
from lamppost.store.place import (
    EXTENSION,
    NAME,
    Entry,
    Place,
    Stored,
    checked_key,
    checked_name,
    measure,
    numbers_of,
)

__all__ = ["Entry", "Layout", "Stored", "inside", "measure", "named", "numbered", "put_object", "sweep"]

THINNED = re.compile(r"([1-9][0-9]{0,14})\.thinned\.json")


@dataclass(frozen=True)
class Layout:
    """The keys of a store in whatever place holds it; a path that leaves it is refused."""

    place: Place
    prefix: ClassVar[str] = ""
    """What stands before the number in a manifest's name."""

    @property
    def root(self) -> Path:
        """The folder of a store on this machine's disk; StoreError for one elsewhere."""
        if isinstance(self.place, Folder):
            return self.place.root
        raise StoreError(f"{self.place}: not a folder on this machine; expected one; this is a fault of lamppost")

    def dataset(self, name: str) -> Path:
        """The folder of one dataset of such a store, which need not exist."""
        return inside(self.root, self.home(name))

    def home(self, name: str) -> str:
        """The key of the folder in which the manifests of one dataset lie."""
        return f"datasets/{checked_name(name)}"

    def key(self, name: str, relative: str) -> str:
        """The key of what a manifest of dataset `name` calls `relative`; StoreError when it would lie elsewhere."""
        return f"{self.home(name)}/{checked_key(relative)}"

    def manifest_key(self, name: str, seq: int) -> str:
        """The key of the manifest of version `seq`."""
        return f"{self.home(name)}/{self.prefix}{seq}.json"

    def figure_key(self, name: str, number: int) -> str:
        """The key of record `number` of a figure."""
        return f"figures/{checked_name(name)}/{number}.json"

    def path(self, name: str, relative: str) -> Path:
        """A file on this machine with the bytes that a manifest of dataset `name` calls `relative`, if they exist."""
        return self.place.local(self.key(name, relative))

    def manifest_path(self, name: str, seq: int) -> Path:
        """A file on this machine with the manifest of version `seq` as it is now, if it was made."""
        return self.place.local(self.manifest_key(name, seq))

    def figure_path(self, name: str, number: int) -> Path:
        """A file on this machine with record `number` of the figure as it is now, if there is one."""
        return self.place.local(self.figure_key(name, number))

    def holds(self, name: str, relative: str) -> bool:
        """True when there is such a file, without fetching it."""
        folder, _, file = self.key(name, relative).rpartition("/")
        return file in self.place.names(folder)

    def objects(self, name: str) -> Mapping[str, Entry]:
        """Relative path → size and age of every object of dataset `name`, whether or not a version names it."""
        found = self.place.files(f"{self.home(name)}/objects")
        return {f"objects/{file}": entry for file, entry in found.items()}

    def thinned(self, name: str) -> Mapping[int, bytes]:
        """Version number → bytes of each `<seq>.thinned.json`, oldest first."""
        names = self.place.names(self.home(name))
        numbers = sorted(int(match[1]) for match in map(THINNED.fullmatch, names) if match)
        return {seq: self.read_key(f"{self.home(name)}/{seq}.thinned.json") for seq in numbers}

    def versions(self, name: str) -> tuple[int, ...]:
        """Numbers of the manifests, oldest first; empty for a dataset never published."""
        return numbers_of(self.place.names(self.home(name)), self.prefix)

    def datasets(self) -> tuple[str, ...]:
        """Names of the datasets that have at least one version, sorted."""
        folder = self.home("x").partition("/")[0]
        return tuple(name for name in self.place.folders(folder) if NAME.fullmatch(name) and self.versions(name))

    def figure_names(self) -> tuple[str, ...]:
        """Names of the figures that have a folder, sorted."""
        return tuple(name for name in self.place.folders("figures") if NAME.fullmatch(name))

    def figure_numbers(self, name: str) -> tuple[int, ...]:
        """Numbers of the records of one figure, oldest first."""
        return numbers_of(self.place.names(f"figures/{checked_name(name)}"))

    def figure_bytes(self, name: str, number: int) -> bytes:
        """The bytes of record `number` of the figure; StoreError when there is none."""
        return self.read_key(self.figure_key(name, number))

    def manifest(self, name: str, seq: int) -> bytes:
        """The bytes of the manifest of version `seq`; StoreError when it is missing."""
        data = self.place.read(self.manifest_key(name, seq))
        if data is None:
            file = f"{self.prefix}{seq}.json"
            raise StoreError(f"{name}: version {seq} is not in the store; expected a file {file}")
        return data

    def read_key(self, key: str) -> bytes:
        """The bytes of any file of the store; StoreError when there is none of that key."""
        data = self.place.read(checked_key(key))
        if data is None:
            raise StoreError(f"{key}: is missing; restore the store from its last copy")
        return data

    def listing(self) -> Iterator[str]:
        """Every key of the store, in no particular order."""
        return self.place.keys()

    def create(self, key: str, data: bytes) -> None:
        """Writes a file that nobody has written; TakenError when somebody has."""
        self.place.create(checked_key(key), data)

    def replace(self, key: str, data: bytes) -> None:
        """Writes a file in place of the one there, at once: for a retraction, nothing else is ever overwritten."""
        self.place.replace(checked_key(key), data)

    def remove(self, key: str) -> None:
        """Removes a file for good: for a retraction and for thinning."""
        self.place.remove(checked_key(key))


def put_object(store: Layout, name: str, source: bytes | Path, extension: str) -> Stored:
    """Keeps the bytes (or the file's) as an object of dataset `name`; doing it again only repairs."""
    if not EXTENSION.fullmatch(extension):
        raise StoreError(f"{name}: object extension {extension!r}; expected up to 10 lower-case letters and digits")
    sha256, size = measure(source)
    relative = f"objects/{sha256}.{extension}"
    store.place.keep(store.key(name, relative), source)
    return Stored(relative, sha256, size)


def sweep(store: Layout) -> tuple[str, ...]:
    """Removes what dead runs left half written, and gives the keys removed; never touches a living run's files."""
    return store.place.sweep()


def named(folder: Path) -> tuple[str, ...]:
    """Names of the real folders in `folder`, sorted; empty when there is no such folder."""
    if not folder.is_dir():
        return ()
    return tuple(sorted(one.name for one in folder.iterdir() if NAME.fullmatch(one.name) and is_real_folder(one)))


def numbered(folder: Path, prefix: str = "") -> tuple[int, ...]:
    """Numbers of the files `<prefix><number>.json` in `folder` (prefix: empty or `v`), ascending."""
    if not folder.is_dir():
        return ()
    return numbers_of([one.name for one in folder.iterdir()], prefix)
