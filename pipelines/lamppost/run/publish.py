"""Driver of one dataset: rows in hand go through protect, validate, settle, validate again, commit.

Nothing is written to the store before every gate was passed, so a refusal leaves the last good version as it was.
"""

import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from lamppost import __version__
from lamppost.errors import RefusedError, TakenError
from lamppost.model import Box, Dataset, Dates, Issue, Table, Version
from lamppost.run.admit import admit
from lamppost.run.candidate import Candidate, Workbench
from lamppost.run.columns import NEW_COLUMN
from lamppost.run.departed import require_reasons
from lamppost.run.drawn import Drawn
from lamppost.run.parts import Made, keep_files, make_table
from lamppost.run.secret import find_secret
from lamppost.run.setting import Setting
from lamppost.run.sizes import USUAL, Sizes
from lamppost.run.surroundings import look_around
from lamppost.run.waiting_merge import Later, admit_all
from lamppost.store import Store, commit, compose, same_descriptor, same_parts
from lamppost.store.barred import Barred, has_barred, read_barred
from lamppost.store.manifest import dump
from lamppost.table.partition import open_month

Announce = Callable[[int, str], None]
ATTEMPTS = 5
"""How often a commit settles again on a new parent when other runs are faster."""


@dataclass(frozen=True)
class Published:
    """What `publish` did; `version` is the head afterwards, `is_new` whether this call made it."""

    version: Version
    is_new: bool
    read: int
    quarantined: int
    incoming: tuple[Issue, ...] = ()
    """What was wrong with the rows that came, also when none of them is new."""
    issues: tuple[Issue, ...] = ()
    """What the gates noticed about the tables; with a head that stays, it is in no report."""


def publish(
    dataset: Dataset,
    drawn: Mapping[str, Drawn],
    *,
    store: Store,
    private: Path | None,
    dates: Dates,
    boundary: Box | None = None,
    sizes: Sizes = USUAL,
    barred: Barred | None = None,
    waiting: Mapping[str, Sequence[Later]] = {},
    announce: Announce = lambda _seq, _hash: None,
) -> Published:
    """Publish what was drawn as the dataset's next version, or keep the head when nothing changed.

    `barred` rows, which were retracted, are left out, and count as filtered. A resource with pulls in `waiting` is
    made of these alone; `announce` is told the number and hash of each manifest before it is committed.
    RefusedError (the head stays) when a gate or a report says no.
    """
    dataset = replace(dataset, resources=tuple(open_month(one, dates.today) for one in dataset.resources))
    around = look_around(dataset, store, dates, boundary)
    with tempfile.TemporaryDirectory(prefix="lamppost-", ignore_cleanup_errors=True) as folder:
        bench = Workbench(dataset, store, Path(folder), around, private, sizes, barred)
        candidates = [
            admit_all(bench, one, waiting[one.name]) if waiting.get(one.name) else admit(bench, one, drawn[one.name])
            for one in dataset.resources
        ]
        for _ in range(ATTEMPTS):
            try:
                return _settle_and_commit(bench, candidates, dates, announce)
            except TakenError:
                continue
    raise TakenError(
        f"{dataset.name}: other runs committed {ATTEMPTS} versions meanwhile; expected a free number; run again"
    )


def find_barred(setting: Setting, name: str) -> Barred | None:
    """Rows that were retracted; RefusedError where the secret that tells them is not here."""
    if not has_barred(setting.store, name):
        return None
    return read_barred(setting.store, name, find_secret(setting.city.private, setting.env))


def _settle_and_commit(bench: Workbench, candidates: list[Candidate], dates: Dates, announce: Announce) -> Published:
    dataset, store = bench.dataset, bench.store
    head = store.head(dataset.name)
    simulated = any(one.drawn.simulated for one in candidates)
    if head is not None and simulated:
        refuse_simulated(head)
    parent = None if head is not None and head.simulated and not simulated else head
    reason = require_reasons(dataset, parent)
    made = [_make(bench, candidates, place, parent) for place in range(len(candidates))]
    tables = tuple(one.table for one in made)
    read = sum(one.drawn.read for one in candidates)
    quarantined = sum(one.bad.num_rows for one in candidates)
    incoming = tuple(issue for one in tables if one.incoming for issue in one.incoming.issues)
    if parent is not None and _is_same(parent, tables, dataset):
        return Published(parent, False, read, quarantined, incoming, _list_old(tables))
    seq = head.seq + 1 if head else 1
    keep_files(bench, [file for one in made for file in one.files])
    descriptor = compose(
        dataset, tables, seq=seq, parent=parent, date=dates.today.isoformat(),
        simulated=simulated, engine=__version__, store=store, reason=reason,
    )  # fmt: skip
    announce(seq, sha256(dump(descriptor)).hexdigest())
    return Published(commit(store, dataset.name, descriptor, seq), True, read, quarantined, incoming)


def refuse_simulated(head: Version) -> None:
    """RefusedError for simulated data when the newest version is real."""
    if not head.simulated:
        raise RefusedError(
            f"{head.dataset}: the source answered with simulated data, version {head.seq} is real; "
            "made-up numbers never replace real ones; set the real address or delete the store to start over"
        )


def _make(bench: Workbench, candidates: list[Candidate], place: int, parent: Version | None) -> Made:
    """One table; rows that were taken for valid and are not are admitted once more, and looked at one by one."""
    made = make_table(bench, candidates[place], parent)
    if made is None:
        candidates[place] = admit(bench, candidates[place].resource, candidates[place].drawn, quick=False)
        made = make_table(bench, candidates[place], parent)
    assert made is not None, "rows that were looked at are not in doubt"
    return made


def _list_old(tables: Iterable[Table]) -> tuple[Issue, ...]:
    """Warnings about old data and new columns: with rows that did not change, no new version would tell of them."""
    told = {"old-data", NEW_COLUMN}
    return tuple(one for table in tables if table.incoming for one in table.incoming.issues if one.code in told)


def _is_same(parent: Version, tables: Sequence[Table], dataset: Dataset) -> bool:
    return same_descriptor(parent, dataset) and all(
        (old := parent.table(table.resource)) is not None and (same_parts(old, table) or _is_cut_anew(old, table))
        for table in tables
    )


def _is_cut_anew(old: Table, new: Table) -> bool:
    """True for the same rows in other parts, as when a month has closed: that alone makes no version."""
    counts, rows = new.counts, new.diff.added + new.diff.changed + new.diff.removed
    same = (old.schema.descriptor, old.partition, old.formats) == (new.schema.descriptor, new.partition, new.formats)
    return same and rows == 0 and counts.previous == counts.settled
