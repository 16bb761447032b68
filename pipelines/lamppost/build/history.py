"""Driver of the build's look back: the versions of each dataset, since when it fails, and the log of every change."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from lamppost import plan as plans
from lamppost.formats import csv
from lamppost.model import PLAN, Dataset, Table, Version
from lamppost.render.context import Change, Failure, SiteContext
from lamppost.render.feeds import Entry
from lamppost.render.files import fixed_path, manifest_path
from lamppost.render.page import dataset_path, plural
from lamppost.render.told import receipts_of, tell_version
from lamppost.store import Store
from lamppost.store.compare import data_paths
from lamppost.store.thin import read_answers

CHANGES = 500
"""Lines of the change log that the site shows; every one stays in the store."""


def chain(store: Store, head: Version) -> tuple[Version, ...]:
    """The head and the versions it stands on, newest first; simulated ones before the first real one are left out."""
    found = [head]
    while found[-1].parent is not None:
        found.append(store.read(head.dataset, found[-1].parent))
    return tuple(found)


def find_thinned(store: Store, chains: Mapping[str, Sequence[Version]]) -> dict[str, Mapping[int, int]]:
    """Dataset → version whose rows are no longer kept → version that answers for it; only datasets with such."""
    found = {name: read_answers(store, name) for name in chains}
    return {name: answers for name, answers in found.items() if answers}


def leave_out_thinned(
    store: Store, versions: Sequence[Version], thinned: Mapping[int, int], files: Mapping[str, Path]
) -> dict[str, Path]:
    """`files` without the rows that thinned versions gave up, and with the marks that say so beside the manifests."""
    there = store.objects(versions[0].dataset) if thinned else {}
    gone = {
        f"data/{one.dataset}/{path}"
        for one in versions
        if one.seq in thinned
        for table in one.tables
        for path in data_paths(table.parts)
        if path not in there
    }
    marks = {
        f"data/{one.dataset}/{one.seq}.thinned.json": store.path(one.dataset, f"{one.seq}.thinned.json")
        for one in versions
        if one.seq in thinned
    }
    return {path: file for path, file in files.items() if path not in gone} | marks


def find_failures(store: Store) -> dict[str, Failure]:
    """Datasets whose newest run failed: since the first failed run after the last good one, and why."""
    left = {name for name, one in store.last_outcomes().items() if one.verdict in {"failed", "kept"}}
    newest_good: set[str] = set()
    failing: dict[str, Failure] = {}
    for record in store.runs() if left else ():
        for name, outcome in record.outcomes.items():
            if outcome.verdict in {"not due", "pending"} or name in newest_good:
                continue
            if outcome.verdict in {"failed", "kept"}:
                reason = failing[name].reason if name in failing else outcome.reason
                failing[name] = Failure(outcome.checked_at[:10], reason)
            else:
                newest_good.add(name)
        if left <= newest_good:
            break
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


def list_entries(context: SiteContext, store: Store, chains: Mapping[str, tuple[Version, ...]]) -> tuple[Entry, ...]:
    """What feeds tell: an entry a version, with links to the rows that changed and to the receipts."""
    return tuple(_entry(context, store, version) for versions in chains.values() for version in versions)


def _entry(context: SiteContext, store: Store, version: Version) -> Entry:
    name = version.dataset
    told = tell_version(version)
    if name == PLAN:
        told = tuple(one.sentence for one in _plan_changes(context, store, version)) or told
    paths = [(f"rows that changed in {one.resource}", one.diff.path) for one in version.tables if one.diff.path]
    paths += [(f"receipt of the pull of {resource}", path) for resource, path in receipts_of(version).items()]
    links = [(words, fixed_path(name, path)) for words, path in paths]
    links.append((f"description of version {version.seq}", manifest_path(name, version.seq)))
    href = f"{dataset_path(name)}#v{version.seq}"
    title = context.datasets[name].title
    return Entry(name, version.seq, version.date, title, told, href, tuple(links), version.simulated)


def _data_change(dataset: Dataset, version: Version) -> Change:
    return Change(
        version.date,
        "data",
        dataset.title,
        " ".join((f"Version {version.seq}.", *tell_version(version))),
        f"{dataset_path(version.dataset)}#v{version.seq}",
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
        for one in plans.tell(rows, titles, _new_decisions(store, version))
    ]


def _new_decisions(store: Store, version: Version) -> list[plans.Decided]:
    """The decisions that the version has and its parent has not."""
    assert version.parent is not None
    known = _decisions(store, store.read(version.dataset, version.parent))
    return [
        plans.Decided(row["item_id"], frozenset(row["changes"].split("; ")), row["decided_by"], row["reason"])
        for row in _decisions(store, version)
        if row not in known
    ]


def _decisions(store: Store, version: Version) -> list[dict[str, str]]:
    rows = store.table_whole(version, "decisions").to_pylist() if version.table("decisions") else []
    return [{key: value or "" for key, value in row.items()} for row in rows]


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
