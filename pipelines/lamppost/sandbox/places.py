"""Where things stand: real streets and corners, straightened to one segment each; who lives there is made up."""

from dataclasses import dataclass
from typing import Literal

from lamppost.sandbox import chance

Kind = Literal["nightlife", "park", "civic"]


@dataclass(frozen=True)
class Street:
    """A street as one straight segment, with the house numbers at its two ends."""

    name: str
    start: tuple[float, float]
    end: tuple[float, float]
    numbers: tuple[int, int]
    share: float
    """How much of what happens in the city happens here."""


@dataclass(frozen=True)
class Hotspot:
    """A public place with free Wi-Fi."""

    id: str
    name: str
    kind: Kind
    clients: int
    """Devices in a good hour."""


@dataclass(frozen=True)
class Station:
    """A sensor of fine dust."""

    code: str
    name: str
    traffic: float
    """How much of the rush hour it breathes in, in µg/m³ at the peak."""


STREETS = (
    Street("Santa Monica Blvd", (34.0838, -118.3895), (34.0907, -118.3442), (9098, 7100), 9),
    Street("Sunset Blvd", (34.0902, -118.3920), (34.0978, -118.3625), (9229, 7950), 5),
    Street("Fountain Ave", (34.0946, -118.3760), (34.0946, -118.3445), (8490, 7070), 4),
    Street("N La Cienega Blvd", (34.0836, -118.3766), (34.0930, -118.3755), (600, 1260), 2),
    Street("N Fairfax Ave", (34.0905, -118.3617), (34.0975, -118.3617), (1000, 1450), 3),
    Street("N Robertson Blvd", (34.0832, -118.3856), (34.0862, -118.3852), (600, 700), 2),
    Street("N San Vicente Blvd", (34.0835, -118.3836), (34.0905, -118.3852), (620, 990), 2),
    Street("N Crescent Heights Blvd", (34.0892, -118.3661), (34.0977, -118.3661), (1010, 1480), 2),
    Street("N La Brea Ave", (34.0905, -118.3442), (34.0945, -118.3442), (1000, 1280), 2),
)

HOTSPOTS = (
    Hotspot("N_646829496481092001", "Santa Monica Blvd at Robertson", "nightlife", 190),
    Hotspot("N_646829496481092002", "Santa Monica Blvd at San Vicente", "nightlife", 170),
    Hotspot("N_646829496481092003", "Santa Monica Blvd at La Cienega", "nightlife", 95),
    Hotspot("N_646829496481092004", "Santa Monica Blvd at Fairfax", "nightlife", 60),
    Hotspot("N_646829496481092005", "Sunset Strip at San Vicente", "nightlife", 120),
    Hotspot("N_646829496481092006", "Sunset Strip at La Cienega", "nightlife", 110),
    Hotspot("N_646829496481092007", "Plummer Park", "park", 75),
    Hotspot("N_646829496481092008", "Kings Road Park", "park", 28),
    Hotspot("N_646829496481092009", "Havenhurst Park", "park", 35),
    Hotspot("N_646829496481092010", "Library Plaza", "civic", 85),
    Hotspot("N_646829496481092011", "City Hall Plaza", "civic", 55),
    Hotspot("N_646829496481092012", "Plummer Park Community Center", "civic", 40),
)

STATIONS = (
    Station("AQ-01", "Santa Monica Blvd at San Vicente", 6.5),
    Station("AQ-02", "Plummer Park", 2.5),
    Station("AQ-03", "Sunset Strip at La Cienega", 5.0),
)


def street_for(*names: object) -> Street:
    """The street where something happens, busy ones more often."""
    return chance.weighted([(street, street.share) for street in STREETS], *names)


def place_on(street: Street, along: float, aside: float) -> tuple[float, float]:
    """Latitude and longitude at a share of the street's length, `aside` degrees off its middle."""
    latitude = street.start[0] + (street.end[0] - street.start[0]) * along
    longitude = street.start[1] + (street.end[1] - street.start[1]) * along
    runs_east = abs(street.end[1] - street.start[1]) > abs(street.end[0] - street.start[0])
    return (latitude + aside, longitude) if runs_east else (latitude, longitude + aside)


def address_on(street: Street, along: float) -> str:
    """The house number and street at a share of the street's length."""
    number = round(street.numbers[0] + (street.numbers[1] - street.numbers[0]) * along)
    return f"{number} {street.name}"
