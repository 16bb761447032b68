"""What goes needs a reason: columns, tables, whole datasets."""

from collections.abc import Callable, Mapping

import pytest

from lamppost.load import load_datasets, load_withdrawn
from lamppost.model import City

Write = Callable[[Mapping[str, str]], City]
DATASET, SCHEMA = "datasets/trees/dataset.yaml", "schemas/trees.yaml"
COLUMN = "removed:\n  - {field: lamp_type, reason: Nobody records it any more.}\n"
TABLE = "removed:\n  - {resource: stumps, reason: They are trees now.}\n"
GONE = "format: 1\nwithdrawn: {reason: Replaced by the\n  tree survey.}\n"


def test_a_removed_column_keeps_its_reason_beside_the_fields(write: Write, sound: Mapping[str, str]) -> None:
    (dataset,), faults = load_datasets(write({SCHEMA: sound[SCHEMA] + COLUMN}))
    assert not faults
    assert dataset.resources[0].schema.removed == {"lamp_type": "Nobody records it any more."}
    assert "removed" not in dataset.resources[0].schema.descriptor


def test_a_removed_table_keeps_its_reason_in_the_descriptor(write: Write, sound: Mapping[str, str]) -> None:
    (dataset,), faults = load_datasets(write({DATASET: sound[DATASET] + TABLE}))
    assert not faults
    assert dataset.removed == {"stumps": "They are trees now."}


def test_a_withdrawn_dataset_needs_two_lines_and_is_asked_no_more(write: Write) -> None:
    city = write({DATASET: GONE})
    assert load_datasets(city) == ((), {})
    assert load_withdrawn(city) == {"trees": "Replaced by the tree survey."}


def test_the_rest_of_a_withdrawn_descriptor_may_stay_and_is_not_read(write: Write, sound: Mapping[str, str]) -> None:
    city = write({DATASET: sound[DATASET] + "withdrawn: {reason: Felled.}\n"})
    assert (load_datasets(city)[1], load_withdrawn(city)) == ({}, {"trees": "Felled."})


@pytest.mark.parametrize(
    ("path", "text", "message"),
    [
        (SCHEMA, "removed: [{field: lamp_type}]\n", "`reason` is missing"),
        (SCHEMA, "removed: [{reason: Why}]\n", "`field` is missing"),
        (SCHEMA, "removed: [{field: height_m, reason: Why}]\n", "`height_m` is still there"),
        (SCHEMA, "removed: [{field: x, reason: A}, {field: x, reason: B}]\n", "`x` is listed twice"),
        (DATASET, "withdrawn: {}\n", "`reason` is missing"),
        (DATASET, "withdrawn: Felled\n", "expected `key: value` lines"),
        (DATASET, "withdrawn: {reason: Felled, by: Me}\n", "`by` is not a key here"),
    ],
)
def test_without_a_reason_the_dataset_is_at_fault(
    write: Write, sound: Mapping[str, str], path: str, text: str, message: str
) -> None:
    city = write({path: sound[path] + text})
    _, faults = load_datasets(city)
    assert any(message in one.message for one in faults["trees"]), faults
    assert load_withdrawn(city) == {}
