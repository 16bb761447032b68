"""Where an action stands, from its milestones alone."""

from dataclasses import replace
from datetime import date
from typing import Any

from lamppost.model import Action, Milestone
from lamppost.plan import deliver

TODAY = date(2026, 11, 22)
SHOWN = "https://example.org/minutes"


def action(*milestones: Milestone, **more: Any) -> Action:
    given = {"stage": "active", **more}
    return Action(
        id="1.1", title="A", strategy="s1", focus="city-hall", owner="O", summary="S", problem="P", people="P",
        origin="O", milestones=milestones, **given,
    )  # fmt: skip


DONE = Milestone("a", "First", due=date(2026, 5, 1), done=date(2026, 4, 1), evidence=SHOWN)
OPEN = Milestone("b", "Second", due=date(2027, 5, 1))
LATE = Milestone("c", "Third", due=date(2026, 11, 20))


def test_on_time_names_what_comes_next() -> None:
    found = deliver(action(DONE, OPEN), TODAY)
    assert (found.label, found.percent, found.upcoming) == ("On time", 50, OPEN)
    assert found.sentence == (
        "On time because no date has passed without its milestone being done; 1 of 2 milestones are done (50%)."
    )


def test_late_names_the_step_and_the_days() -> None:
    found = deliver(action(DONE, LATE), TODAY)
    assert (found.label, found.late_days, found.overdue, found.tone) == ("Late", 2, (LATE,), "bad")
    assert "“Third” was due on 20 November 2026, 2 days ago" in found.sentence


def test_late_begins_the_day_after() -> None:
    assert deliver(action(LATE), date(2026, 11, 20)).label == "On time"
    assert deliver(action(LATE), date(2026, 11, 21)).label == "Late"


def test_the_date_of_the_action_counts_too() -> None:
    assert deliver(action(OPEN, due=date(2026, 11, 1)), TODAY).late_days == 21
    assert deliver(action(DONE, due=date(2026, 11, 1)), TODAY).label == "On time"


def test_done_without_evidence_does_not_count() -> None:
    claimed = replace(DONE, evidence="")
    assert deliver(action(claimed), TODAY).label == "Late"
    assert deliver(action(replace(DONE, done=date(2027, 1, 1))), TODAY).done == 0


def test_ongoing_is_not_done() -> None:
    assert deliver(action(DONE, stage="active"), TODAY).label == "On time"
    assert deliver(action(DONE, stage="done"), TODAY).label == "Done"
    assert deliver(action(DONE, OPEN, stage="done"), TODAY).label == "On time"


def test_paused_and_stopped_give_their_reason() -> None:
    paused = deliver(action(LATE, stage="paused", stage_reason="No bids came in."), TODAY)
    assert (paused.label, paused.late_days) == ("Paused", 0)
    assert paused.sentence == "Paused: No bids came in; 0 of 1 milestone is done (0%)."
    assert (
        deliver(action(stage="cancelled"), TODAY).sentence == "Stopped: no reason is given; no milestones are listed."
    )


def test_not_started_is_late_once_a_date_has_passed() -> None:
    assert deliver(action(OPEN, stage="planned"), TODAY).label == "Not started"
    assert deliver(action(LATE, stage="planned"), TODAY).label == "Late"


def test_slip_is_counted_from_the_first_promise() -> None:
    found = deliver(
        action(DONE, OPEN, due=date(2027, 6, 30)), TODAY,
        original_due=date(2026, 6, 30), original_milestones={"b": date(2027, 4, 1), "a": date(2026, 5, 1)},
    )  # fmt: skip
    assert (found.slip_days, found.slips) == (365, {"b": 30})


def test_without_steps_there_is_no_percentage() -> None:
    found = deliver(action(), TODAY)
    assert (found.label, found.percent, found.total) == ("Under way", None, 0)
