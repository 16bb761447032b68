"""The notations that several rooms read: dotted paths, durations, figures in prose, names in SQL."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lamppost.notation import ABSENT, figures_in, find, parse_duration, parse_interval, table_name

RECORD = {"attributes": {"ID": 7, "OUT": None}, "@iot.nextLink": "more", "a": {"b": 1}, "a.b": {"c": 2}, "list": [[1]]}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("", RECORD),
        ("attributes.ID", 7),
        ("attributes.OUT", None),
        ("@iot.nextLink", "more"),
        ("a.b", {"c": 2}),
        ("a.b.c", 2),
        ("list.0.0", 1),
    ],
)
def test_a_path_leads_to_what_stands_there(path: str, value: object) -> None:
    assert find(RECORD, path) == value


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("results.*.error", "none such"),
        ("results.*.series.*.partial", True),
        ("results.*.code", 0),
        ("results.*", {"code": 0, "error": ""}),
        ("by_name.*.on", "yes"),
        ("by_name.*.off", ABSENT),
        ("results.*.series.0.x", ABSENT),
        ("*.*.error", "none such"),
        ("starred.*", "a key of its own"),
    ],
)
def test_a_star_stands_for_every_item_and_gives_the_first_that_says_something(path: str, value: object) -> None:
    results = [{"code": 0, "error": ""}, {"error": "none such", "series": [{"partial": False}, {"partial": True}]}]
    record = {
        "results": results,
        "by_name": {"a": {"on": None}, "b": {"on": "yes"}},
        "starred": {"*": "a key of its own"},
    }
    assert find(record, path) == value


@pytest.mark.parametrize(
    "path", ["attributes.id", "attributes.OUT.x", "list.1", "list.-1", "list.\u00b2", "list.x", "."]
)
def test_a_path_that_leads_nowhere_is_absent_and_not_null(path: str) -> None:
    assert find(RECORD, path) is ABSENT


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("P1D", timedelta(days=1)),
        ("PT1H", timedelta(hours=1)),
        ("P1W", timedelta(days=7)),
        ("P1M", timedelta(days=30)),
        ("P1Y", timedelta(days=365)),
        ("PT15M", timedelta(minutes=15)),
        ("P1DT12H", timedelta(hours=36)),
    ],
)
def test_a_duration_is_a_length_of_time(text: str, duration: timedelta) -> None:
    assert parse_duration(text) == duration
    assert parse_interval(f"R/{text}") == duration


@pytest.mark.parametrize("text", ["", "P", "PT", "P1DT", "1D", "P-1D", "P1H", "p1d", "P1.5D", "P1D ", "P\u0661D"])
def test_anything_else_is_none(text: str) -> None:
    assert parse_duration(text) is None


def test_no_time_at_all_is_a_duration_but_no_interval_to_repeat_at() -> None:
    assert parse_duration("P0D") == timedelta()
    assert parse_interval("R/P0D") is None


@given(st.text())
def test_no_text_makes_it_fail(text: str) -> None:
    assert parse_interval(text) is None or text.startswith("R/P")


def test_a_figure_of_the_texts_is_named_once_in_order() -> None:
    assert figures_in("{{ trees }} of {{parks}}", "{{ trees }}, {{ Trees }}, {{t-2 }}") == ("trees", "parks", "t-2")


def test_a_table_carries_its_resource_only_where_there_are_several() -> None:
    assert table_name("bus-stops", "stop-times", alone=True) == "bus_stops"
    assert table_name("bus-stops", "stop-times", alone=False) == "bus_stops_stop_times"
