"""What a run has to do: judged from the promise, the last outcome and the head."""

from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from lamppost.model import Dataset, Dates, Outcome, Resource, Version
from lamppost.store import Store

SLACK = 0.9
"""Due after this share of the promised interval: a scheduler that is a minute early must not skip a day."""


def is_due(dataset: Dataset, last: Outcome | None, head: Version | None, dates: Dates) -> bool:
    """True when the dataset was never published, failed last time, was redefined, or its interval has passed.

    A last time that is still to come (a run that pretended to be later) says nothing and makes it due.
    """
    if last is None or head is None or last.verdict in {"failed", "kept"}:
        return True
    if last.definition != definition(dataset):
        return True
    intervals = [_interval(one) for one in dataset.resources if one.pull]
    if not intervals:
        return False
    since = dates.now - datetime.fromisoformat(last.checked_at)
    return since < timedelta() or since >= min(intervals) * SLACK


def _interval(resource: Resource) -> timedelta:
    every = resource.pull.every if resource.pull else timedelta()
    return max(every, resource.publish.every or every)


def definition(dataset: Dataset) -> str:
    """Hash of all that the city wrote about the dataset: descriptor, schemas, SQL, transform."""
    told = repr(replace(dataset, folder=Path()))
    for folder in (dataset.folder.as_posix(), repr(str(dataset.folder))[1:-1]):  # as a path and as an option show it
        told = told.replace(folder, "")
    total = sha256(told.replace(type(dataset.folder).__name__, "Path").encode())
    for path in sorted(dataset.folder.glob("*.py")) + sorted(dataset.folder.glob("*.sql")):
        total.update(path.read_bytes())
    return total.hexdigest()[:16]


def inputs_moved(dataset: Dataset, head: Version | None, store: Store) -> bool:
    """True when the head was derived from versions that are no longer the newest."""
    if head is None or not dataset.inputs:
        return False
    seen = {name: seq for table in head.tables for name, seq in table.inputs.items()}
    return any((now := store.head(name)) is not None and now.seq != seen.get(name) for name in dataset.inputs)
