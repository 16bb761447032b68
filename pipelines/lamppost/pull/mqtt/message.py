"""A payload becomes records, digit for digit; one that cannot be read is kept apart, with the reason."""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import msgspec

from lamppost.decode import DECODERS
from lamppost.errors import RefusedError
from lamppost.model import Snapshot
from lamppost.notation import ABSENT, find
from lamppost.pull.fault import fault
from lamppost.pull.mqtt.settings import Settings
from lamppost.pull.mqtt.spool import Message
from lamppost.pull.snapshot import keep_bytes
from lamppost.pull.window import parse_instant

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
"""A device that names an earlier time has lost it: `0001-01-01`, `1970-01-01`, and GPS receivers start at 1980."""
SKEW = timedelta(days=1)
"""A device that is farther ahead of us has a clock that cannot be believed."""


class UndecodableError(Exception):
    """The payload is not what the descriptor says; the message is for the dead letter."""


@dataclass(frozen=True)
class Decoded:
    """One message's records: as lines of NDJSON, and as values."""

    lines: Sequence[bytes]
    payloads: Sequence[Any]
    strange_times: int = 0


def decode_message(message: Message, settings: Settings, received_at: str) -> Decoded:
    """The records; UndecodableError when the reader would refuse one of them."""
    texts = _split(message.payload, settings)
    found = [_wrap(message, text, settings.time, received_at) for text in texts]
    return Decoded(
        lines=[line for line, _payload, _strange in found],
        payloads=[payload for _line, payload, _strange in found],
        strange_times=sum(strange for _line, _payload, strange in found),
    )


def keep_dead_letter(folder: Path, message: Message, received_at: str, reason: str) -> None:
    """Writes topic, bytes and reason to a file named by the message, so that one read twice is kept once."""
    name = hashlib.sha256(message.topic.encode() + b"\0" + message.payload).hexdigest()[:32]
    block = {
        "topic": message.topic,
        "received_at": received_at,
        "reason": reason,
        "base64": base64.b64encode(message.payload).decode(),
    }
    if not (folder / f"{name}.json").exists():  # what came first stays: its time of arrival is the true one
        keep_bytes(folder / f"{name}.json", json.dumps(block, ensure_ascii=False, indent=2).encode() + b"\n")


def _split(payload: bytes, settings: Settings) -> list[bytes]:
    """The JSON text of each record, on one line."""
    if settings.form == "ndjson":
        return [line for line in payload.split(b"\n") if line.strip()]
    if not settings.records:
        return [payload]
    try:
        root = json.loads(payload, parse_int=_keep, parse_float=_keep)
    except (ValueError, RecursionError):
        raise UndecodableError("it is not JSON") from None
    found = find(root, settings.records)
    if not isinstance(found, list):
        what = "nothing" if found is ABSENT else "no list"
        raise UndecodableError(f"there is {what} at `{settings.records}`")
    return [msgspec.json.encode(one) for one in found]


def _keep(text: str) -> msgspec.Raw:
    """A number as it was written: 1.10 stays 1.10."""
    return msgspec.Raw(text.encode())


def _wrap(message: Message, text: bytes, time: str, received_at: str) -> tuple[bytes, Any, bool]:
    """The record around one payload; a line break in JSON stands only where a blank may."""
    bare = text.strip()
    if b"\n" in bare or b"\r" in bare:
        _check(b"[" + bare + b"]", "json")  # before, since inside a text a line break is a fault (RFC 8259 §7)
        bare = bare.replace(b"\r", b" ").replace(b"\n", b" ")
    head = json.dumps({"topic": message.topic, "retained": message.retained}, ensure_ascii=False).encode()[:-1]
    line = head + b',"payload":' + bare + b"}"
    rows = _check(line, "ndjson")
    payload = rows[0].get("payload")
    if not isinstance(payload, dict) or set(rows[0]) != {"topic", "retained", "payload"}:
        raise UndecodableError("it is no JSON object")
    if not time:
        return line, payload, False
    told = _read_time(payload, time, received_at)
    return line[:-1] + b',"event_at":' + json.dumps(told or received_at).encode() + b"}", payload, told is None


def _check(data: bytes, decode: Literal["json", "ndjson"]) -> Sequence[Mapping[str, Any]]:
    """What the reader will make of it."""
    try:
        return DECODERS[decode](data, Snapshot((), decode), "the message").rows
    except RefusedError as error:
        raise UndecodableError(str(error)) from None


def _read_time(payload: Any, path: str, received_at: str) -> str | None:
    """The device's own time as it wrote it; None for one that cannot be."""
    text = find(payload, path)
    instant = parse_instant(text) if isinstance(text, str) else None
    latest = parse_instant(received_at)
    assert latest is not None, "we wrote it ourselves"
    return str(text) if instant and EARLIEST <= instant <= latest + SKEW else None


def explain_undecodable(place: str, count: int) -> Exception:
    """The error when not one message can be read: then the descriptor is wrong, and not a device."""
    do = "have the sender write JSON, or correct `format:` and `records:`; the messages stay in the spool"
    return fault(place, f"{count:,} messages, none of them readable", "JSON as the descriptor says", do)
