"""The store on a git branch of exactly one commit, against a real git."""

import subprocess
from pathlib import Path

import pytest

from lamppost.errors import StoreError
from lamppost.store.branch import fetch_store, save_store

BRANCH = "lamppost-store"


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, encoding="utf-8", check=True)
    return done.stdout.strip()


def clone(origin: Path, folder: Path) -> Path:
    git(origin.parent, "clone", "--quiet", str(origin), str(folder))
    return folder


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    bare = tmp_path / "origin.git"
    git(tmp_path, "init", "--quiet", "--bare", str(bare))
    return bare


def put(store: Path, name: str, text: str) -> None:
    (store / "datasets").mkdir(parents=True, exist_ok=True)
    (store / "datasets" / name).write_bytes(text.encode())


def test_a_repository_without_the_branch_starts_empty(origin: Path, tmp_path: Path) -> None:
    root = clone(origin, tmp_path / "a")
    assert "empty store" in fetch_store(root, root / "store", BRANCH)


def test_what_one_run_saved_the_next_one_fetches(origin: Path, tmp_path: Path) -> None:
    first, second = clone(origin, tmp_path / "a"), clone(origin, tmp_path / "b")
    fetch_store(first, first / "store", BRANCH)
    put(first / "store", "1.json", "one")
    save_store(first, first / "store", BRANCH)
    fetch_store(second, second / "store", BRANCH)
    assert (second / "store" / "datasets" / "1.json").read_text(encoding="utf-8") == "one"


def test_bytes_come_back_as_they_were_whatever_git_does_to_line_ends(origin: Path, tmp_path: Path) -> None:
    first, second = clone(origin, tmp_path / "a"), clone(origin, tmp_path / "b")
    for root in (first, second):
        git(root, "config", "core.autocrlf", "true")
    put(first / "store", "1.csv", 'a,b\n1,"x\r\ny"\n')
    save_store(first, first / "store", BRANCH)
    fetch_store(second, second / "store", BRANCH)
    assert (second / "store" / "datasets" / "1.csv").read_bytes() == b'a,b\n1,"x\r\ny"\n'


def test_the_branch_is_one_commit_whatever_was_saved_before(origin: Path, tmp_path: Path) -> None:
    root = clone(origin, tmp_path / "a")
    for number in range(3):
        put(root / "store", f"{number}.json", "x")
        save_store(root, root / "store", BRANCH)
    assert git(origin, "rev-list", "--count", BRANCH) == "1"


def test_who_comes_second_is_refused_and_loses_nothing(origin: Path, tmp_path: Path) -> None:
    first, second = clone(origin, tmp_path / "a"), clone(origin, tmp_path / "b")
    for root, text in ((first, "first"), (second, "second")):
        fetch_store(root, root / "store", BRANCH)
        put(root / "store", "1.json", text)
    save_store(first, first / "store", BRANCH)
    with pytest.raises(StoreError, match="moved since the store was fetched"):
        save_store(second, second / "store", BRANCH)
    assert git(origin, "show", f"{BRANCH}:datasets/1.json") == "first"


def test_saving_the_same_store_again_pushes_nothing(origin: Path, tmp_path: Path) -> None:
    root = clone(origin, tmp_path / "a")
    put(root / "store", "1.json", "one")
    save_store(root, root / "store", BRANCH)
    tip = git(origin, "rev-parse", BRANCH)
    assert "up to date" in save_store(root, root / "store", BRANCH)
    assert git(origin, "rev-parse", BRANCH) == tip


def test_a_store_that_is_already_there_is_never_overwritten(origin: Path, tmp_path: Path) -> None:
    root = clone(origin, tmp_path / "a")
    put(root / "store", "1.json", "mine")
    with pytest.raises(StoreError, match="not empty"):
        fetch_store(root, root / "store", BRANCH)
