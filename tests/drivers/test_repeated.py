"""What must be unique in a table is unique in all its partitions together, as it is for whoever reads the whole."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lamppost.formats import csv
from lamppost.model import Dataset, Field
from lamppost.run.sizes import USUAL
from lamppost.store import Store, open_store
from lamppost.validate import validate
from tests.drivers.test_moved import APART, DAYS, Row, attempt, describe

ONE, TWO = DAYS[:2]


def describe_unique(mode: str = "append", **more: Any) -> Dataset:
    """Any value may be there once."""
    dataset = describe("string", mode)
    resource = dataset.resources[0]
    rule = {"name": "value", "type": "integer", "constraints": {"unique": True}}
    fields = tuple(
        Field(
            one.name, more.get(one.name, one.type), descriptor={**one.descriptor, "type": more.get(one.name, one.type)}
        )
        for one in resource.schema.fields[:4]
    )
    fields += (Field("value", "integer", descriptor=rule),) if not more else resource.schema.fields[4:]
    descriptor = {**resource.schema.descriptor, "fields": [dict(one.descriptor) for one in fields]}
    schema = replace(resource.schema, fields=fields, descriptor=descriptor)
    return replace(dataset, resources=(replace(resource, schema=schema),))


def read_whole(store: Store) -> pa.Table:
    head = store.head("air")
    assert head is not None
    return pa.concat_tables([csv.read(store.path("air", one.path).read_bytes()) for one in head.tables[0].parts])


@pytest.mark.parametrize("again", ["7", "007"])
def test_a_value_that_another_partition_has_is_refused_with_both_places(tmp_path: Path, again: str) -> None:
    store, dataset = open_store(tmp_path), describe_unique()
    assert attempt(store, dataset, [("a", "x", ONE, None, "6"), ("b", "x", ONE, None, "7")], USUAL) == ""
    refused = attempt(store, dataset, [("c", "x", TWO, None, again)], USUAL)
    assert f"`value`: found '{again}', expected a value that occurs once" in refused
    assert "(row 1 of part 2026-01-02, row 2 of 2026-01-01)" in refused
    assert store.versions("air") == (1,)


def test_a_row_that_moves_takes_its_value_with_it(tmp_path: Path) -> None:
    store, dataset = open_store(tmp_path), describe_unique("upsert")
    assert attempt(store, dataset, [("a", "x", ONE, None, "6"), ("b", "x", ONE, None, "7")], USUAL) == ""
    assert attempt(store, dataset, [("a", "x", TWO, None, "6"), ("c", "x", TWO, None, "")], USUAL) == ""
    assert attempt(store, dataset, [("d", "x", ONE, None, None)], USUAL) == ""


def test_keys_that_only_frictionless_takes_for_the_same_are_refused(tmp_path: Path) -> None:
    store, dataset = open_store(tmp_path), describe_unique(id="duration")
    assert attempt(store, dataset, [("P1D", "x", ONE, None, "6")], USUAL) == ""
    assert "row 1 of part 2026-01-02, row 1 of 2026-01-01" in attempt(
        store, dataset, [("PT24H", "x", TWO, None, "7")], USUAL
    )


VALUES = st.sampled_from(["1", "01", "2", "3", "+3", "4", "5", "6", None])
ROWS = st.lists(
    st.tuples(st.sampled_from("abcdef"), st.just("x"), st.sampled_from(DAYS), st.none(), VALUES), max_size=3
)


@settings(deadline=None, max_examples=15)
@given(pulls=st.lists(ROWS, min_size=3, max_size=4), mode=st.sampled_from(["append", "upsert"]), private=st.booleans())
def test_no_version_is_published_of_which_the_whole_is_not_valid(
    pulls: list[list[Row]], mode: str, private: bool
) -> None:
    dataset = describe_unique(mode)
    with TemporaryDirectory() as folder:
        root = Path(folder)
        store = open_store(root / "store")
        for rows in pulls:
            attempt(store, dataset, rows, APART, root / "private" if private else None)
            if store.versions("air"):
                csv.write(read_whole(store), root / "whole.csv", dataset.resources[0].schema.names)
                assert validate(root / "whole.csv", dataset.resources[0].schema).valid
