"""Counting what comes: records, whether one came twice, distinct keys, and how far the cursor got."""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import cast

from lamppost.model import Pull, Resource
from lamppost.pull.glance import Column, Glance
from lamppost.pull.job import record_path
from lamppost.pull.window import parse_instant, write_instant

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
END = datetime.max.replace(tzinfo=UTC)
_PART, _RECORD = "\x1f", "\x1e"
_ZEROS = str.maketrans("123456789", "000000000")
_SORTABLE = re.compile(r"0+|0000-00-00([T ]00:00(:00(\.0+)?)?Z?)?")
"""Shapes of times, digits as zeros, whose order as text is their order in time."""


@dataclass(frozen=True)
class Known:
    """What is known of one page."""

    rows: int
    ids: Sequence[str] | Sequence[int]
    """What tells each record from the others: its key, or a hash of all it holds where keys are not whole."""
    keyed: bool
    latest: datetime | None
    hashes: Callable[[], Sequence[int]]
    """One number a record, equal for records that are equal to the letter."""

    @cached_property
    def digest(self) -> bytes:
        """Equal for two pages that hold the same records in the same order."""
        texts = self.ids if self.keyed else map(str, self.ids)
        joined = _RECORD.join(cast("Iterable[str]", texts))
        return hashlib.blake2b(joined.encode("utf-8", "surrogatepass"), digest_size=16).digest()


@dataclass(frozen=True)
class Look:
    """Where in a record its key and its time stand; both empty when the records do not show them."""

    key: tuple[str, ...] = ()
    cursor: str = ""
    convert: str = ""
    latest: datetime = END
    """A later time is a source's mistake, and as a cursor would skip all that follows."""

    def paths(self, context: Mapping[str, str]) -> tuple[str, ...]:
        """What must be looked at in each record; `context` are columns that the page's address brings."""
        return tuple(dict.fromkeys(path for path in (*self.key, self.cursor) if path and path not in context))

    def recognise(self, glance: Glance, context: Mapping[str, str]) -> Known:
        """The records of a page that was only looked at."""
        keys = self._read_keys(glance, context)
        ids = glance.hashes() if keys is None else keys
        return Known(glance.rows, ids, keys is not None, self._read_latest(glance, context), glance.hashes)

    def _read_keys(self, glance: Glance, context: Mapping[str, str]) -> Sequence[str] | None:
        """The primary keys as text, or None when a part of one is missing."""
        parts: list[Column] = [
            [context[path]] * glance.rows if path in context else glance.columns[path] for path in self.key
        ]
        if not parts or any(None in part or "" in part for part in parts):
            return None
        texts = cast("list[list[str]]", parts)
        return texts[0] if len(texts) == 1 else list(map(_PART.join, zip(*texts, strict=True)))

    def _read_latest(self, glance: Glance, context: Mapping[str, str]) -> datetime | None:
        """The last instant in the cursor field, if there is one that can be."""
        if not self.cursor:
            return None
        column: Column = [context[self.cursor]] if self.cursor in context else glance.columns[self.cursor]
        texts = [one for one in column if one]
        if not texts:
            return None
        top = self._parse(max(texts)) if _is_sortable(texts) else None
        known = [top] if top else [self._parse(one) for one in set(texts)]
        return max((one for one in known if one), default=None)

    def _parse(self, text: str) -> datetime | None:
        instant = read_time(text, self.convert)
        return instant if instant and instant <= self.latest else None


def _is_sortable(texts: Sequence[str]) -> bool:
    shape = texts[0].translate(_ZEROS)
    return bool(_SORTABLE.fullmatch(shape)) and set("\n".join(texts).translate(_ZEROS).split("\n")) == {shape}


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
    """What is known of one listing; with `compare`, also which records came on two pages."""

    def __init__(self, look: Look, *, compare: bool = False) -> None:
        self.pages: list[int] = []
        self.keyed = bool(look.key)
        """Every record so far showed its whole key."""
        self.cursor: datetime | None = None
        self.size = 0
        """Bytes of the pages that held records."""
        self.overlaps = 0
        """Records with a key that were equal, to the letter, to one of another page."""
        self._compare = compare
        self._held: dict[str | int, int] = {}
        self._seen: set[str | int] = set()
        self._digest = hashlib.sha256()

    def add(self, known: Known) -> None:
        """Counts one page."""
        self.keyed = self.keyed and (known.keyed or not known.rows)
        if self._compare and known.keyed:
            held: dict[str | int, int] = dict(zip(known.ids, known.hashes(), strict=True))
            self.overlaps += sum(self._held.get(one) == number for one, number in held.items())
            self._held |= held
        self._seen.update(known.ids)
        self._digest.update(known.digest)
        self.pages.append(known.rows)
        if known.latest and (self.cursor is None or known.latest > self.cursor):
            self.cursor = known.latest

    @property
    def keys(self) -> set[str | int] | None:
        """The distinct keys; None when a record did not show its own."""
        return self._seen if self.keyed else None

    def has(self, one: str | int) -> bool:
        """Whether a record with this id came."""
        return one in self._seen

    @property
    def repeated(self) -> int:
        """Records that had the key of one before, or were equal to one before where there is no key."""
        return max(self.received - len(self._seen), 0)

    @property
    def received(self) -> int:
        """Records in all pages."""
        return sum(self.pages)

    def digest(self) -> bytes:
        """Equal for two listings that gave the same records on the same pages."""
        return self._digest.digest()


def count_distinct(tallies: Sequence[Tally]) -> int | None:
    """Distinct keys over all listings; None when one of them does not show its keys."""
    known = [one.keys for one in tallies]
    sets = [one for one in known if one is not None]
    if not sets or len(sets) != len(known):
        return None
    return len(sets[0]) if len(sets) == 1 else len(set().union(*sets))


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
