"""A store as it is going to be: everything is written beside it, and looked at, before the first byte of it changes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from lamppost.errors import TakenError
from lamppost.store.place import Entry, Place, read_chunks


@dataclass(frozen=True)
class Draft:
    """A place whose writes go to `folder`; what was not written is read from `place`."""

    place: Place
    folder: Path
    written: dict[str, Path] = field(default_factory=dict)
    """Key → file with its new bytes, in the order of writing."""
    gone: set[str] = field(default_factory=set)

    def read(self, key: str) -> bytes | None:
        """See Place."""
        if key in self.gone:
            return None
        return self.written[key].read_bytes() if key in self.written else self.place.read(key)

    def read_each(self, keys: Sequence[str]) -> Iterator[bytes | None]:
        """See Place."""
        return map(self.read, keys)

    def local(self, key: str) -> Path:
        """See Place."""
        if key in self.gone:
            return self.folder / "gone"
        return self.written.get(key) or self.place.local(key)

    def files(self, folder: str) -> Mapping[str, Entry]:
        """See Place."""
        found = dict(self.place.files(folder))
        for name, path in self._beside(folder):
            found[name] = Entry(path.stat().st_size, 0.0)
        return {name: found[name] for name in sorted(found) if f"{folder}/{name}" not in self.gone}

    def names(self, folder: str) -> tuple[str, ...]:
        """See Place."""
        found = {*self.place.names(folder), *(name for name, _ in self._beside(folder))}
        return tuple(sorted(name for name in found if f"{folder}/{name}" not in self.gone))

    def folders(self, folder: str) -> tuple[str, ...]:
        """See Place."""
        return self.place.folders(folder)

    def keys(self) -> Iterator[str]:
        """See Place."""
        yield from (key for key in {*self.place.keys(), *self.written} if key not in self.gone)

    def keep(self, key: str, source: bytes | Path) -> None:
        """See Place."""
        if key not in self.written and (key in self.gone or self.place.read(key) is None):
            self._write(key, source)

    def create(self, key: str, data: bytes) -> None:
        """See Place."""
        if self.read(key) is not None:
            raise TakenError(f"{key}: exists")
        self._write(key, data)

    def replace(self, key: str, data: bytes) -> None:
        """See Place."""
        self._write(key, data)

    def remove(self, key: str) -> None:
        """See Place."""
        self.gone.add(key)

    def sweep(self) -> tuple[str, ...]:
        """See Place: nothing here is half written."""
        return ()

    def _beside(self, folder: str) -> list[tuple[str, Path]]:
        prefix = f"{folder}/"
        found = [(key.removeprefix(prefix), path) for key, path in self.written.items() if key.startswith(prefix)]
        return [(name, path) for name, path in found if "/" not in name]

    def _write(self, key: str, source: bytes | Path) -> None:
        path = self.folder / f"{sha256(key.encode()).hexdigest()}{Path(key).suffix}"
        with path.open("wb") as file:
            for chunk in read_chunks(source):
                file.write(chunk)
        self.written.pop(key, None)
        self.written[key] = path
        self.gone.discard(key)
