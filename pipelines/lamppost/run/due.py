"""What a run has to do, and in which order: judged from the promise, the last outcome and the head."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from lamppost.model import Dataset, Dates, Outcome, Resource, Version
from lamppost.store import Store

SLACK = 0.9
"""Due after this share of the promised interval: a scheduler that is a minute early must not skip a day."""


def in_order(datasets: Iterable[Dataset]) -> tuple[Dataset, ...]:
    """Pulled datasets first, then derived ones, each after its inputs; by name where order is free."""
    waiting = sorted(datasets, key=lambda one: one.name)
    names = {one.name for one in waiting}
    done: list[Dataset] = []
    while waiting:
        settled = {one.name for one in done}
        free = [one for one in waiting if set(one.inputs) & names <= settled]
        done += free or waiting
        waiting = [one for one in waiting if one not in done]
    return tuple(done)


def is_due(dataset: Dataset, last: Outcome | None, head: Version | None, dates: Dates) -> bool:
    """True when the dataset was never published, failed last time, was redefined, or its interval has passed."""
    if last is None or head is None or last.verdict in {"failed", "kept"}:
        return True
    if last.definition != definition(dataset):
        return True
    intervals = [_interval(one) for one in dataset.resources if one.pull]
    if not intervals:
        return False
    return dates.now - datetime.fromisoformat(last.checked_at) >= min(intervals) * SLACK


def _interval(resource: Resource) -> timedelta:
    every = resource.pull.every if resource.pull else timedelta()
    return max(every, resource.publish.every or every)


def definition(dataset: Dataset) -> str:
    """Hash of all that the city wrote about the dataset: descriptor, schemas, SQL, transform."""
    total = sha256(repr(replace(dataset, folder=Path())).replace(str(dataset.folder), "").encode())
    for path in sorted(dataset.folder.glob("*.py")) + sorted(dataset.folder.glob("*.sql")):
        total.update(path.read_bytes())
    return total.hexdigest()[:16]


def inputs_moved(dataset: Dataset, head: Version | None, store: Store) -> bool:
    """True when the head was derived from versions that are no longer the newest."""
    if head is None or not dataset.inputs:
        return False
    seen = {name: seq for table in head.tables for name, seq in table.inputs.items()}
    return any((now := store.head(name)) is not None and now.seq != seen.get(name) for name in dataset.inputs)
