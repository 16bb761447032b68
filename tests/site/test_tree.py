"""The tree of pages on disk."""

from pathlib import Path

import pytest

from lamppost.errors import BuildError
from lamppost.site.tree import write_tree


def test_only_changed_files_are_written(tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    assert write_tree(folder, {"a.md": b"one", "b/c.md": b"two"}) == (2, 0)
    before = (folder / "a.md").stat().st_mtime_ns
    assert write_tree(folder, {"a.md": b"one", "b/c.md": b"three"}) == (1, 0)
    assert (folder / "a.md").stat().st_mtime_ns == before


def test_pages_that_are_gone_are_removed_with_their_folders(tmp_path: Path) -> None:
    write_tree(tmp_path / "docs", {"a.md": b"one", "b/c.md": b"two"})
    assert write_tree(tmp_path / "docs", {"a.md": b"one"}) == (0, 1)
    assert not (tmp_path / "docs" / "b").exists()


def test_a_folder_that_somebody_else_filled_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.md").write_text("mine", encoding="utf-8")
    with pytest.raises(BuildError, match="not written by lamppost"):
        write_tree(tmp_path, {"a.md": b"one"})
    assert (tmp_path / "thesis.md").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("path", ["../a.md", "/a.md", "a/../../b.md", ""])
def test_a_page_outside_the_folder_is_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(BuildError, match="leaves the site's folder"):
        write_tree(tmp_path / "docs", {path: b"one"})
