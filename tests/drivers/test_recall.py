"""What outlives a run in private/: the memory of a pull, and the secret that keys its digests."""

from datetime import date
from pathlib import Path
from typing import Any

from lamppost.run.recall import keep_memory, recall
from lamppost.run.secret import find_secret


def version(town: Any) -> Any:
    town.run()
    return town.head("wells")


def test_a_memory_comes_back_with_the_version_it_belongs_to(town: Any, tmp_path: Path) -> None:
    head = version(town)
    keep_memory(tmp_path, "wells/wells", head, {"etag": '"a"'})
    assert recall(tmp_path, "wells/wells", head) == {"etag": '"a"'}
    assert recall(tmp_path, "wells/other", head) == {}
    assert recall(tmp_path, "wells/wells", None) == {}


def test_a_memory_of_another_version_is_not_recalled(town: Any, tmp_path: Path) -> None:
    first = version(town)
    keep_memory(tmp_path, "wells/wells", first, {"etag": '"a"'})
    town.source.items.pop()
    town.run(date(2026, 11, 23))
    assert recall(tmp_path, "wells/wells", town.head("wells")) == {}


def test_a_spoilt_memory_is_none(town: Any, tmp_path: Path) -> None:
    head = version(town)
    keep_memory(tmp_path, "wells/wells", head, {"etag": '"a"'})
    for text in ("", "[]", '{"format": 2}', '{"format": 1, "version": 1, "memory": 3}'):
        (tmp_path / "memory" / "wells" / "wells.json").write_text(text)
        assert recall(tmp_path, "wells/wells", head) == {}


def test_nothing_is_remembered_without_a_private_folder(town: Any) -> None:
    keep_memory(None, "wells/wells", version(town), {"etag": '"a"'})
    assert recall(None, "wells/wells", town.head("wells")) == {}


def test_the_secret_is_made_once_and_kept(tmp_path: Path) -> None:
    first = find_secret(tmp_path / "private", {})
    assert len(first) == 64
    assert find_secret(tmp_path / "private", {}) == first
    assert [path.name for path in (tmp_path / "private").iterdir()] == ["receipt.key"]


def test_the_environment_s_secret_comes_first_and_without_any_there_is_none(tmp_path: Path) -> None:
    assert find_secret(tmp_path, {"LAMPPOST_RECEIPT_KEY": " k \n"}) == b"k"
    assert find_secret(None, {}) == b""


def test_a_receipt_shows_lengths_and_keyed_digests(town: Any) -> None:
    receipt = version(town).tables[0].receipt
    assert len(receipt.digests) == len(receipt.sizes) == len(receipt.pages) == 1
    assert receipt.digests[0] not in str(list((town.root / "private" / "snapshots").rglob("*")))
    assert sum(receipt.sizes) == receipt.size


def test_a_memory_that_cannot_be_written_fails_nothing(town: Any, tmp_path: Path) -> None:
    head = version(town)
    (tmp_path / "memory").write_text("a file where a folder should be")
    keep_memory(tmp_path, "wells/wells", head, {"etag": '"a"'})
    assert recall(tmp_path, "wells/wells", head) == {}


def test_a_secret_that_a_source_sends_back_is_in_no_reason(town: Any) -> None:
    town.url += "?key=hunter22canary"
    for item in town.source.items:
        item["hunter22canary"] = 1
    outcome = town.run().outcomes["wells"]
    assert "${WELLS_URL}" in outcome.reason
    assert "hunter22canary" not in str(outcome)
