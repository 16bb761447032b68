"""The contract portal's database: one table of reviews since 2019, first on paper, then through the portal.

The database is SQLite with a second table, `lamppost_simulated`, that says what it is.
"""

import sqlite3
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from lamppost.sandbox import chance
from lamppost.sandbox.hours import is_weekend

FIRST_YEAR = 2019
PORTAL_OPENED = date(2019, 7, 1)
_DEPARTMENTS = (
    ("Public Works", 5),
    ("Community Services", 3),
    ("Innovation Division", 2),
    ("Long Range & Mobility Planning", 2),
    ("Public Safety", 2),
    ("Information Technology", 2),
    ("Finance", 1),
)
_TABLES = """
CREATE TABLE contract_reviews (
  contract_id TEXT PRIMARY KEY, department TEXT, submitted_date TEXT, approved_date TEXT, review_days INTEGER,
  channel TEXT, reviewer TEXT, vendor_email TEXT
);
CREATE TABLE lamppost_simulated (note TEXT);
INSERT INTO lamppost_simulated VALUES ('Made up by the Lamppost sandbox: no city''s data.');
"""


class Review(NamedTuple):
    """One row of the table; dates are ISO days, the last two fields are not for the public."""

    contract_id: str
    department: str
    submitted_date: str
    approved_date: str | None
    review_days: int | None
    channel: str
    reviewer: str
    vendor_email: str


def write_contracts(path: Path, today: date, seed: int) -> None:
    """Make the database anew at `path`."""
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as database:
        database.executescript(_TABLES)
        database.executemany("INSERT INTO contract_reviews VALUES (?, ?, ?, ?, ?, ?, ?, ?)", make_reviews(today, seed))
        database.commit()


def make_reviews(today: date, seed: int) -> tuple[Review, ...]:
    """Every contract submitted before `today`, oldest first; one not yet approved has no approval and no days."""
    reviews: list[Review] = []
    for year in range(FIRST_YEAR, today.year + 1):
        days = sorted(_submission_days(seed, year))
        reviews += [_make_review(seed, today, number, day) for number, day in enumerate(days, 1) if day < today]
    return tuple(reviews)


def _submission_days(seed: int, year: int) -> list[date]:
    """Three to six working days a month on which a contract came in."""
    return [
        next_working_day(date(year, month, chance.whole(1, 27, seed, "contract", year, month, number)))
        for month in range(1, 13)
        for number in range(chance.whole(3, 6, seed, "contracts", year, month))
    ]


def _make_review(seed: int, today: date, number: int, submitted: date) -> Review:
    names = (seed, "contract", submitted.year, number)
    portal = submitted >= PORTAL_OPENED and not chance.happens(_paper_share(submitted), *names, "paper")
    days = max(1, round(chance.normal(_typical_days(submitted, portal), 1.6, *names, "days")))
    approved = add_working_days(submitted, days)
    done = approved < today
    # One in 150 was typed with the two dates the wrong way round.
    shown = -days if chance.happens(1 / 150, *names, "swapped") else days
    return Review(
        contract_id=f"C-{submitted.year}-{number:03d}",
        department=chance.weighted(_DEPARTMENTS, *names, "department"),
        submitted_date=submitted.isoformat(),
        approved_date=approved.isoformat() if done else None,
        review_days=shown if done else None,
        channel="portal" if portal else "paper",
        reviewer=f"Reviewer {chance.whole(1, 9, *names, 'reviewer')}",
        vendor_email=f"vendor{chance.whole(1, 80, *names, 'vendor')}@example.org",
    )


def _paper_share(day: date) -> float:
    """Paper fades over the year and a half after the portal opened, and never quite ends."""
    return max(0.03, 0.6 - 0.6 * (day - PORTAL_OPENED).days / 550)


def _typical_days(day: date, portal: bool) -> float:
    """Ten working days on paper; through the portal from six down to four within two years."""
    if not portal:
        return 10
    return 4 + 2 * max(0.0, 1 - (day - PORTAL_OPENED).days / 730)


def next_working_day(day: date) -> date:
    """That day, or the Monday after it."""
    return day + timedelta(days=7 - day.weekday()) if is_weekend(day) else day


def add_working_days(day: date, count: int) -> date:
    """The day that lies `count` Mondays to Fridays later."""
    while count:
        day += timedelta(days=1)
        count -= not is_weekend(day)
    return day
