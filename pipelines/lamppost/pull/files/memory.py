"""What a pull of files leaves for the next one: each file's size, stamp and hash (pure)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from lamppost.model import Issue, Page, Resource
from lamppost.pull.fault import fault
from lamppost.pull.files.places.place import Entry
from lamppost.pull.window import parse_instant, write_instant

TRUSTED = timedelta(days=1)
"""How long a place is believed that a file with the same stamp is the same, before it is read again."""
SMALLEST_SHARE = 0.5
"""Files differ in size when another program saves them; half of the bytes gone is more than that."""


@dataclass(frozen=True)
class Taken:
    """A file as it was read."""

    entry: Entry
    sha256: str
    pages: tuple[Page, ...] = ()
    sealed: bool = True
    """Its format, packing, checksum or `done:` file shows that its end is the end."""

    @property
    def key(self) -> tuple[str, str]:
        """Equal for the same content under the same name."""
        return self.entry.name, self.sha256


def remember(takens: Sequence[Taken], now: datetime) -> Mapping[str, str]:
    """The memory that `recall` reads."""
    files = {
        one.entry.name: [one.entry.size or 0, one.entry.stamp if one.entry.strong else "", one.sha256] for one in takens
    }
    return {"read_at": write_instant(now), "files": json.dumps(files, ensure_ascii=False)}


def recall(memory: Mapping[str, str]) -> dict[str, Taken]:
    """Name → file of the last pull."""
    try:
        files = json.loads(memory.get("files", "{}"))
        return {
            name: Taken(Entry(name, int(size), str(stamp), strong=True), str(digest))
            for name, (size, stamp, digest) in files.items()
        }
    except (ValueError, TypeError, AttributeError):
        return {}  # a memory is a shortcut: without it everything is read


def is_trusted(memory: Mapping[str, str], now: datetime) -> bool:
    """True while the stamps of the memory are believed."""
    since = parse_instant(memory.get("read_at", ""))
    return since is not None and timedelta() <= now - since < TRUSTED


def check_bytes(takens: Sequence[Taken], known: Sequence[Taken], resource: Resource, place: str) -> None:
    """PullError when a snapshot lost more than half of its bytes, and more than `checks.rows.shrink` lets go.

    Columns that were emptied leave the number of rows as it is.
    """
    if resource.publish.mode != "snapshot":
        return
    before, now = (sum(one.entry.size or 0 for one in some) for some in (known, takens))
    if before and now < before * min(1 - resource.checks.shrink, SMALLEST_SHARE):
        do = "check the file, or raise `checks: {rows: {shrink: …}}` if so much is really gone"
        raise fault(place, f"{now:,} bytes where the last pull read {before:,}", "at least half of them", do)


def find_gone(takens: Sequence[Taken], known: Mapping[str, Taken], place: str) -> tuple[Issue, ...]:
    """`file-gone`: files of the last pull that are not there any more, and their rows with them."""
    gone = sorted(set(known) - {one.entry.name for one in takens})
    if not gone:
        return ()
    shown = ", ".join(gone[:5]) + (", …" if len(gone) > len(gone[:5]) else "")
    message = (
        f"found no {shown}, which the last pull read; expected all files to stay, because `take: all` makes one table "
        "of them; put them back if their rows are to stay"
    )
    return (Issue("file-gone", place, message, severity="warning", count=len(gone)),)
