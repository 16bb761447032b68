"""`fields:` of a pull: where a field comes from, how it is converted, and what stands in for it."""

from collections.abc import Callable, Mapping

import pytest

from lamppost.load import load_datasets
from lamppost.model import City, FieldSource

Write = Callable[[Mapping[str, str]], City]
DESCRIPTOR = "datasets/trees/dataset.yaml"


@pytest.fixture
def descriptor(sound: Mapping[str, str]) -> str:
    return sound[DESCRIPTOR]


@pytest.mark.parametrize(
    ("written", "source"),
    [
        ("a.DAY", FieldSource("a.DAY")),
        ("{path: a.DAY, as: gtfs_date}", FieldSource("a.DAY", "gtfs_date")),
        ("{path: DAY, as: local, zone: America/Los_Angeles}", FieldSource("DAY", "local", "America/Los_Angeles")),
        ("{path: rx.0.time, otherwise: time}", FieldSource("rx.0.time", otherwise=("time",))),
        ("{path: a, as: epoch_s, otherwise: [b, c]}", FieldSource("a", "epoch_s", otherwise=("b", "c"))),
    ],
)
def test_a_field_comes_from_a_path(write: Write, descriptor: str, written: str, source: FieldSource) -> None:
    text = descriptor.replace("folder: data", f"folder: data, fields: {{planted_date: {written}}}")
    datasets, issues = load_datasets(write({DESCRIPTOR: text}))
    assert not issues
    pull = datasets[0].resources[0].pull
    assert pull is not None
    assert pull.fields == {"planted_date": source}


@pytest.mark.parametrize(
    ("written", "place", "message"),
    [
        ("{path: a, as: local}", "planted_date", "zone"),
        ("{path: a, as: local, zone: Los Angeles}", "planted_date.zone", "expected a name of the time zone database"),
        ("{path: a, zone: UTC}", "planted_date.zone", "means nothing without `as: local`"),
        ("{path: a, as: gtfs_dates}", "planted_date.as", "Did you mean `gtfs_date`?"),
        ("{as: epoch_s}", "planted_date", "path"),
    ],
)
def test_a_field_that_cannot_be_meant_is_an_issue(
    write: Write, descriptor: str, written: str, place: str, message: str
) -> None:
    text = descriptor.replace("folder: data", f"folder: data, fields: {{planted_date: {written}}}")
    _datasets, issues = load_datasets(write({DESCRIPTOR: text}))
    assert [message in one.message for one in issues["trees"] if place in one.place] == [True]
