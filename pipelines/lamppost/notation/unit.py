"""Units of measure: the last part of a field's name says which one, unless the field declares it."""

UNITS = {
    "kwh": "kWh", "usd": "USD", "ugm3": "µg/m³", "pct": "%", "w": "W", "m": "m", "km": "km", "mi": "mi",
    "c": "°C", "f": "°F",
    "days": "days", "gal": "gal", "tons": "tons", "ppm": "ppm", "ppb": "ppb", "db": "dB", "mm": "mm", "hpa": "hPa",
}  # fmt: skip
"""Last part of a field's name → the unit it stands for."""
MORE = {"kmh": "km/h", "kph": "km/h", "mph": "mph", "ms": "m/s", "ft": "ft", "in": "in", "cm": "cm", "kw": "kW"} | {
    "wh": "Wh", "mwh": "MWh", "mgm3": "mg/m³", "kg": "kg", "g": "g", "lb": "lb", "s": "s", "min": "min", "h": "h",
    "hours": "hours", "minutes": "minutes", "seconds": "seconds", "eur": "EUR", "l": "l", "k": "K", "lux": "lux",
}  # fmt: skip
"""Further ones, in which a source may come to measure instead; a name may end in such letters by chance."""


def unit_of_name(name: str) -> str:
    """The unit that a column's name ends in, such as `mph` of `Speed-MPH`; empty where the whole name is one word."""
    stem, _dash, last = name.lower().replace("-", "_").replace(" ", "_").replace(".", "_").rpartition("_")
    return (UNITS | MORE).get(last, "") if stem else ""
