"""Where an action stands, from its milestones alone: what was promised for when, what is done, what is late."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from lamppost.model import Action, Milestone
from lamppost.plan.badges import Tone
from lamppost.plan.words import say_count, say_day, say_share


@dataclass(frozen=True)
class Delivery:
    """The verdict on one action's dates."""

    label: str
    """`Not started`, `On time`, `Late`, `Done`, `Paused`, `Stopped`, `Under way` (no dates to judge by)."""
    sentence: str
    percent: int | None = None
    """Milestones done of all, rounded down, so that 100 means all; None when there are none."""
    done: int = 0
    total: int = 0
    late_days: int = 0
    """Days since the oldest date that passed without being done."""
    slip_days: int = 0
    """Days between the last date first promised and the last date promised now; negative: brought forward."""
    slips: Mapping[str, int] | None = None
    """milestone id → days that its date moved; only those that moved."""
    overdue: tuple[Milestone, ...] = ()
    upcoming: Milestone | None = None
    tone: Tone = "none"


def deliver(
    action: Action,
    today: date,
    *,
    original_due: date | None = None,
    original_milestones: Mapping[str, date] | None = None,
) -> Delivery:
    """Judge one action; `original_…` are the dates of the first published version of the plan, where they are known."""
    done = tuple(one for one in action.milestones if is_done(one, today))
    open_ones = [one for one in action.milestones if one not in done and one.due is not None]
    open_ones.sort(key=lambda one: (one.due or date.max, one.id))
    overdue = tuple(one for one in open_ones if one.due and one.due < today)
    total = len(action.milestones)
    late = _find_late(action, overdue, today, complete=bool(total) and len(done) == total)
    label, tone = _name(action, len(done), is_late=late is not None)
    upcoming = next((one for one in open_ones if one not in overdue), None)
    return Delivery(
        label=label,
        sentence=_explain(action, label, _count_steps(len(done), total), late, today),
        percent=100 * len(done) // total if total else None,
        done=len(done),
        total=total,
        late_days=(today - late[1]).days if late and label == "Late" else 0,
        slip_days=_days(original_due, action.due),
        slips=_slips(action, original_milestones or {}),
        overdue=overdue if label == "Late" else (),
        upcoming=upcoming,
        tone=tone,
    )


def is_done(milestone: Milestone, today: date) -> bool:
    """A milestone is done when it has a day that is not in the future and evidence; a bare claim does not count."""
    return milestone.done is not None and milestone.done <= today and bool(milestone.evidence)


def _find_late(
    action: Action, overdue: tuple[Milestone, ...], today: date, *, complete: bool
) -> tuple[str, date] | None:
    """What is longest overdue, and since when: a step, or the action itself."""
    late = [(f"“{one.title}”", one.due) for one in overdue if one.due]
    if action.due and action.due < today and not complete:
        late.append(("the whole action", action.due))
    return min(late, key=lambda one: one[1], default=None)


def _name(action: Action, done: int, *, is_late: bool) -> tuple[str, Tone]:
    if action.stage == "done" and done == len(action.milestones):
        return "Done", "good"
    if action.stage == "paused":
        return "Paused", "fair"
    if action.stage == "cancelled":
        return "Stopped", "none"
    if is_late:
        return "Late", "bad"
    if action.stage == "planned" and not done:
        return "Not started", "none"
    dated = action.due or any(one.due for one in action.milestones)
    return ("On time", "good") if dated else ("Under way", "none")


def _explain(action: Action, label: str, count: str, late: tuple[str, date] | None, today: date) -> str:
    if label in {"Paused", "Stopped"}:
        reason = action.stage_reason.strip().removesuffix(".") or "no reason is given"
        return f"{label}: {reason}; {count}."
    if label == "Late" and late:
        what, due = late
        return f"Late because {what} was due on {say_day(due)}, {say_count((today - due).days, 'day')} ago; {count}."
    if label == "On time":
        return f"On time because no date has passed without its milestone being done; {count}."
    return f"{label}: {count}."


def _count_steps(done: int, total: int) -> str:
    if not total:
        return "no milestones are listed"
    return f"{done} of {say_count(total, 'milestone')} {'is' if total == 1 else 'are'} done ({say_share(done / total)})"


def _slips(action: Action, original: Mapping[str, date]) -> Mapping[str, int]:
    moved = {one.id: _days(original.get(one.id), one.due) for one in action.milestones}
    return {name: days for name, days in moved.items() if days}


def _days(before: date | None, after: date | None) -> int:
    return (after - before).days if before and after else 0
