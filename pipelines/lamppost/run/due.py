"""What a run has to do: judged from the promise, the last outcome and the head."""

from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from lamppost.model import Dataset, Dates, Outcome, Resource, Version
from lamppost.store import Store

SLACK = 0.9
"""Due after this share of the promised interval: a scheduler that is a minute early must not skip a day."""


def is_due(dataset: Dataset, last: Outcome | None, head: Version | None, dates: Dates, *, room: bool = False) -> bool:
    """True when the dataset was never published, failed last time, was redefined, or its interval has passed.

    With `room`, pulls may wait for their version, so the interval of pulls counts. A last time that is still to come
    (a run that pretended to be later) says nothing and makes it due.
    """
    if last is None or head is None or last.verdict in {"failed", "kept"}:
        return True
    if last.definition != definition(dataset):
        return True
    every = _pull_interval(dataset, room=room)
    if every is None:
        return False
    since = dates.now - datetime.fromisoformat(last.checked_at)
    return since < timedelta() or since >= every * SLACK


def is_publishing_due(dataset: Dataset, since: datetime | None, dates: Dates) -> bool:
    """True when `publish.every` has passed since a version was made, or will have long before the next pull."""
    every, pulls = publish_interval(dataset), _pull_interval(dataset, room=True)
    if since is None or every is None or pulls is None or since > dates.now:
        return True
    return dates.now - since >= every - pulls * (1 - SLACK)


def may_wait(resource: Resource) -> bool:
    """True for a resource that is pulled more often than it is published, each pull bringing rows of its own.

    A snapshot is all rows, so that of many the last alone would be published: it is pulled when a version is due.
    """
    pull, publish = resource.pull, resource.publish
    return pull is not None and publish.mode != "snapshot" and publish.every is not None and publish.every > pull.every


def _pull_interval(dataset: Dataset, *, room: bool) -> timedelta | None:
    pulled = [one for one in dataset.resources if one.pull]
    every = (one.pull.every if one.pull and room and may_wait(one) else _interval(one) for one in pulled)
    return min(every, default=None)


def publish_interval(dataset: Dataset) -> timedelta | None:
    """How often a version is made at most; None for a dataset that nothing is pulled for."""
    return min((_interval(one) for one in dataset.resources if one.pull), default=None)


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
    return any((have := store.versions(name)) and have[-1] != seen.get(name) for name in dataset.inputs)
