"""Driver forward: what is due goes through the stages, each dataset alone, and what happened is written down.

Order: pulled datasets, derived ones, the plan, figures. Only it writes the store, through `publish` and `record`.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from lamppost import load, plan
from lamppost.errors import (
    LamppostError,
    LoadError,
    PendingError,
    PullError,
    RefusedError,
    StoreError,
)
from lamppost.model import PLAN, Dataset, Issue, Outcome, RunRecord, Version
from lamppost.model.run import Verdict
from lamppost.pull import conceal
from lamppost.run.departed import require_released, settle_departed
from lamppost.run.draw import draw_all
from lamppost.run.drawn import Drawn
from lamppost.run.due import definition, inputs_moved, is_due, is_publishing_due
from lamppost.run.forget import KEEP, forget_snapshots, forget_undeclared
from lamppost.run.publish import find_barred, publish
from lamppost.run.recall import keep_memory
from lamppost.run.record import record_figures
from lamppost.run.setting import Setting
from lamppost.run.unforeseen import named
from lamppost.run.waiting_round import Round, announcing, leave, list_later, pull_and_wait
from lamppost.store import Store, sweep, write_run

STALE = "stale-source"
"""The issue of a source whose data are older than its descriptor allows."""


def run(setting: Setting, names: Sequence[str] = ()) -> RunRecord:
    """Do what is due, or just the datasets in `names` whether due or not; give the record that was kept."""
    started = _instant()
    sweep(setting.store)
    datasets, faults = load.load_datasets(setting.city)
    withdrawn = load.load_withdrawn(setting.city)
    known = [*(one.name for one in datasets), *faults, *withdrawn, PLAN]
    _check_names(names, known)
    wanted = set(names or [*known, *setting.store.datasets()])
    last = setting.store.last_outcomes()
    outcomes = {name: _failure(setting, name, LoadError(faults[name])) for name in faults if name in wanted}
    for name in outcomes:
        setting.notice(name, faults[name])
    for dataset in datasets:  # inputs come before what is derived from them
        name = dataset.name
        if name in wanted:
            unlisted = Outcome(name, "not due", reason=f"Not listed, so that nothing is asked. {dataset.reason}")
            attempted = dataset.listed and _attempt(setting, dataset, last.get(name), forced=name in names)
            outcomes[name] = attempted or unlisted
    outcomes |= {one.dataset: one for one in settle_departed(setting, known, withdrawn, wanted)}
    if PLAN in wanted:
        outcomes |= _publish_plan(setting)
    problems = record_figures(setting, datasets)
    forget_snapshots(setting.snapshots, time.time(), keep=KEEP if setting.city.private else None)
    forget_undeclared(setting.city.private, {*faults, *(one.name for one in datasets)}, time.time())
    record = RunRecord(seq=0, started_at=started, finished_at=_instant(), outcomes=outcomes, problems=tuple(problems))
    return write_run(setting.store, record)


def _attempt(setting: Setting, dataset: Dataset, last: Outcome | None, *, forced: bool) -> Outcome:
    """Publish one dataset if it is due; whatever goes wrong stays inside and becomes its outcome."""
    clock = time.perf_counter()
    try:
        with named(dataset.name):
            outcome = _publish_due(setting, dataset, last, forced=forced)
    except LamppostError as error:
        outcome = _failure(setting, dataset.name, error)
        _notice(setting, dataset, error.issues if isinstance(error, (PullError, RefusedError)) else ())
    if outcome.verdict == "not due":
        return outcome
    return replace(
        outcome,
        seconds=round(time.perf_counter() - clock, 2),
        reason=_conceal(setting, dataset, outcome.reason),
        trail=tuple(_conceal(setting, dataset, line) for line in setting.transport.trail()),
        definition=definition(dataset),
    )


def _publish_due(setting: Setting, dataset: Dataset, last: Outcome | None, *, forced: bool) -> Outcome:
    store = setting.store
    head = store.head(dataset.name) if dataset.inputs else store.glance(dataset.name)  # most are not due
    require_released(head, forced=forced)
    moved, room = inputs_moved(dataset, head, setting.store), setting.city.private is not None
    if not (forced or moved or is_due(dataset, last, head, setting.dates, room=room)):
        version = head.seq if head else None
        return Outcome(dataset.name, "not due", version=version, simulated=bool(head and head.simulated))
    head = head and store.read(dataset.name, head.seq)
    known = last is not None and last.definition == definition(dataset)
    found = pull_and_wait(setting, dataset, head, known=known, barred=lambda: find_barred(setting, dataset.name))
    at_once = forced or moved or not known or is_publishing_due(dataset, found.since, setting.dates)
    if head is not None and found.drawn and not at_once:
        return _wait(setting, dataset, head, found, last)
    return _finish(setting, dataset, head, found, last, known=known)


def _conceal(setting: Setting, dataset: Dataset, text: str) -> str:
    """`text` without what the environment filled in: an address may hold it, and a source may send it back."""
    for resource in dataset.resources:
        text = conceal(text, resource, setting.env)
    return text


def _notice(setting: Setting, dataset: Dataset, issues: Sequence[Issue]) -> None:
    """Say what was found, and where in the city's files it is mended if that is the place to mend it."""
    root = setting.city.root
    told = [
        replace(
            one,
            place=load.pinpoint(root, dataset.name, one) or one.place,
            message=_conceal(setting, dataset, one.message),
            samples=tuple(
                replace(sample, value=sample.value and _conceal(setting, dataset, sample.value))
                for sample in one.samples
            ),
        )
        for one in issues
    ]
    setting.notice(dataset.name, told)


def _finish(
    setting: Setting, dataset: Dataset, head: Version | None, found: Round, last: Outcome | None, *, known: bool
) -> Outcome:
    """A version is made of what is new and of what waited; without either the head stays."""
    drawn = draw_all(setting, dataset, head, known=known, pulled=found.drawn, waiting=found.waiting)
    if head is not None and not found.waiting and all(one.unchanged for one in drawn.values()):
        _keep_memories(setting, head, drawn)
        return _stay(setting, head, drawn, last)
    setting.tell(dataset.name, "validate and settle")
    return _publish(setting, dataset, drawn, found)


def _wait(setting: Setting, dataset: Dataset, head: Version, found: Round, last: Outcome | None) -> Outcome:
    """A version is not due yet: the head stays, and what came waits."""
    stays = _stay(setting, head, found.drawn, last)
    _notice(setting, dataset, found.issues)
    reason = " ".join(filter(None, (stays.reason, found.describe(dataset))))
    return replace(stays, read=found.read, quarantined=found.quarantined, reason=reason)


def _stay(setting: Setting, head: Version, drawn: Mapping[str, Drawn], last: Outcome | None) -> Outcome:
    """The head stays, and what the sources said on the way is told.

    A source that answers with data that are old by their own word was not checked: the promise goes on running out.
    """
    issues = [issue for one in drawn.values() for issue in one.issues]
    is_stale = any(issue.code == STALE for issue in issues)
    checked_at = last.checked_at if is_stale and last else _checked(setting)
    return Outcome(
        head.dataset, "unchanged", version=head.seq, published=head.rows, checked_at=checked_at,
        reason=" ".join(issue.message for issue in issues), simulated=head.simulated,
    )  # fmt: skip


def _keep_memories(setting: Setting, head: Version, drawn: Mapping[str, Drawn]) -> None:
    for name, one in drawn.items():
        keep_memory(setting.city.private, f"{head.dataset}/{name}", head, one.memory)


def _publish(setting: Setting, dataset: Dataset, drawn: Mapping[str, Drawn], found: Round) -> Outcome:
    done = publish(
        dataset, drawn, store=setting.store, private=setting.city.private, dates=setting.dates,
        boundary=setting.city.boundary, barred=find_barred(setting, dataset.name), sizes=setting.sizes,
        waiting=list_later(setting, dataset, found), announce=announcing(setting, dataset, found),
    )  # fmt: skip
    _keep_memories(setting, done.version, drawn)
    leave(setting, dataset, found)
    _notice(setting, dataset, done.incoming)
    return Outcome(
        dataset.name, "published" if done.is_new else "unchanged", version=done.version.seq, read=done.read,
        published=done.version.rows, quarantined=done.quarantined, checked_at=_checked(setting),
        reason=" ".join(issue.message for issue in done.issues), simulated=done.version.simulated,
    )  # fmt: skip


def _failure(setting: Setting, name: str, error: LamppostError) -> Outcome:
    head = _sound_head(setting.store, name)
    return Outcome(
        name, _judge(error), version=head.seq if head else None,
        reason=str(error), checked_at=_checked(setting), simulated=bool(head and head.simulated),
    )  # fmt: skip


def _judge(error: LamppostError) -> Verdict:
    if isinstance(error, PendingError):
        return "pending"
    return "kept" if isinstance(error, RefusedError) else "failed"


def _sound_head(store: Store, name: str) -> Version | None:
    """The newest version; None also for a folder name that no version can have, and for a damaged version."""
    try:
        return store.head(name)
    except StoreError:
        return None


def _publish_plan(setting: Setting) -> dict[str, Outcome]:
    content, issues = load.load_plan(setting.city)
    if issues:
        return {PLAN: _failure(setting, PLAN, LoadError(issues))}
    if content is None:
        return {}
    setting.tell(PLAN, "validate and settle")
    try:
        with named(PLAN):
            drawn = {name: Drawn(one, one.num_rows) for name, one in plan.tables(content).items()}
            return {PLAN: _publish(setting, plan.dataset(setting.city, content), drawn, Round())}
    except LamppostError as error:
        return {PLAN: _failure(setting, PLAN, error)}


def _check_names(names: Sequence[str], known: Sequence[str]) -> None:
    unknown = [name for name in names if name not in known]
    if unknown:
        listed = ", ".join(sorted(known))
        raise LoadError([Issue("unknown-dataset", unknown[0], f"no such dataset; expected one of: {listed}")])


def _checked(setting: Setting) -> str:
    return setting.dates.now.astimezone(UTC).isoformat(timespec="seconds")


def _instant() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
