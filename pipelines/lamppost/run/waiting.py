"""The waiting room: pulls that are proven and valid, on disk in private/ until a version is made of them all.

    waiting/<dataset>/<resource>/12.3/    the third pull after version 12: `pull.json` and its pages, as they came
    waiting/<dataset>/taken.json          which of them went into which version, written before that version

A folder gets its name once everything in it is durable, so a killed run leaves none or a whole one. It goes when a
version with exactly the bytes that `taken.json` announces is there. Raw pages wait, not rows: when the schema changes
meanwhile, they are read by the new one, and nothing but the answer itself is on disk before `protect:` was applied.
"""

import contextlib
import hashlib
import json
import os
import re
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from lamppost.errors import PullError, RefusedError, TakenError, name_shortage
from lamppost.model import Dates, Issue, Page, Receipt, Sample, Snapshot, Version
from lamppost.run.drawn import Pulled
from lamppost.store import Store
from lamppost.store.disk import make_folder
from lamppost.system import sync_folder

FORMAT = 1
NAME = re.compile(r"(\d+)\.(\d+)")
NEW = ".new-"
ABANDONED = 24 * 60 * 60
"""Seconds after which the unfinished folder of a killed run is cleared away."""


@dataclass(frozen=True)
class Waiting:
    """One pull that waits."""

    place: str
    """`dataset/resource`."""
    after: int
    """The newest version when it was pulled."""
    number: int
    pulled: Pulled
    dates: Dates
    """When it came: its rows are judged by that day, whenever they are published."""
    cursor_after: str | None
    """Where the next pull starts."""

    @property
    def name(self) -> str:
        """`12.3`."""
        return f"{self.after}.{self.number}"


@dataclass(frozen=True)
class Taken:
    """What a run was about to publish: it did exactly if version `seq` has this `hash`."""

    seq: int
    hash: str
    at: datetime
    names: Mapping[str, tuple[str, ...]]
    """Resource → pulls that are in it."""


def list_waiting(private: Path, place: str) -> tuple[Waiting, ...]:
    """The pulls of `dataset/resource` that wait, oldest first; RefusedError for one that cannot be read."""
    folder = _find_folder(private, place)
    names = [one.name for one in folder.iterdir()] if folder.is_dir() else []
    numbers = sorted((int(found[1]), int(found[2])) for name in names if (found := NAME.fullmatch(name)))
    return tuple(_read(folder / f"{after}.{number}", place, after, number) for after, number in numbers)


def find_last(waiting: Sequence[Waiting], head: Version) -> Waiting | None:
    """The pull that the next one goes on from; None where that is the one behind `head`.

    A pull counts only with all those between: where one is gone, what it held is asked for again.
    """
    last = None
    for number in count(1):
        found = next((one for one in waiting if (one.after, one.number) == (head.seq, number)), None)
        if found is None:
            return last
        last = found
    return last


def keep_waiting(private: Path, one: Waiting) -> Waiting:
    """The same under the first free number; it returns when all of it is on disk for certain."""
    folder = _find_folder(private, one.place)
    with _reported(one.place):
        make_folder(folder)
        made = Path(mkdtemp(prefix=NEW, dir=folder))
        try:
            for page in one.pulled.snapshot.pages:
                _keep_page(page, made / _name_page(page))
            _write(made / "pull.json", _describe(one))
            sync_folder(made)
            for number in count(one.number):
                if _rename(made, folder / f"{one.after}.{number}"):
                    break
            sync_folder(folder)
        finally:
            shutil.rmtree(made, ignore_errors=True)
    return replace(one, number=number, pulled=_move(one.pulled, folder / f"{one.after}.{number}"))


def check_pages(one: Waiting) -> Pulled:
    """The pull, its pages being what they were; RefusedError for a damaged one, TakenError when it has just gone."""
    for page in one.pulled.snapshot.pages:
        try:
            with page.path.open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except FileNotFoundError:
            if page.path.parent.exists():
                raise _damaged(one.place, one.name, f"lacks the page {page.path.name}") from None
            raise TakenError(f"{one.place}: another run has published what waited; run again") from None
        if found != page.sha256:
            raise _damaged(one.place, one.name, f"holds a page {page.path.name} that is not what came")
    return one.pulled


def announce(private: Path, dataset: str, taken: Taken) -> None:
    """Written before the version is: after a crash it tells whether the pulls are in it."""
    names = {resource: list(some) for resource, some in taken.names.items()}
    block = {"format": FORMAT, "seq": taken.seq, "hash": taken.hash, "at": taken.at.isoformat(), "names": names}
    folder = private / "waiting" / dataset
    with _reported(dataset):
        make_folder(folder)
        part = folder / f"{NEW}{os.getpid()}.json"
        _write(part, block)
        part.replace(folder / "taken.json")
        sync_folder(folder)


def clear(private: Path, dataset: str, store: Store) -> Taken | None:
    """Deletes what is published; gives the announcement that came true, None when the last one did not."""
    folder = private / "waiting" / dataset
    try:
        block = json.loads((folder / "taken.json").read_bytes())
        names = {resource: tuple(some) for resource, some in block["names"].items()}
        taken = Taken(block["seq"], block["hash"], datetime.fromisoformat(block["at"]), names)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None  # without it what waits is published once more, and settles as unchanged
    if taken.seq not in store.versions(dataset):
        return None
    if hashlib.sha256(store.manifest(dataset, taken.seq)).hexdigest() != taken.hash:
        return None
    for resource, some in taken.names.items():
        forget_waiting(private, f"{dataset}/{resource}", some)
    return taken


def forget_waiting(private: Path, place: str, names: Sequence[str]) -> None:
    """Deletes pulls that are published, and what killed runs left half done."""
    folder = _find_folder(private, place)
    for name in names:
        if NAME.fullmatch(name):
            shutil.rmtree(folder / name, ignore_errors=True)
    for left in folder.glob(f"{NEW}*"):
        with contextlib.suppress(OSError):
            if time.time() - left.stat().st_mtime > ABANDONED:
                shutil.rmtree(left, ignore_errors=True)


def _find_folder(private: Path, place: str) -> Path:
    return private / "waiting" / place


def _describe(one: Waiting) -> dict[str, Any]:
    snapshot = asdict(one.pulled.snapshot)
    pages = [{**asdict(page), "path": _name_page(page)} for page in one.pulled.snapshot.pages]
    return {
        "format": FORMAT,
        "today": one.dates.today.isoformat(),
        "now": one.dates.now.isoformat(),
        "cursor": one.pulled.cursor,
        "cursor_after": one.cursor_after,
        "snapshot": {**snapshot, "pages": pages, "memory": {}},
        "receipt": asdict(one.pulled.receipt),
        "recalled": dict(one.pulled.recalled),
    }


def _read(folder: Path, place: str, after: int, number: int) -> Waiting:
    try:
        block = json.loads((folder / "pull.json").read_bytes())
        if block["format"] != FORMAT:
            raise _damaged(place, folder.name, f"has the format {block['format']!r}, which this engine does not know")
        pulled = Pulled(
            _read_snapshot(block["snapshot"], folder), _read_receipt(block["receipt"]), block["cursor"],
            {str(name): str(value) for name, value in block["recalled"].items()},
        )  # fmt: skip
        dates = Dates(date.fromisoformat(block["today"]), datetime.fromisoformat(block["now"]))
        return Waiting(place, after, number, pulled, dates, block["cursor_after"])
    except FileNotFoundError:
        if folder.exists():
            raise _damaged(place, folder.name, "lacks its pull.json") from None
        raise TakenError(f"{place}: another run has published what waited; run again") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise _damaged(place, folder.name, "cannot be read") from None


def _read_snapshot(block: Mapping[str, Any], folder: Path) -> Snapshot:
    pages = tuple(
        Page(**{**one, "path": folder / Path(one["path"]).name, "context": tuple(map(tuple, one["context"]))})
        for one in block["pages"]
    )
    issues = tuple(Issue(**{**one, "samples": tuple(Sample(**it) for it in one["samples"])}) for one in block["issues"])
    return Snapshot(**{**block, "pages": pages, "issues": issues, "dialect": tuple(map(tuple, block["dialect"]))})


def _read_receipt(block: Mapping[str, Any]) -> Receipt:
    lists = {key: tuple(block[key]) for key in ("pages", "sizes", "digests", "notes")}
    return Receipt(**{**block, **lists, "span": tuple(block["span"]) if block["span"] else None})


def _move(pulled: Pulled, folder: Path) -> Pulled:
    pages = tuple(replace(one, path=folder / _name_page(one)) for one in pulled.snapshot.pages)
    return replace(pulled, snapshot=replace(pulled.snapshot, pages=pages, memory={}))


def _name_page(page: Page) -> str:
    return f"{page.sha256}{page.path.suffix}"


def _keep_page(page: Page, path: Path) -> None:
    """Under a second name where the disk can: the bytes are there already, and may be forgotten under the first."""
    if path.exists():
        return  # two pages of the same bytes
    try:
        os.link(page.path, path)
    except OSError:
        shutil.copyfile(page.path, path)
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _write(path: Path, block: Mapping[str, Any]) -> None:
    with path.open("wb") as file:
        file.write(json.dumps(block, ensure_ascii=False, indent=2).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def _rename(made: Path, path: Path) -> bool:
    """False when another pull has that name: no system renames a folder over one that holds something."""
    if path.exists():
        return False
    try:
        made.rename(path)
    except OSError:
        if path.exists():
            return False
        raise
    return True


@contextmanager
def _reported(place: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        found = f"{place}: what was pulled could not be kept in private/waiting: {name_shortage(error)}"
        raise PullError(f"{found}; nothing is lost, the next pull asks for it again") from error


def _damaged(place: str, name: str, found: str) -> RefusedError:
    return RefusedError(
        f"{place}: the waiting pull private/waiting/{place}/{name} {found}; expected it whole; nothing was published; "
        "restore that folder from a copy, or delete it: then the source is asked again for what it still has"
    )
