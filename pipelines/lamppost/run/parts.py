"""All lots of one table together: its parts, its counts and its diff, once the gates have seen it as a whole."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import copyfileobj
from typing import BinaryIO

import pyarrow as pa

from lamppost import __version__
from lamppost.errors import StoreError
from lamppost.model import Counts, Diff, Issue, Part, Report, Table, Version
from lamppost.run.candidate import Candidate, Workbench
from lamppost.run.departed import explain_columns
from lamppost.run.hashes import Kept
from lamppost.run.lot import COUNTED, LISTED, Done, Doubt, UnsoundError, Work, conform, is_certain, read_part
from lamppost.run.lots import Lot, find_neighbours, keeps_keys, name_rule, plan_lots
from lamppost.run.moved import Shelf
from lamppost.run.pool import settle_lots
from lamppost.run.refuse import refuse
from lamppost.run.repeated import find_repeated
from lamppost.run.surroundings import note_versions
from lamppost.store import measure, put_object
from lamppost.store.diff import add_up
from lamppost.table.partition import is_due_to_move
from lamppost.validate import gates

NEAREST = 10
"""So many untouched partitions at most, the newest, are weighed against what is new."""
WRITERS = 4


@dataclass(frozen=True, eq=False)
class Made:
    """A table that may be published, and the files that have to be in the store before."""

    table: Table
    files: tuple[Path, ...]


@dataclass(frozen=True, eq=False)
class _Ground:
    """One candidate and the version that it comes after."""

    bench: Workbench
    candidate: Candidate
    parent: Version | None

    @property
    def old(self) -> Table | None:
        return self.parent.table(self.candidate.resource.name) if self.parent else None

    @property
    def parts(self) -> tuple[Part, ...]:
        return self.old.parts if self.old else ()

    @property
    def place(self) -> str:
        return f"{self.bench.dataset.name}/{self.candidate.resource.name}"

    @property
    def trusted(self) -> bool:
        """The parts before were validated by this engine against this schema, and none lacks a twin."""
        resource, old = self.candidate.resource, self.old
        wanted = "parquet" in resource.publish.formats
        return (
            old is not None and self.parent is not None
            and old.schema.descriptor == resource.schema.descriptor and self.parent.engine == __version__
            and all(bool(part.parquet_path) or not wanted for part in old.parts)
        )  # fmt: skip

    def path(self, part: Part) -> Path:
        return self.bench.store.path(self.bench.dataset.name, part.path)

    def read(self, part: Part) -> pa.Table:
        return conform(read_part(self.place, part, self.path(part)), self.candidate.resource.schema)


def make_table(bench: Workbench, candidate: Candidate, parent: Version | None) -> Made | None:
    """The table that would be published; None when rows that nobody has looked at turned out not to be valid."""
    ground = _Ground(bench, candidate, parent)
    folder = bench.staging / f"{candidate.resource.name}.made"
    folder.mkdir(exist_ok=True)
    try:
        done = _settle(ground, folder)
    except UnsoundError:
        return None
    return None if done is None else _join(ground, done, folder)


def _settle(ground: _Ground, folder: Path) -> list[Done] | None:
    """All lots; at once, if it turns out that they cannot be settled one by one; None for rows that are not valid."""
    for apart in (True, False) if _may_part(ground) else (False,):
        outcome = _settle_lots(ground, folder, apart=apart)
        if isinstance(outcome, list):
            return outcome
        if not outcome.unclear:
            return None
    return None


def _may_part(ground: _Ground) -> bool:
    """Whether no key can lie in two partitions, as far as incoming rows and untouched neighbours tell."""
    resource, good = ground.candidate.resource, ground.candidate.good
    if not (keeps_keys(resource) and good.certain):
        return False
    if ground.old is None:
        return True
    if ground.old.partition != name_rule(resource.publish):
        return False
    if not resource.publish.partition_by:
        return True
    near = find_neighbours(good.sizes, resource.publish) - good.sizes.keys()
    return all(is_certain(ground.read(part), resource) for part in ground.parts if part.partition in near)


def _choose_parts(ground: _Ground) -> tuple[Part, ...]:
    """Where a key may lie in any partition: those that incoming rows go to or come from, or all when these are few."""
    bench, resource, good = ground.bench, ground.candidate.resource, ground.candidate.good
    rule = name_rule(resource.publish)
    small = good.rows + sum(part.rows for part in ground.parts) <= bench.sizes.lot
    if small or resource.publish.mode == "snapshot" or not (rule and ground.trusted):
        return ground.parts
    if ground.old is None or ground.old.partition != rule:
        return ground.parts
    kept = Kept.of(bench.private, ground.place, "keys", resource.schema)
    met = Shelf(kept, resource.schema, ground.read).find_met(good, ground.parts)
    return tuple(one for one in ground.parts if one in met or is_due_to_move(one.partition, resource.publish))


def _settle_lots(ground: _Ground, folder: Path, *, apart: bool) -> list[Done] | Doubt:
    candidate, resource = ground.candidate, ground.candidate.resource
    sizes, mode = candidate.good.sizes, resource.publish.mode
    most = (
        candidate.good.rows + sum(part.rows for part in ground.parts)
        if candidate.good.table
        else ground.bench.sizes.lot
    )
    parts = ground.parts if apart else _choose_parts(ground)
    lots = plan_lots(
        sizes, parts, apart=apart, every=mode == "snapshot" or not ground.trusted, most=most, publish=resource.publish
    )
    rows = candidate.good.rows + sum(part.rows for lot in lots for part in lot.parts)
    work = Work(
        place=ground.place, resource=resource, spooled=candidate.good,
        held=candidate.bad if mode == "snapshot" and candidate.bad.num_rows else None, folder=folder,
        old_schema=ground.old.schema if ground.old else None, trusted=ground.trusted, proven=candidate.digest,
        doubted=candidate.doubted, certain=apart and bool(resource.publish.partition_by),
        every=1 if resource.checks.stuck else rows // ground.bench.sizes.weighed + 1,
    )  # fmt: skip
    alone = len(lots) == 1 and len(lots[0].parts) == len(ground.parts)
    done: list[Done] = []

    def find(lot: Lot) -> Sequence[Path]:
        return [ground.path(part) for part in lot.parts]

    for one in settle_lots(work, lots, find, rows=rows, alone=alone, sizes=ground.bench.sizes):
        if isinstance(one, Doubt):
            return one
        done.append(one)
    return done


def _join(ground: _Ground, done: Sequence[Done], folder: Path) -> Made:
    """The table, after every gate that looks at it as a whole."""
    candidate, resource, place = ground.candidate, ground.candidate.resource, ground.place
    counts = _count(ground, done)
    refuse(place, gates.check_rows(place, counts.settled, resource.checks))
    refuse(place, gates.check_shrink(place, counts.previous, counts.settled, resource, removed=counts.removed))
    candidate = _weigh(ground, counts, done)
    parts = {part.partition: part for part in ground.parts}
    made = {key: part for one in done for key, part in one.parts.items()}
    for key, part in made.items():
        if part is None:
            parts.pop(key, None)
        else:
            parts[key] = part
    refuse(place, _find_repeated(ground, parts, done))
    change, listing = _list_changes(done, folder)
    report = Report(
        rows=sum(part.rows for part in parts.values()),
        issues=tuple(issue for one in done for report in one.reports for issue in report.issues),
    )
    table = Table(
        resource=resource.name, schema=resource.schema, parts=tuple(parts[key] for key in sorted(parts)),
        counts=counts, diff=explain_columns(change, resource), report=report,
        receipt=note_versions(candidate.drawn.receipt, resource, ground.bench.around), incoming=candidate.incoming,
        inputs=candidate.drawn.inputs or {}, formats=resource.publish.formats, mode=resource.publish.mode,
        partition=name_rule(resource.publish),
    )  # fmt: skip
    return Made(table, tuple(file for one in done for file in one.files) + listing)


def _find_repeated(ground: _Ground, parts: Mapping[str, Part], done: Sequence[Done]) -> tuple[Issue, ...]:
    """What must be unique and stands in two partitions, one of them new."""
    schema, before = ground.candidate.resource.schema, set(ground.parts if ground.trusted else ())
    fresh = {file.name: file for one in done for file in one.files}
    kept = Kept.of(ground.bench.private, ground.place, "unique", schema)

    def fetch(part: Part) -> Path:
        return fresh.get(f"{part.hash}.csv") or ground.path(part)

    return find_repeated(parts, {key for key, part in parts.items() if part not in before}, schema, kept, fetch)


def _count(ground: _Ground, done: Sequence[Done]) -> Counts:
    """Where every row went; StoreError when one came from or went to nowhere, whether or not a version is made."""
    drawn = ground.candidate.drawn
    counted = {name: sum(one.counts[name] for one in done) for name in COUNTED}
    previous = sum(part.rows for part in ground.parts)
    settled = previous + counted["added"] - counted["removed"]
    counts = Counts(
        read=drawn.read, filtered=drawn.filtered, quarantined=ground.candidate.bad.num_rows, **counted,
        previous=previous, settled=settled, suppressed=0, published=settled,
    )  # fmt: skip
    if not counts.holds():
        raise StoreError(f"{ground.place}: rows do not add up: {counts}; this is a fault of lamppost, please report it")
    return counts


def _weigh(ground: _Ground, counts: Counts, done: Sequence[Done]) -> Candidate:
    """The candidate with what the gates notice about the settled table; RefusedError for an error."""
    candidate, resource, place = ground.candidate, ground.candidate.resource, ground.place
    around = list(_read_untouched(ground, done))
    none = conform(candidate.good.empty, resource.schema)
    before, settled, fresh = (
        pa.concat_tables([none, *(getattr(one, name) for one in done), *(around if name != "fresh" else ())])
        for name in ("before", "settled", "fresh")
    )
    volume = (
        *gates.check_growth(place, counts.previous, counts.settled, resource),
        *gates.check_bytes(place, ground.old.receipt if ground.old else None, candidate.drawn.receipt),
    )
    found = (
        *gates.weigh(volume, resource.checks),
        *gates.check_settled(
            gates.History(resource, before, settled, fresh), ground.bench.around, ground.bench.dataset.promise
        ),
    )
    refuse(place, found)
    return replace(candidate, incoming=replace(candidate.incoming, issues=(*candidate.incoming.issues, *found)))


def _read_untouched(ground: _Ground, done: Sequence[Done]) -> Iterator[pa.Table]:
    """The newest of the partitions that no lot has looked at, as far as they are needed to weigh what is new."""
    looked = {key for one in done for key in one.looked}
    rows = sum(one.before.num_rows for one in done)
    left = [part for part in reversed(ground.parts) if part.partition not in looked][:NEAREST]
    for part in left:
        if rows >= ground.bench.sizes.weighed:
            return
        rows += part.rows
        yield ground.read(part)


def _list_changes(done: Sequence[Done], folder: Path) -> tuple[Diff, tuple[Path, ...]]:
    """The diff of all lots, its listing in one file: what was removed, then added, then changed."""
    change = add_up([one.change for one in done])
    headers = [one.header for one in done if one.header]
    if not headers:
        return change, ()
    path = folder / "listing.csv"
    with path.open("wb") as file:
        file.write(headers[0])
        for kind in LISTED:
            for one in done:
                if kind in one.listing:
                    _append(file, one.listing[kind])
    digest, _size = measure(path)
    return replace(change, path=f"objects/{digest}.csv"), (path.replace(path.with_name(f"{digest}.csv")),)


def _append(file: BinaryIO, path: Path) -> None:
    with path.open("rb") as lines:
        copyfileobj(lines, file)


def keep_files(bench: Workbench, files: Sequence[Path]) -> None:
    """Every file becomes an object; several at a time, since most of the time is spent on waiting for the disk."""

    def keep(file: Path) -> None:
        stored = put_object(bench.store, bench.dataset.name, file, file.suffix[1:])
        if stored.path != f"objects/{file.name}":
            raise StoreError(f"{bench.dataset.name}: {file.name} changed on disk; nothing was committed, run again")

    if len(files) <= WRITERS:
        for file in files:
            keep(file)
        return
    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(keep, files))
