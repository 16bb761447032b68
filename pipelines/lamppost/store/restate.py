"""Versions that no pull brought: an old version's tables again, or the same tables with a word about them.

Objects are shared with the version that they come from, so that going back costs one manifest and one diff.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from lamppost.errors import RefusedError
from lamppost.model import Counts, Dataset, Diff, Resource, Table, Version
from lamppost.store.compare import compare
from lamppost.store.manifest import OURS, describe_version, papers, same_parts
from lamppost.store.objects import put_object
from lamppost.store.version import Store, commit


def roll_back(store: Store, head: Version, target: Version, *, reason: str, date: str, engine: str) -> Version:
    """The version after `head` with the tables, columns, reports and receipts of `target`.

    Receipts come back too, so that the next pull starts from the cursor of then. What the dataset says of itself, such
    as its licence, stays as `head` has it. RefusedError when the rows are the same already, or made up
    and the head's are not; TakenError when another run was faster.
    """
    place = f"{head.dataset} version {target.seq}"
    if target.simulated and not head.simulated:
        raise RefusedError(
            f"{place}: is simulated, version {head.seq} is real; made-up numbers never replace real ones"
        )
    if _is_same(head, target):
        raise RefusedError(f"{place}: holds the same rows as the newest, version {head.seq}; there is nothing to do")
    tables = [_bring_back(store, head, target, one) for one in target.tables]
    return _commit(
        store, head, tables, [target, head], date=date, engine=engine, reason=reason, rolled_back_to=target.seq
    )


def withdraw(store: Store, head: Version, *, reason: str, date: str, engine: str) -> Version:
    """The version after `head` with the same tables, which says that no more will come, and why."""
    tables = [replace(one, counts=_stay(one), diff=Diff()) for one in head.tables]
    return _commit(store, head, tables, [head], date=date, engine=engine, reason=reason, withdrawn=True)


def _is_same(first: Version, second: Version) -> bool:
    names = [one.resource for one in first.tables]
    return names == [one.resource for one in second.tables] and all(
        same_parts(one, other) and one.schema.descriptor == other.schema.descriptor
        for one, other in zip(first.tables, second.tables, strict=True)
    )


def _bring_back(store: Store, head: Version, target: Version, table: Table) -> Table:
    now = head.table(table.resource)
    change, listing = compare(store, head, target, table.resource)
    if listing:
        change = replace(change, path=put_object(store, head.dataset, listing, "csv").path)
    return replace(table, diff=change, counts=_count(table, change, now.rows if now else 0))


def _count(table: Table, change: Diff, previous: int) -> Counts:
    """Row identity of a table whose rows were read from the store: each of them is accepted."""
    rows = table.rows
    return Counts(
        read=rows, accepted=rows, added=change.added, changed=change.changed,
        unchanged=rows - change.added - change.changed, removed=change.removed, previous=previous,
        settled=rows + table.counts.suppressed, suppressed=table.counts.suppressed, published=rows,
    )  # fmt: skip


def _stay(table: Table) -> Counts:
    return _count(table, Diff(), table.rows)


def _commit(
    store: Store,
    head: Version,
    tables: Sequence[Table],
    sources: Iterable[Version],
    *,
    date: str,
    engine: str,
    reason: str,
    rolled_back_to: int | None = None,
    withdrawn: bool = False,
) -> Version:
    for table in tables:
        for _, data in papers(table).values():
            put_object(store, head.dataset, data, "json")
    seq = head.seq + 1
    descriptor = describe_version(
        _described(head, tables, sources), tables, seq=seq, parent=head, date=date, engine=engine,
        simulated=head.simulated, reason=reason, rolled_back_to=rolled_back_to, withdrawn=withdrawn,
    )  # fmt: skip
    return commit(store, head.dataset, descriptor, seq)


def _described(head: Version, tables: Sequence[Table], sources: Iterable[Version]) -> Dataset:
    """What the head says of itself; titles of tables from the last of `sources` that has them."""
    texts: dict[str, tuple[str, str]] = {}
    for version in sources:
        for one in version.descriptor["resources"]:
            texts[one["name"]] = one.get("title", ""), one.get("description", "")
    resources = tuple(
        Resource(one.resource, one.schema, title=texts[one.resource][0], description=texts[one.resource][1])
        for one in tables
    )
    metadata = {key: value for key, value in head.descriptor.items() if key not in OURS}
    return Dataset(
        head.dataset, metadata.get("title", ""), metadata.get("description", ""), resources, metadata=metadata
    )
