"""The service desk's case files: what residents ask for, hour by hour, and how each request lives on.

A request's whole life follows from its day and number; what the desk shows of it depends on `today` alone.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from lamppost.sandbox import chance, places
from lamppost.sandbox.hours import HOUR, hours_of, midnight

_DAY = 24 * HOUR
_BY_HOUR = (1, 1, 1, 0.5, 0.5, 1, 2, 5, 9, 11, 11, 10, 9, 9, 9, 8, 8, 7, 5, 4, 4, 3, 2, 1.5)
_BY_WEEKDAY = (36, 34, 32, 32, 33, 20, 16)
_FIRST_NAMES = ("Alex", "Robin", "Jordan", "Sam", "Casey", "Jamie", "Riley", "Morgan")


@dataclass(frozen=True)
class Service:
    """One thing that can be asked for."""

    code: str
    name: str
    group: str
    share: float
    days: float
    """How long it takes, typically."""
    text: str


@dataclass(frozen=True)
class Case:
    """One request from beginning to end; times are seconds since 1970, `closed` may lie ahead."""

    id: str
    service: Service
    requested: int
    answered: int
    closed: int | None
    latitude: float | None
    longitude: float | None
    address: str
    description: str
    odd_status: bool
    """Somebody typed a status that the standard does not know."""


SERVICES = (
    Service("BULKY", "Bulky item left on the street", "Sanitation", 9, 1.6, "An old sofa stands on the sidewalk."),
    Service("GRAFFITI", "Graffiti", "Sanitation", 6, 2.2, "Fresh paint on the wall beside the entrance."),
    Service("LIGHT", "Street light out", "Streets", 3, 5.5, "The light at the corner has been dark for days."),
    Service("POTHOLE", "Pothole or street damage", "Streets", 3, 6.0, "A deep hole in the right lane."),
    Service("SIDEWALK", "Damaged sidewalk", "Streets", 2.5, 14.0, "A slab has lifted, people trip over it."),
    Service("TREE", "Tree needs care", "Parks", 3, 9.0, "A branch hangs low over the path."),
    Service("PARKING", "Blocked driveway or parking problem", "Parking", 6, 0.5, "A car blocks my driveway."),
    Service("NOISE", "Noise", "Code compliance", 4, 1.0, "Loud music past midnight again."),
    Service("BIKE", "Bike or scooter in the way", "Mobility", 4, 0.9, "A scooter lies across the curb ramp."),
    Service("OTHER", "Other request", "City Hall", 2, 4.0, "I have a question about a permit."),
)


def make_cases(today: date, seed: int, days: int) -> tuple[Case, ...]:
    """Every request made in the `days` before the first second of `today`, newest first."""
    cases: list[Case] = []
    for back in range(1, days + 1):
        day = today - timedelta(days=back)
        mean = _BY_WEEKDAY[day.weekday()]
        count = max(0, round(chance.normal(mean, mean**0.5, seed, "requests", day)))
        cases += [_make_case(seed, day, number) for number in range(1, count + 1)]
    return tuple(sorted((one for one in cases if one.requested < midnight(today)), key=_newest_first))


def _newest_first(case: Case) -> tuple[int, str]:
    return -case.requested, case.id


def _make_case(seed: int, day: date, number: int) -> Case:
    names = (seed, "request", day, number)
    service = chance.weighted([(one, one.share) for one in SERVICES], *names, "service")
    hour = chance.weighted(list(zip(hours_of(day), _BY_HOUR, strict=False)), *names, "hour")
    requested = hour + chance.whole(0, HOUR - 1, *names, "second")
    answered = requested + chance.whole(600, 20 * HOUR, *names, "answered")
    took = service.days * _DAY * 2 ** chance.normal(0, 1.1, *names, "took")
    street = places.street_for(*names, "street")
    along = chance.unit(*names, "along")
    latitude, longitude = _position(street, along, *names)
    return Case(
        id=f"{day:%y%m%d}-{number:03d}",
        service=service,
        requested=requested,
        answered=answered,
        closed=None if chance.happens(0.05, *names, "never") else answered + round(took),
        latitude=latitude,
        longitude=longitude,
        address=places.address_on(street, along),
        description=_describe(service, *names),
        odd_status=chance.happens(0.004, *names, "odd"),
    )


def _position(street: places.Street, along: float, *names: object) -> tuple[float | None, float | None]:
    """Most requests have a place; by telephone some have none, and a few pins were dropped in the ocean."""
    if chance.happens(0.03, *names, "nowhere"):
        return None, None
    if chance.happens(0.003, *names, "ocean"):
        return 0.0, 0.0
    latitude, longitude = places.place_on(street, along, chance.normal(0, 0.0006, *names, "aside"))
    return round(latitude, 6), round(longitude, 6)


def _describe(service: Service, *names: object) -> str:
    """What was written, with a made-up person in every third: never to be published."""
    if not chance.happens(0.35, *names, "signed"):
        return service.text
    name, digits = chance.pick(_FIRST_NAMES, *names, "name"), chance.whole(0, 99, *names, "phone")
    return f"{service.text} Please call {name} Sample, (310) 555-01{digits:02d}."
