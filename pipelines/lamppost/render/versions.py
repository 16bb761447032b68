"""The history of a dataset as readers see it: one row a version, with what changed and where its exact bytes lie."""

from collections.abc import Sequence
from dataclasses import dataclass

from lamppost.model import Version
from lamppost.render.files import fixed_path, manifest_path
from lamppost.render.page import dataset_path, link

SHOWN = 15
"""Newest versions in the open table; older ones are folded away below it."""


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
    notes: tuple[str, ...]
    """Why a person made it, and changes of the columns."""
    simulated: bool
    first: bool


def list_versions(history: Sequence[Version]) -> tuple[VersionRow, ...]:
    """Newest first, links as seen from the dataset's page."""
    return tuple(_row(one) for one in sorted(history, key=lambda one: -one.seq))


def _row(version: Version) -> VersionRow:
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
        notes=tuple(
            one for one in (version.reason, *(said for table in tables for said in table.diff.schema_changes)) if one
        ),
        simulated=version.simulated,
        first=first,
    )
