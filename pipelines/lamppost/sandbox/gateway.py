"""What the city's IoT gateway has stored: fine dust of three stations, energy of twenty lamps, hour by hour.

An observation that arrives late, or is sent again with a better result, is stored when it arrives: it is not there on
an earlier `today`, and what is there never changes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from lamppost.sandbox import chance, lights
from lamppost.sandbox.hours import HOUR, days_before, hours_of, is_weekend, local, midnight
from lamppost.sandbox.places import STATIONS, Station

ENERGY = "Active energy"
DUST = "PM2.5"
_DAY = 24 * HOUR
_NONSENSE: tuple[str | float, ...] = ("n/a", -999)
_NIGHT = {22, 23, 0, 1, 2, 3, 4, 5}


@dataclass(frozen=True)
class Stream:
    """A Datastream with its Thing: one property that one device observes."""

    id: int
    observed: str
    unit: tuple[str, str]
    """Name and symbol."""
    thing: str
    properties: dict[str, Any]
    interval: bool
    """True when an observation covers the hour, not the instant at its end."""

    @property
    def name(self) -> str:
        """The Datastream's name."""
        return f"{self.thing} {self.observed}"


class Observation(NamedTuple):
    """One stored observation; times are seconds since 1970."""

    id: int
    stream: Stream
    start: int
    stored: int
    result: float | str


def make_streams(seed: int) -> tuple[Stream, ...]:
    """Stations first, then the metered lights."""
    dust = [
        Stream(number, DUST, ("microgram per cubic metre", "µg/m³"), one.name, {"station_code": one.code}, False)
        for number, one in enumerate(STATIONS, 1)
    ]
    energy = [
        Stream(100 + one.number, ENERGY, ("kilowatt hour", "kWh"), one.light_id, {"lamp_type": one.lamp_type}, True)
        for one in lights.make_lights(seed)
        if one.metered
    ]
    return (*dust, *energy)


def make_observations(today: date, seed: int) -> tuple[Observation, ...]:
    """Everything stored before the first second of `today`, by id: by hour, then by device, then by arrival."""
    streams = {stream.id: stream for stream in make_streams(seed)}
    made = [*_dust(today, seed, streams), *_energy(today, seed, streams)]
    return tuple(sorted(one for one in made if one.stored < midnight(today)))


def _identify(stream: int, start: int, again: int = 0) -> int:
    """Number an observation so that a later arrival for the same hour has the greater number."""
    return (start // HOUR * 1000 + stream) * 10 + again


def _dust(today: date, seed: int, streams: dict[int, Stream]) -> Iterator[Observation]:
    for number, station in enumerate(STATIONS, 1):
        for day in days_before(today):
            silent = _silence(seed, station.code, day)
            for index, hour in enumerate(hours_of(day)):
                if index not in silent:
                    yield from _dust_hour(seed, streams[number], station, hour)


def _dust_hour(seed: int, stream: Stream, station: Station, hour: int) -> Iterator[Observation]:
    """An hour's value, rarely a word or the code for *none* instead, put right a day later in half of the cases."""
    names = (seed, station.code, hour)
    value = _dust_value(seed, station, hour)
    stored = hour + chance.whole(60, 900, *names, "delay")
    if chance.happens(0.007, *names, "bad"):
        nonsense = chance.pick(_NONSENSE, *names, "how")
        yield Observation(_identify(stream.id, hour), stream, hour, stored, nonsense)
        if chance.happens(0.5, *names, "mended"):
            yield Observation(_identify(stream.id, hour, 1), stream, hour, stored + _DAY, value)
        return
    yield Observation(_identify(stream.id, hour), stream, hour, stored, value)
    if chance.happens(0.006, *names, "again"):
        better = round(value * chance.between(0.8, 0.97, *names, "better"), 1)
        yield Observation(_identify(stream.id, hour, 1), stream, hour, stored + 2 * _DAY, better)


def _dust_value(seed: int, station: Station, hour: int) -> float:
    """µg/m³: slow weather that all stations share, their own wander, traffic, and the still air of the night."""
    position, clock = hour // HOUR, local(hour).hour
    weather = 9.5 + 5.5 * chance.smooth(41, position, seed, "weather") + 2 * chance.smooth(13, position, seed, "wind")
    own = 1.2 * chance.smooth(7, position, seed, station.code)
    rush = station.traffic * max(0.0, 1 - abs(clock - 8) / 2.5, 0.9 - abs(clock - 18) / 3)
    if is_weekend(local(hour)):
        rush *= 0.5
    still = 1.5 if clock in _NIGHT else 0.0
    return round(max(0.8, weather + own + rush + still), 1)


def _silence(seed: int, device: str, day: date) -> range:
    """The hours of a day in which a device says nothing; on most days none."""
    if not chance.happens(0.06, seed, device, day, "silent"):
        return range(0)
    first = chance.whole(0, 18, seed, device, day, "silent from")
    return range(first, first + chance.whole(3, 8, seed, device, day, "silent for"))


def _energy(today: date, seed: int, streams: dict[int, Stream]) -> Iterator[Observation]:
    for light in lights.make_lights(seed):
        if not light.metered:
            continue
        stream = streams[100 + light.number]
        for day in days_before(today):
            silent = _silence(seed, light.light_id, day)
            held = _DAY if chance.happens(0.03, seed, light.light_id, day, "held") else 0
            for index, hour in enumerate(hours_of(day)):
                if index not in silent:
                    yield from _energy_hour(seed, stream, light, hour, held)


def _energy_hour(seed: int, stream: Stream, light: lights.Light, hour: int, held: int) -> Iterator[Observation]:
    """An hour's reading; one in 400 is a meter's overflow, one in 200 comes twice, `held` ones come a day late."""
    names = (seed, light.light_id, hour)
    bad = chance.happens(0.0025, *names, "bad")
    value = -1.0 if bad else lights.energy_kwh(seed, light, hour)
    stored = hour + HOUR + held + chance.whole(30, 600, *names, "delay")
    yield Observation(_identify(stream.id, hour), stream, hour, stored, value)
    if chance.happens(0.005, *names, "twice"):
        yield Observation(_identify(stream.id, hour, 1), stream, hour, stored + 90, value)
