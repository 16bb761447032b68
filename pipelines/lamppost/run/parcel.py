"""A lot on its way to another machine, and what was made of it on its way back: bytes, for no disk is shared."""

import platform
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock

import pyarrow as pa
from pyarrow import ipc

from lamppost.errors import LamppostError, is_shortage, name_shortage
from lamppost.run.cluster import Cluster, describe, require_same
from lamppost.run.lot import Done, Doubt, Find, Work, settle_lot
from lamppost.run.lots import Lot
from lamppost.run.spool import Spooled, save_memory


@dataclass(frozen=True, eq=False)
class Parcel:
    """All that a lot needs on a machine that has nothing else of ours."""

    work: Work
    lot: Lot
    rows: bytes
    """The incoming rows, as an Arrow stream."""
    previous: tuple[bytes | None, ...]
    """The lot's previous parts; None for one that is missing."""
    versions: Mapping[str, str]
    """What the machine has to have: one that came later was not looked at before."""


@dataclass(frozen=True, eq=False)
class Reply:
    """What became of a parcel; the paths in `outcome` are names of `files`."""

    outcome: Done | Doubt | LamppostError
    files: Mapping[str, bytes]


def settle_elsewhere(work: Work, lots: Sequence[Lot], find: Find, cluster: Cluster) -> Iterator[Done | Doubt]:
    """The outcome of each lot, in their order, as `settle_lot` gives it here; errors too come in that order."""
    versions = describe()
    parcels = (_pack(work, lot, find(lot), versions) for lot in lots)
    outcomes: dict[int, Done | Doubt | LamppostError] = {}
    due = 0
    for number, reply in cluster.map(_settle, parcels):
        outcomes[number] = _unpack(reply, work.folder)
        while due in outcomes:
            outcome = outcomes.pop(due)
            due += 1
            if isinstance(outcome, LamppostError):
                raise outcome
            yield outcome


def _pack(work: Work, lot: Lot, paths: Sequence[Path], versions: Mapping[str, str]) -> Parcel:
    rows = work.spooled.read(lot.keys)
    sink = pa.BufferOutputStream()
    with ipc.new_stream(sink, rows.schema) as writer:
        writer.write_table(rows)
    bare = replace(work, spooled=_hold(rows.schema.empty_table()), folder=Path())
    return Parcel(bare, lot, sink.getvalue().to_pybytes(), tuple(_read(path) for path in paths), versions)


def _hold(rows: pa.Table) -> Spooled:
    return Spooled(rows.slice(0, 0), rows, (), {}, {}, certain=False)


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


_ONE_AT_A_TIME = Lock()


def _settle(parcel: Parcel) -> Reply:
    """Runs on the other machine; an error that can be said in a sentence is an outcome too, and no accident there."""
    try:
        require_same(f"worker {platform.node()}", describe(), parcel.versions)
        save_memory()
        with _ONE_AT_A_TIME, TemporaryDirectory(prefix="lamppost-", ignore_cleanup_errors=True) as folder:
            return _settle_in(Path(folder), parcel)
    except LamppostError as error:
        return Reply(error, {})
    except Exception as error:
        if not is_shortage(error):
            raise
        return Reply(LamppostError(f"worker {platform.node()}: {name_shortage(error)}"), {})
    finally:
        pa.default_memory_pool().release_unused()


def _settle_in(folder: Path, parcel: Parcel) -> Reply:
    staging, before = folder / "made", folder / "previous"
    staging.mkdir()
    before.mkdir()
    paths = [before / str(number) for number in range(len(parcel.previous))]
    for path, data in zip(paths, parcel.previous, strict=True):
        if data is not None:
            path.write_bytes(data)
    work = replace(parcel.work, spooled=_hold(ipc.open_stream(parcel.rows).read_all()), folder=staging)
    outcome = settle_lot(work, parcel.lot, paths, alone=False)
    if isinstance(outcome, Doubt):
        return Reply(outcome, {})
    made = {path.name: path.read_bytes() for path in (*outcome.files, *outcome.listing.values())}
    return Reply(_place(outcome, Path()), made)


def _unpack(reply: Reply, folder: Path) -> Done | Doubt | LamppostError:
    for name, data in reply.files.items():
        (folder / Path(name).name).write_bytes(data)
    return _place(reply.outcome, folder) if isinstance(reply.outcome, Done) else reply.outcome


def _place(done: Done, folder: Path) -> Done:
    """The same with its files in another folder."""
    listing = {kind: folder / path.name for kind, path in done.listing.items()}
    return replace(done, files=tuple(folder / path.name for path in done.files), listing=listing)
