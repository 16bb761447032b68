"""A source of which a part is mapped: columns that are new since the last version are told of once, and stay inside."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.drivers.conftest import DESCRIPTOR, Town, make_well

DAY = date(2026, 11, 22)
NEXT = DAY + timedelta(days=1)
MAPPED = DESCRIPTOR.replace("records: items,", "records: items, fields: {well_id: well_id, depth_m: depth_m},")


def wells(count: int = 8, **more: object) -> list[dict[str, Any]]:
    return [make_well(number) | more for number in range(1, count + 1)]


@pytest.fixture
def mapped(town: Town) -> Town:
    """The town after a first run, at whose source each well has an owner that nobody mapped."""
    town.write("mkdocs.yml", (town.root / "mkdocs.yml").read_text(encoding="utf-8") + "    private: private\n")
    town.write("datasets/wells/dataset.yaml", MAPPED)
    town.source.items = wells(owner="Ann")
    outcome = town.run(DAY).outcomes["wells"]
    assert (outcome.verdict, outcome.reason) == ("published", "")
    return town


def test_a_column_that_is_new_at_a_mapped_source_is_told_of_once(mapped: Town) -> None:
    mapped.source.items = wells(9, owner="Ann", phone="555-0100")
    mapped.run(NEXT)
    incoming = mapped.head("wells").tables[0].incoming
    assert incoming
    assert [(one.code, one.severity) for one in incoming.issues] == [("new-source-column", "warning")]
    assert "`phone`" in incoming.issues[0].message
    assert "owner" not in incoming.issues[0].message
    mapped.run(NEXT + timedelta(days=1))
    assert "new-source-column" not in mapped.run(NEXT + timedelta(days=2)).outcomes["wells"].reason


def test_it_is_told_of_too_when_no_row_changed(mapped: Town) -> None:
    mapped.source.items = wells(owner="Ann", phone="555-0100")
    outcome = mapped.run(NEXT).outcomes["wells"]
    assert outcome.verdict == "unchanged"
    assert "`phone`" in outcome.reason


def test_a_key_that_looks_like_data_is_counted_and_not_shown(mapped: Town) -> None:
    mapped.source.items = wells(owner="Ann", **{"310-555-0100": 1, "ann@example.org": 2})
    reason = mapped.run(NEXT).outcomes["wells"].reason
    assert "2 that are not shown here" in reason
    assert not [text for text in ("555", "ann@") if text in reason]


def test_a_dropped_column_is_no_news(mapped: Town) -> None:
    mapped.write("datasets/wells/dataset.yaml", MAPPED + "    protect: {phone: drop}\n")
    mapped.run(NEXT)
    mapped.source.items = wells(owner="Ann", phone="555-0100")
    assert mapped.run(NEXT + timedelta(days=1)).outcomes["wells"].reason == ""
