"""The finance team's workbook: what the plan's actions were granted and have spent, dropped into a folder.

As such workbooks are: a title above the header, a total below the rows, and columns that were never meant to leave the
building.
"""

from datetime import date
from pathlib import Path

from lamppost.sandbox import chance
from lamppost.sandbox.workbook import Cell, write_workbook

NAME = "innovation-budget.xlsx"
SHEET = "Budget"
HEADER = (
    "Fiscal year", "Line", "Plan action", "Title", "Approved (USD)", "Spent (USD)", "Status", "Revised", "Note",
)  # fmt: skip
_FIRST_YEAR, _LINES, _JULY = 2018, 7, 7
_TITLES = {
    "1.1": ("Data academy for staff", "Data analytics lead", "Analytics bench on call"),
    "1.2": ("Public dashboards", "Open data portal renewal"),
    "1.3": ("Mobility data inventory", "Mobility data platform"),
    "1.4": ("Curbside management pilot", "Loading zone sensors"),
    "1.5": ("Privacy policy review",),
    "2.1": ("Workflow tracker pilot", "Digital contract portal"),
    "2.2": ("Digital engagement tests",),
    "2.3": ("Open mobility feeds",),
    "2.4": ("On-demand transit study",),
    "3.1": ("Public safety pilot evaluation",),
    "3.2": ("Network back-ups", "Fiber to city facilities"),
    "3.3": ("Air sensors in public spaces", "Sensor program design"),
    "3.4": ("Street light retrofit", "Street light controls", "Pole inventory"),
    "3.5": ("Device approval process",),
}

Row = tuple[Cell, ...]


def write_budget(folder: Path, today: date, seed: int) -> None:
    """Write the workbook as it stands at the first second of `today`."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = make_lines(today, seed)
    total: Row = (None, None, None, "Total", sum(_cents(row[4]) for row in rows), sum(_cents(row[5]) for row in rows))
    title: Row = ("Innovation budget, all years", None, None, None, None, None, None, today)
    write_workbook(folder / NAME, SHEET, [title, HEADER, *rows, total])


def _cents(value: Cell) -> int:
    return value if isinstance(value, int) else 0


def make_lines(today: date, seed: int) -> tuple[Row, ...]:
    """Seven lines for every fiscal year that has begun (July to June), in the header's order."""
    return tuple(
        _make_line(seed, today, year, number)
        for year in range(_FIRST_YEAR, fiscal_year_of(today) + 1)
        for number in range(1, _LINES + 1)
    )


def fiscal_year_of(day: date) -> int:
    """The year in which that day's fiscal year began."""
    return day.year if day.month >= _JULY else day.year - 1


def _make_line(seed: int, today: date, year: int, number: int) -> Row:
    names = (seed, "budget", year, number)
    # Two actions a line apart, so that a year's seven lines are of seven actions and two years cover all fourteen.
    action = list(_TITLES)[((year - _FIRST_YEAR) + 2 * (number - 1)) % len(_TITLES)]
    approved = chance.whole(6, 90, *names, "approved") * 1000
    share = _months_gone(today, year) / 12 * chance.between(0.72, 1.0, *names, "share")
    if chance.happens(0.05, *names, "over"):
        share *= 1.12
    closed = fiscal_year_of(today) > year
    held = chance.happens(0.07, *names, "held")
    return (
        f"{year}-{(year + 1) % 100:02d}",
        f"IF-{year % 100:02d}{number:02d}",
        action,
        chance.pick(_TITLES[action], *names, "title"),
        approved,
        0 if held and not closed else round(approved * share),
        "closed" if closed else "on hold" if held else "open",
        date(year, _JULY, 1),
        "ask Pat Sample, (323) 555-0142" if chance.happens(0.2, *names, "note") else None,
    )


def _months_gone(today: date, year: int) -> int:
    """Whole months of the fiscal year that lie behind `today`, at most 12."""
    return min(12, (today.year - year) * 12 + today.month - _JULY)
