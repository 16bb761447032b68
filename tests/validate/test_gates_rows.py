"""Gates on single rows: what the schema allows and the world does not."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pytest

from lamppost.model import Checks, Reference, Report
from lamppost.table.keys import find_normal
from lamppost.validate.gates import Keys, add_caught, check_incoming
from lamppost.validate.gates.caught import Caught
from tests.validate.gate_tables import AROUND, Row, caught, lay, make_day, make_resource

GOOD = make_day(29, hours=6)
DIMS = {"shape": "geojson", "spot": "geopoint"}
CITY = {"inside": "city"}


def spoil(**cells: str | None) -> list[Row]:
    """Twelve rows, the third of which has other cells."""
    return [row | cells if index == 2 else row for index, row in enumerate(GOOD)]


@pytest.mark.parametrize("place", [("0", "0"), ("0.004", "-0.009"), ("0.0", "-0.0")])
def test_source_fault_29_points_at_and_near_zero_are_counted_and_held_back(place: tuple[str, str]) -> None:
    rows = spoil(longitude=place[0], latitude=place[1])
    assert caught(rows, make_resource()) == {"null-island": (3,)}


def test_a_place_that_a_privacy_rule_guards_is_not_shown() -> None:
    one = make_resource(inside="city")
    guarded = replace(one, schema=replace(one.schema, guarded=frozenset({"longitude", "latitude"})))
    (found,) = check_incoming(lay(spoil(longitude="-118.4567"), guarded), guarded, AROUND)
    assert (found.rows, found.issue.samples[0].value) == ((3,), None)
    assert "4567" not in found.issue.message


def test_honest_rows_pass_every_gate() -> None:
    assert caught(GOOD, make_resource(inside="city", since={"observed_at": date(2020, 1, 1)})) == {}


@pytest.mark.parametrize(
    ("cells", "checks", "code"),
    [
        ({"longitude": "0", "latitude": "0.0"}, {}, "null-island"),
        ({"longitude": "0.0001", "latitude": "-0.00002"}, {}, "null-island"),
        ({"longitude": "-118.45"}, CITY, "outside-boundary"),
        ({"latitude": "34.2"}, CITY, "outside-boundary"),
        ({"longitude": "34.085", "latitude": "-118.37"}, CITY, "outside-boundary"),
        ({"spot": "-118.2,34.08"}, CITY, "outside-boundary"),
        ({"spot": "0, 0"}, {}, "null-island"),
        ({"shape": '{"type":"Point","coordinates":[-117.9,34.08]}'}, CITY, "outside-boundary"),
        ({"shape": '{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}'}, {}, "null-island"),
        ({"observed_at": "2026-11-23T13:00:00Z"}, {}, "future-time"),
        ({"observed_at": "2026-11-22T14:00:00Z"}, {"skew": timedelta(hours=1)}, "future-time"),
        ({"observed_at": "2026-11-22T05:30:00-08:00"}, {"skew": timedelta(hours=1)}, "future-time"),
        ({"observed_at": "1970-01-01T00:05:00Z"}, {}, "early-time"),
        ({"observed_at": "0001-01-01T00:00:00Z"}, {}, "early-time"),
        ({"observed_at": "2014-12-31T23:00:00Z"}, {"since": {"observed_at": date(2015, 1, 1)}}, "early-time"),
        ({"installed_date": "2014-12-31"}, {"since": {"installed_date": date(2015, 1, 1)}}, "early-time"),
    ],
)
def test_a_row_that_cannot_be_is_caught(cells: Row, checks: dict[str, Any], code: str) -> None:
    resource = make_resource(types=DIMS, **checks)
    assert caught(spoil(**cells), resource) == {code: (3,)}
    off = replace(resource, checks=replace(resource.checks, severity={code: "ignore"}))
    assert caught(spoil(**cells), off) == {}


@pytest.mark.parametrize(
    ("cells", "checks"),
    [
        ({"longitude": None, "latitude": None}, {"inside": "city"}),
        ({"longitude": "-118.45"}, {}),
        ({"longitude": "-118.4004"}, {"inside": "city"}),
        ({"observed_at": "2026-11-23T11:00:00Z"}, {}),
        ({"observed_at": "2027-06-01T00:00:00Z"}, {"planned": ("observed_at",)}),
        ({"observed_at": None}, {}),
        ({"shape": '{"type":"GeometryCollection","geometries":[]}'}, {"inside": "city"}),
    ],
)
def test_what_nobody_forbade_is_not_caught(cells: Row, checks: dict[str, Any]) -> None:
    assert caught(spoil(**cells), make_resource(types=DIMS, **checks)) == {}


@pytest.mark.parametrize("day", ["1900-01-01", "1970-01-01", "0001-01-01", "1899-12-30"])
def test_a_day_that_means_unknown_is_shown_and_its_row_published(day: str) -> None:
    rows = lay(spoil(installed_date=day), make_resource())
    (one,) = check_incoming(rows, make_resource(), AROUND)
    assert (one.issue.code, one.issue.severity, one.rows) == ("placeholder-time", "warning", (3,))
    assert add_caught(Report(12), [one]).bad_rows == ()


def test_a_lone_day_ahead_is_shown_and_a_field_full_of_them_tells_of_plans() -> None:
    day = [*make_day(28), *spoil(installed_date="2031-01-01")]
    assert list(caught(day, make_resource())) == ["future-value"]
    assert caught([row | {"installed_date": "2031-01-01"} for row in day], make_resource()) == {}


@pytest.mark.parametrize("form", ["2026-11-22T10:00:00.25Z", "2026-11-22 10:00:00", "2026-11-22T02:00:00-08:00"])
def test_instants_are_read_in_every_form_even_side_by_side(form: str) -> None:
    rows = [*spoil(observed_at=form), *spoil(observed_at="2027-01-01T00:00:00")]
    assert caught(rows, make_resource()) == {"future-time": (15,)}


def test_exchanged_coordinates_are_called_so() -> None:
    rows = lay(spoil(longitude="34.085", latitude="-118.37"), make_resource())
    (one,) = check_incoming(rows, make_resource(inside="city"), AROUND)
    assert "inside when longitude and latitude are exchanged" in one.issue.message


STATION = Reference("station_code", "stations", "", "code")


def lookup(*cells: str | None, known: set[str], normal: Callable[[str], str] | None = None) -> tuple[Caught, ...]:
    resource = make_resource(references=(STATION,))
    around = replace(AROUND, keys={STATION: Keys(frozenset(known), 7, normal)})
    rows = [row | {"station_code": cell} for row, cell in zip(GOOD, cells, strict=False)]
    return check_incoming(lay(rows, resource), resource, around)


def test_a_key_that_the_other_dataset_lacks_is_caught_with_the_version_looked_at() -> None:
    (one,) = lookup("AQ-01", None, "AQ-09", "AQ-02", known={"AQ-01", "AQ-02"})
    assert (one.issue.code, one.rows) == ("missing-reference", (3,))
    assert "stations version 7" in one.issue.message
    assert lookup("AQ-01", None, known={"AQ-01"}) == ()


@pytest.mark.parametrize(
    ("kinds", "cell", "known", "found"),
    [
        (("integer", "integer"), "007", "7", True),
        (("integer", "number"), "7", "7.0", True),
        (("string", "string"), "007", "7", False),
        (("string", "integer"), "007", "7", False),
        (("datetime", "datetime"), "2026-11-22T00:00:00-08:00", "2026-11-22T08:00:00Z", True),
        (("boolean", "boolean"), "1", "true", True),
    ],
)
def test_keys_are_compared_as_both_schemas_read_them(
    kinds: tuple[str, str], cell: str, known: str, found: bool
) -> None:
    assert (lookup(cell, known={known}, normal=find_normal(*kinds)) == ()) is found


def test_rows_that_failed_already_are_not_caught_again_and_numbers_stay_the_tables() -> None:
    rows = lay(spoil(longitude="0", latitude="0"), make_resource())
    (one,) = check_incoming(rows, make_resource(), AROUND, known=(1,))
    assert (one.rows, one.issue.samples[0].row) == ((3,), 3)
    assert check_incoming(rows, make_resource(), AROUND, known=(3,)) == ()


def test_a_caught_row_counts_as_bad_beside_those_of_the_report() -> None:
    rows = lay(spoil(longitude="0", latitude="0"), make_resource())
    report = add_caught(Report(12, bad_rows=(9,)), check_incoming(rows, make_resource(), AROUND))
    assert report.bad_rows == (3, 9)


def test_five_samples_stand_for_all() -> None:
    rows = lay([row | {"longitude": "0", "latitude": "0"} for row in GOOD], make_resource())
    (one,) = check_incoming(rows, make_resource(), AROUND)
    assert (one.issue.count, len(one.issue.samples), len(one.rows)) == (12, 5, 12)


def test_a_table_without_rows_is_no_trouble() -> None:
    resource = make_resource(types=DIMS, inside="city")
    empty = pa.table({name: pa.chunked_array([pa.array([], pa.string())]) for name in resource.schema.names})
    assert check_incoming(empty, resource, AROUND) == ()
    assert Checks().weigh("null-island") == "error"
