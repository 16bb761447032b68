"""What a drained queue proves, in sentences (pure)."""

from collections.abc import Iterator
from datetime import timedelta

from lamppost.model import Issue
from lamppost.pull.job import Job
from lamppost.pull.mqtt.frames import Gaps
from lamppost.pull.mqtt.gather import DOUBTFUL, Found
from lamppost.pull.mqtt.session import Visit
from lamppost.pull.mqtt.settings import Settings
from lamppost.pull.words import word_span

PROOF = (
    "A broker declares no count. The queue that it keeps for us was there, every message was acknowledged only once it "
    "lay on our disk, and at the end the broker confirmed again and again that nothing was left."
)
LOST = "the broker had forgotten the queue that it kept for us, so messages sent before that moment may be missing"
FOREIGN = "the broker had a queue in our name that nothing here remembers, so another place may have taken messages"
UNSURE = "a pull was cut off before it saw whether the broker still had our queue, so messages may be missing"


def find_doubt(settings: Settings, found: Found, gaps: Gaps | None, *, drained: bool) -> str:
    """Why the pull is not proven, as one sentence; empty when it is."""
    tolerated = settings.frames.tolerate if settings.frames else 0.0
    doubts = [] if drained else ["the deadline ended the pull before the queue was drained; the rest comes next time"]
    if found.broken:
        doubts.append(f"the disk has spoilt {found.broken:,} lines of the spool")
    if gaps and gaps.share > tolerated:
        doubts.append(f"{_count(gaps.missing, 'frame')} of {_count(gaps.short, 'device')} never came")
    if not (gaps and gaps.bridged):
        doubts += _list_moments(settings, found)
    if found.unkept and not gaps:
        doubts.append(
            f"{_count(found.unkept, 'message')} came at QoS 0, which a broker keeps for nobody who is away; "
            "have the sender publish at QoS 1"
        )
    sentence = "; ".join(doubts)
    return sentence[:1].upper() + sentence[1:] + "." if sentence else ""


def write_proof(gaps: Gaps | None, found: Found) -> str:
    """What completeness rests on."""
    if gaps is None:
        return PROOF
    told = f" The frame counters of {_count(gaps.devices, 'device')} "
    told += "run without a gap." if not gaps.missing else f"show {_count(gaps.missing, 'frame')} that radio may lose."
    if any(found.events[one] for one in DOUBTFUL):
        told += " They bridge the moment at which the broker may have lost messages."
    return PROOF + told


def list_issues(job: Job, settings: Settings, found: Found, gaps: Gaps | None, visit: Visit) -> tuple[Issue, ...]:
    """What a reader should know; no device is named, since its id may be private."""
    found_issues = [*_list_session(settings, found), *_list_content(found)]
    if gaps and (gaps.missing or gaps.late or gaps.repeated or gaps.restarted or gaps.uncounted):
        found_issues.append(("frame-gap", describe_gaps(gaps), gaps.missing or 1))
    if visit.expiry is not None and visit.expiry < 2 * job.pull.every.total_seconds():
        found_issues.append(("session-short", _describe_expiry(job, visit.expiry), 1))
    return tuple(Issue(code, job.place, text, "warning", count) for code, text, count in found_issues)


def describe_gaps(gaps: Gaps) -> str:
    """The counters in one sentence."""
    told = [
        f"{_count(gaps.missing, 'frame')} missing at {_count(gaps.short, 'device')}",
        f"{gaps.late:,} late",
        f"{gaps.repeated:,} sent twice",
        f"{_count(gaps.restarted, 'device')} started counting anew",
        f"{_count(gaps.uncounted, 'message')} without a counter",
    ]
    numbers = (gaps.missing, gaps.late, gaps.repeated, gaps.restarted, gaps.uncounted)
    said = ", ".join(text for text, number in zip(told, numbers, strict=True) if number)
    return f"the frame counters of {_count(gaps.devices, 'device')} with {_count(gaps.frames, 'frame')} show: {said}"


def _list_moments(settings: Settings, found: Found) -> Iterator[str]:
    if found.events["session-lost"]:
        yield LOST
    if found.events["session-foreign"]:
        yield FOREIGN
    if found.events["session-unsure"]:
        yield UNSURE
    if found.events["queue-full"]:
        yield (
            f"at least {settings.queue:,} messages were waiting, and a broker that keeps no more (`queue`) drops the "
            "others without a word"
        )


def _list_session(settings: Settings, found: Found) -> Iterator[tuple[str, str, int]]:
    if count := found.events["session-new"]:
        yield "session-new", f"{settings.shown} opened a queue for us; what was sent before is not known", count
    if count := found.events["session-lost"]:
        yield "session-lost", f"{settings.shown}: {LOST}; ask its operator for a longer expiry", count
    if count := found.events["session-foreign"]:
        yield "session-foreign", f"{settings.shown}: {FOREIGN}; let only one place pull this resource", count
    if count := found.events["session-unsure"]:
        yield "session-unsure", f"{settings.shown}: {UNSURE}", count
    if count := found.events["queue-full"]:
        do = "ask its operator how many it keeps for a client that is away, and write that as `queue:`"
        yield "queue-full", f"{settings.shown} had at least {settings.queue:,} messages waiting; {do}", count


def _list_content(found: Found) -> Iterator[tuple[str, str, int]]:
    if found.undecodable:
        kept = "they lie in private/dead-letters, each with the reason"
        text = f"{_count(found.undecodable, 'message')} could not be read; {kept}"
        yield "dead-letter", text, found.undecodable
    if found.unkept:
        text = f"{_count(found.unkept, 'message')} came at QoS 0; sent while we are away, such messages are lost"
        yield "qos-0", text, found.unkept
    if found.strange_times:
        text = f"{_count(found.strange_times, 'record')} named no time that can be; `event_at` is when we received it"
        yield "device-clock", text, found.strange_times
    if found.broken:
        yield "spool-damaged", f"{_count(found.broken, 'line')} of the spool cannot be read", found.broken


def _describe_expiry(job: Job, seconds: int) -> str:
    kept, every = word_span(timedelta(seconds=seconds)), word_span(job.pull.every)
    return f"the broker keeps the queue for {kept} only, and we come by every {every}; ask its operator for more"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
