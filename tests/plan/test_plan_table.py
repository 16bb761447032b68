"""The plan as the dataset `plan`: text tables that fit the engine's own schemas."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow as pa

from lamppost.model import Action, City, Decision, Indicator, Mantra, Milestone, Plan, Point, Update
from lamppost.plan import dataset, tables

ACTION = Action(
    id="1.1", title="Learn to read data", strategy="s1", focus="city-hall", owner="Innovation Division",
    summary="Two\nlines.", problem="", people="", origin="", due=date(2026, 12, 31), partners=("A", "B"),
    milestones=(Milestone("b", "Second"), Milestone("a", "First", due=date(2026, 6, 30))),
    budget_approved="25000", illustrative=("milestones",),
)  # fmt: skip
INDICATOR = Indicator(
    id="days", title="Days", dataset="contract-reviews", sql="SELECT 1\n  AS value", unit="days", kind="rate",
    better="down", cadence="monthly", baseline=Point(date(2018, 12, 31), 10.0), limits=(0.0, None),
)  # fmt: skip
PLAN = Plan(
    title="P", adopted="2018-02", ends="", document="", summary="",
    actions=(replace(ACTION, id="1.2", milestones=()), ACTION), indicators={"days": INDICATOR},
)  # fmt: skip
CITY = City(
    root=Path(), name="Somewhere", url="https://example.org/", time_zone="America/Los_Angeles",
    publisher="City of Somewhere", contact="data@example.org", licence="CC-BY-4.0", store=Path("store"), private=None,
    mantra=Mantra("Look."),
)  # fmt: skip


def test_columns_are_those_of_the_schema_and_the_row_number() -> None:
    made = tables(PLAN)
    for resource in dataset(CITY, PLAN).resources:
        assert made[resource.name].column_names == [*resource.schema.names, "_row"]
        kinds = {str(kind) for kind in made[resource.name].schema.types[:-1]}
        assert (kinds, made[resource.name].schema.field("_row").type) == ({"string"}, pa.int64())


def test_rows_stand_in_the_order_of_their_keys() -> None:
    made = tables(PLAN)
    assert made["actions"].column("action_id").to_pylist() == ["1.1", "1.2"]
    assert made["milestones"].column("milestone_id").to_pylist() == ["a", "b"]
    assert made["actions"].column("_row").to_pylist() == [1, 2]


def test_cells_are_plain_text_and_what_is_not_said_is_null() -> None:
    row = tables(PLAN)["actions"].to_pylist()[0]
    assert (row["summary"], row["partners"], row["due_date"]) == ("Two lines.", "A; B", "2026-12-31")
    assert (row["budget_approved_usd"], row["start_date"], row["problem"]) == ("25000", None, None)
    milestone = tables(PLAN)["milestones"].to_pylist()[1]
    assert (milestone["due_date"], milestone["is_illustrative"]) == (None, "true")


def test_numbers_read_back_as_they_were() -> None:
    row = tables(PLAN)["indicators"].to_pylist()[0]
    assert (row["baseline_value"], row["baseline_date"], row["target_value"]) == ("10", "2018-12-31", None)
    assert (row["lower_limit"], row["upper_limit"], row["query"]) == ("0", None, "SELECT 1 AS value")


def test_an_empty_plan_gives_three_empty_tables() -> None:
    made = tables(Plan(title="P", adopted="", ends="", document="", summary=""))
    assert {name: table.num_rows for name, table in made.items()} == {"actions": 0, "milestones": 0, "indicators": 0}


def test_every_field_is_documented_and_keys_are_required() -> None:
    for resource in dataset(CITY, PLAN).resources:
        for field in resource.schema.fields:
            assert field.title
            assert field.description.endswith(".")
        keys = [
            resource.schema.field(name).descriptor["constraints"]["required"] for name in resource.schema.primary_key
        ]
        assert all(keys)


def test_the_city_signs_its_plan() -> None:
    made = dataset(CITY, replace(PLAN, document="https://example.org/plan"))
    assert (made.steward, made.metadata["licenses"]) == ("City of Somewhere", [{"name": "CC-BY-4.0"}])
    assert made.metadata["sources"] == [{"title": "P", "path": "https://example.org/plan"}]


def test_decisions_are_a_table_of_their_own_where_something_was_decided() -> None:
    decision = Decision(("due", "budget"), "City Council", "The contract came late.")
    decided = replace(PLAN, updates=(Update("1.1", date(2026, 11, 20), "Staff", "Moved.", decision=decision),))
    assert [one.name for one in dataset(CITY, PLAN).resources] == ["actions", "milestones", "indicators"]
    assert [one.name for one in dataset(CITY, decided).resources][-1] == "decisions"
    (row,) = tables(decided)["decisions"].drop_columns(["_row"]).to_pylist()
    assert tuple(row.values()) == ("1.1", "2026-11-20", "due; budget", "City Council", "The contract came late.")
