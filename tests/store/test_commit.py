"""A commit is the exclusive creation of one file: whoever races, exactly one wins, and nobody reads half."""

import contextlib
import errno
import multiprocessing
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from lamppost.errors import TakenError
from lamppost.store.commit import _create_in_place, _rename_if_free, create
from lamppost.store.folder import Folder
from lamppost.store.place import NUMBER


def try_to_create(path: Path, data: bytes) -> bool:
    try:
        create(path, data)
    except TakenError:
        return False
    return True


def test_the_second_who_comes_is_told(tmp_path: Path) -> None:
    create(tmp_path / "trees" / "1.json", b"first")
    with pytest.raises(TakenError, match=r"trees/1\.json: another run created it first"):
        create(tmp_path / "trees" / "1.json", b"second")
    assert (tmp_path / "trees" / "1.json").read_bytes() == b"first"


def test_of_many_threads_exactly_one_wins_each_number(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        for number in range(1, 21):
            path = tmp_path / f"{number}.json"
            won = list(pool.map(lambda who, path=path: try_to_create(path, str(who).encode() * 9999), range(8)))
            assert won.count(True) == 1
            assert path.read_bytes() == str(won.index(True)).encode() * 9999


def race(root: str, who: int, numbers: int) -> None:
    for number in range(1, numbers + 1):
        try_to_create(Path(root) / f"{number}.json", f"{who}".encode() * 1000)


def test_of_many_processes_every_number_has_one_whole_winner(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    racers = [context.Process(target=race, args=(str(tmp_path), who, 50)) for who in range(4)]
    for one in racers:
        one.start()
    for one in racers:
        one.join()
    names = sorted(one.name for one in tmp_path.iterdir())
    assert len(names) == 50
    assert all(NUMBER.fullmatch(name) for name in names)
    assert {len(set((tmp_path / name).read_bytes())) for name in names} == {1}


def die_between(root: str, step: int) -> None:
    """Creates a manifest, and dies at the `step`-th system call that changes the disk."""
    left = [step]

    def watch(event: str, _: object) -> None:
        if event in {"open", "os.link", "os.remove", "os.mkdir", "os.rename"}:
            left[0] -= 1
            if left[0] == 0:
                os._exit(9)

    sys.addaudithook(watch)
    create(Path(root) / "trees" / "1.json", b"whole")


@pytest.mark.skipif(os.name == "nt", reason="Windows does not say whether a process lives: there age alone sweeps")
def test_death_at_any_step_leaves_a_whole_manifest_or_none(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    for step in range(1, 8):
        root = tmp_path / str(step)
        root.mkdir()
        child = context.Process(target=die_between, args=(str(root), step))
        child.start()
        child.join()
        Folder(root).sweep()
        left = [one.name for one in root.rglob("*") if one.is_file()]
        assert left in ([], ["1.json"])
        assert all(one.read_bytes() == b"whole" for one in root.rglob("1.json"))
        assert try_to_create(root / "trees" / "1.json", b"whole") is not bool(left)


def fill_in_place(path: str) -> None:
    import resource  # noqa: PLC0415  not on Windows

    resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
    with contextlib.suppress(OSError):
        _create_in_place(Path(path), b"x" * 1000)


@pytest.mark.skipif(os.name == "nt", reason="Windows limits no file's size")
def test_on_a_disk_without_links_a_write_that_fails_leaves_nothing(tmp_path: Path) -> None:
    child = multiprocessing.get_context("spawn").Process(target=fill_in_place, args=(str(tmp_path / "1.json"),))
    child.start()
    child.join()
    assert (child.exitcode, list(tmp_path.iterdir())) == (0, [])
    _create_in_place(tmp_path / "1.json", b"whole")
    with pytest.raises(TakenError):
        _create_in_place(tmp_path / "1.json", b"other")


def linkless(_source: object, _target: object) -> None:
    raise OSError(errno.EPERM, os.strerror(errno.EPERM))


def create_without_links(path: str, numbers: int) -> None:
    os.link = linkless  # type: ignore[assignment]
    for number in range(1, numbers + 1):
        try_to_create(Path(path) / f"{number}.json", f"{os.getpid()} ".encode() * 500)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is no such call")
def test_without_links_a_call_that_renames_only_to_a_free_name_does(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    racers = [context.Process(target=create_without_links, args=(str(tmp_path), 30)) for _ in range(3)]
    for one in racers:
        one.start()
    for one in racers:
        one.join()
    assert sorted(one.name for one in tmp_path.iterdir()) == sorted(f"{number}.json" for number in range(1, 31))
    assert all(len(set(one.read_bytes().split())) == 1 for one in tmp_path.iterdir())
    (tmp_path / "31.json").write_bytes(b"")
    with pytest.raises(TakenError):
        _rename_if_free(tmp_path / "30.json", tmp_path / "31.json")
