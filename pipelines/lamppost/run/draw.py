"""Driver from a source to rows: one resource pulled or derived, its receipt judged, its snapshot read."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

import pyarrow as pa

from lamppost.beside import transform_beside
from lamppost.derive import derive
from lamppost.errors import PullError, RefusedError
from lamppost.model import Dataset, Dates, Receipt, Resource, Snapshot, Version
from lamppost.pull import pull_resource
from lamppost.pull.window import hold_cursor
from lamppost.run.columns import note_columns
from lamppost.run.drawn import Drawn, Pulled, Stream, Tally
from lamppost.run.places import find_places
from lamppost.run.recall import recall
from lamppost.run.secret import find_secret
from lamppost.run.setting import Setting
from lamppost.run.spool import save_memory
from lamppost.store import Store
from lamppost.table.facts import Facts
from lamppost.table.read import ROW, batches, read

LARGE = 64 * 2**20
"""A pull of more bytes is read, protected and sent to its partitions table by table."""


def draw_all(
    setting: Setting,
    dataset: Dataset,
    head: Version | None,
    *,
    known: bool,
    pulled: Mapping[str, Drawn] = {},
    waiting: Collection[str] = (),
) -> dict[str, Drawn]:
    """The rows of each resource; all of them `unchanged` when every source says that nothing is new since `head`.

    `known`: the dataset is declared as it was when the head was made, so what was remembered then still holds. What
    was `pulled` just now is not asked for again; the rows of resources in `waiting` lie on disk.
    """
    trusted = head if known else None
    drawn = {one.name: pulled.get(one.name) or draw(setting, dataset, one, head, trusted) for one in dataset.resources}
    if head is None or (not waiting and all(one.unchanged for one in drawn.values())):
        return drawn
    return {
        one.name: _draw_beside(setting, dataset, one, head, drawn[one.name])
        if drawn[one.name].unchanged and one.name not in waiting
        else drawn[one.name]
        for one in dataset.resources
    }


def _draw_beside(setting: Setting, dataset: Dataset, resource: Resource, head: Version, drawn: Drawn) -> Drawn:
    """An unchanged resource whose neighbours changed: in a snapshot its rows are needed again, elsewhere none are."""
    if resource.publish.mode == "snapshot":
        return draw(setting, dataset, resource, head, None)
    table = head.table(resource.name)
    empty = pa.table({name: pa.array([], pa.string()) for name in resource.schema.names})
    rows = empty.append_column(ROW, pa.array([], pa.int64()))
    return replace(drawn, rows=rows, receipt=table.receipt if table else None)


def draw(
    setting: Setting, dataset: Dataset, resource: Resource, head: Version | None, trusted: Version | None
) -> Drawn:
    """The rows of one resource; none, and `unchanged`, when its source has nothing new since the version `trusted`."""
    if resource.derive is not None:
        setting.tell(dataset.name, "derive")
        return _derive(setting, resource)
    memory = recall(setting.city.private, f"{dataset.name}/{resource.name}", trusted)
    return draw_since(setting, dataset, resource, find_cursor(head, resource), memory)


def draw_since(
    setting: Setting, dataset: Dataset, resource: Resource, cursor: str | None, memory: Mapping[str, str]
) -> Drawn:
    """The rows that a pull brings which starts at `cursor` and is reminded of `memory`."""
    setting.tell(dataset.name, "pull")
    place, private = f"{dataset.name}/{resource.name}", setting.city.private
    snapshot, receipt = pull_resource(
        dataset.name, resource, env=setting.env, cursor=cursor, folder=setting.snapshots / place,
        now=setting.dates.now, transport=setting.transport, private=private,
        memory=memory, secret=find_secret(private, setting.env),
    )  # fmt: skip
    if snapshot.unchanged:
        return Drawn(pa.table({}), 0, issues=snapshot.issues, memory=snapshot.memory, unchanged=True)
    return read_pulled(setting, dataset, resource, Pulled(snapshot, receipt, cursor, memory))


def read_pulled(setting: Setting, dataset: Dataset, resource: Resource, pulled: Pulled) -> Drawn:
    """The rows of a pull, its receipt judged."""
    assert resource.pull is not None
    place, snapshot, cursor = f"{dataset.name}/{resource.name}", pulled.snapshot, pulled.cursor
    receipt = _accept(dataset.name, resource, pulled.receipt)
    setting.tell(dataset.name, "read")
    if _is_large(snapshot, resource):
        return replace(_stream(snapshot, receipt, resource, setting.dates, cursor), pulled=pulled)
    facts = Facts()
    rows = read(snapshot, resource.pull, facts)
    _check_count(dataset.name, receipt, rows.num_rows)
    count, filtered = rows.num_rows, 0
    receipt = complete_receipt(receipt, rows, resource, setting.dates, cursor)
    receipt = _add_facts(receipt, snapshot, facts)
    columns, new = note_columns(place, resource, facts.unmapped, pulled.recalled)
    if resource.transform is not None:
        setting.tell(dataset.name, "transform")
        rows, filtered = transform_beside(rows, resource.transform, setting.transform_seconds)
    where = find_places(snapshot, receipt, resource.pull.fields, transformed=resource.transform is not None)
    return Drawn(
        rows, count, filtered, receipt, simulated=snapshot.simulated,
        issues=(*snapshot.issues, *facts.issues, *new), memory={**snapshot.memory, **columns}, where=where,
        pulled=pulled,
    )  # fmt: skip


def _is_large(snapshot: Snapshot, resource: Resource) -> bool:
    """True for a pull that comes in several tables and is not needed as one."""
    size = sum(page.size for page in snapshot.pages)
    divided = snapshot.decode == "csv" or len(snapshot.pages) > 1
    return size > LARGE and divided and resource.transform is None and not resource.key_content


def _stream(snapshot: Snapshot, receipt: Receipt, resource: Resource, dates: Dates, cursor: str | None) -> Drawn:
    """The rows of a large pull, each time read anew; what they tell of the pull is noted when the last one came."""
    assert resource.pull is not None
    pull, facts = resource.pull, [Facts()]
    save_memory()

    def begin() -> Iterator[pa.Table]:
        facts[0] = Facts()
        for batch in batches(snapshot, pull, facts[0]):
            yield pa.Table.from_batches([batch])

    def end(tally: Tally) -> Receipt:
        _check_count(resource.name, receipt, tally.rows)
        return _add_facts(tally.complete(receipt, cursor), snapshot, facts[0])

    where = find_places(snapshot, receipt, pull.fields)
    return Drawn(
        Stream(begin, end, lambda: Tally(resource, dates)), receipt.received, receipt=receipt,
        simulated=snapshot.simulated, issues=snapshot.issues, memory=snapshot.memory, where=where,
    )  # fmt: skip


def _check_count(place: str, receipt: Receipt, rows: int) -> None:
    if rows != receipt.received:
        found = f"{place}: {receipt.received} records came in, {rows} rows were read"
        raise PullError(f"{found}; expected the same number; check `records:` and the dialect")


def _add_facts(receipt: Receipt, snapshot: Snapshot, facts: Facts) -> Receipt:
    return replace(
        receipt,
        cursor_after=hold_cursor(receipt.cursor_after, snapshot.cursor_limit),
        notes=(*receipt.notes, *facts.notes),
    )


def complete_receipt(receipt: Receipt, rows: pa.Table, resource: Resource, dates: Dates, cursor: str | None) -> Receipt:
    """The receipt with what only the rows tell: their distinct keys, their first and last time, the cursor after."""
    tally = Tally(resource, dates)
    tally.add(rows)
    return tally.complete(receipt, cursor)


def find_cursor(head: Version | None, resource: Resource) -> str | None:
    """Where the pull behind `head` got to; None where everything is to be pulled.

    Where a rehearsal got to says nothing about the city's own source, and its rows are not what the next ones join.
    """
    if head is None or head.simulated or resource.pull is None or not resource.pull.cursor:
        return None
    table = head.table(resource.name)
    return table.receipt.cursor_after if table and table.receipt else None


def _accept(name: str, resource: Resource, receipt: Receipt) -> Receipt:
    """The receipt, when it is good enough; one that the descriptor accepts unproven says why, and the page shows it."""
    accepted = resource.pull.accept_unproven if resource.pull else ""
    if receipt.verdict == "complete":
        return receipt
    if receipt.verdict == "unproven" and accepted:
        return replace(receipt, accepted=accepted)
    found = f"{name}: the pull is {receipt.verdict}: {receipt.reason}"
    raise RefusedError(f"{found}; expected a proven one; nothing was published")


def _derive(setting: Setting, resource: Resource) -> Drawn:
    assert resource.derive is not None
    heads = find_heads(setting.store, resource.derive.inputs)
    rows = derive(resource, setting.store.tables(heads.values()))
    inputs = {name: head.seq for name, head in heads.items()}
    return Drawn(rows, rows.num_rows, inputs=inputs, simulated=any(head.simulated for head in heads.values()))


def find_heads(store: Store, names: Iterable[str]) -> Mapping[str, Version]:
    """The newest version of each input; RefusedError when one was never published."""
    heads: dict[str, Version] = {}
    for name in names:
        head = store.head(name)
        if head is None:
            found = f"input {name}: has no version yet"
            raise RefusedError(f"{found}; expected one; it comes once that dataset was published")
        heads[name] = head
    return heads
