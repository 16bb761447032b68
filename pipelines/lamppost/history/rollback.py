"""Going back: an old version's rows become the newest again, and what is computed from them follows at once."""

from collections.abc import Sequence

from lamppost import __version__
from lamppost.errors import LoadError, StoreError, TakenError
from lamppost.history.address import find_version, require_rows
from lamppost.load import load_datasets
from lamppost.model import PLAN, Dataset, Issue, Outcome, Version
from lamppost.run import Setting, run
from lamppost.run.record import record_figures
from lamppost.store import Store
from lamppost.store.restate import roll_back

ATTEMPTS = 5
LONGEST = 500
"""Letters of a reason; it stands on pages and in feeds."""


def go_back(setting: Setting, name: str, seq: int, reason: str) -> Version:
    """The new version, which holds the rows of version `seq` again; LoadError for misuse, RefusedError for no use."""
    reason = check_reason(reason)
    if name == PLAN:
        message = "is made of the files under docs/plan/; put these back as they were, then run `lamppost run plan`"
        raise LoadError([Issue("rollback", name, message)])
    target = find_version(setting.store, f"{name}@{seq}")
    require_rows(setting.store, target)
    return _commit(setting.store, target, reason, setting.dates.today.isoformat())


def _commit(store: Store, target: Version, reason: str, date: str) -> Version:
    for _ in range(ATTEMPTS):
        head = store.head(target.dataset)
        assert head is not None  # it has the target
        try:
            return roll_back(store, head, target, reason=reason, date=date, engine=__version__)
        except TakenError:
            continue
    raise StoreError(f"{target.dataset}: other runs committed {ATTEMPTS} versions meanwhile; run it again")


def check_reason(reason: str) -> str:
    """The reason on one line; LoadError when it says nothing or too much."""
    told = "".join(one for one in " ".join(reason.split()) if one.isprintable())
    if not told or len(told) > LONGEST:
        message = f"found {len(told)} letters, expected a sentence of at most {LONGEST} that everybody may read"
        raise LoadError([Issue("reason", "--reason", message)])
    return told


def follow(setting: Setting, name: str) -> tuple[tuple[Outcome, ...], tuple[str, ...]]:
    """Derive anew what is computed from `name`, and record figures: what came of it, and what went wrong with figures.

    A derived dataset that was itself rolled back keeps its rows until somebody runs it by name.
    """
    datasets, _ = load_datasets(setting.city)
    names = [one.name for one in find_dependents(datasets, name) if not _is_held(setting.store, one.name)]
    if not names:
        return (), tuple(record_figures(setting, datasets))
    record = run(setting, names)
    return tuple(record.outcomes.values()), record.problems


def find_dependents(datasets: Sequence[Dataset], name: str) -> list[Dataset]:
    """Datasets that are derived from `name`, directly or not, inputs first."""
    found = {name}
    dependents = []
    for one in datasets:
        if found.intersection(one.inputs):
            found.add(one.name)
            dependents.append(one)
    return dependents


def _is_held(store: Store, name: str) -> bool:
    head = store.head(name)
    return head is not None and head.rolled_back_to is not None


def next_steps(version: Version) -> str:
    """What a person does now."""
    return (
        f"Runs leave {version.dataset} as it is until somebody has looked at the source and names it: "
        f"lamppost run {version.dataset}\nNext: lamppost build"
    )
