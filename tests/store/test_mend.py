"""A commit that died while it wrote in place, on a disk that can neither link nor rename to a free name only."""

import errno
import multiprocessing
import os
import sys
from pathlib import Path

import pytest

from lamppost.store.commit import create
from lamppost.store.disk import name_host
from lamppost.store.folder import Folder
from lamppost.store.manifest import dump
from tests.survival.faults import Disk

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows renames to a free name only")
KEY = "datasets/trees/7.json"
WHOLE = dump({"name": "trees", "lamppost": {"format": 1, "seq": 7, "reason": "x" * 400}})


def create_in_place(root: str, fault: str, at: int) -> None:
    """Creates a manifest on such a disk, and dies at its change number `at`."""
    Disk(root, fault, at).install()

    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    os.link = refuse  # type: ignore[assignment]
    vars(sys.modules["lamppost.store.commit"])["_rename_if_free"] = lambda *_: False
    create(Path(root) / KEY, WHOLE, KEY)


def die_in_place(root: Path, fault: str, at: int) -> int:
    child = multiprocessing.get_context("spawn").Process(target=create_in_place, args=(str(root), fault, at))
    child.start()
    child.join()
    return int(child.exitcode or 0)


@pytest.mark.parametrize("fault", ["kill", "torn"])
def test_wherever_it_dies_the_next_run_finds_the_whole_file_or_none(
    tmp_path: Path, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    found = set()
    for at in range(1, 30):
        root = tmp_path / str(at)
        root.mkdir()
        ended = die_in_place(root, fault, at)
        caplog.clear()
        place = Folder(root)
        was = place.read(KEY)
        place.sweep()
        assert place.read(KEY) == (None if was is None else WHOLE)
        assert not [one for one in root.rglob(".*") if one.is_file()]
        said = [one.getMessage() for one in caplog.records]
        end = "was cut short when the run that wrote it died; completed from its own copy"
        assert said == ([f"trees/7.json: {end}"] if was not in {None, WHOLE} else [])
        found.add("none" if was is None else "whole" if was == WHOLE else "cut")
        if ended == 0:
            break
    assert (ended, found) == (0, {"none", "cut", "whole"})


def leave(folder: Path, whole: bytes, host: str, process: int, token: str = "0" * 16) -> Path:
    """A temporary file of the process."""
    path = folder / f".{host}-{process}-{token}.tmp"
    path.write_bytes(whole)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One in which version 7 was cut short."""
    folder = tmp_path / "datasets" / "trees"
    folder.mkdir(parents=True)
    (folder / "7.json").write_bytes(WHOLE[:50])
    return folder


def dead() -> int:
    """The number of a process that is no more."""
    child = multiprocessing.get_context("spawn").Process(target=sys.exit)
    child.start()
    child.join()
    assert child.pid is not None
    return child.pid


def test_nothing_is_touched_while_somebody_alive_may_be_writing(tmp_path: Path, folder: Path) -> None:
    mine = leave(folder, WHOLE, name_host(), os.getpid())
    copy = leave(folder, WHOLE, name_host(), dead(), "1" * 16)
    assert Folder(tmp_path).sweep() == ()
    assert ((folder / "7.json").read_bytes(), copy.exists()) == (WHOLE[:50], True)
    mine.unlink()
    Folder(tmp_path).sweep()
    assert ((folder / "7.json").read_bytes(), copy.exists()) == (WHOLE, False)


@pytest.mark.parametrize(
    ("host", "copy"),
    [
        ("0" * 8, WHOLE),  # another machine's, of which nobody knows whether it lives
        (None, WHOLE.replace(b'"seq": 7', b'"seq": 8')),
        (None, WHOLE.replace(b"trees", b"lamps")),
        (None, WHOLE[:50]),
        (None, b"[]"),
    ],
)
def test_only_what_is_surely_the_same_file_completes_it(
    tmp_path: Path, folder: Path, host: str | None, copy: bytes
) -> None:
    leave(folder, copy, host or name_host(), dead())
    Folder(tmp_path).sweep()
    assert (folder / "7.json").read_bytes() == WHOLE[:50]


def test_of_two_who_mend_at_once_one_waits_for_another_day(tmp_path: Path, folder: Path) -> None:
    import fcntl  # noqa: PLC0415  not on Windows

    copy = leave(folder, WHOLE, name_host(), dead())
    handle = os.open(folder, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    assert Folder(tmp_path).sweep() == ()
    os.close(handle)
    assert (copy.exists(), (folder / "7.json").read_bytes()) == (True, WHOLE[:50])
    Folder(tmp_path).sweep()
    assert (folder / "7.json").read_bytes() == WHOLE
