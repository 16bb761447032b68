"""The versions of one dataset, newest first: what came, changed and went in each, and why a person made it."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from lamppost.history.address import require_published
from lamppost.history.words import clean, count_rows, tally
from lamppost.model import Version
from lamppost.store import Store
from lamppost.store.thin import read_answers

APPEND = "append"


@dataclass(frozen=True)
class Entry:
    """One version as `log` tells it."""

    seq: int
    date: str
    rows: int
    added: int
    changed: int
    removed: int
    revised: int
    """Of those changed: rows of append-only tables, where what is published is not meant to change."""
    columns: tuple[str, ...]
    """Changes of the schema, a sentence each."""
    reason: str
    rolled_back_to: int | None
    withdrawn: bool
    simulated: bool
    thinned: int | None
    """The version that answers for it, when its rows are no longer kept."""
    parent: int | None
    hash: str
    redacted: tuple[str, ...] = ()
    """Retractions that changed it since, a sentence each."""


def list_entries(store: Store, name: str) -> tuple[Entry, ...]:
    """All versions that the dataset ever had, newest first, simulated ones too."""
    numbers = require_published(store, name)
    answers = read_answers(store, name)
    return tuple(_read_entry(store.read(name, seq), answers) for seq in reversed(numbers))


def _read_entry(version: Version, answers: Mapping[int, int]) -> Entry:
    diffs = [table.diff for table in version.tables]
    first = version.parent is None
    return Entry(
        seq=version.seq,
        date=version.date,
        rows=version.rows,
        added=version.rows if first else sum(one.added for one in diffs),
        changed=sum(one.changed for one in diffs),
        removed=sum(one.removed for one in diffs),
        revised=sum(table.diff.changed for table in version.tables if table.mode == APPEND),
        columns=tuple(sentence for one in diffs for sentence in one.schema_changes),
        reason=version.reason,
        rolled_back_to=version.rolled_back_to,
        withdrawn=version.withdrawn,
        simulated=version.simulated,
        thinned=answers.get(version.seq),
        parent=version.parent,
        hash=version.hash,
        redacted=tuple(f"redacted on {one.date} by {one.by}: {one.reason}" for one in version.redacted),
    )


def tell_entries(name: str, entries: tuple[Entry, ...]) -> Iterator[str]:
    """A line a version; what does not fit into columns stands at its end in words."""
    many = f"{len(entries):,} {'version' if len(entries) == 1 else 'versions'}"
    yield f"{name}: {many}, newest first. Rows added +, changed ~, removed -"
    seq, rows = max(len(str(one.seq)) for one in entries), max(len(count_rows(one.rows)) for one in entries)
    change = max(len(tally(one.added, one.changed, one.removed)) for one in entries)
    for one in entries:
        counts = tally(one.added, one.changed, one.removed)
        line = f"version {one.seq:<{seq}}  {one.date}  {count_rows(one.rows):<{rows}}  {counts:<{change}}"
        yield f"{line}  {'; '.join(_notes(one))}".rstrip()


def _notes(entry: Entry) -> Iterator[str]:
    if entry.simulated:
        yield "simulated data"
    if entry.parent is None:
        yield "first version" if entry.seq == 1 else "first real version"
    if entry.revised:
        yield f"revision of {count_rows(entry.revised)} that {'was' if entry.revised == 1 else 'were'} published before"
    if entry.rolled_back_to is not None:
        yield f"rolled back to version {entry.rolled_back_to}"
    if entry.withdrawn:
        yield "withdrawn"
    yield from (clean(one) for one in entry.columns)
    yield from (clean(one) for one in entry.redacted)
    if entry.reason:
        yield f"reason: {clean(entry.reason)}"
    if entry.thinned is not None:
        yield f"thinned: version {entry.thinned} answers for it"


def as_json(entries: tuple[Entry, ...]) -> list[dict[str, Any]]:
    """The same as plain values."""
    return [asdict(one) for one in entries]
