"""Dock-less bikes as GBFS 3.0 feeds.

Wire facts: `gbfs.json` lists the feeds without a language level; times are RFC 3339; names are arrays of translated
texts; a vehicle's id is drawn anew so that nobody can be followed. Source: the General Bikeshare Feed Specification.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from lamppost.sandbox import chance, places
from lamppost.sandbox.hours import iso_local, midnight
from lamppost.sandbox.server import Answer, Request, System, as_json

BIKES = 90
TTL = 300
_RANGE_M = 45_000
_FEEDS = ("system_information", "vehicle_types", "vehicle_status")


def make_gbfs(today: date, seed: int) -> System:
    """The operator's feeds as they stand at the first second of `today`."""
    feeds: Mapping[str, Any] = {
        "system_information": _system(),
        "vehicle_types": {"vehicle_types": _types()},
        "vehicle_status": {"vehicles": [_vehicle(seed, today, number) for number in range(BIKES)]},
    }
    stamp = iso_local(midnight(today))

    def answer(request: Request) -> Answer:
        name = request.path.strip("/").removesuffix(".json")
        if name == "gbfs":
            listed = [{"name": feed, "url": f"{request.base}/{feed}.json"} for feed in _FEEDS]
            return _wrap({"feeds": listed}, stamp)
        if name in feeds:
            return _wrap(feeds[name], stamp)
        return as_json({"message": f"no feed is called {name}"}, 404)

    return answer


def _wrap(data: Any, stamp: str) -> Answer:
    return as_json({"last_updated": stamp, "ttl": TTL, "version": "3.0", "data": data})


def _text(text: str) -> list[dict[str, str]]:
    return [{"text": text, "language": "en"}]


def _system() -> dict[str, Any]:
    return {
        "system_id": "simulated_bikes",
        "languages": ["en"],
        "name": _text("Simulated Bikes"),
        "operator": _text("Simulated Bikes, a made-up operator"),
        "opening_hours": "24/7",
        "feed_contact_email": "feed@example.org",
        "timezone": "America/Los_Angeles",
        "license_id": "CC0-1.0",
    }


def _types() -> list[dict[str, Any]]:
    shared = {"form_factor": "bicycle", "wheel_count": 2, "return_constraint": "free_floating"}
    return [
        {"vehicle_type_id": "bike", "propulsion_type": "human", "name": _text("Bike"), **shared},
        {
            "vehicle_type_id": "e-bike",
            "propulsion_type": "electric_assist",
            "max_range_meters": _RANGE_M,
            "name": _text("E-bike"),
            **shared,
        },
    ]


def _vehicle(seed: int, today: date, number: int) -> dict[str, Any]:
    """One bike somewhere on that day; the last one has lost its position."""
    names = (seed, "bike", today, number)
    street = places.street_for(*names, "street")
    aside = chance.pick((-0.0001, 0.0001), *names, "side")
    latitude, longitude = places.place_on(street, chance.unit(*names, "along"), aside)
    lost = number == BIKES - 1
    identity = chance.token(32, *names, "id")
    vehicle: dict[str, Any] = {
        "vehicle_id": "-".join((identity[:8], identity[8:12], identity[12:16], identity[16:20], identity[20:])),
        "last_reported": iso_local(midnight(today) - chance.whole(20, 3600, *names, "reported")),
        "lat": 0.0 if lost else round(latitude, 6),
        "lon": 0.0 if lost else round(longitude, 6),
        "is_reserved": chance.happens(0.06, *names, "reserved"),
        "is_disabled": lost or chance.happens(0.08, *names, "disabled"),
        "vehicle_type_id": "e-bike" if number % 3 else "bike",
    }
    if vehicle["vehicle_type_id"] == "e-bike":
        left = chance.between(0.05, 1, *names, "range")
        vehicle |= {"current_range_meters": float(round(left * _RANGE_M, -2)), "current_fuel_percent": round(left, 2)}
    return vehicle
