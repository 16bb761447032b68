"""What contradicts itself in a plan: found when it is loaded, published as warnings, fixed by people.

Dates that are ours (named in `illustrative`) are not held against dates that are the city's.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

from lamppost.model import Action, Issue, Plan, Update
from lamppost.model.issue import Severity
from lamppost.plan.words import say_count, say_day, say_list

CADENCE = timedelta(days=92)
"""How often an action under way owes its readers an update, unless the caller says otherwise."""


def check_plan(plan: Plan, today: date, cadence: timedelta = CADENCE) -> tuple[Issue, ...]:
    """All contradictions in the order of the actions, printed numbers last; only `done-in-future` is an error."""
    found = [issue for action in plan.actions for issue in _check_action(plan, action, today, cadence)]
    return (*found, *check_numbering(plan))


def check_order(plan: Plan, action: Action) -> Iterator[Issue]:
    """An action that starts before one that it depends on starts, or is due."""
    actions = {one.id: one for one in plan.actions}
    for one in (actions[name] for name in action.depends_on if name in actions):
        if action.start is None:
            return
        when, what = _clash(action, one)
        if when:
            message = (
                f"{action.id} starts on {say_day(action.start)} but depends on {one.id}, which {what} on "
                f"{say_day(when)}; expected {one.id} first; move one of the dates or drop the dependency"
            )
            yield _issue("starts-before-prerequisite", action, message)


def check_numbering(plan: Plan) -> Iterator[Issue]:
    """A printed number used twice, and a number missing between 1 and a strategy's highest one."""
    used: dict[str, list[Action]] = defaultdict(list)
    for action in plan.actions:
        used[action.printed_id or action.id].append(action)
    for number, actions in used.items():
        if len(actions) > 1:
            titles = say_list([f"“{one.title}” ({one.id})" for one in actions])
            message = f"The number {number} is used twice, by {titles}; expected each once; renumber one of them"
            yield _issue("number-used-twice", actions[-1], message)
    for number in _gaps(used):
        message = (
            f"No action is printed with the number {number}; expected numbers without a gap; {_who_is(plan, number)}"
        )
        yield Issue("number-missing", _place(plan.path or "plan"), message, "warning")


def check_types(action: Action) -> Iterator[Issue]:
    """A kind of action that the plan prints differently in a second place."""
    printed = action.printed_types
    if printed and set(printed) != set(action.types):
        message = (
            f"{action.id} is printed as {say_list(list(action.types))} in one place and as {say_list(list(printed))} "
            "in another; expected one; say which holds"
        )
        yield _issue("types-differ", action, message)


def check_milestones(action: Action, today: date) -> Iterator[Issue]:
    """Steps that are all due on one day, done in the future, or done without evidence."""
    days = [one.due for one in action.milestones if one.due]
    if len(days) > 1 and len(set(days)) == 1:
        message = (
            f"All {len(days)} milestones of {action.id} are due on {say_day(days[0])}; expected a date for each step"
        )
        yield _issue("milestones-on-one-day", action, f"{message}; spread them over the time they take")
    for one in action.milestones:
        if one.done and one.done > today:
            message = f"Milestone {one.id} of {action.id} is done on {say_day(one.done)}, which is in the future"
            yield _issue("done-in-future", action, f"{message}; expected a day up to today; correct `done`", "error")
        elif one.done and not one.evidence:
            message = f"Milestone {one.id} of {action.id} is done without evidence; expected a link to what shows it"
            yield _issue("done-without-evidence", action, f"{message}; add `evidence`, or it does not count")


def check_stage(action: Action, today: date) -> Iterator[Issue]:
    """An action that its owner calls done while steps are open."""
    left = [one.id for one in action.milestones if not (one.done and one.done <= today and one.evidence)]
    if action.stage == "done" and left:
        message = (
            f"{action.id} is said to be done, but its steps {say_list(left)} are not; expected each done with evidence"
        )
        yield _issue("done-with-open-steps", action, f"{message}; add `done` and `evidence`, or change `stage`")


def check_people(action: Action) -> Iterator[Issue]:
    """An action without an owner, or without a measure."""
    if not action.owner.strip():
        message = f"{action.id} has no owner; expected the post that answers for it; add `owner`"
        yield _issue("owner-missing", action, message)
    if not action.indicators:
        message = f"{action.id} has no indicator; expected at least one measure from published data; add `indicators`"
        yield _issue("indicator-missing", action, message)


def check_updates(plan: Plan, action: Action, today: date, cadence: timedelta) -> Iterator[Issue]:
    """An action under way whose newest update is older than the cadence, or that never had one."""
    if action.stage != "active":
        return
    newest = max((one for one in plan.updates if one.item == action.id), key=lambda one: one.date, default=None)
    if newest is None or today - newest.date > cadence:
        yield _issue("update-overdue", action, _say_update(action, newest, today, cadence))


def _check_action(plan: Plan, action: Action, today: date, cadence: timedelta) -> Iterator[Issue]:
    yield from check_order(plan, action)
    yield from check_types(action)
    yield from check_milestones(action, today)
    yield from check_stage(action, today)
    yield from check_people(action)
    yield from check_updates(plan, action, today, cadence)


def _clash(action: Action, needed: Action) -> tuple[date | None, str]:
    if action.start is None:
        return None, ""
    if needed.start and action.start < needed.start and _same_source(action, needed, "start"):
        return needed.start, "starts"
    if needed.due and action.start < needed.due and _same_source(action, needed, "due"):
        return needed.due, "is due"
    return None, ""


def _same_source(action: Action, needed: Action, name: str) -> bool:
    return ("start" in action.illustrative) == (name in needed.illustrative)


def _gaps(numbers: dict[str, list[Action]]) -> list[str]:
    highest: dict[int, int] = defaultdict(int)
    for number in numbers:
        strategy, _, place = number.partition(".")
        if strategy.isdecimal() and place.isdecimal():
            highest[int(strategy)] = max(highest[int(strategy)], int(place))
    every = [f"{strategy}.{place}" for strategy, last in sorted(highest.items()) for place in range(1, last + 1)]
    return [number for number in every if number not in numbers]


def _who_is(plan: Plan, number: str) -> str:
    for action in plan.actions:
        if action.id == number:
            return f"{number} is printed as {action.printed_id}; correct one of the two"
    return "say where it went"


def _say_update(action: Action, newest: Update | None, today: date, cadence: timedelta) -> str:
    expected = f"expected one every {say_count(cadence.days, 'day')}; add a file to docs/plan/updates/"
    if newest is None:
        return f"{action.id} is under way and has no update; {expected}"
    age = say_count((today - newest.date).days, "day")
    return f"The newest update of {action.id} is of {say_day(newest.date)}, {age} ago; {expected}"


def _issue(code: str, action: Action, message: str, severity: Severity = "warning") -> Issue:
    return Issue(code, _place(action.path or f"plan/{action.id}"), message, severity)


def _place(path: str) -> str:
    return f"docs/{path}"
