"""`checks:` in a descriptor: every key, and what is said of one that cannot be meant."""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from tests.load.conftest import DATASET, SCHEMA, Write

from lamppost.load import load_datasets
from lamppost.model import GATES, Checks, City, Reference, Stuck

PLACED = SCHEMA + "  - {name: longitude, type: number}\n  - {name: latitude, type: number}\n"
TIMED = "    publish: {mode: upsert, event_time: planted_date}\n"
TREES, PARKS = "datasets/trees/dataset.yaml", "datasets/parks/dataset.yaml"
BOUNDED = "    boundary: [-119, 33, -118, 35]\n"


def city_with(write: Write, checks: str, *, rest: str = TIMED, more: Mapping[str, str] | None = None) -> City:
    return write({TREES: f"{DATASET}    checks: {checks}\n{rest}", **(more or {})})


def read(write: Write, checks: str, *, rest: str = TIMED, more: Mapping[str, str] | None = None) -> Checks:
    datasets, faults = load_datasets(city_with(write, checks, rest=rest, more=more))
    assert dict(faults) == {}
    return next(one for one in datasets if one.name == "trees").resources[0].checks


def fault(write: Write, checks: str, *, rest: str = TIMED, more: Mapping[str, str] | None = None) -> str:
    _, faults = load_datasets(city_with(write, checks, rest=rest, more=more))
    return "\n".join(f"{one.place} {one.message}" for one in faults["trees"])


def test_nothing_written_means_the_documented_defaults(write: Write) -> None:
    assert read(write, "{}") == Checks()


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("{rows: {min: 100}}", "min_rows", 100),
        ("{rows: {shrink: 5%}}", "shrink", 0.05),
        ("{rows: {grow: 300%}}", "grow", 3.0),
        ("{rows: {grow: 0.5}}", "grow", 0.5),
        ("{quarantine: {max: 1%}}", "quarantine_max", 0.01),
        ("{nulls: {jump: 50%}}", "null_jump", 0.5),
        ("{future: [planted_date]}", "planned", ("planted_date",)),
        ("{skew: PT1H}", "skew", timedelta(hours=1)),
        ("{since: 2015-01-01}", "since", {"planted_date": date(2015, 1, 1)}),
        ("{since: {planted_date: 2015-01-01}}", "since", {"planted_date": date(2015, 1, 1)}),
        ("{age: {max: P2D}}", "age", timedelta(days=2)),
        (
            "{severity: {grown: warning, unit-change: ignore}}",
            "severity",
            {"grown": "warning", "unit-change": "ignore"},
        ),
        (
            "{stuck: {value: height_m, of: tree_id, after: P1D}}",
            "stuck",
            (Stuck("height_m", ("tree_id",), timedelta(days=1)),),
        ),
        (
            "{stuck: [{value: height_m, of: [tree_id, height_m], after: PT6H}]}",
            "stuck",
            (Stuck("height_m", ("tree_id", "height_m"), timedelta(hours=6)),),
        ),
    ],
)
def test_each_key_sets_one_threshold(write: Write, text: str, name: str, value: object) -> None:
    assert read(write, text) == Checks(**{name: value})  # type: ignore[arg-type]


def test_places_are_held_inside_the_citys_boundary_or_a_box(write: Write, sound: Mapping[str, str]) -> None:
    more = {"schemas/trees.yaml": PLACED, "mkdocs.yml": sound["mkdocs.yml"] + BOUNDED}
    assert read(write, "{inside: city}", more=more).inside == "city"
    assert read(write, "{inside: [-119, 33, -118.5, 34]}", more=more).inside == (-119, 33, -118.5, 34)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{rows: {grow: lots}}", "checks.rows.grow found `lots`, expected a share such as 50%, 300% or 3"),
        ("{rows: {grow: -1}}", "expected a share"),
        ("{inside: city}", "needs the fields `longitude` and `latitude`"),
        ("{inside: town}", "expected `city` (the boundary in mkdocs.yml) or [west, south, east, north]"),
        ("{inside: [33, -119, 34, 200]}", "expected `city`"),
        ("{future: [height_m]}", "`height_m` has the type number, expected a date or datetime"),
        ("{future: [planted_dat]}", "Did you mean `planted_date`?"),
        ("{since: yesterday}", "expected a day of the calendar"),
        ("{since: {height_m: 2015-01-01}}", "`height_m` has the type number"),
        ("{stuck: {value: height_m, of: tree_id}}", "`after` is missing"),
        ("{stuck: {value: height, of: tree_id, after: P1D}}", "`height` is not a field of the schema"),
        ("{references: {tree_id: trees.tree_id}}", "there is no other dataset `trees`"),
        ("{references: {tree_id: parks}}", "expected dataset.field, or dataset.resource.field"),
        ("{severity: {grwn: warning}}", "`grwn` is no gate whose severity can be set. Did you mean `grown`?"),
        ("{severity: {undeclared-column: warning}}", "is no gate whose severity can be set"),
        ("{severity: {grown: maybe}}", "expected one of error, warning, ignore"),
        ("{shrink: 5%}", "`shrink` is not a key here"),
    ],
)
def test_what_cannot_be_meant_is_said_with_its_place(write: Write, text: str, said: str) -> None:
    assert said in fault(write, text)


@pytest.mark.parametrize("text", ["age: {max: P2D}", "since: 2015-01-01", "stuck: {value: height_m, of: tree_id}"])
def test_a_gate_about_time_needs_a_field_that_says_when(write: Write, text: str) -> None:
    assert "nothing says when a row happened" in fault(write, f"{{{text}}}", rest="")


def test_a_boundary_that_the_city_does_not_have_cannot_be_held(write: Write) -> None:
    assert "needs the city's boundary" in fault(write, "{inside: city}", more={"schemas/trees.yaml": PLACED})


PARK = {PARKS: DATASET.replace("trees", "parks"), "schemas/parks.yaml": SCHEMA.replace("tree_id", "park_id")}
UP = {**PARK, PARKS: PARK[PARKS] + "    checks: {references: {park_id: trees.tree_id}}\n"}


def test_keys_of_another_dataset_put_that_one_first(write: Write) -> None:
    checks = "{references: {tree_id: parks.parks.park_id}}"
    assert read(write, checks, more=PARK).references == (Reference("tree_id", "parks", "parks", "park_id"),)
    assert [one.name for one in load_datasets(city_with(write, checks, more=PARK))[0]] == ["parks", "trees"]
    assert [one.name for one in load_datasets(city_with(write, "{}", more=UP))[0]] == ["trees", "parks"]


@pytest.mark.parametrize(
    ("target", "said"),
    [("parks.parc_id", "Did you mean `park_id`?"), ("parks.park.park_id", "has no resource `park`")],
)
def test_a_key_to_nothing_is_a_fault(write: Write, target: str, said: str) -> None:
    assert said in fault(write, f"{{references: {{tree_id: {target}}}}}", more=PARK)


def test_datasets_that_wait_for_each_other_are_a_fault_of_both(write: Write) -> None:
    city = city_with(write, "{references: {tree_id: parks.park_id}}", more=UP)
    datasets, faults = load_datasets(city)
    assert datasets == ()
    assert {issue.code for own in faults.values() for issue in own} == {"derive-cycle"}
    assert "datasets wait for each other in a circle" in faults["trees"][0].message


CATEGORIES = SCHEMA + "  - {name: kind, type: string, categories: [oak, elm], categoriesOrdered: true}\n"


def test_categories_are_published_and_enforced(write: Write) -> None:
    labelled = CATEGORIES.replace("[oak, elm]", "[{value: oak, label: Oak}, {value: elm}]")
    for text in (CATEGORIES, labelled):
        schema = load_datasets(write({"schemas/trees.yaml": text}))[0][0].resources[0].schema
        assert schema.field("kind").descriptor["constraints"] == {"enum": ["oak", "elm"]}
        assert schema.field("kind").descriptor["categoriesOrdered"] is True


def test_categories_and_enum_cannot_say_two_things(write: Write) -> None:
    text = CATEGORIES.replace("type: string", "type: string, constraints: {enum: [oak]}")
    _, faults = load_datasets(write({"schemas/trees.yaml": text}))
    assert "expected the same as `categories`" in faults["trees"][0].message


def test_every_gate_has_a_weight_of_its_own(write: Write) -> None:
    for code, weight in GATES.items():
        assert read(write, "{}").weigh(code) == weight
