"""Datasets that are asked for no more: each gets a last version that says why, or keeps failing until somebody does.

The same for columns and tables that go while their dataset stays: nothing that was published goes without a reason.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import UTC

from lamppost import __version__
from lamppost.errors import RefusedError, StoreError
from lamppost.model import PLAN, Dataset, Diff, Outcome, Resource, Table, Version
from lamppost.run.setting import Setting
from lamppost.store.restate import withdraw


def settle_departed(
    setting: Setting, present: Collection[str], withdrawn: Mapping[str, str], wanted: Collection[str]
) -> Iterator[Outcome]:
    """What was done about datasets outside of `present`; those that said their last word already are left out."""
    for name, reason in withdrawn.items():
        if name in wanted and (outcome := _withdraw(setting, name, reason)):
            yield outcome
    for name in setting.store.datasets():
        if name in wanted and name not in present and name not in withdrawn and name != PLAN:
            head = setting.store.head(name)
            if head is not None and not head.withdrawn and not head.simulated:
                yield _refuse_vanished(setting, head)


def _withdraw(setting: Setting, name: str, reason: str) -> Outcome | None:
    try:
        head = setting.store.head(name)
        if head is None or (head.withdrawn and head.reason == reason):
            return None
        today = setting.dates.today.isoformat()
        made = withdraw(setting.store, head, reason=reason, date=today, engine=__version__)
    except StoreError as error:
        return Outcome(name, "failed", reason=str(error), checked_at=_checked(setting))
    return Outcome(
        name, "published", version=made.seq, published=made.rows, simulated=made.simulated, checked_at=_checked(setting)
    )


def _refuse_vanished(setting: Setting, head: Version) -> Outcome:
    message = (
        f"{head.dataset}: the folder datasets/{head.dataset} is gone, but version {head.seq} is published; expected a "
        f"reason, as nothing goes silently; bring the folder back, or write datasets/{head.dataset}/dataset.yaml with "
        "the two lines `format: 1` and `withdrawn: {reason: why it ends}`"
    )
    return Outcome(
        head.dataset, "kept", version=head.seq, reason=message, checked_at=_checked(setting), simulated=head.simulated
    )


def _checked(setting: Setting) -> str:
    return setting.dates.now.astimezone(UTC).isoformat(timespec="seconds")


def require_released(head: Version | None, *, forced: bool) -> None:
    """RefusedError for a dataset rolled back or retracted whole, unless somebody names it: its source may be wrong."""
    if head is None or forced:
        return
    if head.redacted and head.redacted[-1].whole:
        raise RefusedError(
            f"{head.dataset}: was retracted as a whole on {head.redacted[-1].date}. Nothing is published until "
            f"somebody has looked at what its source is asked for; then run `lamppost run {head.dataset}`"
        )
    if head.rolled_back_to is None:
        return
    raise RefusedError(
        f"{head.dataset}: was rolled back to version {head.rolled_back_to} on {head.date}, because: "
        f"{head.reason.rstrip('.')}. Nothing newer is published until somebody has looked at the source; then run "
        f"`lamppost run {head.dataset}`"
    )


def require_reasons(dataset: Dataset, parent: Version | None) -> str:
    """Why tables of `parent` are no more, in a sentence, empty when none is; RefusedError for one without a reason.

    The same is asked of columns; theirs are said by `explain_columns`. Made-up versions may lose anything, and the
    columns of the plan are the engine's own.
    """
    if parent is None or parent.simulated or dataset.name == PLAN:
        return ""
    declared = {one.name: one for one in dataset.resources}
    gone = [one.resource for one in parent.tables if one.resource not in declared]
    for name in gone:
        if name not in dataset.removed:
            raise RefusedError(_word(dataset, parent, name, f"datasets/{dataset.name}/dataset.yaml", "resource"))
    for table in parent.tables:
        if table.resource in declared:
            _require_columns(dataset, declared[table.resource], table, parent)
    return " ".join(f"Table {name} removed: {dataset.removed[name]}" for name in gone)


def _require_columns(dataset: Dataset, resource: Resource, table: Table, parent: Version) -> None:
    for name in table.schema.names:
        if name not in resource.schema.names and name not in resource.schema.removed:
            file = dataset.name if len(dataset.resources) == 1 else f"{dataset.name}.{resource.name}"
            raise RefusedError(_word(dataset, parent, name, f"schemas/{file}.yaml", "field"))


def _word(dataset: Dataset, parent: Version, name: str, file: str, noun: str) -> str:
    return (
        f"{dataset.name}: the {noun} `{name}` is published in version {parent.seq} and no longer in {file}; expected a "
        f"reason, as nothing goes silently; put it back, or write in that file `removed: [{{{noun}: {name}, reason: "
        "why it goes}]`"
    )


def explain_columns(change: Diff, resource: Resource) -> Diff:
    """The diff, its sentences on removed fields with the reason: `field lamp_type removed: nobody records it`."""
    reasons = {f"field {name} removed": reason for name, reason in resource.schema.removed.items()}
    told = tuple(f"{one}: {reasons[one].rstrip('.')}" if one in reasons else one for one in change.schema_changes)
    return replace(change, schema_changes=told)
