"""How numbers, days and shares are written in the sentences of this room."""

from datetime import date

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

_WHOLE = 100
"""From here on digits after the point say nothing to a reader."""


def say_day(day: date) -> str:
    """`2026-11-22` → `22 November 2026`."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def say_number(value: float, unit: str = "") -> str:
    """At most two digits after the point, none from 100 up, thousands separated: `1,957`, `9.53 kWh`, `62%`."""
    digits = 0 if abs(value) >= _WHOLE else 2
    text = f"{value:,.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    text = "0" if text == "-0" else text
    return f"{text}%" if unit == "%" else f"{text} {unit}".strip()


def say_share(share: float) -> str:
    """`0.617` → `62%`."""
    return f"{share:.0%}"


def say_count(count: int, noun: str) -> str:
    """`1 day`, `2 days`, `1,200 days`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def say_list(words: tuple[str, ...] | list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
