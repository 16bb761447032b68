"""Pulls that waited and were published together leave the bytes that publishing each of them leaves."""

import random
from typing import Any

import pytest

from .conftest import Town
from .meters import DAILY, DAY, QUARTER, SCHEMA, WHOLE, City, Meters, read

MODES = {
    "upsert": (DAILY, SCHEMA, "meter_id, read_at"),
    "newest": (DAILY.replace("day", "value").replace("of: read_at", "of: meter_id"), SCHEMA, "meter_id"),
    "append": ("{mode: append, every: P1D, partition: {by: day, of: read_at}}", SCHEMA, "meter_id"),
    "whole": ("{mode: append, every: P1D}", SCHEMA, "meter_id, read_at"),
    "content": ("{mode: append, every: P1D}", SCHEMA.replace("primaryKey: [meter_id, read_at]", ""), ""),
}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("seed", range(2))
def test_pulls_that_waited_end_where_publishing_each_of_them_ends(town: Town, mode: str, seed: int) -> None:
    publish, schema, key = MODES[mode]
    schema = schema.replace("meter_id, read_at]", f"{key}]")
    town.source.__class__ = Meters
    waits, each = (City(town.root.parent / name, town.url, town.source) for name in ("waits", "each"))
    waits.write(WHOLE, publish, schema)
    each.write(WHOLE, publish.replace("every: P1D", "every: PT15M"), schema)
    chance = random.Random(f"{mode}{seed}")
    for number in range(8):
        town.source.items = make_items(chance) if number else [read(1, 0)]
        for one in (waits, each):
            one.run(number * QUARTER)
    assert waits.head.seq == 1
    for one in (waits, each):
        one.run(DAY)
    assert waits.head.seq == 2 < each.head.seq
    assert waits.parts() == each.parts()
    assert sum(one.read for one in waits.outcomes[:-1]) == sum(one.read for one in each.outcomes[:-1])


def make_items(chance: random.Random) -> list[dict[str, Any]]:
    """Late, repeated, changed and broken readings; one per key, as one pull has it."""
    found = {}
    for _ in range(chance.randint(1, 12)):
        one = read(chance.randint(1, 4), chance.randint(-3000, 0), chance.choice([1, 2, 3, 4, 5, 6, "wet"]))
        found[one["meter_id"]] = one
    items = list(found.values())
    good = [one for one in items if one["volume_m3"] != "wet"]
    return items if len(good) * 2 >= len(items) else [read(1, -1), read(2, -2)]
