"""What all of `verify` shares: a finding, a site read as a store, and what was looked at already."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from lamppost.errors import LamppostError
from lamppost.model import FigureRecord, Version
from lamppost.store import Store
from lamppost.store.objects import inside, named, numbered

LARGEST = 64 << 20
"""Bytes of a manifest, a record or a page; a larger one is not read."""
UNREADABLE = (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, pa.ArrowException)


@dataclass(frozen=True)
class Finding:
    """The smallest thing that is wrong: where, and what was found instead of what."""

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


class Site(Store):
    """A built site read as a store: `data/<name>/v<seq>.json` with objects beside, `figures/<name>/<n>.json`."""

    def dataset(self, name: str) -> Path:
        """The folder of one dataset's files."""
        return inside(self.root, f"data/{name}")

    def manifest_path(self, name: str, seq: int) -> Path:
        """Where the manifest of version `seq` lies."""
        return inside(self.dataset(name), f"v{seq}.json")

    def versions(self, name: str) -> tuple[int, ...]:
        """Numbers of the manifests, oldest first."""
        return numbered(self.dataset(name), "v")

    def datasets(self) -> tuple[str, ...]:
        """Names of the datasets that have at least one version, sorted."""
        return tuple(name for name in named(self.root / "data") if self.versions(name))


@dataclass
class Seen:
    """What need not be looked at twice."""

    store: Store
    versions: dict[tuple[str, int], Version] = field(default_factory=dict)
    """Those in which nothing wrong was found."""
    records: dict[tuple[str, int], FigureRecord] = field(default_factory=dict)
    objects: dict[Path, tuple[str, int]] = field(default_factory=dict)
    """Object → sha256 and size of its bytes; no hash for a missing one."""
    counted: set[tuple[Path, int, tuple[str, ...]]] = field(default_factory=set)
    """CSV, rows and header that were counted."""
    tables: dict[tuple[str, int], Mapping[str, pa.Table]] = field(default_factory=dict)

    def is_sound(self, path: Path) -> bool:
        """True when the object was looked at and its bytes have the hash that is its name."""
        return self.objects.get(path, ("", 0))[0] == path.name.partition(".")[0]


def guard(place: str, findings: Iterator[Finding]) -> Iterator[Finding]:
    """The findings, and one more for what stopped the search, if anything did."""
    try:
        yield from findings
    except LamppostError as error:
        yield Finding(place, str(error).removeprefix(f"{place}: "))
    except UNREADABLE as error:
        yield Finding(place, f"cannot be read: {type(error).__name__}: {error}; expected what lamppost wrote")


def read_small(path: Path) -> bytes:
    """The file's bytes; OSError when it is larger than `LARGEST` or no plain file."""
    if not path.is_file():
        raise OSError(f"{path.name} is missing or no plain file")
    if path.stat().st_size > LARGEST:
        raise OSError(f"{path.name} is larger than {LARGEST >> 20} MB")
    return path.read_bytes()
