"""A small broker on loopback that speaks as much MQTT 3.1.1 and 5 as the adapter does, and pulls from it."""

import json
import socket
import socketserver
import struct
import threading
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lamppost.decode import DECODERS
from lamppost.errors import PendingError
from lamppost.model import Receipt, Snapshot
from lamppost.pull.job import Job
from lamppost.pull.mqtt import pull_mqtt

Pulled = tuple[Snapshot, Receipt]
NOW = datetime(2026, 11, 22, 17, 20, tzinfo=UTC)
WINDOW = 20
"""Messages on their way without an acknowledgement, as mosquitto has it."""
CONNECT, CONNACK, PUBLISH, PUBACK, SUBSCRIBE, SUBACK, UNSUBSCRIBE, UNSUBACK = 1, 2, 3, 4, 8, 9, 10, 11
FRAMES = {"device": "dev", "counter": "n"}


@dataclass
class Queue:
    """What the broker keeps for one client id."""

    waiting: deque[tuple[bytes, int]] = field(default_factory=deque)
    sent: dict[int, tuple[bytes, int]] = field(default_factory=dict)
    again: int = 0
    """So many at the head of `waiting` were sent before."""
    subscribed: bool = False
    socket: Any = None
    number: int = 0

    def take_back(self) -> None:
        """What was sent and not acknowledged waits again, in its order."""
        self.waiting.extendleft(reversed(self.sent.values()))
        self.again, self.sent = self.again + len(self.sent), {}


class Broker(socketserver.ThreadingTCPServer):
    """Delivers everything to every client that subscribed; `watch` hears of each packet that came from a client."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Line)
        self.queues: dict[str, Queue] = {}
        self.levels = {4, 5}
        self.granted = 1
        self.cap = 1000
        self.expiry: int | None = None
        self.refusal = 0
        self.watch: Callable[[int], None] = lambda _kind: None
        self.heard: list[int] = []
        self.port = self.server_address[1]
        self.lock = threading.RLock()

    def send(self, *payloads: Any, qos: int = 1, topic: str = "a") -> None:
        """Publishes; a full queue drops the newest without a word, and at QoS 0 none is kept for who is away."""
        with self.lock:
            for payload in payloads:
                body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
                for queue in self.queues.values():
                    if queue.subscribed and (qos or queue.socket) and len(queue.waiting) < self.cap:
                        queue.waiting.append((struct.pack("!H", len(topic)) + topic.encode() + b"\0\0" + body, qos))

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was killed hangs up in the middle."""


class _Line(socketserver.BaseRequestHandler):
    server: Broker

    def handle(self) -> None:
        with suppress(OSError, IndexError):
            while packet := self._read():
                self.server.heard.append(packet[0])
                self.server.watch(packet[0])
                with self.server.lock:
                    self._answer(*packet)
        with self.server.lock:
            queue: Queue | None = getattr(self, "queue", None)
            if queue is not None and queue.socket is self.request:
                queue.socket = None
                queue.take_back()

    def _read(self) -> tuple[int, bytes] | None:
        first = self._take(1)
        if not first:
            return None
        length, shift = 0, 0
        while True:
            byte = self._take(1)[0]
            length |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return first[0] >> 4, self._take(length)

    def _take(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            part = self.request.recv(size - len(data))
            if not part:
                return b""
            data += part
        return data

    def _write(self, first: int, body: bytes) -> None:
        size, length = b"", len(body)
        while True:
            size += bytes([length % 128 | (128 if length > 127 else 0)])
            length //= 128
            if not length:
                break
        self.request.sendall(bytes([first]) + size + body)

    def _answer(self, kind: int, body: bytes) -> None:
        if kind == CONNECT:
            self._greet(body)
        elif kind == SUBSCRIBE:
            self.queue.subscribed = True
            self._write(SUBACK << 4, body[:2] + (b"\0" if self.level == 5 else b"") + bytes([self.server.granted]))
        elif kind == UNSUBSCRIBE:
            self._write(UNSUBACK << 4, body[:2] + (b"\0\x11" if self.level == 5 else b""))
        elif kind == PUBACK and self.queue.socket is self.request:
            self.queue.sent.pop(struct.unpack("!H", body[:2])[0], None)
        self._deliver()

    def _greet(self, body: bytes) -> None:
        self.level = body[6]
        start = 10 + (1 + body[10] if self.level == 5 else 0)
        length = struct.unpack("!H", body[start : start + 2])[0]
        name = body[start + 2 : start + 2 + length].decode()
        code = (0x84 if self.level == 5 else 1) if self.level not in self.server.levels else self.server.refusal
        present = not code and name in self.server.queues
        expiry = self.server.expiry
        properties = b"" if expiry is None else b"\x11" + struct.pack("!I", expiry)
        tail = bytes([len(properties)]) + properties if self.level == 5 else b""
        self._write(CONNACK << 4, bytes([present, code]) + tail)
        if code:
            raise OSError
        self.queue = self.server.queues.setdefault(name, Queue())
        self.queue.socket, self.queue.number = self.request, 0
        self.queue.take_back()

    def _deliver(self) -> None:
        queue: Queue | None = getattr(self, "queue", None)
        if queue is None or queue.socket is not self.request:
            return  # another connection took the session over
        while queue.subscribed and queue.waiting and len(queue.sent) < WINDOW:
            (head, qos), again = queue.waiting.popleft(), queue.again > 0
            queue.again -= again
            queue.number += 1
            topic, payload = head.split(b"\0\0", 1)
            mid = struct.pack("!H", queue.number) if qos else b""
            if qos:
                queue.sent[queue.number] = (head, qos)
            self._write(
                PUBLISH << 4 | again << 3 | qos << 1, topic + mid + (b"\0" if self.level == 5 else b"") + payload
            )


def change(job: Job, *, every: timedelta | None = None, **options: Any) -> Job:
    pull = replace(job.pull, options={**job.pull.options, **options}, every=every or job.pull.every)
    return replace(job, pull=pull)


def commit(job: Job, pulled: Pulled) -> Job:
    """The same job after the version with its rows was committed."""
    return replace(job, memory=pulled[0].memory)


def opened(job: Job) -> Job:
    """After a first pull, which only opens the queue."""
    with pytest.raises(PendingError, match="opened a queue for us just now"):
        pull_mqtt(job)
    return job


def rows(pulled: Pulled) -> list[Mapping[str, Any]]:
    snapshot, receipt = pulled
    found = [row for page in snapshot.pages for row in DECODERS["ndjson"](page.path.read_bytes(), snapshot, "").rows]
    assert len(found) == receipt.received
    return found


def values(pulled: Pulled, key: str = "n") -> list[str]:
    return [row["payload"][key] for row in rows(pulled)]


def codes(pulled: Pulled) -> dict[str, int]:
    return {one.code: one.count for one in pulled[0].issues}


def cut(broker: Broker) -> None:
    broker.queues["lamppost-air-obs"].socket.shutdown(socket.SHUT_RDWR)


def replaced(broker: Broker) -> None:
    """DISCONNECT with 0x8E, session taken over (MQTT 5.0 §3.14.2.1)."""
    broker.queues["lamppost-air-obs"].socket.sendall(b"\xe0\x02\x8e\x00")


def count(start: int, stop: int, device: str = "d1") -> list[dict[str, Any]]:
    return [{"dev": device, "n": number} for number in range(start, stop)]
