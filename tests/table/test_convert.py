"""What `as:` and `otherwise:` make of a source's times: nothing is shifted, nothing is guessed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lamppost.model import Field, FieldSource, Schema
from lamppost.notation import CONVERSION_NAMES, find_conversion
from lamppost.validate import validate

Build = Callable[..., Any]
LA = "America/Los_Angeles"
"""Clocks go forward on 2026-03-08 at 02:00, and back on 2026-11-01 at 02:00."""


def convert(name: str, text: str, zone: str = "") -> str:
    change = find_conversion(name, zone)
    assert change is not None
    return change(text)


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("epoch_ns", "1795330800123456789", "2026-11-22T07:00:00.123456Z"),
        ("epoch_ns", "1795330800000000000", "2026-11-22T07:00:00Z"),
        ("gtfs_date", "20261122", "2026-11-22"),
        ("gtfs_date", "20260231", "20260231"),
        ("gtfs_date", "2026-11-22", "2026-11-22"),
        ("local_date", "2026-11-22T00:00:00.000", "2026-11-22"),
        ("local_date", "2026-11-22T00:00:00Z", "2026-11-22T00:00:00Z"),
    ],
)
def test_dates_and_instants_become_iso(name: str, text: str, expected: str) -> None:
    assert convert(name, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("08:05:30", "PT8H5M30S"),
        ("8:05:30", "PT8H5M30S"),
        ("25:10:00", "PT25H10M"),
        ("00:00:00", "PT0S"),
        ("8:75:00", "8:75:00"),
        ("soon", "soon"),
    ],
)
def test_fault_23_a_gtfs_time_is_counted_from_the_service_day(text: str, expected: str) -> None:
    assert convert("gtfs_time", text) == expected


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Pacific/Pago_Pago", "UTC", "Pacific/Kiritimati"])
def test_fault_24_a_day_does_not_shift_with_the_machines_zone(
    zone: str, take: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", zone)
    fields = {"day": FieldSource("d", "epoch_ms_date"), "at": FieldSource("d", "epoch_ms")}
    table = take("json", b'[{"d": 1795305600000}, {"d": -86400000}, {"d": null}]', fields=fields)
    assert table["day"].to_pylist() == ["2026-11-22", "1969-12-31", None]
    assert table["at"].to_pylist()[0] == "2026-11-22T00:00:00Z"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-22T07:00:00", "2026-11-22T15:00:00Z"),
        ("2026-07-01 07:00", "2026-07-01T14:00:00Z"),
        ("2026-11-22T07:00:00.500", "2026-11-22T15:00:00.500000Z"),
        ("2026-11-22T07:00:00+01:00", "2026-11-22T07:00:00+01:00"),
        ("2026-11-01T01:30:00", "2026-11-01T01:30:00 America/Los_Angeles"),
        ("2026-03-08T02:30:00", "2026-03-08T02:30:00 America/Los_Angeles"),
        ("2026-11-22", "2026-11-22 America/Los_Angeles"),
        ("2026-02-30T07:00:00", "2026-02-30T07:00:00"),
        ("9999-12-31T23:59:59", "9999-12-31T23:59:59"),
        ("n/a", "n/a"),
    ],
)
def test_fault_22_a_local_time_is_placed_or_marked(text: str, expected: str) -> None:
    assert convert("local", text, LA) == expected


@pytest.mark.parametrize("text", ["2026-11-01T01:30:00", "2026-03-08T02:30:00", "2026-11-22"])
def test_fault_22_what_the_clocks_show_twice_or_never_is_quarantined(text: str, tmp_path: Path) -> None:
    fields = [{"name": "id", "type": "string"}, {"name": "at", "type": "datetime"}]
    described = tuple(Field(one["name"], one["type"], descriptor=one) for one in fields)
    schema = Schema(described, ("id",), ("",), {"fields": fields, "missingValues": [""], "primaryKey": ["id"]})
    (tmp_path / "rows.csv").write_text(f"id,at\n1,{convert('local', text, LA)}\n2,2026-11-01T09:30:00Z\n")
    assert validate(tmp_path / "rows.csv", schema).bad_rows == (1,)


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ('{"rx": [{"time": "2026-11-22T07:00:00Z"}], "at": "x"}', "2026-11-22T07:00:00Z"),
        ('{"rx": [{"time": "0001-01-01T00:00:00Z"}], "at": "2026-11-22T07:00:09Z"}', "2026-11-22T07:00:09Z"),
        ('{"rx": [{"time": null}], "at": "2026-11-22T07:00:09Z"}', "2026-11-22T07:00:09Z"),
        ('{"rx": [{}], "at": "", "seen": "2026-11-22T07:00:10Z"}', "2026-11-22T07:00:10Z"),
        ('{"rx": [], "at": "0001-01-01T00:00:00Z"}', None),
        ("{}", None),
    ],
)
def test_fault_25_a_device_without_a_clock_gets_the_time_of_its_reception(
    take: Build, record: str, expected: str | None
) -> None:
    fields = {"at": FieldSource("rx.0.time", otherwise=("at", "seen"))}
    assert take("json", f"[{record}]".encode(), fields=fields)["at"].to_pylist() == [expected]


def test_fault_25_another_column_stands_in_for_an_empty_cell(take: Build) -> None:
    fields = {"at": FieldSource("time", "epoch_s", otherwise=("received",)), "id": FieldSource("id")}
    table = take("csv", b"id,time,received\n1,,1795330800\n2,1795330801,\n", fields=fields)
    assert table["at"].to_pylist() == ["2026-11-22T07:00:00Z", "2026-11-22T07:00:01Z"]


def test_a_column_that_is_not_there_has_its_stand_in(take: Build) -> None:
    fields = {"id": FieldSource("vehicle_id", otherwise=("bike_id",))}
    assert take("csv", b"bike_id\n7\n", fields=fields)["id"].to_pylist() == ["7"]
    body = b'{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"bike_id": 7}}]}'
    fields = {"id": FieldSource("properties.vehicle_id", otherwise=("properties.bike_id",))}
    assert take("geojson", body, fields=fields)["id"].to_pylist() == ["7"]


@pytest.mark.parametrize("name", CONVERSION_NAMES)
def test_what_cannot_be_read_stays_as_it_was(name: str) -> None:
    assert convert(name, "n-a", LA) == "n-a"
