"""Counting what comes: records, whether one came twice, distinct keys, and how far the cursor got."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from lamppost.model import Pull, Resource
from lamppost.notation import ABSENT, find
from lamppost.pull.job import record_path
from lamppost.pull.window import parse_instant, write_instant

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
END = datetime.max.replace(tzinfo=UTC)
DIGEST = 16


@dataclass(frozen=True)
class Look:
    """Where in a record its key and its time stand; both empty when the records do not show them."""

    key: tuple[str, ...] = ()
    cursor: str = ""
    convert: str = ""
    latest: datetime = END
    """A later time is a source's mistake, and as a cursor would skip all that follows."""

    def read_key(self, record: Any, context: Mapping[str, str]) -> tuple[str, ...] | None:
        """The primary key as text, or None when a part of it is missing; `context` are columns the page adds."""
        parts = tuple(_find_text(record, path, context) or "" for path in self.key)
        return parts if parts and all(parts) else None

    def read_cursor(self, record: Any, context: Mapping[str, str]) -> datetime | None:
        """The instant in the cursor field, if there is one that can be."""
        text = _find_text(record, self.cursor, context) if self.cursor else None
        instant = None if text is None else read_time(text, self.convert)
        return instant if instant and instant <= self.latest else None


def look_at(resource: Resource, pull: Pull, now: datetime) -> Look:
    """What can be seen in this resource's records before they are mapped; nothing of the key behind a transform.py."""
    source = pull.fields.get(pull.cursor)
    names = () if resource.key_content or resource.transform else resource.schema.primary_key
    return Look(
        key=tuple(record_path(pull, name) for name in names),
        cursor=record_path(pull, pull.cursor) if pull.cursor else "",
        convert=source.convert if source else "",
        latest=now + timedelta(days=1),
    )


class Tally:
    """What is known of one listing."""

    def __init__(self, look: Look) -> None:
        self.pages: list[int] = []
        self.repeated = 0
        """Records that were equal, to the letter, to one before."""
        self.keys: set[tuple[str, ...]] | None = set() if look.key else None
        self.cursor: datetime | None = None
        self.size = 0
        """Bytes of the pages that held records."""
        self._look = look
        self._seen: set[bytes] = set()
        self._digest = hashlib.sha256()

    def add(self, records: Sequence[Any], context: Mapping[str, str]) -> bytes:
        """Counts one page, numbers still as text; gives a digest of its records."""
        digests = [hashlib.blake2b(repr(one).encode(), digest_size=DIGEST).digest() for one in records]
        self.repeated += sum(one in self._seen for one in digests)
        self._seen.update(digests)
        page = hashlib.sha256(b"".join(digests)).digest()
        self._digest.update(page)
        self.pages.append(len(records))
        for record in records:
            self._add_record(record, context)
        return page

    def _add_record(self, record: Any, context: Mapping[str, str]) -> None:
        if self.keys is not None:
            key = self._look.read_key(record, context)
            if key is None:
                self.keys = None
            else:
                self.keys.add(key)
        instant = self._look.read_cursor(record, context)
        if instant and (self.cursor is None or instant > self.cursor):
            self.cursor = instant

    @property
    def received(self) -> int:
        """Records in all pages."""
        return sum(self.pages)

    def digest(self) -> bytes:
        """Equal for two listings that gave the same records on the same pages."""
        return self._digest.digest()


def count_distinct(tallies: Sequence[Tally]) -> int | None:
    """Distinct keys over all listings; None when one of them does not show its keys."""
    keys = [one.keys for one in tallies]
    known = [one for one in keys if one is not None]
    return len(set().union(*known)) if known and len(known) == len(keys) else None


def move_cursor(before: str | None, tallies: Iterable[Tally]) -> str | None:
    """The cursor after the pull, never behind the one before."""
    seen = [one.cursor for one in tallies if one.cursor]
    known = parse_instant(before) if before else None
    if not seen or (known and known >= max(seen)):
        return before
    return write_instant(max(seen))


def read_time(text: str, convert: str) -> datetime | None:
    """The instant that a source value stands for, read as the field's conversion reads it; None when it is none."""
    if convert.startswith("epoch"):
        try:
            return EPOCH + timedelta(seconds=float(text) / (1 if convert == "epoch_s" else 1000))
        except (ValueError, OverflowError):
            return None
    return parse_instant(text.partition("/")[0] if convert == "interval_start" else text)


def _find_text(record: Any, path: str, context: Mapping[str, str]) -> str | None:
    if path in context:
        return context[path]
    value = find(record, path)
    return None if value is ABSENT or value is None else str(value)
