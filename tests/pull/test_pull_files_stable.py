"""Adapter files: what is still being copied is pending, what lies beside a file counts, what is known is not read."""

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lamppost.errors import PendingError, PullError, RefusedError
from lamppost.model import Checks, Field, Pull, Receipt, Resource, Schema, Snapshot
from lamppost.pull import Transport
from lamppost.pull.files.adapter import pull_files
from lamppost.pull.job import Job

NOW = datetime(2026, 11, 22, 17, 20, tzinfo=UTC)
ROWS = b"id\n" + b"1234567890\n" * 50
Drop = Callable[..., tuple[Snapshot, Receipt]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "drop").mkdir()
    return tmp_path / "drop"


@pytest.fixture
def drop(transport: Transport, tmp_path: Path, folder: Path) -> Drop:
    """Pulls the folder; `pause` is what happens while the adapter waits."""

    def run(
        pause: Callable[[], object] = lambda: None,
        *,
        memory: Any = None,
        now: datetime = NOW,
        checks: Checks = Checks(),  # noqa: B008 - frozen
        **options: Any,
    ) -> tuple[Snapshot, Receipt]:
        asked = Pull("files", {"folder": str(folder), **options}, {})
        resource = Resource("rows", Schema((Field("id", "string"),), ("id",)), pull=asked, checks=checks)
        job = Job("a/rows", resource, asked, None, tmp_path / "kept", now, transport, memory=memory or {})
        return pull_files(job, pause=pause)

    return run


@pytest.mark.parametrize("glob", ["*.csv", "a.csv"])
def test_source_fault_34_a_file_that_grows_is_pending(drop: Drop, folder: Path, glob: str) -> None:
    (folder / "a.csv").write_bytes(b"id\n1\n")
    with pytest.raises(PendingError, match=r"a\.csv: a file that is still being written"):
        drop(lambda: (folder / "a.csv").write_bytes(b"id\n1\n2\n"), glob=glob)


def test_source_fault_34_half_a_file_that_grows_is_pending_not_broken(drop: Drop, folder: Path) -> None:
    (folder / "a.json").write_bytes(b'[{"id": 1}, {"i')
    with pytest.raises(PendingError, match="still being written"):
        drop(lambda: (folder / "a.json").write_bytes(b'[{"id": 1}, {"id": 2}]'))
    (folder / "a.json").write_bytes(b'[{"id": 1}, {"i')
    with pytest.raises(RefusedError, match="JSON"):
        drop()


def test_source_fault_34_a_file_of_the_same_size_and_another_time_is_pending(drop: Drop, folder: Path) -> None:
    (folder / "a.csv").write_bytes(b"id\n1\n")
    with pytest.raises(PendingError):
        drop(lambda: os.utime(folder / "a.csv", (1, 1)))


def test_source_fault_34_copies_under_way_are_passed_over(drop: Drop, folder: Path) -> None:
    (folder / "a.csv").write_bytes(b"id\n1\n")
    for name in ("b.csv.filepart", "b.csv.part", "c.csv.TMP", "d.csv.crdownload", "~$e.csv", ".f.csv"):
        (folder / name).write_bytes(b"id\n9\n")
    assert drop()[1].source == "a.csv"
    assert drop(take="all")[1].received == 1


def test_source_fault_34_a_cut_text_without_a_last_line_end_is_unproven(drop: Drop, folder: Path) -> None:
    (folder / "a.csv").write_bytes(b"id,watts\n1,125\n2,12")
    _snapshot, receipt = drop()
    assert (receipt.verdict, receipt.reason) == (
        "unproven",
        "The last line of a.csv has no end, so it may have been cut there.",
    )


def test_with_done_only_files_count_that_are_done(drop: Drop, folder: Path) -> None:
    for name in ("a.csv", "b.csv"):
        (folder / name).write_bytes(b"id\n1")
    with pytest.raises(PendingError, match=r"2 files, none with its `\.done`"):
        drop(glob="*.csv", done=".done")
    (folder / "a.csv.done").touch()
    _snapshot, receipt = drop(glob="*.csv", done=".done")
    assert (receipt.source, receipt.verdict) == ("a.csv", "complete")


@pytest.mark.parametrize(
    "form", ["{sum}", "{sum}  a.csv\n", "{other}  b.csv\n{sum} *a.csv\n", "SHA256 (a.csv) = {sum}"]
)
def test_a_checksum_beside_the_file_proves_its_end(drop: Drop, folder: Path, form: str) -> None:
    (folder / "a.csv").write_bytes(b"id\n1")
    text = form.format(sum=hashlib.sha256(b"id\n1").hexdigest().upper(), other="0" * 64)
    (folder / "a.csv.sha256").write_text(text, encoding="ascii")
    assert drop(glob="*.csv")[1].verdict == "complete"


@pytest.mark.parametrize(("text", "said"), [("0" * 64, "another SHA-256"), ("soon", "0 checksums")])
def test_a_checksum_that_does_not_fit_is_an_error(drop: Drop, folder: Path, text: str, said: str) -> None:
    (folder / "a.csv").write_bytes(b"id\n1\n")
    (folder / "a.csv.sha256").write_text(text, encoding="ascii")
    with pytest.raises(PullError, match=said):
        drop()


def test_the_same_file_is_not_read_again(drop: Drop, folder: Path) -> None:
    (folder / "a.csv").write_bytes(b"id\n1\n")
    memory = drop()[0].memory
    snapshot, receipt = drop(lambda: pytest.fail("nothing is to be waited for"), memory=memory)
    assert (snapshot.unchanged, snapshot.pages, receipt.verdict) == (True, (), "complete")
    assert snapshot.memory == memory


def test_after_a_day_the_file_is_read_again_whatever_its_time_says(drop: Drop, folder: Path) -> None:
    (folder / "a.csv").write_bytes(b"id\n1\n")
    memory = drop()[0].memory
    times = (folder / "a.csv").stat()
    (folder / "a.csv").write_bytes(b"id\n2\n")
    os.utime(folder / "a.csv", ns=(times.st_atime_ns, times.st_mtime_ns))
    assert drop(memory=memory)[0].unchanged
    assert not drop(memory=memory, now=NOW + timedelta(days=1))[0].unchanged


def test_the_same_content_sent_again_is_unchanged_and_other_content_is_not(drop: Drop, folder: Path) -> None:
    (folder / "a.csv").write_bytes(b"id\n1\n")
    memory = drop()[0].memory
    os.utime(folder / "a.csv", (1, 1))
    again = drop(memory=memory)[0]
    assert again.unchanged
    assert json.loads(again.memory["files"])["a.csv"][1] == "1000000000"
    (folder / "a.csv").write_bytes(b"id\n3\n")
    assert not drop(memory=memory)[0].unchanged


def test_a_memory_that_says_nothing_does_no_harm(drop: Drop, folder: Path) -> None:
    (folder / "a.csv").write_bytes(b"id\n1\n")
    for files in ("[]", "{", '{"a.csv": [1]}', '{"a.csv": ["x", 1, 2]}'):
        assert not drop(memory={"files": files, "read_at": "soon"})[0].unchanged


def test_source_fault_36_half_of_the_bytes_gone_needs_a_word(drop: Drop, folder: Path) -> None:
    (folder / "a.csv").write_bytes(ROWS)
    memory = drop()[0].memory
    (folder / "a.csv").write_bytes(b"id\n" + b"1\n" * 50)
    with pytest.raises(PullError, match="103 bytes where the last pull read 553") as caught:
        drop(memory=memory)
    assert "checks: {rows: {shrink: …}}" in str(caught.value)
    assert drop(memory=memory, checks=Checks(shrink=0.9))[1].received == 50


def test_source_fault_36_a_file_that_is_gone_is_told(drop: Drop, folder: Path) -> None:
    for name in ("a.csv", "b.csv", "c.csv"):
        (folder / name).write_bytes(ROWS)
    memory = drop(take="all")[0].memory
    (folder / "b.csv").unlink()
    (issue,) = drop(take="all", memory=memory)[0].issues
    assert (issue.code, issue.severity, issue.count) == ("file-gone", "warning", 1)
    assert "found no b.csv, which the last pull read" in issue.message


@pytest.mark.parametrize(("name", "body"), [("a.csv", b"id,name\n"), ("a.json", b"[]"), ("a.ndjson", b"")])
def test_a_file_without_a_row_is_named_unless_it_may_be_empty(drop: Drop, folder: Path, name: str, body: bytes) -> None:
    (folder / name).write_bytes(body)
    with pytest.raises(PullError, match=rf"{name}: no row"):
        drop()
    assert drop(checks=replace(Checks(), min_rows=0))[1].received == 0


def test_a_link_out_of_the_folder_is_passed_over(drop: Drop, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "a.csv").write_bytes(b"id\n1\n")
    (folder / "link").symlink_to(tmp_path / "secret")
    (folder / "a.csv").symlink_to(tmp_path / "secret" / "a.csv")
    for glob in ("*", "*/*.csv", "**/*"):
        with pytest.raises(PullError, match="no file like"):
            drop(glob=glob)
