"""Version diffs as sentences: *was → is*, in words that need no knowledge of our field names."""

from collections.abc import Iterable, Mapping
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


def tell(rows: Iterable[DiffRow], titles: Mapping[str, str] | None = None) -> tuple[Told, ...]:
    """Sentences, newest version first, then by key and field; `titles` gives names of keys, `1.1` also for `1.1/a`."""
    names = titles or {}
    order = sorted(
        rows, key=lambda row: (_descending(row.date), -row.version, row.dataset, row.resource, row.key, row.field)
    )
    return tuple(_tell_row(row, names) for row in order)


def _tell_row(row: DiffRow, titles: Mapping[str, str]) -> Told:
    name = titles.get(row.key) or titles.get(row.key.split("/")[0], "")
    thing = f"{_noun(row.resource)} {row.key}" + (f", {name}" if name else "")
    if row.change == "added":
        sentence = f"{thing}: added."
    elif row.change == "removed":
        sentence = f"{thing}: removed."
    else:
        sentence = f"{thing}: {_name_field(row.field)} {_quote(row.was)} → {_quote(row.is_)}."
    return Told(row.date, row.dataset, row.version, row.key, name or row.key, sentence)


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
