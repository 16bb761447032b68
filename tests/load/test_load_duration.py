"""ISO 8601 durations, as promises and schedules need them."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lamppost.load.duration import parse_duration, parse_interval


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


@pytest.mark.parametrize(
    "text", ["", "P", "PT", "P1DT", "P0D", "1D", "P-1D", "P1H", "p1d", "P1.5D", "P1D ", "P\u0661D"]
)
def test_anything_else_is_none(text: str) -> None:
    assert parse_duration(text) is None


@given(st.text())
def test_no_text_makes_it_fail(text: str) -> None:
    assert parse_interval(text) is None or text.startswith("R/P")
