"""Version diffs as sentences: *was → is*, in words that need no knowledge of our field names."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

_FIELDS = {
    "due_date": "due date",
    "start_date": "start date",
    "done_date": "done date",
    "evidence_url": "evidence",
    "strategy_id": "strategy",
    "focus_area": "focus area",
    "budget_approved_usd": "approved budget (US dollars)",
    "target_set_by": "who set the target",
    "depends_on": "dependencies",
    "printed_id": "printed number",
}
PROMISES = {
    "start_date": "start",
    "due_date": "due",
    "owner": "owner",
    "budget_approved_usd": "budget",
    "baseline_value": "baseline",
    "baseline_date": "baseline",
    "target_value": "target",
    "target_date": "target",
    "target_set_by": "target",
}
"""Column → key of the item: what nobody may move without saying why."""
_NOTHING = "nothing"
_LONGEST = 80
"""Characters of a value that are quoted; the page of the thing itself has the rest."""


@dataclass(frozen=True)
class DiffRow:
    """One line of a version's diff; `was` and `is_` are None for a row that appeared or went, with `field` empty."""

    dataset: str
    version: int
    date: str
    """ISO day of the version."""
    key: str
    """The primary key's values, joined by `/`."""
    field: str = ""
    was: str | None = None
    is_: str | None = None
    change: str = "changed"
    """`added`, `changed` or `removed`."""
    resource: str = ""


@dataclass(frozen=True)
class Told:
    """One line of the change log."""

    date: str
    dataset: str
    version: int
    key: str
    title: str
    sentence: str


@dataclass(frozen=True)
class Decided:
    """Who moved a promise, and why, as the same version tells."""

    item: str
    changes: frozenset[str]
    """Keys of the item, as in `PROMISES`."""
    by: str
    reason: str


def tell(
    rows: Iterable[DiffRow], titles: Mapping[str, str] | None = None, decisions: Sequence[Decided] = ()
) -> tuple[Told, ...]:
    """Sentences, newest version first, then by key and field; `titles` gives names of keys, `1.1` also for `1.1/a`.

    `decisions`: those that came with the version. A promise that moved without one is told to have none.
    """
    names = titles or {}
    changes = [one for one in rows if one.resource != "decisions"]
    order = sorted(
        changes, key=lambda row: (_descending(row.date), -row.version, row.dataset, row.resource, row.key, row.field)
    )
    return tuple(_tell_row(row, names, decisions) for row in order)


def _tell_row(row: DiffRow, titles: Mapping[str, str], decisions: Sequence[Decided]) -> Told:
    name = titles.get(row.key) or titles.get(row.key.split("/")[0], "")
    thing = f"{_noun(row.resource)} {row.key}" + (f", {name}" if name else "")
    if row.change == "added":
        sentence = f"{thing}: added."
    elif row.change == "removed":
        sentence = f"{thing}: removed."
    else:
        sentence = f"{thing}: {_name_field(row.field)} {_quote(row.was)} → {_quote(row.is_)}."
        sentence += _tell_decision(row, decisions)
    return Told(row.date, row.dataset, row.version, row.key, name or row.key, sentence)


def _tell_decision(row: DiffRow, decisions: Sequence[Decided]) -> str:
    """` Decided by City Council: the contract came late.`; empty for what is no promise."""
    promise = PROMISES.get(row.field, "")
    item = row.key.split("/")[0]
    found = next((one for one in decisions if one.item == item and promise in one.changes), None)
    if found:
        return f" Decided by {found.by}: {found.reason.rstrip('.')}."
    return " No reason was given." if promise else ""


def _noun(resource: str) -> str:
    return {"actions": "Action", "milestones": "Milestone", "indicators": "Indicator"}.get(resource, "Row")


def _name_field(field: str) -> str:
    return _FIELDS.get(field, field.replace("_", " "))


def _quote(value: str | None) -> str:
    if not value:
        return _NOTHING
    return value if len(value) <= _LONGEST else f"{value[: _LONGEST - 1].rstrip()}…"


def _descending(day: str) -> tuple[int, ...]:
    return tuple(-ord(letter) for letter in day)
