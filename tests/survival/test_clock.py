"""P10: whatever a clock says, versions stand in the order in which they were made, and freshness is told truly."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from lamppost.load import load_city
from lamppost.model import Dates
from lamppost.pull import Transport
from lamppost.run import Setting, run
from lamppost.store import open_store
from tests.drivers.conftest import Town, make_well, town  # noqa: F401  the fixture

ZONE = ZoneInfo("America/New_York")
DAY = date(2026, 11, 22)
JUMPS = [DAY, DAY - timedelta(days=3650), DAY + timedelta(days=3650), DAY - timedelta(days=1), date(2028, 2, 29), DAY]


def test_versions_stand_in_the_order_in_which_they_were_made_whatever_day_it_was(town: Town) -> None:  # noqa: F811
    for number, day in enumerate(JUMPS, 1):
        town.source.items = [make_well(one) for one in range(1, 8 + number)]
        town.run(day, "wells")
    store = open_store(town.root / "store")
    versions = [store.read("wells", seq) for seq in store.versions("wells")]
    assert [one.date for one in versions] == [day.isoformat() for day in JUMPS]
    assert [(one.seq, one.parent) for one in versions] == [(1, None), *((n, n - 1) for n in range(2, 7))]
    assert versions[-1] == store.head("wells")


def test_a_clock_that_was_ahead_does_not_keep_a_dataset_from_being_asked_again(town: Town) -> None:  # noqa: F811
    town.run(DAY + timedelta(days=3650))
    town.source.items = town.source.items[:7]
    assert town.run(DAY).outcomes["wells"].verdict == "published"


def verdict_at(town: Town, moment: datetime) -> str:  # noqa: F811
    """What a run at that instant does with the wells."""
    city, there = load_city(town.root), moment.astimezone(ZONE)
    transport = Transport(sleep=lambda seconds: None, allow={"127.0.0.1"})
    setting = Setting(city, town.store, Dates(there.date(), there), {"WELLS_URL": town.url}, transport)
    return run(setting).outcomes["wells"].verdict


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 11, 1, 1, 30, tzinfo=ZONE),  # the first half past one of two
        datetime(2026, 11, 1, 1, 30, fold=1, tzinfo=ZONE),
        datetime(2027, 3, 14, 2, 30, tzinfo=ZONE),  # never was
        datetime(2028, 2, 29, 23, 59, 59, tzinfo=ZONE),
        datetime(2026, 12, 31, 23, 59, 59, tzinfo=ZONE),
    ],
)
def test_freshness_counts_hours_that_passed_not_those_on_the_wall(town: Town, moment: datetime) -> None:  # noqa: F811
    start = moment.astimezone(UTC)
    hours = (0, 1, 21, 24, 25)
    verdicts = [verdict_at(town, start + timedelta(hours=hour)) for hour in hours]
    assert verdicts == ["published", "not due", "not due", "unchanged", "not due"]
