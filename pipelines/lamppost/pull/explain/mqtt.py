"""What an mqtt pull would do, in words."""

from lamppost.pull.explain.explanation import Explanation
from lamppost.pull.job import Job
from lamppost.pull.mqtt.settings import Settings, find_refusals, read_settings
from lamppost.pull.words import word_span

ONE_PLACE = "by which the broker knows our queue; two places that use it take each other's messages"
DURABLE = "acknowledges it only when it is on disk for certain; it stays there until a version holds its rows"
COMPLETE = (
    "A broker declares no count. A pull counts as complete when the queue was still there, was drained to its end, and "
    "held fewer messages than the broker keeps."
)
UNCOUNTED = "No frame counter is named (`frames:`), so a loss inside the broker would not be seen."
BRIDGED = (
    "When the broker has forgotten us, only counters that run on without any gap prove that nothing was lost meanwhile."
)
CAP = (
    "A broker keeps so many messages for a client that is away, mosquitto 1,000 unless told otherwise, and drops the "
    "others without a word"
)
ASK = (
    "Ask the broker's operator: how many messages does it keep for a client that is away (`max_queued_messages` in "
    "mosquitto), for how long, does it keep them over a restart, and do the senders publish at QoS 1?"
)


def explain_mqtt(job: Job) -> Explanation:
    """The visit in order, what its completeness rests on, and what to ask the broker's operator."""
    settings = read_settings(job)
    return Explanation(
        asks=(*_describe_visit(job, settings), *_describe_disk(job)),
        proof=(*_describe_proof(settings), *_describe_limits(settings)),
        refusals=find_refusals(job, settings),
    )


def _describe_visit(job: Job, settings: Settings) -> tuple[str, ...]:
    idle, deadline = word_span(settings.idle), word_span(settings.deadline)
    expiry, every = word_span(settings.expiry), word_span(job.pull.every)
    return (
        f"Connects to {settings.shown} under the client id {settings.client_id}, {ONE_PLACE}.",
        f"Asks the broker to keep the queue for {expiry} while we are away; we come by every {every}.",
        f"Subscribes to {', '.join(settings.topics)} at QoS 1, and refuses anything less.",
        f"Takes what waits until the broker has confirmed for {idle} that nothing is left, for at most {deadline}.",
        "The first pull only opens the queue: what was sent before it nobody has kept for us.",
    )


def _describe_disk(job: Job) -> tuple[str, ...]:
    return (
        f"Writes each message to private/spool/{job.place} and {DURABLE}.",
        f"Keeps what it cannot read in private/dead-letters/{job.place}, and counts it in public.",
    )


def _describe_proof(settings: Settings) -> tuple[str, ...]:
    frames = settings.frames
    if frames is None:
        return COMPLETE, UNCOUNTED
    radio = f", up to the {frames.tolerate:.0%} that radio may lose" if frames.tolerate else ""
    gaps = f"Besides, each device's counter (`{frames.counter}`) must run without a gap{radio}."
    return COMPLETE, gaps, BRIDGED


def _describe_limits(settings: Settings) -> tuple[str, ...]:
    if not settings.queue:
        return f"{CAP}; the descriptor says that this one keeps any number (`queue: 0`).", ASK
    return f"{CAP}: a pull that finds {settings.queue:,} or more (`queue`) is not called complete.", ASK
