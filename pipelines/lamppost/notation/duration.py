"""ISO 8601 durations and repeating intervals, as far as promises, schedules and windows need them."""

import re
from datetime import timedelta

_DURATION = re.compile(
    r"P(?!$)(?:(?P<years>\d{1,3})Y)?(?:(?P<months>\d{1,4})M)?(?:(?P<weeks>\d{1,4})W)?(?:(?P<days>\d{1,5})D)?"
    r"(?:T(?!$)(?:(?P<hours>\d{1,5})H)?(?:(?P<minutes>\d{1,6})M)?(?:(?P<seconds>\d{1,7})S)?)?",
    re.ASCII,
)


def parse_duration(text: str) -> timedelta | None:
    """`P1D`, `PT1H`, `P1W`; a month counts 30 days and a year 365; zero is one too; None for anything else."""
    match = _DURATION.fullmatch(text)
    if match is None:
        return None
    part = {name: int(value or 0) for name, value in match.groupdict().items()}
    days = part["years"] * 365 + part["months"] * 30 + part["weeks"] * 7 + part["days"]
    return timedelta(days=days, hours=part["hours"], minutes=part["minutes"], seconds=part["seconds"])


def parse_interval(text: str) -> timedelta | None:
    """The duration of a repeating interval such as `R/P1D` (DCAT `accrualPeriodicity`); None for zero, or none."""
    return (parse_duration(text.removeprefix("R/")) or None) if text.startswith("R/") else None
