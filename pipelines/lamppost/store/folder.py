"""A store in a folder of this machine."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from lamppost.errors import StoreError
from lamppost.store.commit import create
from lamppost.store.disk import find_abandoned, inside, make_folder, read_clock, reported, staged
from lamppost.store.mend import mend
from lamppost.store.place import Entry, measure
from lamppost.system import sync_folder


@dataclass(frozen=True)
class Folder:
    """Keys are paths below `root`, which need not exist; none goes through a symbolic link."""

    root: Path

    def __str__(self) -> str:
        return str(self.root)

    def read(self, key: str) -> bytes | None:
        """See Place."""
        path = inside(self.root, key)
        with reported(key, "read"):
            return path.read_bytes() if path.is_file() else None

    def read_each(self, keys: Sequence[str]) -> Iterator[bytes | None]:
        """See Place."""
        return map(self.read, keys)

    def local(self, key: str) -> Path:
        """See Place."""
        return inside(self.root, key)

    def files(self, folder: str) -> Mapping[str, Entry]:
        """See Place."""
        names = self.names(folder)
        path = inside(self.root, folder)
        now = read_clock(path) if names else 0.0
        with reported(folder, "read"):
            found = {name: (path / name).lstat() for name in names}
        return {name: Entry(one.st_size, max(0.0, now - one.st_mtime)) for name, one in found.items()}

    def names(self, folder: str) -> tuple[str, ...]:
        """See Place."""
        return tuple(one.name for one in self._scan(folder) if not one.is_dir(follow_symlinks=False))

    def folders(self, folder: str) -> tuple[str, ...]:
        """See Place."""
        return tuple(one.name for one in self._scan(folder) if one.is_dir(follow_symlinks=False))

    def keys(self) -> Iterator[str]:
        """See Place."""
        for folder, _, names in os.walk(self.root):
            shown = Path(folder).relative_to(self.root)
            yield from ((shown / name).as_posix() for name in names if not name.startswith("."))

    def keep(self, key: str, source: bytes | Path) -> None:
        """See Place."""
        path = inside(self.root, key)
        with reported(key):
            if not path.is_file() or measure(path) != measure(source) or not _renew(path):
                self._write(path, source)

    def create(self, key: str, data: bytes) -> None:
        """See Place."""
        create(inside(self.root, key), data, key)

    def replace(self, key: str, data: bytes) -> None:
        """See Place."""
        path = inside(self.root, key)
        with reported(key):
            self._write(path, data)

    def remove(self, key: str) -> None:
        """See Place."""
        path = inside(self.root, key)
        with reported(key), suppress(FileNotFoundError):
            path.unlink()
            sync_folder(path.parent)

    def sweep(self) -> tuple[str, ...]:
        """See Place."""
        removed = []
        abandoned = find_abandoned(self.root)
        needed = mend(abandoned)
        for path in (one for one in abandoned if one not in needed):
            with suppress(OSError):
                path.unlink(missing_ok=True)
                removed.append(path.relative_to(self.root).as_posix())
        return tuple(removed)

    def _scan(self, folder: str) -> list[os.DirEntry[str]]:
        path = inside(self.root, folder)
        with reported(folder, "read"), suppress(FileNotFoundError, NotADirectoryError), os.scandir(path) as found:
            return sorted((one for one in found if not one.name.startswith(".")), key=lambda one: one.name)
        return []

    def _write(self, path: Path, source: bytes | Path) -> None:
        make_folder(path.parent)
        with staged(path.parent, source) as temporary:
            temporary.replace(path)
        sync_folder(path.parent)


def _renew(path: Path) -> bool:
    """Makes the file as young as one just written; False when it has gone, or is another's, which must not be."""
    try:
        os.utime(path)
    except (FileNotFoundError, PermissionError):
        return False
    return True


def open_folder(path: Path) -> Folder:
    """The store at `path`; it is created by the first thing written."""
    if path.exists() and not path.is_dir():
        raise StoreError(f"{path}: a file; expected a folder, or nothing yet; correct `extra.city.store`")
    return Folder(path)
