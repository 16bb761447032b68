"""Partition names: the date as written, or a value that is safe as a file name anywhere."""

import re
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lamppost.model import Publish
from lamppost.table.partition import make_slug, partition_key


@pytest.mark.parametrize(
    ("rule", "value", "name"),
    [
        ("day", "2026-11-22T23:30:00-08:00", "2026-11-22"),
        ("month", "2026-11-22T23:30:00Z", "2026-11"),
        ("month", "2026-1-2", "2026-01"),
        ("year", "2026", "2026"),
        ("day", "2026-11", "none"),
        ("year", "20261122", "none"),
        ("month", None, "none"),
        ("value", "San José / East", "san-jose-east"),
        ("value", "CON", "con-a3dbc4b6"),
        ("value", "..", None),
        ("", "anything", ""),
    ],
)
def test_names_come_from_the_text_as_written(rule: Any, value: str | None, name: str | None) -> None:
    table = pa.table({"of": pa.array([value], pa.string())})
    found = partition_key(table, Publish(partition_by=rule, partition_of="of")).to_pylist()
    assert found == [name] or (name is None and re.fullmatch("[0-9a-f]{8}", found[0]))


@given(st.text(max_size=100))
def test_a_slug_is_a_legal_file_name_on_every_system(text: str) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", make_slug(text))
    assert len(make_slug(text)) <= 60
    assert not re.fullmatch(r"con|prn|aux|nul|com\d|lpt\d", make_slug(text))
