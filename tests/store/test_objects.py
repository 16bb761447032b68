"""Objects: named by hash, whole or absent, never outside their folder; what dead runs left is swept."""

import hashlib
import multiprocessing
import os
import subprocess
import sys
from pathlib import Path

import pytest

from lamppost.errors import StoreError
from lamppost.store import put_object, sweep
from lamppost.store.disk import inside, staged
from lamppost.store.folder import Folder
from lamppost.store.objects import Layout

HASH = hashlib.sha256(b"x").hexdigest()


@pytest.fixture
def folder(tmp_path: Path) -> Layout:
    return Layout(Folder(tmp_path))


def test_an_object_is_named_by_the_hash_of_its_bytes(folder: Layout) -> None:
    kept = put_object(folder, "trees", b"x", "csv")
    assert kept == (f"objects/{HASH}.csv", HASH, 1)
    assert folder.path("trees", kept.path).read_bytes() == b"x"


def test_a_file_is_kept_like_its_bytes(folder: Layout, tmp_path: Path) -> None:
    (tmp_path / "staged").write_bytes(b"x")
    assert put_object(folder, "trees", tmp_path / "staged", "csv") == put_object(folder, "trees", b"x", "csv")
    assert len(list((folder.dataset("trees") / "objects").iterdir())) == 1


def test_keeping_the_same_bytes_again_repairs_a_damaged_object(folder: Layout) -> None:
    path = folder.path("trees", put_object(folder, "trees", b"x", "csv").path)
    path.write_bytes(b"y")
    put_object(folder, "trees", b"x", "csv")
    assert path.read_bytes() == b"x"


@pytest.mark.parametrize("path", ["../a", "a/../../b", "/etc/passwd", "", "C:/a", "a\\b", "a\0", "objects/../../x"])
def test_a_path_that_leaves_the_folder_is_refused(folder: Layout, path: str) -> None:
    with pytest.raises(StoreError, match="stays beside or below"):
        inside(folder.root, path)


def test_a_symbolic_link_is_refused(folder: Layout) -> None:
    try:
        (folder.root / "link").symlink_to("/etc")
    except OSError:
        pytest.skip("this account may make no symbolic links, as most on Windows")
    with pytest.raises(StoreError, match="a symbolic link"):
        inside(folder.root, "link/passwd")


@pytest.mark.parametrize("name", ["", "..", "Trees", "a/b", "x" * 65])
def test_a_name_that_some_system_cannot_hold_is_refused(folder: Layout, name: str) -> None:
    with pytest.raises(StoreError, match="not a name"):
        put_object(folder, name, b"x", "csv")


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="needs a folder that cannot be written")
def test_a_disk_that_refuses_is_named_with_its_cause(folder: Layout) -> None:
    (folder.root / "datasets").mkdir()
    (folder.root / "datasets").chmod(0o500)
    with pytest.raises(StoreError, match="Permission denied"):
        put_object(folder, "trees", b"x", "csv")


def test_a_file_in_the_way_is_named_with_its_cause(folder: Layout) -> None:
    (folder.root / "datasets").write_bytes(b"in the way")
    with pytest.raises(StoreError, match=r"datasets.*could not be written"):
        put_object(folder, "trees", b"x", "csv")


def leave_half_a_file(root: str) -> None:
    with staged(Path(root), b"half"):
        os._exit(9)


@pytest.mark.skipif(os.name == "nt", reason="Windows does not say whether a process lives: there age alone decides")
def test_what_a_dead_run_left_is_swept_and_nothing_else(folder: Layout) -> None:
    kept = put_object(folder, "trees", b"x", "csv")
    place = folder.dataset("trees") / "objects"
    child = multiprocessing.get_context("spawn").Process(target=leave_half_a_file, args=(str(place),))
    child.start()
    child.join()
    with staged(place, b"ours") as living:
        removed = sweep(folder)
        assert living.exists()
    assert len(removed) == 1
    assert [one.name for one in place.iterdir()] == [Path(kept.path).name]


def test_a_file_of_another_machine_is_swept_only_when_it_is_old(folder: Layout) -> None:
    young, old = (folder.root / f".00000000-1-{n * 16}.tmp" for n in "ab")
    for path in (young, old):
        path.write_bytes(b"half")
    os.utime(old, (1, 1))
    assert sweep(folder) == (old.name,)
    assert young.exists()


def test_objects_and_commit_load_no_data_library_of_their_own() -> None:
    code = (
        "import sys, types; package = types.ModuleType('lamppost.store'); import lamppost; "
        "package.__path__ = [lamppost.__path__[0] + '/store']; sys.modules['lamppost.store'] = package; "
        "import lamppost.store.objects, lamppost.store.commit, lamppost.store.records; "
        "print([name for name in ('pyarrow', 'pandas', 'duckdb', 'numpy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.strip() == "[]"
