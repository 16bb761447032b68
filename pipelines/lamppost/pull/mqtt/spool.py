"""The spool: messages on our own disk between the broker that may forget them and the version that holds their rows.

Each pull writes one segment, `00000003-9f2c…ndjson`, a line a message, made durable before anything is acknowledged.
A segment goes only when a version that holds its rows is committed, by its very name. Two pulls at once do no harm:
the broker keeps one connection for a client id, so what the older one writes after that was never acknowledged, and
comes again to the newer.

A line that says `event` is no message: it marks a moment after which the broker may have lost some.
"""

import base64
import binascii
import json
import os
import re
import secrets
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from io import BufferedWriter
from pathlib import Path
from typing import Any, Literal

from lamppost.errors import PullError
from lamppost.pull.fault import fault
from lamppost.system import sync_folder

Event = Literal["session-new", "session-lost", "session-foreign", "session-unsure", "queue-full", "drained"]
SEGMENT = re.compile(r"(\d{8})-[0-9a-f]{8}\.ndjson")
STATE = "session.json"
FORMAT = 1


@dataclass(frozen=True)
class Message:
    """One message as the broker sent it."""

    topic: str
    payload: bytes
    qos: int = 1
    again: bool = False
    """The broker says that it may have sent it before (DUP)."""
    retained: bool = False


@dataclass(frozen=True)
class Segment:
    """What one pull drained, in order; `broken` lines cannot be read, which no crash explains."""

    name: str
    received_at: str
    entries: tuple[Message | Event, ...]
    broken: int = 0


class Writer:
    """One pull's segment, made when there is something to write; `sync` makes a file's bytes durable."""

    def __init__(self, folder: Path, received_at: str, sync: Callable[[int], None] = os.fsync) -> None:
        self._folder, self._received_at, self._sync = folder, received_at, sync
        self._file: BufferedWriter | None = None

    @property
    def is_open(self) -> bool:
        """True once something was written."""
        return self._file is not None

    def append(self, entries: Iterable[Message | Event]) -> None:
        """Returns when all of them are on disk for certain; PullError, and nothing to be acknowledged, when not."""
        lines = [_write(one, self._received_at) for one in entries]
        try:
            if self._file is None:
                self._file = _create(self._folder)
            self._file.write(b"".join(lines))
            self._file.flush()
            self._sync(self._file.fileno())
        except OSError as error:
            raise _unwritable(error) from None

    def close(self) -> None:
        """Nothing is left to be written: every append was durable."""
        if self._file is not None:
            self._file.close()


def read_spool(folder: Path) -> Iterator[Segment]:
    """All segments, oldest first, each read when it is asked for.

    What follows the last line break of a segment was never made durable, so never acknowledged, and comes again.
    """
    for path in _list_segments(folder):
        yield _read_segment(path)


def forget_segments(folder: Path, names: Collection[str]) -> None:
    """Deletes segments whose rows are in a version."""
    try:
        for path in _list_segments(folder):
            if path.stem in names:
                path.unlink(missing_ok=True)
    except OSError as error:
        raise _unwritable(error) from None


@dataclass(frozen=True)
class Session:
    """What we know of the session before we connect; kept beside the segments."""

    broker: str
    client_id: str
    topics: tuple[str, ...]
    settled: bool = True
    """False from before the first byte is sent until what the broker answered is on disk."""
    opened: bool = True
    """An earlier pull saw the broker open or keep it."""


def read_session(folder: Path) -> Session | None:
    """What the last pull noted; None for the first, or when it cannot be read."""
    try:
        block = json.loads((folder / STATE).read_bytes())
        if block["format"] != FORMAT:
            return None
        topics = tuple(str(one) for one in block["topics"])
        return Session(block["broker"], block["client_id"], topics, bool(block["settled"]), bool(block["opened"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_session(folder: Path, session: Session) -> None:
    """Durable, whole or not at all."""
    block = {"format": FORMAT, **vars(session), "topics": list(session.topics)}
    part = folder / f"{STATE}.{os.getpid()}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            file.write(json.dumps(block, ensure_ascii=False, indent=2).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        part.replace(folder / STATE)
        sync_folder(folder)
    except OSError as error:
        raise _unwritable(error) from None


def _list_segments(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(one for one in folder.iterdir() if SEGMENT.fullmatch(one.name))


def _create(folder: Path) -> BufferedWriter:
    """A new file of a name that no segment ever had: its random half is why the number may come twice."""
    folder.mkdir(parents=True, exist_ok=True)
    number = max((int(one.name[:8]) for one in _list_segments(folder)), default=0) + 1
    file = (folder / f"{number:08d}-{secrets.token_hex(4)}.ndjson").open("xb")
    sync_folder(folder)
    return file


def _write(entry: Message | Event, received_at: str) -> bytes:
    block: dict[str, Any] = {"received_at": received_at}
    if isinstance(entry, Message):
        block |= {"topic": entry.topic, "qos": entry.qos}
        block |= {"again": True} if entry.again else {}
        block |= {"retained": True} if entry.retained else {}
        try:
            block["payload"] = entry.payload.decode()
        except UnicodeDecodeError:
            block["base64"] = base64.b64encode(entry.payload).decode()
    else:
        block["event"] = entry
    return json.dumps(block, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _read_segment(path: Path) -> Segment:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise fault("the spool", error.strerror or "not readable", "its segments", "check the rights") from None
    entries: list[Message | Event] = []
    received_at, broken = "", 0
    for line in data[: data.rfind(b"\n")].split(b"\n") if b"\n" in data else ():
        try:
            received_at, entry = _read(line)
            entries.append(entry)
        except (ValueError, KeyError, TypeError, binascii.Error):
            broken += 1
    return Segment(path.stem, received_at, tuple(entries), broken)


def _read(line: bytes) -> tuple[str, Message | Event]:
    block = json.loads(line)
    if "event" in block:
        return block["received_at"], block["event"]
    payload = block["payload"].encode() if "payload" in block else base64.b64decode(block["base64"], validate=True)
    again, retained = bool(block.get("again")), bool(block.get("retained"))
    return block["received_at"], Message(block["topic"], payload, block["qos"], again, retained)


def _unwritable(error: OSError) -> PullError:
    do = "free space, or check its rights; what was not written was not acknowledged, so it comes again"
    return fault("the spool", error.strerror or type(error).__name__, "a folder to keep messages in", do)
