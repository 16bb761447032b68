"""Messages that wait: the broker may forget them once they are in the spool, and the spool once they wait."""

import threading
from collections.abc import Iterator

import pytest

from tests.pull.broker import Broker

from .conftest import Town
from .meters import DAILY, DAY, QUARTER, City, Meters, read

MESSAGES = (
    '{adapter: mqtt, url: "mqtt://127.0.0.1:PORT", allow: [127.0.0.1], topics: ["#"], idle: PT0S, every: PT15M, '
    "fields: {meter_id: payload.meter_id, read_at: payload.read_at, volume_m3: payload.volume_m3, "
    "seal: payload.seal}}"
)


@pytest.fixture
def broker() -> Iterator[Broker]:
    made = Broker()
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()


@pytest.fixture
def city(town: Town, broker: Broker) -> City:
    """Its queue is open, and one message is published."""
    made = City(town.root.parent / "city", town.url, Meters())
    made.write(MESSAGES.replace("PORT", str(broker.port)), DAILY)
    assert made.run().verdict == "pending"
    broker.send(read(0, 0))
    assert made.run(QUARTER).verdict == "published", made.outcomes
    return made


def segments(city: City) -> int:
    return len(list((city.root / "private" / "spool").rglob("*.ndjson")))


def test_a_message_is_in_the_spool_until_it_waits_and_comes_once(city: City, broker: Broker) -> None:
    for number in (1, 2, 3):
        broker.send(read(number, number))
        assert city.run((number + 1) * QUARTER).read == 1
        assert segments(city) == 1
    assert city.waiting == ["1.1", "1.2", "1.3"]
    city.run(DAY + QUARTER)
    assert [row[0] for row in city.rows()] == ["m0", "m1", "m2", "m3"]
    assert city.head.tables[0].counts.read == 3


def test_a_message_that_waits_is_read_again_when_the_memory_of_it_is_lost(city: City, broker: Broker) -> None:
    broker.send(read(1, 1))
    city.run(2 * QUARTER)
    (city.root / "private" / "memory" / "meters" / "meters.json").unlink()
    broker.send(read(2, 2))
    assert city.run(3 * QUARTER).read >= 2
    city.run(DAY + QUARTER)
    assert [row[0] for row in city.rows()] == ["m0", "m1", "m2"]
