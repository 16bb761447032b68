from dataclasses import replace
from datetime import timedelta

import pyarrow as pa

from lamppost.model import Dataset, Field, Publish, Resource, Schema
from lamppost.model.dataset import Mode
from lamppost.render.chart import Chart
from lamppost.render.chart_choice import choose_chart

from .small_site import make_version

ZONE = "America/Los_Angeles"
Fields = dict[str, tuple[str, list[str | None]]]


def choose(fields: Fields, key: tuple[str, ...] = ("id",), mode: Mode = "upsert") -> Chart | None:
    schema = Schema(tuple(Field(name, kind) for name, (kind, _) in fields.items()), key)
    dataset = Dataset(
        "things", "Things", "", (Resource("rows", schema, publish=Publish(mode)),), promise=timedelta(days=1)
    )
    table = pa.table({name: pa.array(cells, pa.string()) for name, (_, cells) in fields.items()})
    return choose_chart(dataset, replace(make_version(2), date="2026-11-22"), {"rows": table}, ZONE)


def test_energy_is_added_up_by_the_citys_own_days() -> None:
    hours = [f"2026-11-{day:02d}T{hour:02d}:00:00Z" for day in (18, 19, 20, 21) for hour in range(24)]
    chart = choose({"at": ("datetime", list(hours)), "energy_kwh": ("number", ["1.5"] * 96)}, ("at",))
    assert chart
    assert (chart.kind, chart.unit, chart.description) == ("line", "kWh", "Sum of all rows of each day.")
    assert chart.rows == (("2026-11-18", 36.0), ("2026-11-19", 36.0), ("2026-11-20", 36.0))


def test_a_concentration_is_averaged() -> None:
    chart = choose(
        {"at": ("datetime", ["2026-11-20T20:00:00Z", "2026-11-20T21:00:00Z"]), "pm25_ugm3": ("number", ["8", "12"])},
        ("at",),
    )
    assert chart
    assert (chart.rows, chart.unit) == ((("2026-11-20", 10.0),), "µg/m³")


def test_long_spans_are_drawn_by_month_without_the_open_one() -> None:
    days = ["2024-01-05", "2024-01-20", "2026-10-02", "2026-11-03"]
    chart = choose({"approved_date": ("date", list(days)), "review_days": ("integer", ["10", "6", "4", "3"])})
    assert chart
    assert chart.rows == (("2024-01-01", 8.0), ("2026-10-01", 4.0))


def test_records_that_come_in_are_counted_by_day_and_quiet_days_are_none() -> None:
    times = ["2026-11-18T20:00:00Z", "2026-11-18T21:00:00Z", "2026-11-20T20:00:00Z", "2026-11-22T20:00:00Z"]
    chart = choose({"id": ("string", list("abcd")), "requested_at": ("datetime", list(times))})
    assert chart
    assert chart.rows == (("2026-11-18", 2.0), ("2026-11-19", 0.0), ("2026-11-20", 1.0))


def test_an_inventory_with_places_is_a_map() -> None:
    fields: Fields = {
        "id": ("string", ["a", "b", "c"]), "installed_date": ("date", ["2020-01-01"] * 3),
        "watts_w": ("integer", ["1"] * 3),
        "longitude": ("number", ["-118.1", "-118.1", None]), "latitude": ("number", ["34.1", "34.1", "NaN"]),
    }  # fmt: skip
    chart = choose(fields, mode="snapshot")
    assert chart
    assert (chart.kind, chart.rows) == ("points", ((-118.1, 34.1, 2.0),))


def test_amounts_by_year_are_bars_in_order_of_time() -> None:
    fields: Fields = {
        "fiscal_year": ("string", ["2025", "2024", "2025"]), "line_id": ("string", list("abc")),
        "approved_usd": ("number", ["5", "90", "6"]),
    }  # fmt: skip
    chart = choose(fields, ("fiscal_year", "line_id"), "snapshot")
    assert chart
    assert (chart.kind, chart.rows, chart.in_order) == ("bar", (("2024", 90.0), ("2025", 11.0)), True)


def test_a_table_of_names_has_no_chart() -> None:
    assert choose({"id": ("string", ["a"]), "title": ("string", ["x"])}) is None
