"""Sixty street lights, and what the metered twenty of them draw hour by hour."""

import math
from dataclasses import dataclass
from datetime import date, timedelta

from lamppost.sandbox import chance, places
from lamppost.sandbox.hours import HOUR, local

COUNT, CONNECTED = 60, 24
_METERED = {*range(1, 15), *range(25, 31)}
"""Fourteen connected lights and six others, for comparison."""
DIMMED_UNTIL = 5
"""Connected lamps burn at half power from midnight to this hour of the city's clock."""
_SOLAR_NOON = 19 * HOUR + 53 * 60
_WATTS = {"LED": (42, 54, 80), "HPS": (100, 150, 200), "MH": (100, 175)}
_FUTURE_USES = ("EV charging", "air sensor", "public Wi-Fi", "small cell", "")


@dataclass(frozen=True)
class Light:
    """One pole with its lamp."""

    number: int
    light_id: str
    pole_type: str
    lamp_type: str
    watts: int
    connected: bool
    metered: bool
    future_use: str
    installed: date | None
    latitude: float
    longitude: float


def make_lights(seed: int) -> tuple[Light, ...]:
    """The inventory; the first lights are the connected ones."""
    return tuple(_make_light(seed, number) for number in range(1, COUNT + 1))


def _make_light(seed: int, number: int) -> Light:
    names = (seed, "light", number)
    connected = number <= CONNECTED
    lamp_type = "LED" if connected else chance.weighted((("LED", 2), ("HPS", 6), ("MH", 1)), *names, "lamp")
    street = places.street_for(*names, "street")
    side = chance.pick((-0.00012, 0.00012), *names, "side")
    latitude, longitude = places.place_on(street, chance.unit(*names, "along"), side)
    return Light(
        number=number,
        light_id=f"SL-{number:04d}",
        pole_type=chance.weighted((("steel", 5), ("concrete", 4), ("ornamental", 2)), *names, "pole"),
        lamp_type=lamp_type,
        watts=chance.pick(_WATTS[lamp_type], *names, "watts"),
        connected=connected,
        metered=number in _METERED,
        future_use=chance.pick(_FUTURE_USES, *names, "use"),
        installed=_install_date(connected, lamp_type, *names),
        latitude=round(latitude, 6),
        longitude=round(longitude, 6),
    )


def _install_date(connected: bool, lamp_type: str, *names: object) -> date | None:
    """Connected lamps came after the plan, some poles before 1970; a few dates nobody wrote down."""
    if not connected and chance.happens(0.1, *names, "unknown"):
        return None
    first, last = (2019, 2022) if connected else (2012, 2018) if lamp_type == "LED" else (1962, 2008)
    days = chance.whole(0, (date(last, 12, 31) - date(first, 1, 1)).days, *names, "installed")
    return date(first, 1, 1) + timedelta(days=days)


def energy_kwh(seed: int, light: Light, start: int) -> float:
    """What a lamp draws in the hour that starts at that second: nothing by day, half after midnight if connected."""
    ballast = 1.0 if light.lamp_type == "LED" else 1.13
    dimmed = 0.5 if light.connected and local(start).hour < DIMMED_UNTIL else 1.0
    noise = 1 + 0.03 * chance.smooth(5, start // HOUR, seed, light.light_id)
    return round(light.watts * ballast * dimmed * noise * dark_share(start) / 1000, 4)


def dark_share(start: int) -> float:
    """The share of that hour between sunset and sunrise at 34° north, within some minutes."""
    day = local(start).date()
    tilt = math.sin(2 * math.pi * (day.timetuple().tm_yday - 80) / 365)
    half = (6.08 + 1.13 * tilt) * HOUR
    noon = (day - date(1970, 1, 1)).days * 24 * HOUR + _SOLAR_NOON
    lit = min(start + HOUR, noon + half) - max(start, noon - half)
    return 1 - max(0.0, min(1.0, lit / HOUR))
