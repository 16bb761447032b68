"""Thinning: old versions give up their rows and keep their manifests, diffs, reports and receipts.

The rule (`choose`): all versions of the last days, then the newest of each day, then the newest of each month for ever;
never the head, and never one that something else names. `<seq>.thinned.json` says which kept version answers, and is
created before anything is deleted, so that whoever finds rows missing can tell why.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, NamedTuple

from lamppost.errors import StoreError, TakenError
from lamppost.model import PLAN
from lamppost.store.manifest import FORMAT, dump
from lamppost.store.place import Entry
from lamppost.store.version import Store

GRACE = 24 * 3600
"""Seconds for which an object stays whoever names it: a run may have written it and not yet its manifest."""


class Keep(NamedTuple):
    """For how many days every version, and then one a day, is kept; one a month is kept for ever."""

    all: int = 7
    daily: int = 90


@dataclass(frozen=True)
class Thinning:
    """What `carry_out` would do to one dataset."""

    dataset: str
    answers: Mapping[int, int] = field(default_factory=dict)
    """Version that gives up its rows → kept version that answers for it."""
    rows: Mapping[str, int] = field(default_factory=dict)
    """Object that only thinned versions name → bytes."""
    orphans: Mapping[str, int] = field(default_factory=dict)
    """Object that no version names → bytes."""
    waiting: int = 0
    """Objects that would go and are too young."""
    head: int = 0
    """The newest version when this was planned."""

    @property
    def size(self) -> int:
        """Bytes that become free."""
        return sum(self.rows.values()) + sum(self.orphans.values())


def choose(days: Mapping[int, date], today: date, keep: Keep, needed: Collection[int] = ()) -> dict[int, int]:
    """Version to thin → version that answers for it; `days`: version → day on which it was made.

    The order is that of the numbers: clocks jump. Of a day or a month the newest stays, so the one that answers is the
    next one that is kept.
    """
    newest: dict[tuple[int, ...], int] = {}
    kept = {max(days), *needed} if days else set()
    for seq, day in sorted(days.items()):
        age = (today - day).days
        if age < keep.all:
            kept.add(seq)
        newest[(day.year, day.month, day.day) if age < keep.daily else (day.year, day.month)] = seq
    kept |= set(newest.values())
    return {seq: min(one for one in kept if one > seq) for seq in days if seq not in kept}


def find_needed(store: Store) -> dict[str, set[int]]:
    """Dataset → versions that may not be thinned: a newest figure record or newest version was computed from them."""
    needed: dict[str, set[int]] = {}
    tables = [record.inputs for record in store.figures().values()]
    tables += [table.inputs for head in store.heads().values() for table in head.tables]
    for inputs in tables:
        for name, seq in inputs.items():
            needed.setdefault(name, set()).add(seq)
    return needed


def read_answers(store: Store, name: str) -> dict[int, int]:
    """Thinned version → version that answers for it now; StoreError for a file that says no such thing."""
    direct = {seq: _parse(name, seq, data) for seq, data in store.thinned(name).items()}
    return {seq: _follow(direct, seq) for seq in direct}


def _parse(name: str, seq: int, data: bytes) -> int:
    try:
        block = json.loads(data)
        answer = block["answered_by"]
        if block["format"] == FORMAT and isinstance(answer, int) and answer > seq:
            return answer
    except (ValueError, KeyError, TypeError):
        pass
    raise StoreError(f"{name}/{seq}.thinned.json: names no later version; restore the store from its last copy")


def _follow(direct: Mapping[int, int], seq: int) -> int:
    """The one that answered may have been thinned since; each step goes up, so there is an end."""
    while seq in direct:
        seq = direct[seq]
    return seq


def plan_thinning(
    store: Store, name: str, *, today: date, keep: Keep, needed: Collection[int], grace: float = GRACE
) -> Thinning:
    """What would go of one dataset; nothing is written. The plan keeps all versions: each one is a change of it."""
    manifests = {seq: json.loads(store.manifest(name, seq)) for seq in store.versions(name)}
    gone = read_answers(store, name)
    days = {seq: date.fromisoformat(one["lamppost"]["date"]) for seq, one in manifests.items()}
    chosen = {} if name == PLAN else choose(days, today, keep, needed)
    answers = {seq: answer for seq, answer in chosen.items() if seq not in gone}
    thinned = {*answers, *gone}
    kept = {path for seq, one in manifests.items() for path in _named(one, data=seq not in thinned)}
    known = {path for one in manifests.values() for path in _named(one)}
    found = _weigh(name, answers, store.objects(name), kept, known, grace)
    return replace(found, head=max(manifests, default=0))


def _weigh(
    name: str,
    answers: Mapping[int, int],
    objects: Mapping[str, Entry],
    kept: Collection[str],
    known: Collection[str],
    grace: float,
) -> Thinning:
    free = {path: entry for path, entry in objects.items() if path not in kept}
    old = {path: entry.size for path, entry in free.items() if entry.age >= grace}
    return Thinning(
        name,
        dict(sorted(answers.items())),
        rows={path: size for path, size in old.items() if path in known},
        orphans={path: size for path, size in old.items() if path not in known},
        waiting=len(free) - len(old),
    )


def _named(manifest: Mapping[str, Any], *, data: bool = True) -> Iterator[str]:
    """Objects that a manifest names; without `data` only diffs, reports and receipts."""
    for table in manifest["lamppost"]["tables"].values():
        yield from filter(None, (table["diff"]["path"], table["report"], table["incoming"], table["receipt"]))
        for part in table["parts"] if data else ():
            yield part["path"]
            if "parquet" in part:
                yield part["parquet"]["path"]


def carry_out(store: Store, thinning: Thinning, today: date, grace: float = GRACE) -> None:
    """Does what was planned; interrupted anywhere, the next time does the rest.

    A run that keeps an object again makes it young, so that one which comes back to it meanwhile does not lose it.
    """
    name = thinning.dataset
    for seq, answer in thinning.answers.items():
        block = {"format": FORMAT, "dataset": name, "seq": seq, "answered_by": answer, "date": today.isoformat()}
        try:
            store.create(f"{store.home(name)}/{seq}.thinned.json", dump(block))
        except TakenError:
            continue  # another one did it first, by the same rule
    newer = [json.loads(store.manifest(name, seq)) for seq in store.versions(name) if seq > thinning.head]
    taken = {path for one in newer for path in _named(one)}  # a run came back to bytes that were free when we looked
    taken |= {path for path, entry in store.objects(name).items() if entry.age < grace}
    for path in (*thinning.rows, *thinning.orphans):
        if path not in taken:
            store.remove(store.key(name, path))
