"""Schema drift: what changed at the source is named, each with the patch to paste."""

from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest

from lamppost.model import Checks, Field, FieldSource, Issue, Pull, Report, Resource, Sample, Schema
from lamppost.table.protect import protect_rows
from lamppost.validate import validate
from lamppost.validate.gates import explain_drift, find_retyped, weigh
from lamppost.validate.gates.drift import infer_type

KINDS = {"light_id": "string", "lamp_type": "string", "watts_w": "integer"}
FIELDS = tuple(Field(name, kind, descriptor={"name": name, "type": kind}) for name, kind in KINDS.items())
DESCRIPTOR = {"fields": [dict(one.descriptor) for one in FIELDS], "missingValues": [""], "primaryKey": ["light_id"]}
LIGHTS = Resource("lights", Schema(FIELDS, ("light_id",), descriptor=DESCRIPTOR), pull=Pull("files", {}, {}))
BEFORE = pa.table({"light_id": ["L1", "L2"], "lamp_type": ["led", "hps"], "watts_w": ["40", "90"]})


def lights(**columns: list[str]) -> pa.Table:
    """Two rows of a source with these columns in this order."""
    return pa.table({**columns, "_row": pa.array([1, 2], pa.int64())})


def drift(source: pa.Table, resource: Resource = LIGHTS, previous: pa.Table | None = None) -> dict[str, Issue]:
    _, found = protect_rows(source, resource)
    return {one.code: one for one in explain_drift(found, source, resource, previous)}


LAMPS = {"light_id": ["L1", "L2"], "lamp_type": ["led", "hps"], "watts_w": ["40", "90"]}


def test_the_declared_columns_are_no_drift() -> None:
    assert weigh(list(drift(lights(**LAMPS)).values()), Checks()) == ()


@pytest.mark.parametrize(
    ("column", "values", "why"),
    [
        ("LampType", ["x", "y"], "its name is much the same"),
        ("fixture", ["led", "hps"], "it has the same values"),
    ],
)
def test_a_renamed_column_is_one_issue_with_the_mapping_to_paste(column: str, values: list[str], why: str) -> None:
    source = lights(light_id=["L1", "L2"], **{column: values}, watts_w=["40", "90"])
    found = drift(source, previous=BEFORE)
    assert list(found) == ["renamed-column"]
    assert why in found["renamed-column"].message
    assert f"`fields: {{light_id: light_id, lamp_type: {column}, watts_w: watts_w}}`" in found["renamed-column"].message


@pytest.mark.parametrize(
    ("column", "warned"), [("speed_kmh", True), ("Speed KMH", True), ("Speed_MPH", False), ("speed", False)]
)
def test_a_column_renamed_to_another_unit_is_told_with_a_warning_beside_the_patch(column: str, warned: bool) -> None:
    speeds = Schema((FIELDS[0], Field("speed_mph", "number")), ("light_id",))
    source = lights(light_id=["L1", "L2"], **{column: ["40", "90"]})
    message = drift(source, replace(LIGHTS, schema=speeds))["renamed-column"].message
    assert "speed_mph: " in message
    assert ("`speed_mph` is in mph" in message and "says km/h" in message) is warned


def test_a_column_in_the_place_of_a_field_with_values_of_its_type_is_it() -> None:
    source = lights(light_id=["L1", "L2"], lamp_type=["led", "hps"], Leistung=["40", "90"])
    assert "stands in the same place" in drift(source)["renamed-column"].message


def test_two_renamed_columns_are_paired_by_what_is_likeliest() -> None:
    source = lights(light_id=["L1", "L2"], watt=["40", "90"], lamptype=["led", "hps"])
    _, found = protect_rows(source, LIGHTS)
    said = [one.message for one in explain_drift(found, source, LIGHTS, None)]
    assert len(said) == 2
    assert any("`watt` is not declared and the field `watts_w`" in one for one in said)


def test_a_new_column_gets_the_line_that_declares_it() -> None:
    found = drift(lights(**LAMPS, **{"Pole Height": ["7.5", "9"]}))
    assert list(found) == ["undeclared-column"]
    message = found["undeclared-column"].message
    assert "`- {name: pole_height, type: number, title: …, description: …}`" in message
    assert '`pole_height: "Pole Height"` to `pull.fields`' in message
    assert "7.5" not in message


def test_unrelated_columns_stay_two_issues() -> None:
    source = lights(light_id=["L1", "L2"], watts_w=["40", "90"], zzz=["p", "q"])
    assert set(drift(source)) == {"undeclared-column", "missing-column"}


def test_a_mapped_source_gets_only_the_line_that_changes() -> None:
    mapped = replace(LIGHTS, pull=Pull("http", {}, {name: FieldSource(f"a.{name}") for name in KINDS}))
    source = lights(light_id=["L1", "L2"], lamp_typ=["x", "y"], watts_w=["40", "90"])
    assert "`fields: {lamp_type: lamp_typ}`;" in drift(source, mapped)["renamed-column"].message


def test_another_order_moves_nothing_and_is_told_only_on_demand() -> None:
    found = drift(lights(**dict(reversed(LAMPS.items()))))
    assert list(found) == ["reordered-columns"]
    assert weigh(list(found.values()), Checks()) == ()
    (shown,) = weigh(list(found.values()), Checks(severity={"reordered-columns": "warning"}))
    assert shown.severity == "warning"


@pytest.mark.parametrize(("cell", "kind"), [("12.5", "number"), ("forty", "string"), ("2026-11-22", "date")])
def test_a_column_of_another_type_is_named_with_the_type_that_fits(cell: str, kind: str, tmp_path: Any) -> None:
    rows = "".join(f"L{number},led,{cell}\n" for number in range(9))
    (tmp_path / "rows.csv").write_text(f"light_id,lamp_type,watts_w\n{rows}", newline="")
    report = validate(tmp_path / "rows.csv", LIGHTS.schema)
    (issue,) = find_retyped(pa.table({"watts_w": pa.chunked_array([[cell] * 9])}), report, LIGHTS)
    assert (issue.code, issue.severity, issue.count) == ("retyped-column", "error", 9)
    assert f"`- {{name: watts_w, type: {kind}}}`" in issue.message


@pytest.mark.parametrize(
    ("values", "line"),
    [
        (["40 W", "90 W"], "type: integer, title: Power, constraints: {minimum: 0}, bareNumber: false}"),
        (["12.5", "9.0"], "type: number, title: Power}"),
        (["40 W", "high"], "type: string, title: Power}"),
    ],
)  # fmt: skip
def test_the_line_keeps_what_is_declared_and_takes_the_values_as_they_look(values: list[str], line: str) -> None:
    watts = Field("watts_w", "integer", "Power", descriptor={**FIELDS[2].descriptor, "constraints": {"minimum": 0}})
    resource = replace(LIGHTS, schema=Schema((*FIELDS[:2], watts), ("light_id",)))
    cells = (values * 5)[:9]
    samples = tuple(Sample(row, "watts_w", value) for row, value in enumerate(cells[:5], 1))
    report = Report(9, (Issue("type-error", "field watts_w", "…", count=9, samples=samples),))
    (issue,) = find_retyped(pa.table({"watts_w": pa.chunked_array([cells])}), report, resource)
    assert f"the line for the schema is `- {{name: watts_w, {line}`" in issue.message


def test_where_validation_stopped_early_the_values_that_it_reached_are_judged() -> None:
    wrong = Issue("type-error", "field watts_w", "…", count=6, samples=(Sample(1, "watts_w", "x"),))
    cells = pa.table({"watts_w": pa.chunked_array([["x"] * 6 + ["7"] * 2 + ["x"] * 92])})
    unseen = Issue("unchecked-row", "rows", "…", count=92)
    assert [one.code for one in find_retyped(cells, Report(100, (wrong, unseen)), LIGHTS)] == ["retyped-column"]
    assert find_retyped(cells, Report(100, (wrong,)), LIGHTS) == ()


def test_a_guarded_value_is_not_in_the_message_about_its_type() -> None:
    report = Report(9, (Issue("type-error", "field watts_w", "…", count=9, samples=(Sample(1, "watts_w"),)),))
    (issue,) = find_retyped(pa.table({"watts_w": pa.chunked_array([["Ann"] * 9])}), report, LIGHTS)
    assert "9 of 9 values of `watts_w` are no `integer`" in issue.message
    assert "Ann" not in issue.message


def test_a_few_wrong_cells_are_no_other_type(tmp_path: Any) -> None:
    rows = "".join(f"L{number},led,{'x' if number < 4 else 40}\n" for number in range(9))
    (tmp_path / "rows.csv").write_text(f"light_id,lamp_type,watts_w\n{rows}", newline="")
    report = validate(tmp_path / "rows.csv", LIGHTS.schema)
    assert report.issues
    assert find_retyped(pa.table({"watts_w": pa.chunked_array([["x"] * 4 + ["40"] * 5])}), report, LIGHTS) == ()


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["1", "-2"], "integer"),
        (["1", "2.5"], "number"),
        (["true", "false"], "boolean"),
        ([], "string"),
        (["2026-11-22"], "date"),
        (["2026-11-22T07:00:00Z"], "datetime"),
        (["1", "n/a"], "string"),
    ],
)
def test_the_narrowest_type_that_all_values_have_is_proposed(values: list[str], kind: str) -> None:
    assert infer_type(pa.chunked_array([pa.array(values, pa.string())])) == kind
