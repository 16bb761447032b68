"""What one page of values may be taken for; in doubt it stays text."""

import pytest

from lamppost.propose.columns import lay_flat
from lamppost.propose.infer import infer


def kind_of(name: str, *values: object, **more: bool) -> tuple[str, str]:
    (column,) = lay_flat([{name: value} for value in values])
    kind = infer(column, **more)
    return kind.type, kind.convert


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("lamp", ("007", "12")),
        ("zip", ("90069", "90046")),
        ("zip_code", ("9006", "90046")),
        ("asset_id", ("12", "7")),
        ("account", ("100234", "100235", "100236")),
        ("version", ("1.10", "01.2")),
        ("day", ("20260105", "20260106", "20260107")),
        ("seen", ("2026-01-05 10:00", "2026-01-06 11:00")),
        ("seen_at", ("2026-01-05T10:00:00", "2026-01-06T11:00:00")),
        ("when", ("2026-02-30", "2026-02-28")),
        ("share", ("5 %", "7")),
        ("size", ("1,200", "80")),
        ("works", ("Yes", "No")),
        ("works", ("1", "n/a")),
    ],
)
def test_what_could_lose_something_stays_text(name: str, values: tuple[str, ...]) -> None:
    assert kind_of(name, *values) == ("string", "")


@pytest.mark.parametrize(
    ("name", "values", "kind"),
    [
        ("watts", ("40", "250", None), "integer"),
        ("change", ("-3", "0"), "integer"),
        ("energy", ("1.5", "2e-3"), "number"),
        ("works", ("true", "false"), "boolean"),
        ("works", (True, False, None), "boolean"),
        ("built", ("2026-01-05", "1999-12-31"), "date"),
        ("seen_at", ("2026-01-05T10:00:00Z", "2026-01-05T10:00:00.5+01:00"), "datetime"),
        ("lon", ("-118.37", "180"), "number"),
    ],
)
def test_what_is_sure_gets_its_type(name: str, values: tuple[object, ...], kind: str) -> None:
    assert kind_of(name, *values) == (kind, "")


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("last_reported", ("1764000000", "1764000060"), ("datetime", "epoch_s")),
        ("created", ("1764000000000",), ("datetime", "epoch_ms")),
        ("phenomenonTime", ("2026-01-05T10:00:00Z/2026-01-05T11:00:00Z",), ("datetime", "interval_start")),
        ("phenomenonTime", ("2026-01-05T10:00:00Z", "2026-01-05T10:00:00Z/2026-01-05T11:00:00Z"),
         ("datetime", "interval_start")),
        ("visits", ("1764000000", "1764000060", "1764000099"), ("string", "")),
        ("updated", ("12", "15"), ("integer", "")),
    ],
)  # fmt: skip
def test_a_clock_is_known_by_its_name_and_its_range(
    name: str, values: tuple[str, ...], expected: tuple[str, str]
) -> None:
    assert kind_of(name, *values) == expected


def test_dates_that_the_source_declares_are_days_when_all_are_midnights() -> None:
    assert kind_of("BUILT", "1586390400000", "-86400000", is_date=True) == ("date", "epoch_ms_date")
    assert kind_of("BUILT", "1586390400001", is_date=True) == ("datetime", "epoch_ms")


def test_a_point_becomes_two_numbers_within_their_bounds() -> None:
    point = {"type": "Point", "coordinates": [-118.37, 34.08]}
    columns = lay_flat([{"geometry": point}, {"geometry": None}])
    assert [(one.path, infer(one).name, infer(one).bounds) for one in columns] == [
        ("geometry.coordinates.0", "longitude", (-180, 180)),
        ("geometry.coordinates.1", "latitude", (-90, 90)),
    ]


def test_another_shape_stays_a_shape() -> None:
    line = {"type": "LineString", "coordinates": [[0, 0], [1, 1]]}
    (column,) = lay_flat([{"geometry": line}])
    assert infer(column).type == "geojson"
