"""Time as the progress rules count it: in years of twelve equal months, or in periods of an indicator's cadence."""

from calendar import monthrange
from datetime import date

CADENCE_DAYS = {"hourly": 1, "daily": 1, "weekly": 7, "monthly": 31, "quarterly": 92, "yearly": 366}
"""Longest length of one period in days; observations are dated by day, so hourly ones count as daily."""

_PERIODS_A_YEAR = {"monthly": 12, "quarterly": 4, "yearly": 1}


def decimal_year(day: date) -> float:
    """The end of `day` as a year; every month is a twelfth, so ends of months, quarters and years are evenly apart."""
    return day.year + (day.month - 1 + day.day / monthrange(day.year, day.month)[1]) / 12


def years_between(start: date, end: date) -> float:
    """From the end of one day to the end of the other; negative when `end` comes first."""
    return decimal_year(end) - decimal_year(start)


def periods_between(start: date, end: date, cadence: str) -> float:
    """The same in periods of the cadence: days, weeks, months, quarters or years."""
    if cadence in _PERIODS_A_YEAR:
        return years_between(start, end) * _PERIODS_A_YEAR[cadence]
    return (end - start).days / CADENCE_DAYS[cadence]
