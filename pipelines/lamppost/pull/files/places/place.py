"""Where files are dropped: one interface for a folder here, an SFTP server, a web server's index, a bucket."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Protocol

from lamppost.pull.fault import fault
from lamppost.pull.transport import MAX_BYTES

MAX_ENTRIES = 10_000
"""Files in one folder."""
LONGEST_NAME = 255


@dataclass(frozen=True)
class Entry:
    """One file as the place lists it."""

    name: str
    """Within the folder, with `/`."""
    size: int | None = None
    """Bytes; None where the place says so only when the file is read."""
    stamp: str = ""
    """The place's own mark of this content: a time, an ETag."""
    strong: bool = False
    """The stamp changes with every change of content, not just with one a second later."""


class Place(Protocol):
    """A folder. Names come from somebody else's machine: they are never used as a path on ours."""

    shown: str
    """The folder as messages may name it."""
    simulated: bool
    """Something that was read here said that it is made up."""

    def find(self, globs: Sequence[str]) -> list[Entry]:
        """Its files that one of `globs` names, in order of name; PullError when there is no such folder."""

    def read(self, entry: Entry) -> tuple[bytes, Entry]:
        """The file's bytes, and the file as it was while they were read."""

    def look(self, entry: Entry) -> Entry:
        """The same file as it is now."""

    def close(self) -> None:
        """Ends the connection, and every thread with it."""


def has_wildcard(glob: str) -> bool:
    """True when a glob may name more than one file."""
    return any(one in glob for one in "*?[")


def is_plain(name: str) -> bool:
    """True for a name of a file in this very folder that can be shown; others are passed over."""
    return bool(name) and name.isprintable() and not set(name) & {"/", "\\"} and len(name) <= LONGEST_NAME


def pick(entries: Iterable[Entry], globs: Sequence[str], place: str) -> list[Entry]:
    """The files of a folder elsewhere that one of the globs names, in order; PullError for more than anybody drops."""
    found: list[Entry] = []
    for count, one in enumerate(entries):
        if count >= MAX_ENTRIES:
            raise fault(place, f"more than {MAX_ENTRIES:,} files", "fewer", "move old ones to another folder")
        if is_plain(one.name) and any(fnmatchcase(one.name, glob) for glob in globs):
            found.append(one)
    return sorted(found, key=lambda one: one.name)


def check_size(size: int, place: str, limit: int = MAX_BYTES) -> None:
    """PullError for a file that is bigger than the cap."""
    if size > limit:
        raise fault(place, f"{size:,} bytes", f"at most {limit:,}", "split the file")
