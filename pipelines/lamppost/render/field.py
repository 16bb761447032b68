"""What a field is called and measured in, for charts and for the table of columns alike."""

from lamppost.model import Field

UNITS = {
    "kwh": "kWh", "usd": "USD", "ugm3": "µg/m³", "pct": "%", "w": "W", "m": "m", "km": "km", "mi": "mi",
    "c": "°C", "f": "°F",
    "days": "days", "gal": "gal", "tons": "tons", "ppm": "ppm", "ppb": "ppb", "db": "dB", "mm": "mm", "hpa": "hPa",
}  # fmt: skip
"""Last part of a field's name → the unit it stands for."""
_WORDS = {"USD": "US dollars", "m": "metres", "mi": "miles"}
_NUMBERS = ("number", "integer")


def title_of(field: Field) -> str:
    """The field's title, or its name in words."""
    return field.title or field.name.replace("_", " ").capitalize()


def unit_of(field: Field) -> str:
    """The unit that the field declares, or the one that a number's name ends in; empty for a plain count."""
    declared = field.descriptor.get("unit")
    if declared or field.type not in _NUMBERS:
        return str(declared or "")
    return UNITS.get(field.name.rpartition("_")[2], "")


def unit_in_words(field: Field) -> str:
    """The same where there is room for a word: `US dollars`, `metres`."""
    unit = unit_of(field)
    return _WORDS.get(unit, unit)
