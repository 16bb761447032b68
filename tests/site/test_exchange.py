"""The new site takes the old one's place."""

import sys
import threading
from pathlib import Path

import pytest

from lamppost.errors import BuildError
from lamppost.site.exchange import _exchange_in_two, exchange, repair


def make(folder: Path, word: str) -> Path:
    folder.mkdir()
    for name in ("a.html", "b.html"):
        (folder / name).write_text(word, encoding="utf-8")
    return folder


def test_the_first_site_is_put_in_place(tmp_path: Path) -> None:
    exchange(make(tmp_path / "new", "one"), tmp_path / "site")
    assert (tmp_path / "site" / "a.html").read_text(encoding="utf-8") == "one"
    assert not (tmp_path / "new").exists()


def test_the_new_site_replaces_the_old_one_whole(tmp_path: Path) -> None:
    make(tmp_path / "site", "old")
    exchange(make(tmp_path / "new", "new"), tmp_path / "site")
    assert {path.read_text(encoding="utf-8") for path in (tmp_path / "site").iterdir()} == {"new"}
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_where_folders_cannot_be_swapped_two_renames_do_the_same(tmp_path: Path) -> None:
    _exchange_in_two(make(tmp_path / "new", "new"), make(tmp_path / "site", "old"))
    assert {path.read_text(encoding="utf-8") for path in (tmp_path / "site").iterdir()} == {"new"}
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_an_exchange_cut_between_two_renames_is_undone(tmp_path: Path) -> None:
    make(tmp_path / "site.old", "old")
    repair(tmp_path / "site")
    assert (tmp_path / "site" / "a.html").read_text(encoding="utf-8") == "old"


def test_where_the_second_rename_fails_the_old_site_is_back(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        _exchange_in_two(tmp_path / "absent", make(tmp_path / "site", "old"))
    assert (tmp_path / "site" / "a.html").read_text(encoding="utf-8") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux swaps two folders in one call")
def test_a_reader_never_finds_the_site_missing(tmp_path: Path) -> None:
    site, stop, missing = make(tmp_path / "site", "0"), threading.Event(), []

    def look() -> None:
        while not stop.is_set():
            if not (site / "a.html").exists():
                missing.append(1)

    reader = threading.Thread(target=look)
    reader.start()
    for number in range(100):
        exchange(make(tmp_path / "new", str(number)), site)
    stop.set()
    reader.join()
    assert not missing


def test_a_file_in_the_place_of_the_site_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "site").touch()
    with pytest.raises(BuildError, match="a file; expected a folder"):
        exchange(make(tmp_path / "new", "new"), tmp_path / "site")
    assert (tmp_path / "site").is_file()
