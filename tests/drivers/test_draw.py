"""A source that says nothing new, not yet, or nothing fresh; and what a run keeps of that."""

from datetime import date
from typing import Any

import pytest

POLL = """
  - name: wells
    pull: {adapter: poll, url: "${WELLS_URL}", path: /wells, format: json, records: items, every: P1D, STALE}
    publish: {mode: snapshot, formats: [csv, json, parquet]}
"""
MONDAY, TUESDAY, WEDNESDAY = date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 25)


@pytest.fixture
def polled(town: Any) -> Any:
    """The town, whose wells are one document that is polled."""
    path = town.root / "datasets" / "wells" / "dataset.yaml"
    head = path.read_text(encoding="utf-8").partition("resources:")[0]
    town.write("datasets/wells/dataset.yaml", head + "resources:" + POLL.replace(", STALE", ""))
    return town


def outcome(town: Any, day: date) -> Any:
    return town.run(day).outcomes["wells"]


def test_the_same_bytes_are_told_apart_from_a_new_version(polled: Any) -> None:
    assert outcome(polled, MONDAY).verdict == "published"
    again = outcome(polled, TUESDAY)
    assert (again.verdict, again.version, again.read) == ("unchanged", 1, 0)
    assert again.checked_at > polled.store.read("wells", 1).date


def test_a_changed_descriptor_is_not_answered_from_memory(polled: Any) -> None:
    outcome(polled, MONDAY)
    path = polled.root / "datasets" / "wells" / "dataset.yaml"
    polled.write("datasets/wells/dataset.yaml", path.read_text(encoding="utf-8").replace("public well", "well"))
    assert outcome(polled, TUESDAY).read == 8


def test_what_was_refused_is_not_remembered(polled: Any) -> None:
    outcome(polled, MONDAY)
    polled.source.items = polled.source.items[:1]
    assert [outcome(polled, day).verdict for day in (TUESDAY, WEDNESDAY)] == ["kept", "kept"]


def test_a_source_that_answers_with_old_data_does_not_renew_the_promise(polled: Any) -> None:
    path = polled.root / "datasets" / "wells" / "dataset.yaml"
    stale = "stale: {newest: seen, after: P1D}, every: P1D"
    polled.write("datasets/wells/dataset.yaml", path.read_text(encoding="utf-8").replace("every: P1D", stale, 1))
    for item in polled.source.items:
        item["seen"] = "2026-11-22T12:00:00Z"
    polled.write(
        "datasets/wells/dataset.yaml",
        (polled.root / "datasets/wells/dataset.yaml")
        .read_text()
        .replace("    publish:", "    protect: {seen: drop}\n    publish:"),
    )
    first = outcome(polled, MONDAY)
    late = outcome(polled, WEDNESDAY)
    assert (late.verdict, late.checked_at) == ("unchanged", first.checked_at)
    assert "2026-11-22" in late.reason


def test_the_run_record_says_what_was_asked_and_what_came_back(polled: Any) -> None:
    (line,) = outcome(polled, MONDAY).trail
    assert "/wells" in line
    assert "200" in line


def test_an_hour_that_is_not_ready_is_pending_and_nobody_s_fault(town: Any) -> None:
    path = town.root / "datasets" / "wells" / "dataset.yaml"
    text = path.read_text(encoding="utf-8").replace("every: P1D}", "every: P1D, statuses: {202: pending}}", 1)
    town.run(MONDAY)
    town.write("datasets/wells/dataset.yaml", text)
    town.source.status = 202
    found = outcome(town, TUESDAY)
    assert (found.verdict, found.version) == ("pending", 1)
    town.source.status = 200
    assert outcome(town, TUESDAY).verdict == "unchanged"
