"""From the answer of an indicator's query to its observations; what cannot be one is an issue, never a zero."""

import math
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import pairwise
from statistics import median
from typing import Any

import pyarrow as pa

from lamppost.model import Indicator, Issue, Point, Sample
from lamppost.plan.outlook import measure_reach
from lamppost.plan.words import say_day, say_number

JUMP = 5
"""A change this many times the usual one is shown to a person before anybody believes it."""

OUT_OF_REACH = 1.5
"""A target that needs a pace this many times the best one there was is questioned."""

_USUAL = 4
"""Changes needed before any of them can be called usual."""

_SAMPLES = 5


def read_points(indicator: Indicator, answer: pa.Table, today: date) -> tuple[tuple[Point, ...], tuple[Issue, ...]]:
    """Observations, oldest first, of an answer with the columns `date` and `value`.

    A period that ends today or later is not over and is left out without an issue. A row without a day or a finite
    number, and a second, different row for one day, are left out with one (of two rows for a day the first counts).
    """
    missing = {"date", "value"} - set(answer.column_names)
    if missing:
        found = ", ".join(answer.column_names)
        message = f"the query gives the columns {found}; expected `date` and `value`; name them with AS"
        return (), (Issue("indicator-columns", _place(indicator), message),)
    kept: dict[date, float] = {}
    unusable: list[Sample] = []
    twice: list[Sample] = []
    for number, day, value in _rows(answer):
        if day is None or value is None:
            unusable.append(Sample(row=number, note="no day or no number"))
        elif day >= today:
            continue
        elif kept.setdefault(day, value) != value:
            twice.append(Sample(row=number, note=f"second value for {day.isoformat()}"))
    points = tuple(Point(day, kept[day]) for day in sorted(kept))
    return points, (
        *_row_issues(indicator, unusable, twice),
        *check_jump(indicator, points),
        *check_reach(indicator, points),
    )


def check_jump(indicator: Indicator, points: Sequence[Point]) -> tuple[Issue, ...]:
    """Warn when the newest change is more than `JUMP` times the usual (median) one: a bad load, a new unit."""
    sizes = [abs(later.value - earlier.value) for earlier, later in pairwise(points)]
    usual = median(sizes[:-1]) if len(sizes) > _USUAL else 0.0
    if not usual or sizes[-1] <= JUMP * usual:
        return ()
    message = (
        f"the value went from {say_number(points[-2].value)} to {say_number(points[-1].value)} on "
        f"{say_day(points[-1].date)}; expected a change of about {say_number(usual)}; "
        "ask the steward whether the load or the unit changed"
    )
    return (Issue("unusual-jump", _place(indicator), message, "warning"),)


def check_reach(indicator: Indicator, points: Sequence[Point]) -> tuple[Issue, ...]:
    """Warn when the target needs more than `OUT_OF_REACH` times the best pace there has been."""
    if indicator.target is None or indicator.better == "keep-within" or len(points) <= _USUAL:
        return ()
    sign = 1 if indicator.better == "up" else -1
    reach = measure_reach(points, indicator.target, indicator.cadence, sign)
    if reach is None or reach.needed <= 0 or reach.ratio <= OUT_OF_REACH:
        return ()
    message = (
        f"the target needs a change of {say_number(reach.needed)} a period, the best so far was "
        f"{say_number(reach.best)}; expected at most {OUT_OF_REACH} times that; look at the target again"
    )
    return (Issue("target-out-of-reach", _place(indicator), message, "warning"),)


def _rows(answer: pa.Table) -> Iterator[tuple[int, date | None, float | None]]:
    pairs = zip(answer.column("date").to_pylist(), answer.column("value").to_pylist(), strict=True)
    for number, (day, value) in enumerate(pairs, start=1):
        yield number, _to_day(day), _to_number(value)


def _to_day(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def _to_number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def _row_issues(indicator: Indicator, unusable: list[Sample], twice: list[Sample]) -> Iterator[Issue]:
    found = (
        ("indicator-value", unusable, "rows have no day or no number; expected both; the rows were left out"),
        ("indicator-period", twice, "rows give a second value for one day; expected one; the first counts"),
    )
    for code, samples, what in found:
        if samples:
            message = f"{len(samples)} {what}; look at the indicator's `sql`"
            yield Issue(code, _place(indicator), message, "warning", len(samples), tuple(samples[:_SAMPLES]))


def _place(indicator: Indicator) -> str:
    return f"docs/{indicator.path}" if indicator.path else f"indicator {indicator.id}"
