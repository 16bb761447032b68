"""Driver forward: what is due goes through the stages, each dataset alone, and what happened is written down.

Order: pulled datasets, derived ones, the plan, figure records. Only this driver (through `publish`) writes the store.
"""

import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from lamppost import load, plan
from lamppost.derive import derive
from lamppost.errors import LamppostError, LoadError, PullError, RefusedError, StoreError
from lamppost.figures import compute
from lamppost.model import (
    PLAN,
    City,
    Dataset,
    Dates,
    FigureQuery,
    FigureRecord,
    Issue,
    Outcome,
    Receipt,
    Resource,
    RunRecord,
    Version,
)
from lamppost.pull import Transport, pull_resource
from lamppost.run.due import definition, inputs_moved, is_due
from lamppost.run.forget import KEEP, forget_snapshots
from lamppost.run.publish import Drawn, publish
from lamppost.store import Store, commit_figure, sweep, write_run
from lamppost.table.read import read
from lamppost.table.transform import transform

log = logging.getLogger(__name__)

Tell = Callable[[str, str], None]
"""Called with (dataset, stage) as each stage begins."""


@dataclass(frozen=True)
class Setting:
    """What one run needs from outside: nothing below reads the clock or the environment."""

    city: City
    store: Store
    dates: Dates
    env: Mapping[str, str]
    transport: Transport
    tell: Tell = field(default=lambda *_: None)

    @property
    def snapshots(self) -> Path:
        """Where raw bytes are kept: private/, or a scratch folder when the city keeps nothing private."""
        return (self.city.private or self.city.root / "build" / "scratch") / "snapshots"


def run(setting: Setting, names: Sequence[str] = ()) -> RunRecord:
    """Do what is due, or just the datasets in `names` whether due or not; give the record that was kept."""
    started = _instant()
    sweep(setting.store)
    datasets, faults = load.load_datasets(setting.city)
    known = [*(one.name for one in datasets), *faults, PLAN]
    _check_names(names, known)
    wanted = set(names or known)
    last = setting.store.last_outcomes()
    outcomes = {name: _failure(setting, name, LoadError(faults[name])) for name in faults if name in wanted}
    for dataset in datasets:  # inputs come before what is derived from them
        name = dataset.name
        if name in wanted:
            outcomes[name] = _attempt(setting, dataset, last.get(name), forced=name in names)
    if PLAN in wanted:
        outcomes |= _publish_plan(setting)
    problems = record_figures(setting, datasets)
    forget_snapshots(setting.snapshots, time.time(), keep=KEEP if setting.city.private else None)
    record = RunRecord(seq=0, started_at=started, finished_at=_instant(), outcomes=outcomes, problems=tuple(problems))
    return write_run(setting.store, record)


def _attempt(setting: Setting, dataset: Dataset, last: Outcome | None, *, forced: bool) -> Outcome:
    """Publish one dataset; whatever goes wrong stays inside and becomes its outcome."""
    clock = time.perf_counter()
    try:
        head = setting.store.head(dataset.name)
        if not (forced or is_due(dataset, last, head, setting.dates) or inputs_moved(dataset, head, setting.store)):
            version = head.seq if head else None
            return Outcome(dataset.name, "not due", version=version, simulated=bool(head and head.simulated))
        drawn = {one.name: _draw(setting, dataset, one, head) for one in dataset.resources}
        setting.tell(dataset.name, "validate and settle")
        outcome = _publish(setting, dataset, drawn)
    except LamppostError as error:
        outcome = _failure(setting, dataset.name, error)
    except Exception as error:
        log.exception("unexpected failure", extra={"dataset": dataset.name})
        found = f"{dataset.name}: {type(error).__name__}: {error}"
        fault = LamppostError(f"{found}; this is a fault of lamppost, please report it")
        outcome = _failure(setting, dataset.name, fault)
    return replace(outcome, seconds=round(time.perf_counter() - clock, 2), definition=definition(dataset))


def _publish(setting: Setting, dataset: Dataset, drawn: Mapping[str, Drawn]) -> Outcome:
    done = publish(dataset, drawn, store=setting.store, private=setting.city.private, dates=setting.dates)
    return Outcome(
        dataset.name, "published" if done.is_new else "unchanged", version=done.version.seq, read=done.read,
        published=done.version.rows, quarantined=done.quarantined, checked_at=_checked(setting),
        simulated=done.version.simulated,
    )  # fmt: skip


def _failure(setting: Setting, name: str, error: LamppostError) -> Outcome:
    head = _sound_head(setting.store, name)
    return Outcome(
        name, "kept" if isinstance(error, RefusedError) else "failed", version=head.seq if head else None,
        reason=str(error), checked_at=_checked(setting), simulated=bool(head and head.simulated),
    )  # fmt: skip


def _sound_head(store: Store, name: str) -> Version | None:
    """The newest version; None also for a folder name that no version can have, and for a damaged version."""
    try:
        return store.head(name)
    except StoreError:
        return None


def _draw(setting: Setting, dataset: Dataset, resource: Resource, head: Version | None) -> Drawn:
    if resource.derive is not None:
        setting.tell(dataset.name, "derive")
        return _derive(setting, resource)
    setting.tell(dataset.name, "pull")
    return _pull(setting, dataset, resource, head)


def _pull(setting: Setting, dataset: Dataset, resource: Resource, head: Version | None) -> Drawn:
    assert resource.pull is not None
    folder = setting.snapshots / dataset.name / resource.name
    cursor = _cursor(head, resource)
    snapshot, receipt = pull_resource(
        dataset.name, resource, env=setting.env, cursor=cursor, folder=folder,
        now=setting.dates.now, transport=setting.transport,
    )  # fmt: skip
    _check_receipt(dataset.name, resource, receipt)
    setting.tell(dataset.name, "read")
    rows = read(snapshot, resource.pull)
    if rows.num_rows != receipt.received:
        found = f"{dataset.name}: {receipt.received} records came in, {rows.num_rows} rows were read"
        raise PullError(f"{found}; expected the same number; check `records:` and the dialect")
    count, filtered = rows.num_rows, 0
    receipt = replace(receipt, cursor_after=_greatest(rows, resource.pull.cursor, setting.dates) or cursor)
    if resource.transform is not None:
        setting.tell(dataset.name, "transform")
        rows, filtered = transform(rows, resource.transform)
    return Drawn(rows, count, filtered, receipt, simulated=snapshot.simulated)


def _cursor(head: Version | None, resource: Resource) -> str | None:
    if head is None or resource.pull is None or not resource.pull.cursor:
        return None
    table = head.table(resource.name)
    return table.receipt.cursor_after if table and table.receipt else None


def _greatest(rows: pa.Table, name: str, dates: Dates) -> str | None:
    """The greatest value of the cursor field that is not after today: one clock gone wild must not stop all pulls."""
    if not name or name not in rows.column_names:
        return None
    values = pc.drop_null(rows.column(name))
    limit = (dates.today + timedelta(days=1)).isoformat()
    past = values.filter(pc.less_equal(values, limit))
    return pc.max(past).as_py() if len(past) else None


def _check_receipt(name: str, resource: Resource, receipt: Receipt) -> None:
    accepted = resource.pull.accept_unproven if resource.pull else ""
    if receipt.verdict == "complete" or (receipt.verdict == "unproven" and accepted):
        return
    found = f"{name}: the pull is {receipt.verdict}: {receipt.reason}"
    raise RefusedError(f"{found}; expected a proven one; nothing was published")


def _derive(setting: Setting, resource: Resource) -> Drawn:
    assert resource.derive is not None
    heads = _heads(setting.store, resource.derive.inputs)
    rows = derive(resource, setting.store.tables(heads.values()))
    inputs = {name: head.seq for name, head in heads.items()}
    return Drawn(rows, rows.num_rows, inputs=inputs, simulated=any(head.simulated for head in heads.values()))


def _heads(store: Store, names: Iterable[str]) -> dict[str, Version]:
    heads: dict[str, Version] = {}
    for name in names:
        head = store.head(name)
        if head is None:
            found = f"input {name}: has no version yet"
            raise RefusedError(f"{found}; expected one; it comes once that dataset was published")
        heads[name] = head
    return heads


def _publish_plan(setting: Setting) -> dict[str, Outcome]:
    content, issues = load.load_plan(setting.city)
    if issues:
        return {PLAN: _failure(setting, PLAN, LoadError(issues))}
    if content is None:
        return {}
    setting.tell(PLAN, "validate and settle")
    drawn = {name: Drawn(one, one.num_rows) for name, one in plan.tables(content).items()}
    try:
        return {PLAN: _publish(setting, plan.dataset(setting.city, content), drawn)}
    except LamppostError as error:
        return {PLAN: _failure(setting, PLAN, error)}


def record_figures(setting: Setting, datasets: Sequence[Dataset]) -> list[str]:
    """Make a record of each figure whose value or query changed; give what went wrong, a sentence each."""
    queries, issues = load.load_figures(setting.city, datasets)
    problems = [f"{one.place}: {one.message}" for one in issues]
    published = set(setting.store.datasets())
    waiting = [one.name for one in queries if not set(one.inputs) <= published]
    if waiting:
        problems.append(f"No value yet, since their datasets were never published: {', '.join(waiting)}")
    tables: dict[str, pa.Table] = {}
    for query in queries:
        if query.name in waiting:
            continue
        try:
            _record_figure(setting, query, tables)
        except LamppostError as error:
            problems.append(f"figure {query.name}: {str(error).removeprefix(f'figure {query.name}: ')}")
    return problems


def _record_figure(setting: Setting, query: FigureQuery, tables: dict[str, pa.Table]) -> None:
    heads = _heads(setting.store, query.inputs)
    previous = setting.store.figure_head(query.name)
    hashes = {name: head.hash for name, head in heads.items()}
    if previous and dict(previous.input_hashes) == hashes and _same_query(previous, query):
        return
    setting.tell("figures", query.name)
    for head in heads.values():
        if head.sql_name(head.tables[0].resource) not in tables:
            tables |= setting.store.tables([head])
    record = compute(query, tables, heads, previous, setting.dates.today)
    if record is not None:
        commit_figure(setting.store, record)


def _same_query(previous: FigureRecord, query: FigureQuery) -> bool:
    return all(getattr(previous, key) == getattr(query, key) for key in ("sql", "title", "unit", "round", "note"))


def _check_names(names: Sequence[str], known: Sequence[str]) -> None:
    unknown = [name for name in names if name not in known]
    if unknown:
        listed = ", ".join(sorted(known))
        raise LoadError([Issue("unknown-dataset", unknown[0], f"no such dataset; expected one of: {listed}")])


def _checked(setting: Setting) -> str:
    return setting.dates.now.astimezone(UTC).isoformat(timespec="seconds")


def _instant() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
