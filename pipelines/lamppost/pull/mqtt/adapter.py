"""One pull: forget what is published, visit the broker, and read the whole spool."""

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from lamppost.errors import PendingError
from lamppost.model import Receipt, Snapshot
from lamppost.pull.fault import fault
from lamppost.pull.job import Job
from lamppost.pull.mqtt.frames import Counters, Gaps
from lamppost.pull.mqtt.gather import Found, count_waiting, gather
from lamppost.pull.mqtt.message import explain_undecodable
from lamppost.pull.mqtt.session import Keeper, Visit, visit_broker
from lamppost.pull.mqtt.settings import Settings, find_refusals, read_place, read_settings
from lamppost.pull.mqtt.spool import (
    Event,
    Message,
    Session,
    Writer,
    forget_segments,
    read_session,
    read_spool,
    write_session,
)
from lamppost.pull.mqtt.verdict import find_doubt, list_issues, write_proof
from lamppost.pull.receipt import make_receipt
from lamppost.pull.window import write_instant

SPOOL, FRAMES = "spool", "frames"
"""Keys of the memory: the segments that a version holds, and how far each device's counter got in it."""


def pull_mqtt(
    job: Job, *, sync: Callable[[int], None] = os.fsync, pause: Callable[[float], None] = time.sleep
) -> tuple[Snapshot, Receipt]:
    """Everything that was drained and is in no version yet, this time or before.

    PendingError when the broker opened the queue just now, or when nothing came since. `sync` makes a file durable.
    """
    settings = read_settings(job)
    for why in find_refusals(job, settings):
        raise fault("pull", why, "a schedule and a place that lose nothing", "change the descriptor")
    read_place(settings)
    assert job.private is not None, "refused above"
    spool = job.private / "spool" / job.place
    forget_segments(spool, job.memory.get(SPOOL, "").split())
    keeping = _Keeping(spool, settings, Writer(spool, write_instant(job.now), sync))
    try:
        visit = visit_broker(settings, keeping.keeper, pause)
        keeping.finish(drained=visit.drained)
    finally:
        keeping.writer.close()
    if keeping.is_new:
        raise _wait_for_more(settings)
    counters = Counters(job.memory.get(FRAMES, ""))
    found = gather(read_spool(spool), settings, counters, job.folder, job.private / "dead-letters" / job.place)
    return _conclude(job, settings, found, counters, visit)


@dataclass
class _Keeping:
    """What of a visit is written down as it happens."""

    spool: Path
    settings: Settings
    writer: Writer
    is_new: bool = False

    def __post_init__(self) -> None:
        self._waiting = count_waiting(read_spool(self.spool))
        self._full = False
        self._known = read_session(self.spool)

    @property
    def keeper(self) -> Keeper:
        """The same, as the visit sees it."""
        known = self._find_known()
        ended = tuple(one for one in (known.topics if known else ()) if one not in self.settings.topics)
        return Keeper(self.expect, self.greet, self.keep, ended)

    def expect(self) -> None:
        """Before the broker may open a session for us: a crash right after would hide that it had forgotten the old."""
        known = self._find_known()
        opened = known is not None and known.opened
        write_session(self.spool, replace(self._ours(), settled=False, opened=opened))

    def greet(self, present: bool) -> None:
        """Notes what the broker's answer means before anything else is asked of it."""
        known = self._find_known()
        event: Event | None = None
        if known is None or not known.opened:
            event = "session-foreign" if present and known is None else "session-new"
        elif not (present and known.settled):
            event = "session-unsure" if present else "session-lost"
        if event:
            self.writer.append([event])
            self.is_new = self.is_new or event == "session-new"
        self._known = self._ours()
        write_session(self.spool, self._known)

    def keep(self, messages: Sequence[Message]) -> None:
        """Durable when it returns, together with the fact that the queue may have been full."""
        self._waiting += len(messages)
        events: list[Event] = []
        if 0 < self.settings.queue <= self._waiting and not self._full:
            self._full, events = True, ["queue-full"]
        self.writer.append([*messages, *events])

    def finish(self, *, drained: bool) -> None:
        """Notes that nothing was left."""
        if drained and (self.writer.is_open or self._waiting):
            self.writer.append(["drained"])

    def _ours(self) -> Session:
        return Session(self.settings.shown, self.settings.client_id, self.settings.topics)

    def _find_known(self) -> Session | None:
        """What is known of this very session: another broker, or another name there, is another queue."""
        known, ours = self._known, self._ours()
        same = known is not None and (known.broker, known.client_id) == (ours.broker, ours.client_id)
        return known if same else None


def _conclude(job: Job, settings: Settings, found: Found, counters: Counters, visit: Visit) -> tuple[Snapshot, Receipt]:
    if found.messages and found.undecodable == found.messages:
        raise explain_undecodable(settings.shown, found.messages)
    gaps: Gaps | None = counters.report() if settings.frames else None
    doubt = find_doubt(settings, found, gaps, drained=visit.drained)
    if not found.rows and not doubt and not job.memory:
        raise PendingError(f"{settings.shown}: no message has come since the queue was opened; asked again next time")
    receipt = make_receipt(
        source=settings.shown,
        adapter="mqtt",
        pages=[page.rows for page in found.pages],
        size=sum(page.size for page in found.pages),
        stopped="queue drained" if visit.drained else "deadline",
        doubt=doubt,
        proof=write_proof(gaps, found),
        cursor=(job.cursor, job.cursor),
    )
    memory = {SPOOL: " ".join(found.names), **({FRAMES: counters.dump()} if settings.frames else {})}
    snapshot = Snapshot(
        tuple(found.pages),
        "ndjson",
        issues=list_issues(job, settings, found, gaps, visit),
        memory=memory,
        unchanged=not found.rows and not doubt,
    )
    return snapshot, receipt


def _wait_for_more(settings: Settings) -> PendingError:
    return PendingError(
        f"{settings.shown}: the broker opened a queue for us just now, and what was sent before is not known; "
        "what is sent from now on waits there, and comes with the next pull"
    )
