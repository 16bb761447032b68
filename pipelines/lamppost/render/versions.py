"""The history of a dataset as readers see it: one row a version, with what changed and where its exact bytes lie."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from lamppost.model import Table, Version
from lamppost.render.files import fixed_path, manifest_path
from lamppost.render.page import dataset_path, link
from lamppost.render.told import receipts_of, tell_version

REMOVED = re.compile(r"field (\S+) removed(?:: (.*))?", re.DOTALL)
SHOWN = 15
"""Newest versions in the open table; older ones are folded away below it."""
MOST = 250
"""Versions that the page lists at all: with one an hour it would grow without end."""


@dataclass(frozen=True)
class VersionRow:
    """One line of the versions table."""

    seq: int
    date: str
    rows: int
    added: int
    changed: int
    removed: int
    manifest: str
    changes: tuple[tuple[str, str], ...]
    """(name of the table, link to the list of changed rows)."""
    receipts: tuple[tuple[str, str], ...]
    """(name of the table, link to the receipt of its pull)."""
    told: tuple[str, ...]
    """What happened, in sentences."""
    simulated: bool
    thinned: int | None
    """The version that answers for it, when its rows are no longer kept."""


def list_versions(
    history: Sequence[Version], thinned: Mapping[int, int] = MappingProxyType({})
) -> tuple[VersionRow, ...]:
    """Newest first, links as seen from the dataset's page; `thinned`: version → the one that answers for it."""
    return tuple(_row(one, thinned.get(one.seq)) for one in sorted(history, key=lambda one: -one.seq))


@dataclass(frozen=True)
class Removed:
    """A column that was published once."""

    table: str
    """Empty where the dataset has only one."""
    name: str
    seq: int
    date: str
    reason: str


def list_removed(history: Sequence[Version]) -> tuple[Removed, ...]:
    """Columns that went and did not come back, newest first, each with what the version said of it."""
    ordered = sorted(history, key=lambda one: -one.seq)
    kept = {(table.resource, name) for table in ordered[0].tables for name in table.schema.names}
    found: dict[tuple[str, str], Removed] = {}
    for version in ordered:
        for table in version.tables:
            for name, reason in find_removed(table):
                label = table.resource if len(ordered[0].tables) > 1 else ""
                if (table.resource, name) not in kept:
                    found.setdefault((table.resource, name), Removed(label, name, version.seq, version.date, reason))
    return tuple(found.values())


def find_removed(table: Table) -> list[tuple[str, str]]:
    """Column and reason, from the sentences of the version: `field lamp_type removed: nobody records it`."""
    matches = [REMOVED.fullmatch(one) for one in table.diff.schema_changes]
    return [(match[1], match[2] or "") for match in matches if match]


def _row(version: Version, thinned: int | None) -> VersionRow:
    origin = dataset_path(version.dataset)
    tables = version.tables
    first = version.parent is None
    changed = [(one.resource, one.diff) for one in tables if one.diff.path]
    return VersionRow(
        seq=version.seq,
        date=version.date,
        rows=version.rows,
        added=sum(one.rows if first else one.diff.added for one in tables),
        changed=sum(one.diff.changed for one in tables),
        removed=sum(one.diff.removed for one in tables),
        manifest=link(origin, manifest_path(version.dataset, version.seq)),
        changes=tuple(
            (name if len(tables) > 1 else "", link(origin, fixed_path(version.dataset, diff.path)))
            for name, diff in changed
        ),
        receipts=tuple(
            (name if len(tables) > 1 else "", link(origin, fixed_path(version.dataset, path)))
            for name, path in receipts_of(version).items()
        ),
        told=tell_version(version),
        simulated=version.simulated,
        thinned=thinned,
    )
