"""Public Wi-Fi behind the Meraki dashboard API v1: networks of an organisation, client counts of a network.

Wire facts: `Authorization: Bearer`; lists are paged by `perPage` and `startingAfter`, and the next page's whole address
is in the Link header; `clientCountHistory` looks back 31 days and knows six resolutions. Source: the API's description
as the vendor's Python library carries it.
"""

import math
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from lamppost.sandbox import chance
from lamppost.sandbox.hours import DAYS, HOUR, days_before, hours_of, is_weekend, iso, local, midnight, seconds
from lamppost.sandbox.places import HOTSPOTS, Hotspot
from lamppost.sandbox.server import Answer, Request, System, as_json

ORGANISATION = "549236"
API_KEY = "simulated-key"
PAGE = 5
"""Small pages, so that twelve networks are paged as twelve thousand are."""
_PAGE_SIZES = range(3, 100_001)
_RESOLUTIONS = (300, 600, 1200, 3600, 14400, 86400)
_NIGHTS = (0.6, 0.65, 0.8, 1.0, 1.9, 2.1, 1.1)
"""Monday to Sunday; the hours before five in the morning belong to the night before."""

Counts = dict[int, int | None]


def make_meraki(today: date, seed: int) -> System:
    """The dashboard as it stands at the first second of `today`."""
    counts = {spot.id: _count(seed, spot, today) for spot in HOTSPOTS}

    def answer(request: Request) -> Answer:
        if request.headers.get("authorization") != f"Bearer {API_KEY}":
            return as_json({"errors": ["Invalid API key"]}, 401)
        match request.path.strip("/").split("/"):
            case ["organizations"]:
                return as_json([{"id": ORGANISATION, "name": "Simulated city"}])
            case ["organizations", organisation, "networks"] if organisation == ORGANISATION:
                return _list_networks(request)
            case ["networks", network, "wireless", "clientCountHistory"] if network in counts:
                return _list_counts(request, counts[network], today)
        return as_json({"errors": ["Not found"]}, 404)

    return answer


def _list_networks(request: Request) -> Answer:
    asked = request.query.get("perPage", str(PAGE))
    if not asked.isdigit() or int(asked) not in _PAGE_SIZES:
        return as_json({"errors": ["'perPage' must be an integer between 3 and 100000"]}, 400)
    size, after = min(PAGE, int(asked)), request.query.get("startingAfter", "")
    left = [spot for spot in HOTSPOTS if spot.id > after]
    page = left[:size]
    links = [f'<{_page_address(request, asked)}>; rel="first"']
    if len(left) > size:
        links.append(f'<{_page_address(request, asked, page[-1].id)}>; rel="next"')
    return as_json([_network(spot) for spot in page], headers=(("Link", ", ".join(links)),))


def _page_address(request: Request, size: str, after: str = "") -> str:
    query = {"perPage": size} | ({"startingAfter": after} if after else {})
    return f"{request.base}{request.path}?{urlencode(query)}"


def _network(spot: Hotspot) -> dict[str, Any]:
    return {
        "id": spot.id,
        "organizationId": ORGANISATION,
        "name": spot.name,
        "productTypes": ["wireless"],
        "timeZone": "America/Los_Angeles",
        "tags": ["public-wifi", spot.kind],
        "enrollmentString": None,
        "url": f"https://dashboard.example.org/{spot.id}/manage/usage/list",
        "notes": "",
        "isBoundToConfigTemplate": False,
    }


def _list_counts(request: Request, counts: Counts, today: date) -> Answer:
    try:
        start, end, resolution = _read_window(request, midnight(today))
    except ValueError as error:
        return as_json({"errors": [str(error)]}, 400)
    buckets: dict[int, list[int | None]] = {}
    for hour, count in counts.items():
        if start <= hour < end:
            for bucket in range(hour - hour % resolution, hour + HOUR, resolution):
                if bucket >= hour or resolution > HOUR:
                    buckets.setdefault(bucket, []).append(count)
    return as_json([_bucket(at, resolution, values) for at, values in sorted(buckets.items())])


def _bucket(at: int, resolution: int, values: list[int | None]) -> dict[str, Any]:
    known = [value for value in values if value is not None]
    return {"startTs": iso(at), "endTs": iso(at + resolution), "clientCount": max(known) if known else None}


def _read_window(request: Request, now: int) -> tuple[int, int, int]:
    """`t0`, `t1` and `resolution` in seconds; ValueError is worded as the dashboard words it."""
    query = request.query
    resolution = int(query["resolution"]) if query.get("resolution", "").isdigit() else 86400
    if resolution not in _RESOLUTIONS or not query.get("resolution", "0").isdigit():
        raise ValueError(f"'resolution' must be one of: {', '.join(map(str, _RESOLUTIONS))}")
    end = _read_time(query["t1"], "t1") if "t1" in query else now
    span = int(query["timespan"]) if query.get("timespan", "").isdigit() else 7 * 24 * HOUR
    start = _read_time(query["t0"], "t0") if "t0" in query else end - span
    # The day that has begun counts as one more, so that a pull at any time of it may ask for 31 whole days.
    if start < now - (DAYS + 1) * 24 * HOUR:
        raise ValueError(f"'t0' must be within the past {DAYS} days")
    if end - start > (DAYS + 1) * 24 * HOUR:
        raise ValueError(f"'t1' must be at most {DAYS} days after 't0'")
    return start, end, resolution


def _read_time(text: str, name: str) -> int:
    try:
        return seconds(text)
    except ValueError as error:
        raise ValueError(f"'{name}' must be a date-time") from error


def _count(seed: int, spot: Hotspot, today: date) -> Counts:
    """Devices by hour; an hour without power is absent, a few have no count."""
    counts: Counts = {}
    for day in days_before(today):
        off = range(0)
        if chance.happens(0.03, seed, spot.id, day, "off"):
            first = chance.whole(0, 18, seed, spot.id, day, "off from")
            off = range(first, first + chance.whole(3, 9, seed, spot.id, day, "off for"))
        for index, hour in enumerate(hours_of(day)):
            if index not in off:
                lost = chance.happens(0.004, seed, spot.id, hour, "lost")
                counts[hour] = None if lost else _devices(seed, spot, hour)
    return counts


def _devices(seed: int, spot: Hotspot, hour: int) -> int:
    wobble = 1 + 0.25 * chance.smooth(9, hour // HOUR, seed, spot.id) + chance.normal(0, 0.06, seed, spot.id, hour)
    return max(0, round(spot.clients * _rhythm(spot, hour) * wobble))


def _rhythm(spot: Hotspot, hour: int) -> float:
    """How full a place is, 1 being a good hour."""
    clock = local(hour)
    weekend = is_weekend(clock)
    if spot.kind == "park":
        return (0.04 + 0.7 * _bump(clock.hour, 15.5, 3)) * (1.35 if weekend else 0.9)
    if spot.kind == "civic":
        return (0.03 + 0.9 * _bump(clock.hour, 12.5, 3)) * (0.3 if weekend else 1.0)
    night = _NIGHTS[(clock - timedelta(hours=5)).weekday()]
    return 0.06 + 0.18 * _bump(clock.hour, 13, 2.5) + 0.5 * night * _bump(clock.hour, 22, 2.2)


def _bump(hour: int, peak: float, width: float) -> float:
    """A bell around `peak` on the round of 24 hours."""
    away = abs(hour - peak)
    return math.exp(-(min(away, 24 - away) ** 2) / (2 * width**2))
