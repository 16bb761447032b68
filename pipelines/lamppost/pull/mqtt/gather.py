"""From the spool to pages: every message decoded, counted, and looked at for what may be missing."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from lamppost.model import Page
from lamppost.pull.mqtt.frames import Counters
from lamppost.pull.mqtt.message import Decoded, UndecodableError, decode_message, keep_dead_letter
from lamppost.pull.mqtt.settings import Settings
from lamppost.pull.mqtt.spool import Event, Message, Segment
from lamppost.pull.snapshot import keep_page

LINES = 10_000
"""Records on one page."""
DOUBTFUL: frozenset[Event] = frozenset({"session-lost", "session-foreign", "session-unsure", "queue-full"})
"""Moments after which something may be missing."""


@dataclass
class Found:
    """What the spool holds."""

    pages: list[Page] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    """Segments, all of whose messages are on the pages or among the dead letters."""
    events: Counter[Event] = field(default_factory=Counter)
    messages: int = 0
    undecodable: int = 0
    unkept: int = 0
    """Messages sent at QoS 0, which a broker keeps for nobody who is away."""
    strange_times: int = 0
    broken: int = 0
    """Lines of the spool that the disk has spoilt."""

    @property
    def rows(self) -> int:
        """Records on all pages."""
        return sum(page.rows for page in self.pages)


def gather(
    segments: Iterable[Segment], settings: Settings, counters: Counters, folder: Path, dead_letters: Path
) -> Found:
    """Writes the pages below `folder` and what cannot be decoded below `dead_letters`."""
    found = Found()
    for segment in segments:
        found.names.append(segment.name)
        found.broken += segment.broken
        lines: list[bytes] = []
        for entry in segment.entries:
            if isinstance(entry, Message):
                lines += _decode(entry, segment, settings, found, counters, dead_letters)
            else:
                found.events[entry] += 1
                if entry in DOUBTFUL:
                    counters.cross()
        context = {"received_at": segment.received_at}
        for start in range(0, len(lines), LINES):
            part = lines[start : start + LINES]
            found.pages.append(keep_page(folder, b"\n".join(part) + b"\n", "ndjson", context, rows=len(part)))
    return found


def count_waiting(segments: Iterable[Segment]) -> int:
    """Messages that came since the queue was last drained to its end: an earlier pull may have been cut short."""
    count = 0
    for segment in segments:
        for entry in segment.entries:
            count = 0 if entry == "drained" else count + isinstance(entry, Message)
    return count


def _decode(
    message: Message, segment: Segment, settings: Settings, found: Found, counters: Counters, dead_letters: Path
) -> list[bytes]:
    found.messages += 1
    found.unkept += message.qos == 0 and not message.retained
    try:
        decoded = decode_message(message, settings, segment.received_at)
    except UndecodableError as error:
        keep_dead_letter(dead_letters, message, segment.received_at, str(error))
        found.undecodable += 1
        return []
    found.strange_times += decoded.strange_times
    if settings.frames is not None:
        _follow(message, decoded, settings, counters)
    return list(decoded.lines)


def _follow(message: Message, decoded: Decoded, settings: Settings, counters: Counters) -> None:
    assert settings.frames is not None, "looked at before"
    digest = hashlib.blake2b(message.payload, digest_size=8).digest()
    for payload in decoded.payloads:
        seen = settings.frames.read(payload)
        if seen is None:
            counters.miss()
        else:
            counters.add(*seen, digest, again=message.again)
