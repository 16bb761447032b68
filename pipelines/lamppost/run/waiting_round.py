"""Driver of datasets that are pulled more often than they are published: each pull is judged, and then waits.

A cursor or memory moves once the pull behind it is on disk for certain, so a run may die anywhere: what it had not kept
is asked for again, and what it kept is published once.
"""

import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from lamppost.model import Dataset, Issue, Resource, Version
from lamppost.pull.words import word_span
from lamppost.run.admit import admit
from lamppost.run.candidate import Candidate, Workbench
from lamppost.run.draw import draw_since, find_cursor, read_pulled
from lamppost.run.drawn import Drawn
from lamppost.run.due import may_wait, publish_interval
from lamppost.run.publish import Announce, refuse_simulated
from lamppost.run.recall import keep_memory, recall
from lamppost.run.setting import Setting
from lamppost.run.surroundings import look_around
from lamppost.run.waiting import (
    Taken,
    Waiting,
    announce,
    check_pages,
    clear,
    find_last,
    forget_waiting,
    keep_waiting,
    list_waiting,
)
from lamppost.run.waiting_merge import Later
from lamppost.store.barred import Barred


@dataclass
class Round:
    """What waits of one dataset, and what was pulled just now."""

    waiting: dict[str, tuple[Waiting, ...]] = field(default_factory=dict)
    """Resource → its pulls, oldest first; only those that have any."""
    since: datetime | None = None
    """When a version was made of what waited; None where nobody knows."""
    drawn: dict[str, Drawn] = field(default_factory=dict)
    """Resource → its pull; the rows are on disk."""
    read: int = 0
    quarantined: int = 0
    issues: list[Issue] = field(default_factory=list)
    """What was wrong with the rows that came."""

    def describe(self, dataset: Dataset) -> str:
        """How much waits, and until when."""
        some = [one for pulls in self.waiting.values() for one in pulls]
        every = publish_interval(dataset)
        if not some or every is None:
            return ""
        rows = sum(one.pulled.receipt.received for one in some)
        pulls = "1 pull waits" if len(some) == 1 else f"{len(some):,} pulls wait"
        records = "1 record" if rows == 1 else f"{rows:,} records"
        return f"{pulls} with {records}; a version is made {word_span(every)} after the last."


def pull_and_wait(
    setting: Setting, dataset: Dataset, head: Version | None, *, known: bool, barred: Callable[[], Barred | None]
) -> Round:
    """Pull what may wait, and keep it; nothing is pulled for a dataset that has no real version yet.

    `known`: the dataset is declared as it was at the last run. RefusedError for a pull that could not be published.
    """
    private = setting.city.private
    found = Round()
    if private is None or not (resources := [one for one in dataset.resources if _is_incremental(one)]):
        return found
    if (private / "waiting" / dataset.name).is_dir():
        taken = clear(private, dataset.name, setting.store)
        found.since = taken.at if taken else None
        kept = {one.name: list_waiting(private, f"{dataset.name}/{one.name}") for one in resources}
        found.waiting = {name: some for name, some in kept.items() if some}
        if head is not None and head.redacted and head.redacted[-1].whole:
            leave(setting, dataset, found)  # nobody can tell which of these rows were meant: they are asked for again
            found.waiting = {}
    if head is not None and not head.simulated:
        for one in filter(may_wait, resources):
            _pull(setting, dataset, one, head, found, known=known, barred=barred)
    return found


def _is_incremental(resource: Resource) -> bool:
    return resource.pull is not None and resource.publish.mode != "snapshot"


def _pull(
    setting: Setting, dataset: Dataset, resource: Resource, head: Version, found: Round,
    *, known: bool, barred: Callable[[], Barred | None],
) -> None:  # fmt: skip
    private, place = setting.city.private, f"{dataset.name}/{resource.name}"
    assert private is not None, "asked before"
    waiting = found.waiting.get(resource.name, ())
    last = find_last(waiting, head)
    cursor = last.cursor_after if last else find_cursor(head, resource)
    memory = recall(private, place, head if known else None, last.name if last else "")
    drawn = draw_since(setting, dataset, resource, cursor, memory)
    if drawn.simulated:
        refuse_simulated(head)
    if drawn.pulled is not None and drawn.read:
        candidate = _judge(setting, dataset, resource, drawn, barred())
        assert candidate.drawn.receipt is not None, "a pull has one"
        number = 1 + max((one.number for one in waiting if one.after == head.seq), default=0)
        after = candidate.drawn.receipt.cursor_after
        last = keep_waiting(private, Waiting(place, head.seq, number, drawn.pulled, setting.dates, after))
        found.waiting[resource.name] = (*waiting, last)
        found.read += drawn.read
        found.quarantined += candidate.bad.num_rows
        found.issues += candidate.incoming.issues
        drawn = replace(drawn, rows=pa.table({}), pulled=None, where=None)
    keep_memory(private, place, head, drawn.memory, last.name if last else "")
    found.drawn[resource.name] = drawn


def _judge(setting: Setting, dataset: Dataset, resource: Resource, drawn: Drawn, barred: Barred | None) -> Candidate:
    """What the pull would be if it were published now; RefusedError keeps it out, and the cursor where it is."""
    around = look_around(dataset, setting.store, setting.dates, setting.city.boundary)
    with tempfile.TemporaryDirectory(prefix="lamppost-", ignore_cleanup_errors=True) as folder:
        bench = Workbench(dataset, setting.store, Path(folder), around, setting.city.private, barred=barred)
        return admit(bench, resource, drawn, quick=False)


def list_later(setting: Setting, dataset: Dataset, found: Round) -> Mapping[str, Sequence[Later]]:
    """The pulls that wait, each to be read when its turn comes, as of the day on which it came."""

    def prepare(resource: Resource, one: Waiting) -> Later:
        then = replace(setting, dates=one.dates)
        return Later(one.name, one.dates, lambda: read_pulled(then, dataset, resource, check_pages(one)))

    resources = {one.name: one for one in dataset.resources}
    return {name: [prepare(resources[name], one) for one in some] for name, some in found.waiting.items()}


def announcing(setting: Setting, dataset: Dataset, found: Round) -> Announce:
    """What writes down, before a version is committed, which pulls are in it."""
    private = setting.city.private
    names = {name: tuple(one.name for one in some) for name, some in found.waiting.items()}

    def tell(seq: int, digest: str) -> None:
        if private is not None and any(map(may_wait, dataset.resources)):
            announce(private, dataset.name, Taken(seq, digest, setting.dates.now, names))

    return tell


def leave(setting: Setting, dataset: Dataset, found: Round) -> None:
    """Forget the pulls whose rows are in the newest version, and those of tables that take none any more."""
    if setting.city.private is None:
        return
    for name, some in found.waiting.items():
        forget_waiting(setting.city.private, f"{dataset.name}/{name}", [one.name for one in some])
    incremental = {one.name for one in dataset.resources if _is_incremental(one)}
    for folder in (setting.city.private / "waiting" / dataset.name).glob("*/"):
        if folder.name not in incremental:
            shutil.rmtree(folder, ignore_errors=True)
