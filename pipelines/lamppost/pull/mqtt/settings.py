"""What the descriptor says of a broker, read and checked; nothing is asked here.

url              `mqtts://host:8883`; `mqtt://` only for a host under `allow:`
topics           one or more filters: `application/+/device/+/event/up`
client_id        the name under which the broker keeps our queue (default: `lamppost-dataset-resource`)
auth             {basic: {user, password}}
certificate      {cert: FILE, key: FILE}: our own, where the broker asks for one
allow, ca        as for the other adapters
session_expiry   how long the broker shall keep the queue while we are away (default: P7D)
idle             for so long nothing may be waiting before the queue counts as drained (default: PT5S)
deadline         the longest that one pull may drain (default: PT2M)
queue            how many messages the broker keeps for a client that is away, as its operator says; 0: no limit
                 (default: 1000, which is what most brokers do unless told otherwise)
format           json (default) | ndjson: what one message holds
records          dotted path to the list in a message (default: the message is one record)
frames           {device, counter, session, otherwise, tolerate}: paths to a device's id, its frame counter and what
                 changes when it joins anew; the counter where a message has none; the share that radio may lose
time             path to the device's own time
"""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from lamppost.pull.fault import fault
from lamppost.pull.job import Job
from lamppost.pull.mqtt.frames import Frames
from lamppost.pull.options import Options
from lamppost.pull.transport.access import read_basic
from lamppost.pull.transport.address import show_url, split_url, split_user
from lamppost.pull.transport.reach import Reach, read_reach
from lamppost.pull.words import word_span

Form = Literal["json", "ndjson"]
FORMS: tuple[Form, ...] = ("json", "ndjson")
PORTS = {"mqtt": 1883, "mqtts": 8883}
SHARE = re.compile(r"(\d{1,2}(?:\.\d+)?|100)\s*%")
LONGEST = timedelta(seconds=0xFFFF_FFFE)
"""One second more would say `never` (MQTT 5.0 §3.1.2.11.2)."""


@dataclass(frozen=True)
class Settings:
    """`pull:` of an mqtt resource."""

    url: str = field(repr=False)
    topics: tuple[str, ...]
    client_id: str
    user: tuple[str, str] | None = field(default=None, repr=False)
    certificate: tuple[str, str] | None = None
    reach: Reach = field(default_factory=Reach)
    """Hosts that may be asked although they are private."""
    ca: str = ""
    expiry: timedelta = timedelta(days=7)
    idle: timedelta = timedelta(seconds=5)
    deadline: timedelta = timedelta(minutes=2)
    queue: int = 1000
    form: Form = "json"
    records: str = ""
    frames: Frames | None = None
    time: str = ""

    @property
    def shown(self) -> str:
        """The broker's address without user and password."""
        return show_url(self.url)


def read_settings(job: Job) -> Settings:
    """Takes the keys above; PullError for one that says nothing."""
    options = job.options()
    url, own = split_user(options.text("url"))
    settings = Settings(
        url=url,
        topics=options.texts("topics"),
        client_id=options.text("client_id", f"lamppost-{job.place.replace('/', '-')}"),
        user=_read_user(options) or own,
        certificate=_read_certificate(options),
        reach=read_reach(options.texts("allow"), job.transport.allow),
        ca=options.text("ca", ""),
        expiry=_read_span(options, "session_expiry", Settings.expiry),
        idle=_read_span(options, "idle", Settings.idle),
        deadline=_read_span(options, "deadline", Settings.deadline),
        queue=options.number("queue", Settings.queue),
        form=options.choice("format", FORMS, "json"),
        records=options.text("records", ""),
        frames=_read_frames(options),
        time=options.text("time", ""),
    )
    options.close()
    if not settings.topics:
        raise fault("pull.topics", "none", "at least one topic", "write `topics: [sensors/+/up]`")
    if settings.deadline <= settings.idle:
        found = f"{word_span(settings.deadline)}, and `idle` {word_span(settings.idle)}"
        raise fault("pull.deadline", found, "a deadline longer than `idle`", "correct the descriptor")
    return settings


def find_refusals(job: Job, settings: Settings) -> tuple[str, ...]:
    """Why this must not run as it is declared, in words for the person who wrote it."""
    found = []
    every = job.pull.every
    if every * 2 > settings.expiry:
        found.append(
            f"The broker keeps our messages for {word_span(settings.expiry)} (`session_expiry`), and we come by every "
            f"{word_span(every)} (`every`). One visit that fails must not cost messages, so at least two visits have "
            f"to fit: write `every:` of at most half of it, or ask the broker's operator for a longer expiry."
        )
    if job.private is None:
        found.append(
            "A message must lie on our own disk before the broker may forget it, and `private: none` keeps nothing "
            "between two runs: name a folder under `extra.city.private` in mkdocs.yml, and run where it stays."
        )
    return tuple(found)


def read_place(settings: Settings) -> tuple[str, int, bool]:
    """Host, port, and whether TLS protects the way; PullError for an address that is none, or unprotected."""
    parts = split_url(settings.url)
    try:
        port = parts.port or PORTS.get(parts.scheme, 0)
    except ValueError:
        port = 0
    if parts.scheme not in PORTS or not parts.hostname or not port:
        raise fault(settings.shown or "pull.url", "no broker's address", "mqtts://host:8883", "correct `url:`")
    if parts.scheme == "mqtt" and not settings.reach.names(parts.hostname, port):
        do = "write mqtts://, or name the host under `allow:` where it stands in your own network"
        raise fault(settings.shown, "a connection without encryption", "mqtts://", do)
    return parts.hostname, port, parts.scheme == "mqtts"


def _read_user(options: Options) -> tuple[str, str] | None:
    auth = options.block("auth")
    if auth is None:
        return None
    pair = read_basic(auth)
    auth.close()
    if pair is None:
        raise fault(auth.place, "nothing", "basic", "write `auth: {basic: {user, password}}`, or take it out")
    return pair


def _read_certificate(options: Options) -> tuple[str, str] | None:
    block = options.block("certificate")
    if block is None:
        return None
    pair = (block.text("cert"), block.text("key"))
    block.close()
    return pair


def _read_span(options: Options, key: str, default: timedelta) -> timedelta:
    span = options.span(key)
    if span is not None and span > LONGEST:
        raise fault(f"{options.place}.{key}", word_span(span), "at most 136 years", "correct the descriptor")
    return default if span is None else span


def _read_frames(options: Options) -> Frames | None:
    block = options.block("frames")
    if block is None:
        return None
    share = block.text("tolerate", "0%")
    match = SHARE.fullmatch(share)
    if match is None:
        raise fault(f"{block.place}.tolerate", repr(share), "a share such as 5%", "correct the descriptor")
    frames = Frames(
        device=block.text("device"),
        counter=block.text("counter"),
        session=block.text("session", ""),
        otherwise=block.text("otherwise", ""),
        tolerate=float(match.group(1)) / 100,
    )
    block.close()
    if frames.otherwise and not frames.otherwise.isdigit():
        raise fault(f"{block.place}.otherwise", repr(frames.otherwise), "a whole number", "correct the descriptor")
    return frames
