"""Reading a file of a folder: no more memory than it has bytes, and never more than the limit."""

import tracemalloc
from pathlib import Path

import pytest

from lamppost.errors import PullError
from lamppost.pull.files.places.local import LocalFolder
from lamppost.pull.files.places.place import Entry

LIMIT = 1 << 30


def test_a_small_file_takes_little_memory_however_large_the_limit_is(tmp_path: Path) -> None:
    body = bytes(3_000_000)
    (tmp_path / "a.csv").write_bytes(body)
    tracemalloc.start()
    read, entry = LocalFolder(str(tmp_path), LIMIT).read(Entry("a.csv", len(body)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (read, entry.size) == (body, len(body))
    assert peak < 4 * len(body)


def test_a_file_that_grew_beyond_the_limit_after_it_was_looked_at_is_not_read_to_its_end(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(bytes(50_000_000))
    tracemalloc.start()
    with pytest.raises(PullError, match=r"a\.csv"):
        LocalFolder(str(tmp_path), 2_000_000).read(Entry("a.csv", 10))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20_000_000
