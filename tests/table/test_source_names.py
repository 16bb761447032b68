"""Columns that no mapping names: seen on every page and in every form of record, and never in the table."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from lamppost.model import FieldSource, Page, Pull, Snapshot
from lamppost.table.facts import Facts
from lamppost.table.read import read

See = Callable[..., set[str]]


@pytest.fixture
def see(tmp_path: Path) -> See:
    """`see("json", b"…", b"…", id="attributes.ID")`: what reading these pages says of columns that are not mapped."""

    def _see(decode: Any, *pages: bytes, **fields: str) -> set[str]:
        made = []
        for data in pages:
            path = tmp_path / sha256(data).hexdigest()
            path.write_bytes(data)
            made.append(Page(path, path.name, len(data)))
        facts = Facts()
        pull = Pull("files", {}, {name: FieldSource(path) for name, path in fields.items()})
        table = read(Snapshot(tuple(made), decode), pull, facts)
        assert set(table.column_names) <= {*fields, "_row"}
        return facts.unmapped

    return _see


@pytest.mark.parametrize(
    ("decode", "data"),
    [
        ("csv", b"id,phone\n1,2\n"),
        ("json", b'[{"id": 1, "phone": 2}]'),
        ("json", b'[{"id": 1}, {"id": 1, "phone": [2]}]'),
        ("json", b'[{"id": -0, "phone": 2}]'),
        ("ndjson", b'{"id": 1, "phone": 2}\n'),
    ],
)
def test_a_column_that_no_mapping_names_is_seen(see: See, decode: str, data: bytes) -> None:
    assert see(decode, data, id="id") == {"phone"}


def test_keys_beside_the_mapped_one_are_seen_with_their_path(see: See) -> None:
    data = b'[{"attributes": {"ID": 1, "CREW": "x"}, "geometry": {"x": 1, "y": 2}, "tag": 1}, {"attributes": null}]'
    assert see("json", data, id="attributes.ID", east="geometry.x") == {
        "attributes.CREW",
        "geometry.y",
        "tag",
    }


def test_a_column_of_the_last_page_alone_is_seen(see: See) -> None:
    assert see("json", b'[{"id": 1}]', b'[{"id": 2, "late": 1}]', id="id") == {"late"}


def test_without_a_mapping_nothing_is_noted_because_every_column_is_read(tmp_path: Path) -> None:
    path = tmp_path / "page"
    path.write_bytes(b"id,phone\n1,2\n")
    facts = Facts()
    read(Snapshot((Page(path, "0", 0),), "csv"), Pull("files", {}, {}), facts)
    assert facts.unmapped == set()
