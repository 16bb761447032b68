"""Hashes of the keys of a table's parts, eight bytes each, kept in the private folder; they may be lost at any time.

A part never changes, so neither do its hashes: a file is named by the hash of the part, and is believed only if it was
written for this part, this schema and this engine.
"""

import logging
import os
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from lamppost import __version__
from lamppost.model import Part, Schema
from lamppost.validate import KeyIndex, fingerprint

MEMORY = "memory"
"""Folder in private/ of what makes the next run shorter, and goes when a row of its dataset is retracted."""
_SEAL = 32
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Kept:
    """The hashes kept for one table; `tag` names all but the part that they rest on."""

    folder: Path | None
    """None where nothing private is kept."""
    tag: str

    @classmethod
    def of(cls, private: Path | None, place: str, kind: str, schema: Schema) -> "Kept":
        """Those of `dataset/resource`; each `kind` has a folder of its own."""
        folder = private / MEMORY / f"{place}.{kind}" if private else None
        return cls(folder, f"{kind} {__version__} {fingerprint(schema)}")

    def find(self, part: Part, make: Callable[[], KeyIndex | None]) -> KeyIndex | None:
        """What is kept of a part, else what is made of it, which then is kept; None where that is not possible."""
        if self.folder is None:
            return make()
        path, seal = self.folder / part.hash, f"{self.tag} {part.hash}".encode()
        found = _load(path, seal)
        if found is None:
            found = make()
            if found is not None:
                _keep(path, seal, found.to_bytes())
        return found

    def sweep(self, parts: Collection[Part]) -> None:
        """Nothing is kept of any part but these."""
        names = {part.hash for part in parts}
        with suppress(OSError):
            for path in () if self.folder is None else self.folder.iterdir():
                if path.name not in names:
                    path.unlink(missing_ok=True)


def _load(path: Path, seal: bytes) -> KeyIndex | None:
    try:
        kept = path.read_bytes()
        body = kept[_SEAL:]
        return KeyIndex.from_bytes(body) if sha256(seal + body).digest() == kept[:_SEAL] else None
    except (OSError, ValueError):
        return None


def _keep(path: Path, seal: bytes, body: bytes) -> None:
    """A disk that does not take it is no failure: the part is read again next time."""
    aside = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside.write_bytes(sha256(seal + body).digest() + body)
        aside.replace(path)
    except OSError as error:
        log.warning("%s: keys are not remembered: %s", path.parent, error.strerror or type(error).__name__)
