"""Driver from a source to rows: one resource pulled or derived, its receipt judged, its snapshot read."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta

import pyarrow as pa
import pyarrow.compute as pc

from lamppost.derive import derive
from lamppost.errors import PullError, RefusedError
from lamppost.model import Dataset, Dates, Receipt, Resource, Version
from lamppost.pull import pull_resource
from lamppost.pull.window import hold_cursor
from lamppost.run.places import has_row_a_line
from lamppost.run.publish import Drawn
from lamppost.run.recall import recall
from lamppost.run.secret import find_secret
from lamppost.run.setting import Setting
from lamppost.store import Store
from lamppost.table.facts import Facts
from lamppost.table.read import ROW, read
from lamppost.table.transform import transform

DAY = r"^\d{4}-\d{2}-\d{2}"


def draw_all(setting: Setting, dataset: Dataset, head: Version | None, *, known: bool) -> dict[str, Drawn]:
    """The rows of each resource; all of them `unchanged` when every source says that nothing is new since `head`.

    `known`: the dataset is declared as it was when the head was made, so what was remembered then still holds.
    """
    trusted = head if known else None
    drawn = {one.name: draw(setting, dataset, one, head, trusted) for one in dataset.resources}
    if head is None or all(one.unchanged for one in drawn.values()):
        return drawn
    return {
        one.name: _draw_beside(setting, dataset, one, head, drawn[one.name])
        if drawn[one.name].unchanged
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
    setting.tell(dataset.name, "pull")
    return _pull(setting, dataset, resource, head, trusted)


def _pull(
    setting: Setting, dataset: Dataset, resource: Resource, head: Version | None, trusted: Version | None
) -> Drawn:
    assert resource.pull is not None
    place, private = f"{dataset.name}/{resource.name}", setting.city.private
    cursor = _cursor(head, resource)
    snapshot, receipt = pull_resource(
        dataset.name, resource, env=setting.env, cursor=cursor, folder=setting.snapshots / place,
        now=setting.dates.now, transport=setting.transport, private=private,
        memory=recall(private, place, trusted), secret=find_secret(private, setting.env),
    )  # fmt: skip
    if snapshot.unchanged:
        return Drawn(pa.table({}), 0, issues=snapshot.issues, memory=snapshot.memory, unchanged=True)
    receipt = _accept(dataset.name, resource, receipt)
    setting.tell(dataset.name, "read")
    facts = Facts()
    rows = read(snapshot, resource.pull, facts)
    if rows.num_rows != receipt.received:
        found = f"{dataset.name}: {receipt.received} records came in, {rows.num_rows} rows were read"
        raise PullError(f"{found}; expected the same number; check `records:` and the dialect")
    count, filtered = rows.num_rows, 0
    receipt = complete_receipt(receipt, rows, resource, setting.dates, cursor)
    receipt = replace(
        receipt,
        cursor_after=hold_cursor(receipt.cursor_after, snapshot.cursor_limit),
        notes=(*receipt.notes, *facts.notes),
    )
    if resource.transform is not None:
        setting.tell(dataset.name, "transform")
        rows, filtered = transform(rows, resource.transform)
    return Drawn(
        rows, count, filtered, receipt, simulated=snapshot.simulated,
        issues=(*snapshot.issues, *facts.issues), memory=snapshot.memory, by_line=has_row_a_line(snapshot, count),
    )  # fmt: skip


def complete_receipt(receipt: Receipt, rows: pa.Table, resource: Resource, dates: Dates, cursor: str | None) -> Receipt:
    """The receipt with what only the rows tell: their distinct keys, their first and last time, the cursor after."""
    assert resource.pull is not None
    timed = resource.pull.cursor or resource.publish.event_time
    times = _past(rows, timed, dates)
    days = times.filter(pc.match_substring_regex(times, DAY)) if len(times) else times
    return replace(
        receipt,
        distinct=_count_keys(rows, resource) if receipt.distinct is None else receipt.distinct,
        span=(pc.min(days).as_py(), pc.max(days).as_py()) if len(days) else None,
        cursor_after=(pc.max(times).as_py() if len(times) and resource.pull.cursor else None) or cursor,
    )


def _count_keys(rows: pa.Table, resource: Resource) -> int | None:
    key = [] if resource.key_content or resource.transform else list(resource.schema.primary_key)
    if not key or not set(key) <= set(rows.column_names):
        return None
    return int(rows.select(key).group_by(key).aggregate([]).num_rows)


def _past(rows: pa.Table, name: str, dates: Dates) -> pa.ChunkedArray:
    """Values that are not after today: one clock gone wild must not stop all pulls."""
    if not name or name not in rows.column_names:
        return pa.chunked_array([], pa.string())
    values = pc.drop_null(rows.column(name))
    return values.filter(pc.less_equal(values, (dates.today + timedelta(days=1)).isoformat()))


def _cursor(head: Version | None, resource: Resource) -> str | None:
    if head is None or resource.pull is None or not resource.pull.cursor:
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
