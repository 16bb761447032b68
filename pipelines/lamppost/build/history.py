"""Driver of the build's look back: the versions of each dataset, since when it fails, and the log of every change."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import pyarrow as pa

from lamppost import plan as plans
from lamppost.formats import csv
from lamppost.model import PLAN, Dataset, Table, Version
from lamppost.render.context import Change, Failure, SiteContext
from lamppost.render.page import plural
from lamppost.store import Store

CHANGES = 500
"""Lines of the change log that the site shows; every one stays in the store."""


def chain(store: Store, head: Version) -> tuple[Version, ...]:
    """The head and the versions it stands on, newest first; simulated ones before the first real one are left out."""
    found = [head]
    while found[-1].parent is not None:
        found.append(store.read(head.dataset, found[-1].parent))
    return tuple(found)


def find_failures(store: Store) -> dict[str, Failure]:
    """Datasets whose newest run failed: since the first failed run after the last good one, and why."""
    newest_good: set[str] = set()
    failing: dict[str, Failure] = {}
    for record in store.runs():
        for name, outcome in record.outcomes.items():
            if outcome.verdict in {"not due", "pending"} or name in newest_good:
                continue
            if outcome.verdict in {"failed", "kept"}:
                reason = failing[name].reason if name in failing else outcome.reason
                failing[name] = Failure(outcome.checked_at[:10], reason)
            else:
                newest_good.add(name)
    return failing


def first_plan(store: Store, versions: Sequence[Version]) -> dict[str, pa.Table]:
    """Resource → rows, as text, of the plan's oldest version; empty before it was ever published."""
    if not versions:
        return {}
    oldest = versions[-1]
    names = [table.resource for table in oldest.tables]
    return {name: store.table_whole(oldest, name) for name in names}


def with_changes(context: SiteContext, store: Store, chains: Mapping[str, tuple[Version, ...]]) -> SiteContext:
    """The context with the change log: a line a version of data or a field of the plan that moved; newest first."""
    found: list[Change] = []
    for name, versions in chains.items():
        for version in versions:
            if name == PLAN:
                found += _plan_changes(context, store, version)
            else:
                found.append(_data_change(context.datasets[name], version))
    newest = sorted(found, key=lambda one: (one.date, one.kind, one.href, one.sentence), reverse=True)[:CHANGES]
    return replace(context, changes=tuple(newest))


def _data_change(dataset: Dataset, version: Version) -> Change:
    href = f"datasets/{version.dataset}.md"
    if version.parent is None:
        sentence = f"Version {version.seq}: published for the first time with {version.rows:,} rows."
    else:
        diffs = [table.diff for table in version.tables]
        words = [f"{sum(getattr(one, kind) for one in diffs):,} {kind}" for kind in ("added", "changed", "removed")]
        schema = " ".join(f"{change[:1].upper()}{change[1:]}." for one in diffs for change in one.schema_changes)
        sentence = f"Version {version.seq}: rows {', '.join(words)}. {schema}".strip()
    because = f" Reason: {version.reason}" if version.reason else ""
    return Change(
        version.date,
        "data",
        dataset.title,
        sentence + because,
        href,
        version.simulated,
        is_first=version.parent is None,
    )


def _plan_changes(context: SiteContext, store: Store, version: Version) -> list[Change]:
    if version.parent is None:
        sentence = f"Published for the first time: {_count(version)}."
        return [Change(version.date, "plan", "The plan", sentence, "plan/index.md")]
    rows = [row for table in version.tables for row in _diff_rows(store, version, table)]
    plan = context.plan
    titles = {one.id: one.title for one in plan.actions} if plan else {}
    pages = {one.id: one.path for one in plan.actions} if plan else {}
    if plan:
        titles |= {key: one.title for key, one in plan.indicators.items()}
        pages |= {key: one.path for key, one in plan.indicators.items()}
    return [
        Change(version.date, "plan", one.title, one.sentence, pages.get(one.key.split("/")[0], "plan/index.md"))
        for one in plans.tell(rows, titles)
    ]


def _diff_rows(store: Store, version: Version, table: Table) -> Iterable[plans.DiffRow]:
    if not table.diff.path:
        return
    for row in csv.read(store.path(version.dataset, table.diff.path)).to_pylist():
        yield plans.DiffRow(
            dataset=version.dataset, version=version.seq, date=version.date, resource=table.resource,
            key="/".join(str(row[name]) for name in table.schema.primary_key), field=row["field"] or "", was=row["was"],
            is_=row["is"], change=row["change"] or "changed",
        )  # fmt: skip


def _count(version: Version) -> str:
    return ", ".join(plural(table.rows, table.resource.removesuffix("s")) for table in version.tables)
