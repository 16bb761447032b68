"""What all of `verify` shares: a finding, a site read as a store, and what was looked at already."""

import time
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from lamppost.errors import LamppostError
from lamppost.model import FigureRecord, Version
from lamppost.store import Store
from lamppost.store.place import checked_name

LARGEST = 64 << 20
"""Bytes of a manifest, a record or a page; a larger one is not read."""
SECONDS = 900.0
"""For all queries of one place together; one alone is stopped by `query`."""
HELD = 8
"""Versions whose typed rows are held at a time."""


@dataclass(frozen=True)
class Finding:
    """The smallest thing that is wrong: where, and what was found instead of what."""

    place: str
    message: str

    def __str__(self) -> str:
        return clean(f"{self.place}: {self.message}")


def clean(text: str) -> str:
    """`text` without what would move a terminal's cursor or colour it: a hostile site chose some of its words."""
    return "".join(f"\\x{ord(one):02x}" if unicodedata.category(one) in {"Cc", "Cf"} else one for one in text)


class Site(Store):
    """A built site read as a store: `data/<name>/v<seq>.json` with objects beside, `figures/<name>/<n>.json`."""

    prefix = "v"

    def home(self, name: str) -> str:
        """The folder of one dataset's files."""
        return f"data/{checked_name(name)}"


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
    thinned: dict[str, set[int]] = field(default_factory=dict)
    """Dataset → versions whose rows need not be here, because a later one answers for them."""

    until: float = field(default_factory=lambda: time.monotonic() + SECONDS)
    """When queries end."""

    def is_sound(self, path: Path) -> bool:
        """True when the object was looked at and its bytes have the hash that is its name."""
        return self.objects.get(path, ("", 0))[0] == path.name.partition(".")[0]


def guard(place: str, findings: Iterator[Finding]) -> Iterator[Finding]:
    """The findings, and one more for what stopped the search, if anything did."""
    try:
        yield from findings
    except LamppostError as error:
        yield Finding(place, str(error).removeprefix(f"{place}: "))
    except Exception as error:  # noqa: BLE001  whatever a hostile file makes of a parser is a finding
        yield Finding(place, f"cannot be read: {type(error).__name__}: {error}; expected what lamppost wrote")


def read_small(path: Path) -> bytes:
    """The file's bytes; OSError when it is larger than `LARGEST` or no plain file."""
    if not path.is_file():
        raise OSError(f"{path.name} is missing or no plain file")
    if path.stat().st_size > LARGEST:
        raise OSError(f"{path.name} is larger than {LARGEST >> 20} MB")
    return path.read_bytes()
