"""Frame counters (pure): which of a device's messages never came, told apart from those that came twice or late.

A device counts its messages (LoRaWAN 1.0.4 §4.3.1.5: 16 or 32 bits, from 0 after it has joined), and nothing on the way
changes the number. So a jump shows a loss that no broker admits: a queue that overflowed, a session that expired. Radio
loses frames too, which is what `tolerate` is for.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lamppost.notation import ABSENT, find

LATE = 32
"""A counter this far behind is one that was overtaken on its way; farther behind, the device started anew."""
TURN = 1024
"""So near its end a counter is taken to have gone through zero, and not to have started anew."""


@dataclass(frozen=True)
class Frames:
    """Where a payload shows them."""

    device: str
    counter: str
    session: str = ""
    """What changes when a device joins anew, such as its address; without it a restart is guessed from the counter."""
    otherwise: str = ""
    """The counter of a message that has none: Protocol Buffers leave a zero out of their JSON."""
    tolerate: float = 0.0
    """Share of all frames that the radio may lose."""

    def read(self, payload: Any) -> tuple[str, str, int] | None:
        """Device, session and counter; None when the payload does not show them."""
        device, counter = find(payload, self.device), find(payload, self.counter)
        if counter is ABSENT and self.otherwise:
            counter = self.otherwise
        session = find(payload, self.session) if self.session else ""
        if device in (ABSENT, None) or session in (ABSENT, None) or not _is_count(counter):
            return None
        return str(device), str(session), int(counter)


@dataclass
class _Track:
    """One device; `place` is how far it got without turns, so that it only grows until the device starts anew."""

    session: str
    last: int
    place: int
    seen: dict[int, bytes] = field(default_factory=dict)
    missing: list[range] = field(default_factory=list)
    lost: int = 0
    """Missing for good: of a count that the device has left behind."""
    left: set[str] = field(default_factory=set)

    def short(self) -> int:
        return self.lost + sum(map(len, self.missing))


@dataclass(frozen=True)
class Gaps:
    """What the counters say of one snapshot: numbers only, since a device's id may be private."""

    devices: int
    frames: int
    """Different frames that came."""
    missing: int
    short: int
    """Devices with missing frames."""
    late: int
    repeated: int
    restarted: int
    uncounted: int
    """Messages that show no counter."""
    bridged: bool
    """Every device heard before a doubtful moment was heard after it, with no frame missing between."""

    @property
    def share(self) -> float:
        """Missing of all that should have come."""
        return self.missing / (self.missing + self.frames) if self.missing else 0.0


class Counters:
    """Follows every device; `known` is what an earlier pull wrote with `dump`."""

    def __init__(self, known: str = "") -> None:
        self._tracks = {name: _Track(session, last, last) for name, (session, last) in _load(known).items()}
        self._heard: set[str] = set()
        self._waiting: set[str] = set()
        self._crossed = False
        self._strange = 0
        self._frames = self._late = self._repeated = self._restarted = self._uncounted = 0

    def cross(self) -> None:
        """A moment at which messages may have been lost; from now on each device has to be heard again."""
        self._crossed = True
        self._waiting |= set(self._tracks)

    def miss(self) -> None:
        """A message that shows no counter."""
        self._uncounted += 1

    def add(self, device: str, session: str, counter: int, digest: bytes, *, again: bool) -> None:
        """One message; `digest` of its bytes tells a copy, `again` is the broker's word that it sent it before."""
        track = self._tracks.get(device)
        self._heard.add(device)
        if track is None:
            self._strange += self._crossed and counter > 1
            self._tracks[device] = _Track(session, counter, counter, {counter: digest})
            self._frames += 1
        elif session in track.left:
            self._late += 1
        elif session != track.session:
            self._restart(device, track, session, counter, digest)
        else:
            self._follow(device, track, counter, digest, again=again)
        self._waiting.discard(device)

    def report(self) -> Gaps:
        """The numbers so far."""
        heard = [self._tracks[name] for name in self._heard]
        missing = sum(one.short() for one in heard)
        bridged = bool(heard) and not (missing or self._waiting or self._strange or self._uncounted)
        return Gaps(
            devices=len(heard), frames=self._frames, missing=missing, short=sum(one.short() > 0 for one in heard),
            late=self._late, repeated=self._repeated, restarted=self._restarted, uncounted=self._uncounted,
            bridged=bridged,
        )  # fmt: skip

    def dump(self) -> str:
        """How far each device got, as JSON; for the memory of a pull, which is private."""
        known = {name: [one.session, one.last] for name, one in sorted(self._tracks.items())}
        return json.dumps(known, ensure_ascii=False, separators=(",", ":"))

    def _follow(self, device: str, track: _Track, counter: int, digest: bytes, *, again: bool) -> None:
        step = _step(track.last, counter)
        place = track.place + step
        copy = again or track.seen.get(place) == digest
        if step > 0:
            if step > 1:
                track.missing.append(range(track.place + 1, place))
            track.last, track.place, track.seen[place] = counter, place, digest
            self._frames += 1
        elif _fill(track, place):
            track.seen[place] = digest
            self._frames += 1
            self._late += 1
        elif step == 0 or copy:
            self._repeated += 1
        elif track.session or -step <= LATE:
            self._late += 1
        else:
            self._restart(device, track, track.session, counter, digest)

    def _restart(self, device: str, track: _Track, session: str, counter: int, digest: bytes) -> None:
        """The device joined anew and counts from zero, or from one; how its old count ended nobody knows."""
        self._restarted += 1
        self._strange += device in self._waiting
        left = track.left | {track.session} if session != track.session else track.left
        lost = track.short() + (counter if counter > 1 else 0)
        self._tracks[device] = _Track(session, counter, counter, {counter: digest}, [], lost, left)
        self._frames += 1


def _is_count(value: Any) -> bool:
    text = value if isinstance(value, str) else str(value) if isinstance(value, int) else ""
    return text.isascii() and text.isdigit() and len(text) <= len(str(2**32)) and not isinstance(value, bool)


def _step(last: int, counter: int) -> int:
    """How far on the counter is, negative for one behind; through zero at the end of 16 or 32 bits."""
    turn = 2**16 if max(last, counter) < 2**16 else 2**32
    step = counter - last
    if step < 0 and last >= turn - TURN and counter < TURN:
        return step + turn
    if step > turn - TURN and last < TURN:
        return step - turn
    return step


def _fill(track: _Track, place: int) -> bool:
    """Takes one frame out of those that were missing."""
    for index, one in enumerate(track.missing):
        if place in one:
            parts = (range(one.start, place), range(place + 1, one.stop))
            track.missing[index : index + 1] = [part for part in parts if part]
            return True
    return False


def _load(known: str) -> Mapping[str, tuple[str, int]]:
    """What `dump` wrote; nothing when it cannot be read, since a memory is a help and no proof."""
    try:
        found = json.loads(known) if known else {}
        return {str(name): (str(session), int(last)) for name, (session, last) in found.items()}
    except (ValueError, TypeError, AttributeError):
        return {}
