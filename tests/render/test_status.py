import json
from datetime import UTC, date, datetime

from lamppost.model import Dates, Outcome
from lamppost.render.status import render_status

from .small_site import Site

DATES = Dates(date(2026, 11, 22), datetime(2026, 11, 22, 12, tzinfo=UTC))


def state(site: Site, outcome: Outcome | None) -> dict[str, object]:
    outcomes = {"lights": outcome} if outcome else {}
    text = render_status(site.context.city, site.context.datasets, site.context.heads, outcomes, DATES)
    found: dict[str, object] = json.loads(text)["datasets"]["lights"]
    return found


def test_a_good_check_holds_for_as_long_as_was_promised(site: Site) -> None:
    found = state(site, Outcome("lights", "unchanged", 2, checked_at="2026-11-22T08:17:00Z"))
    assert found["last_checked_at"] == "2026-11-22T08:17:00Z"
    assert found["valid_until"] == "2026-11-24T08:00:00Z"
    assert (found["version"], found["verdict"], found["simulated"]) == (2, "unchanged", False)


def test_a_failed_check_promises_nothing_and_says_why(site: Site) -> None:
    found = state(site, Outcome("lights", "failed", 2, reason="503", checked_at="2026-11-22T08:17:00Z"))
    assert (found["valid_until"], found["reason"]) == (None, "503")


def test_a_dataset_that_was_never_checked_says_null(site: Site) -> None:
    assert state(site, None)["last_checked_at"] is None


def test_simulated_data_are_simulated_here_too(practice: Site) -> None:
    assert state(practice, None)["simulated"] is True
