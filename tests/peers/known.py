"""The rows that every peer is loaded with: known to the last digit, so that what comes back is compared row by row."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random

ASSETS = 4_500
OBSERVATIONS = 50_000
START = datetime(2026, 1, 1, tzinfo=UTC)


def assets() -> list[dict[str, str | float | int | None]]:
    """Street lights: ids with leading zeros, umlauts, commas, quotes, nulls; nine without a place."""
    chance = Random(4500)
    return [
        {
            "id": f"{number:06d}",
            "name": chance.choice(["Santa Mónica Blvd", 'Corner "A", north', "Fuß & Weg", "İnci – 5", "plain"]),
            "watts": None if number % 90 == 0 else chance.randrange(18, 250),
            "lon": None if number % 500 == 0 else round(-118.39 + chance.random() / 20, 6),
            "lat": None if number % 500 == 0 else round(34.07 + chance.random() / 40, 6),
        }
        for number in range(1, ASSETS + 1)
    ]


def observations() -> Iterator[dict[str, str | float]]:
    """Hourly readings of fifty devices for a thousand hours; values with two digits after the point."""
    chance = Random(50_000)
    for number in range(OBSERVATIONS):
        hour, device = divmod(number, 50)
        yield {
            "device": f"dev-{device:02d}",
            "at": (START + timedelta(hours=hour)).isoformat().replace("+00:00", "Z"),
            "value": round(chance.uniform(0, 80), 2),
        }
