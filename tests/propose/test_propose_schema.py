"""What is proposed of a page of records: names, what stays inside and why, and what tells two rows apart."""

from typing import Any

import pytest

from lamppost.decode.json_text import Numeral
from lamppost.propose import Hints, propose, read_layer
from lamppost.propose.words import name_fields


def dropped(name: str, *values: object) -> str:
    """The reason why a column is proposed to stay inside; empty when it is not."""
    return dict(propose([{name: value} for value in values]).drops).get(name, "")


PEOPLE = """
    email contactEmail phone mobile_phone address street_address description comments NOTES ip_address mac
    media_url photo user_id ownerId reporter first_name last_name name requester_name owner birth_date license_plate
    bike_id vehicle_id applicant api_key_token
"""


@pytest.mark.parametrize("name", PEOPLE.split())
def test_a_name_that_may_be_about_a_person_stays_inside(name: str) -> None:
    assert dropped(name, "x", "y")


@pytest.mark.parametrize(
    "value",
    ["jo@example.org", "call jo@example.org now", "+1 310 555 0117", "(310) 555-0117", "10.0.0.7", "00:1B:44:11:3A:B7"],
)
def test_a_value_that_may_be_about_a_person_stays_inside(value: str) -> None:
    assert dropped("extra", "fine", value)


def test_long_texts_stay_inside_because_people_write_names_into_them() -> None:
    assert "free text" in dropped(
        "status_text", "A sofa stands on the sidewalk since Monday, please call my neighbour Jo."
    )


@pytest.mark.parametrize("name", ["service_name", "station_name", "vehicle_type_id", "status", "lamp_type", "watts"])
def test_what_is_about_a_thing_is_proposed(name: str) -> None:
    assert not dropped(name, "a", "b")


@pytest.mark.parametrize("value", ["2026-11-22T09:00:00Z", "2026-11-22", "34.086177", "261121-021", "1.2.3"])
def test_times_numbers_and_codes_are_no_telephone_numbers(value: str) -> None:
    assert not dropped("extra", value)


def test_a_column_without_a_value_stays_inside_because_nobody_knows_what_it_would_hold() -> None:
    assert "no value on this page" in dropped("later", None, None)


def test_names_are_snake_case_and_each_is_there_once() -> None:
    paths = ["attributes.LIGHT_ID", "lightId", "Größe (m)", "geometry.x", "2nd", "a.id", "b.id", "", "row_id"]
    named = name_fields(paths)
    assert named["attributes.LIGHT_ID"] == "light_id"
    assert (named["Größe (m)"], named["2nd"], named["a.id"], named["b.id"]) == ("grosse_m", "field_2nd", "id", "b_id")
    assert named["row_id"] != "row_id"
    assert len(set(named.values())) == len(paths)


def rows(**columns: list[Any]) -> list[dict[str, Any]]:
    return [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]


@pytest.mark.parametrize(
    ("records", "key"),
    [
        (rows(street=["a", "b"], lamp_id=["1", "2"]), ("lamp_id",)),
        (rows(OBJECTID=["1", "2"], lamp_id=["7", "8"]), ("lamp_id",)),
        (rows(OBJECTID=["1", "2"], lamp_id=["7", "7"]), ("objectid",)),
        (rows(watts=["40", "60"], street=["a", "b"]), ()),
        (rows(id=["1", None]), ()),
        (rows(device_id=["a", "a", "b"], at=["2026-01-01", "2026-01-02", "2026-01-01"]), ("device_id", "at")),
        (rows(user_id=["1", "2"], kind=["a", "b"]), ()),
    ],
)
def test_a_key_is_unique_whole_and_called_like_one(records: list[dict[str, Any]], key: tuple[str, ...]) -> None:
    assert propose(records).key == key


def test_a_layer_says_what_its_codes_mean_and_which_columns_are_dates() -> None:
    domain = {"type": "codedValue", "codedValues": [{"code": 1, "name": "LED"}, {"code": 2, "name": "Sodium"}]}
    hints = read_layer(
        {"fields": [
            {"name": "KIND", "type": "esriFieldTypeInteger", "alias": "Kind of lamp", "domain": domain},
            {"name": "BUILT", "type": "esriFieldTypeDate", "domain": None},
        ]}
    )  # fmt: skip
    record = {"attributes": {"KIND": Numeral("1"), "BUILT": Numeral("86400000")}}
    kind, built = propose([record], hints).fields
    assert (kind.title, kind.kind.type) == ("Kind of lamp", "string")
    assert kind.categories == (("1", "LED"), ("2", "Sodium"))
    assert (built.kind.type, built.kind.convert) == ("date", "epoch_ms_date")


def test_few_short_texts_are_a_question_and_no_rule() -> None:
    (status,) = propose([{"status": one} for one in ("open", "closed", "open", "open")]).fields
    assert (status.categories, status.notes) == (
        (),
        ("seen: closed, open; if that is all there can be, add `categories: […]`",),
    )


def test_a_number_without_a_unit_in_its_name_is_asked_for_one() -> None:
    energy, energy_kwh, count = propose([{"energy": "1.5", "energy_kwh": "1.5", "visit_count": "3"}]).fields
    assert [bool(one.notes) for one in (energy, energy_kwh, count)] == [True, False, False]


def test_nothing_is_known_of_a_source_that_declares_nothing() -> None:
    assert read_layer(None) == Hints()
    assert read_layer({"fields": "none"}) == Hints()


def test_a_code_that_is_said_twice_is_proposed_once() -> None:
    found = propose([{"id": one, "properties": {"id": one}} for one in "ab"])
    assert [one.path for one in found.fields] == ["id"]
    assert dict(found.drops) == {"properties.id": "says the same as `id` in every row"}
