"""One visit to the broker: connect, subscribe at QoS 1, take what waits, acknowledge only what is on disk.

The queue counts as drained when the broker has confirmed over the whole of `idle` that nothing is left: each time all
that came was acknowledged, a question followed (to end a subscription that nobody has), and its answer came with no
message before it. A broker handles what one client sends in order, so it had seen the acknowledgements, had room, and
had nothing to send. Silence alone would show less, and in a city where some device speaks every second never comes.
"""

import select
import ssl
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from lamppost.pull.fault import fault
from lamppost.pull.mqtt.connection import V5, V311, Connection
from lamppost.pull.mqtt.settings import Settings, read_place
from lamppost.pull.mqtt.spool import Message
from lamppost.pull.transport.reach import UnreachableError

BATCH = 500
"""Messages that may wait for one acknowledgement, and are made durable with one fsync."""
QUESTION = "lamppost/nobody/subscribes/to/this"
TIMES = 5
"""Stretches that `idle` is cut into, with a question at each end."""
ATTEMPTS = 4
PATIENCE = 15.0
"""Seconds for one step of connecting."""
OLD_BROKER = 0x84
"""Unsupported protocol version (MQTT 5.0 §3.2.2.2)."""
TAKEN_OVER = 0x8E
GRANTED = 1


@dataclass(frozen=True)
class Visit:
    """What the visit showed."""

    drained: bool
    received: int
    expiry: int | None = None
    """Seconds that the broker keeps the session, where it says something else than was asked (MQTT 5 only)."""


@dataclass(frozen=True)
class Keeper:
    """What the visit hands on: each returns only when it is on disk."""

    expect: Callable[[], None]
    """Just before the broker learns who we are."""
    greet: Callable[[bool], None]
    """The broker's answer: whether the session was there."""
    keep: Callable[[Sequence[Message]], None]
    ended: tuple[str, ...] = ()
    """Topics of an earlier pull that the descriptor names no more."""


class _LostError(Exception):
    """The connection ended; what was not acknowledged comes again."""


class _OldBrokerError(Exception):
    """The broker does not speak MQTT 5."""


def visit_broker(settings: Settings, keeper: Keeper, pause: Callable[[float], None] = time.sleep) -> Visit:
    """Drains the queue; PullError when the broker cannot be reached, refuses us, or does not grant QoS 1."""
    end = time.monotonic() + settings.deadline.total_seconds()
    protocol, received = V5, 0
    for attempt in range(1, ATTEMPTS + 1):
        line = _Line(settings, protocol, keeper, end)
        try:
            visit = line.drain()
            return Visit(visit.drained, received + visit.received, visit.expiry)
        except _OldBrokerError:
            protocol = V311
        except _LostError as error:
            received += line.received
            if attempt == ATTEMPTS or time.monotonic() > end:
                do = "see whether the broker runs and can be reached; what was acknowledged lies in the spool"
                raise fault(settings.shown, f"{error}, {attempt} times", "a connection that holds", do) from None
            pause(0.2 * 2**attempt)
        finally:
            line.close()
    raise fault(settings.shown, "a broker that takes neither MQTT 5 nor 3.1.1", "one of them", "ask its operator")


class _Line:
    """One connection; callbacks only note what came, everything else happens in `drain`."""

    def __init__(self, settings: Settings, protocol: MQTTProtocolVersion, keeper: Keeper, end: float) -> None:
        self.received = 0
        self._settings, self._keeper, self._end = settings, keeper, end
        self._v5 = protocol == V5
        self._client = Connection(settings, protocol)
        self._came: list[tuple[int, Message]] = []
        self._present: bool | None = None
        self._expiry: int | None = None
        self._refusal: Any = None
        self._granted: list[Any] | None = None
        self._answered: int | None = None
        self._left = self._replaced = False
        client = self._client
        client.on_connect, client.on_message, client.on_subscribe = self._on_connect, self._on_message, self._on_granted
        client.on_unsubscribe, client.on_disconnect = self._on_answer, self._on_left
        client.on_socket_open = lambda *_: self._keeper.expect()

    def drain(self) -> Visit:
        """From the first byte to the last acknowledgement."""
        self._connect()
        self._wait(lambda: self._present is not None or self._refusal is not None, "no answer to our greeting")
        self._check_refusal()
        assert self._present is not None, "no refusal"
        self._keeper.greet(self._present)
        self._subscribe()
        return Visit(self._listen(), self.received, self._expiry)

    def close(self) -> None:
        """Takes leave, however far it came; the session stays, and what was not acknowledged stays in it."""
        self._client.on_disconnect = None
        self._client.disconnect()

    def _connect(self) -> None:
        client, settings = self._client, self._settings
        host, port, _secure = read_place(settings)
        client.connect_timeout = min(PATIENCE, settings.deadline.total_seconds())
        if settings.user:
            client.username_pw_set(*settings.user)
        try:
            if not self._v5:
                client.connect(host, port)
                return
            wishes = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
            wishes.SessionExpiryInterval = int(settings.expiry.total_seconds())
            wishes.ReceiveMaximum = BATCH
            client.connect(host, port, clean_start=False, properties=wishes)
        except UnreachableError as error:
            raise settings.reach.refuse(settings.url, settings.shown, error) from None
        except ssl.SSLCertVerificationError as error:
            do = "check the host's name, or name the authority's certificate under `ca:`"
            raise fault(settings.shown, f"a certificate that is {error.verify_message}", "a good one", do) from None
        except OSError as error:
            raise _LostError(f"no connection ({error.strerror or type(error).__name__})") from None

    def _check_refusal(self) -> None:
        if self._refusal is None:
            return
        if self._v5 and self._refusal.value == OLD_BROKER:
            raise _OldBrokerError
        do = "check user and password in the environment, and ask the operator whether the client id may connect"
        raise fault(self._settings.shown, f"refused ({self._refusal})", "a connection", do)

    def _subscribe(self) -> None:
        """Anew at each visit: for a session that is there it changes nothing, and it shows what is granted."""
        options = SubscribeOptions(qos=1, retainHandling=SubscribeOptions.RETAIN_SEND_IF_NEW_SUB)
        topics: list[Any] = [(one, options if self._v5 else 1) for one in self._settings.topics]
        try:
            if self._keeper.ended:
                self._client.unsubscribe(list(self._keeper.ended))
            self._client.subscribe(topics)
        except ValueError:
            raise fault("pull.topics", "no topic filter", "such as sensors/+/up", "correct the descriptor") from None
        self._wait(lambda: self._granted is not None, "no answer to our subscription")
        for topic, granted in zip_longest(self._settings.topics, self._granted or ()):
            if granted is None or granted.value != GRANTED:
                refused = f"the subscription was refused ({granted})"
                found = f"{topic}: {'only QoS 0 was granted' if granted and granted.value == 0 else refused}"
                do = "ask the broker's operator to let this client subscribe at QoS 1"
                raise fault(self._settings.shown, found, "QoS 1", do)

    def _listen(self) -> bool:
        """True when the queue is drained, False when the deadline came first."""
        stretch = self._settings.idle.total_seconds() / TIMES
        quiet, asked, asked_at, before = 0, None, 0.0, 0
        while time.monotonic() < self._end:
            now = time.monotonic()
            if asked is not None and self._answered == asked and not self._came:
                quiet, asked = (quiet + 1 if self.received == before else 0), None
            if quiet > TIMES:
                return True
            if asked is None and not self._came and (not asked_at or now >= asked_at + stretch):
                asked, asked_at, before = self._client.unsubscribe(QUESTION)[1], now, self.received
            self._turn(0.05)
        self._keep()
        return False

    def _turn(self, seconds: float) -> None:
        """Reads what is there, waiting for it at most so long; once nothing more is, what came is kept."""
        before = len(self._came)
        works = self._exchange(0 if self._came else seconds)
        if self._replaced:
            do = "let only one place pull this resource, or give each a `client_id:` of its own"
            raise fault(self._settings.shown, "somebody else connected with our client id", "to be the only one", do)
        if self._left or not works:
            raise _LostError("the broker ended the connection" if self._left else "the connection broke")
        if self._came and (len(self._came) == before or len(self._came) >= BATCH):
            self._keep()

    def _exchange(self, seconds: float) -> bool:
        """Reads one packet and writes what has to be written; False when the connection is gone."""
        client, sock = self._client, self._client.socket()
        if sock is None:
            return False
        inside = sock.pending() if isinstance(sock, ssl.SSLSocket) else 0
        wanted = [sock] if client.want_write() else []
        readable, writable, _ = select.select([sock], wanted, [], 0 if inside else seconds)
        steps = ((readable or inside, client.loop_read), (writable, client.loop_write), (True, client.loop_misc))
        return all(step() == MQTTErrorCode.MQTT_ERR_SUCCESS for needed, step in steps if needed)

    def _keep(self) -> None:
        """On disk first, acknowledged then."""
        if not self._came:
            return
        self._keeper.keep([message for _mid, message in self._came])
        for mid, message in self._came:
            if message.qos:
                self._client.ack(mid, message.qos)
        self._came.clear()

    def _wait(self, done: Callable[[], bool], trouble: str) -> None:
        end = min(time.monotonic() + PATIENCE, self._end)
        while not done():
            if time.monotonic() > end:
                raise _LostError(trouble)
            try:
                self._turn(0.05)
            except _LostError:
                if not done():
                    self._suspect_age()
                    raise

    def _suspect_age(self) -> None:
        """A broker that hangs up on a greeting in MQTT 5 may be one that does not know it."""
        if self._v5 and self._present is None:
            raise _OldBrokerError

    def _on_connect(self, _client: Client, _data: Any, flags: Any, reason: Any, properties: Any) -> None:
        if reason.is_failure:
            self._refusal = reason
            return
        self._present = flags.session_present
        self._expiry = getattr(properties, "SessionExpiryInterval", None)

    def _on_message(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        try:
            topic = message.topic
        except UnicodeDecodeError:
            topic = ""  # no topic filter of ours fits it, and the specification forbids it (§1.5.4)
        self.received += 1
        kept = Message(topic, bytes(message.payload), message.qos, message.dup, message.retain)
        self._came.append((message.mid, kept))

    def _on_granted(self, _client: Client, _data: Any, _mid: int, granted: list[Any], _properties: Any) -> None:
        self._granted = list(granted)

    def _on_answer(self, _client: Client, _data: Any, mid: int, _reasons: Any, _properties: Any) -> None:
        self._answered = mid

    def _on_left(self, _client: Client, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        self._left, self._replaced = True, self._v5 and reason is not None and reason.value == TAKEN_OVER
