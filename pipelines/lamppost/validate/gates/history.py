"""A table against the version before it: what went missing, and what moved as a whole."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lamppost.formats.missing import present
from lamppost.model import Field, Issue, Resource, Sample
from lamppost.validate.gates.columns import Numbers, read_numbers
from lamppost.validate.words import SAMPLES, shorten

_SURE = 4.0
"""Standard errors by which two shares must differ: chance alone does that once in 30,000 times."""
_EXPECTED = 20
"""A category is missed only where so many rows of it were to be expected."""
_CATEGORIES = 50
_ROWS = 50
_FILLED = 30
_WEAK_FILLED = 100
_POWERS = tuple(range(1, 10))
_SPREAD = 0.25
_TIGHT = 0.03
_UNITS = {
    3.28084: "feet and meters", 2.54: "inches and centimeters", 1.609344: "miles and kilometers",
    2.204623: "pounds and kilograms", 3.785412: "gallons and liters", 3.6: "m/s and km/h, or MJ and kWh",
    60.0: "minutes and hours, or seconds and minutes", 3600.0: "seconds and hours", 1024.0: "units of 1024",
}  # fmt: skip
_PLACES = frozenset({"longitude", "latitude"})
_NUMERIC = frozenset({"integer", "number"})


@dataclass(frozen=True)
class History:
    """One resource's rows on both sides of a commit, as text with the fields of the schema."""

    resource: Resource
    previous: pa.Table
    """Rows of the last version; none for a first one."""
    settled: pa.Table
    """Rows that would be published."""
    fresh: pa.Table
    """Those among them that are new or changed."""

    @property
    def sample(self) -> pa.Table:
        """What is weighed against the previous rows: a snapshot as a whole, elsewhere what is new."""
        return self.settled if self.resource.publish.mode == "snapshot" else self.fresh


def find_null_jumps(history: History) -> Iterator[Issue]:
    """`null-jump`: a field is empty in a far larger share of the rows than before."""
    before, now = history.previous, history.sample
    if not before.num_rows or not now.num_rows:
        return
    for field in history.resource.schema.fields:
        cells = [present(one.column(field.name), field, history.resource.schema) for one in (before, now)]
        was, came = (one.null_count / len(one) for one in cells)
        both = (was * before.num_rows + came * now.num_rows) / (before.num_rows + now.num_rows)
        error = sqrt(both * (1 - both) * (1 / before.num_rows + 1 / now.num_rows))
        if came - was > history.resource.checks.null_jump and came - was > _SURE * error:
            message = (
                f"{_name(field)} is empty in {came:.0%} of {now.num_rows:,} rows, before in {was:.0%}; expected at "
                f"most {history.resource.checks.null_jump:.0%} more; ask the source whether it still fills it, or "
                "raise `checks: {nulls: {jump: …}}`"
            )
            yield Issue("null-jump", f"field {field.name}", message, count=cells[1].null_count)


def find_vanished(history: History) -> Iterator[Issue]:
    """`vanished-category`: a value that a good part of the rows had occurs no more."""
    before, now = history.previous, history.sample
    if before.num_rows < _ROWS or not now.num_rows:
        return
    for field in history.resource.schema.fields:
        if field.type not in {"string", "boolean", "integer"} or field.name in history.resource.schema.guarded:
            continue  # the message names values
        counts = pc.value_counts(before.column(field.name))
        if not 1 < len(counts) <= _CATEGORIES:
            continue
        left = set(pc.unique(now.column(field.name)).to_pylist())
        seen = {one["values"]: one["counts"] for one in counts.to_pylist() if one["values"] is not None}
        gone = {
            value: many
            for value, many in sorted(seen.items(), key=lambda one: (-one[1], one[0]))
            if value not in left and many / before.num_rows * now.num_rows >= _EXPECTED
        }
        if gone:
            yield _say_vanished(field, gone, before.num_rows, now.num_rows)


def _say_vanished(field: Field, gone: dict[str, int], before: int, now: int) -> Issue:
    listed = ", ".join(repr(shorten(value)) for value in list(gone)[:SAMPLES])
    message = (
        f"{_name(field)}: none of {now:,} rows has {listed}, which {sum(gone.values()):,} of {before:,} had before; "
        "expected some; ask the source whether a part of the data is missing or was given another name"
    )
    samples = tuple(
        Sample(None, field.name, shorten(value), f"{many:,} rows before")
        for value, many in list(gone.items())[:SAMPLES]
    )
    return Issue("vanished-category", f"field {field.name}", message, count=len(gone), samples=samples)


def find_shifts(history: History) -> Iterator[Issue]:
    """`unit-change`: all quartiles of a field moved by one power of ten; `level-shift`: by another known factor."""
    schema = history.resource.schema
    for field in schema.fields:
        if field.type in _NUMERIC and field.name not in {*schema.primary_key, *_PLACES}:
            was, came = (
                _measure(read_numbers(one.column(field.name), field)) for one in (history.previous, history.sample)
            )
            yield from _compare_levels(field, was, came)


def _measure(numbers: Numbers) -> tuple[int, Numbers]:
    """How many numbers there are beside zero, and the quartiles of their sizes."""
    sizes = np.abs(numbers[np.isfinite(numbers) & (numbers != 0)])
    return len(sizes), np.quantile(sizes, [0.25, 0.5, 0.75]) if len(sizes) else np.zeros(3)


def _compare_levels(field: Field, was: tuple[int, Numbers], came: tuple[int, Numbers]) -> Iterator[Issue]:
    few = min(was[0], came[0])
    if few < _FILLED:
        return
    ratio = came[1] / was[1]
    for power in _POWERS:
        for factor, word in ((10.0**power, "times"), (10.0**-power, "of")):
            if _is_near(ratio, factor, _SPREAD):
                size = f"{10**power:,} times" if word == "times" else f"one {10**power:,}th of"
                yield _say_shift("unit-change", field, was, came, f"{size} what they were: another unit")
                return
    for factor, units in _UNITS.items() if few >= _WEAK_FILLED else ():
        if _is_near(ratio, factor, _TIGHT) or _is_near(ratio, 1 / factor, _TIGHT):
            said = f"{ratio[1]:.3g} times what they were, as between {units}"
            yield _say_shift("level-shift", field, was, came, said)
            return
    if few >= _WEAK_FILLED and np.allclose(came[1], was[1] * 1.8 + 32, rtol=_TIGHT, atol=1):
        yield _say_shift("level-shift", field, was, came, "1.8 times what they were plus 32, as in Fahrenheit")


def _is_near(ratio: Numbers, factor: float, spread: float) -> bool:
    return bool(np.all(ratio < factor * (1 + spread)) and np.all(ratio > factor / (1 + spread)))


def _say_shift(code: str, field: Field, was: tuple[int, Numbers], came: tuple[int, Numbers], found: str) -> Issue:
    middle, before = came[1][1], was[1][1]
    message = (
        f"{_name(field)}: the values are {found} (the middle one was {before:,.6g}, is {middle:,.6g}); expected the "
        "same unit as before; ask the source; if the values are right, write "
        f"`checks: {{severity: {{{code}: ignore}}}}` for one run"
    )
    return Issue(code, f"field {field.name}", message, count=came[0])


def find_exchanged(history: History) -> Iterator[Issue]:
    """`exchanged-columns`: each of two fields has the values that the other had."""
    schema = history.resource.schema
    ranges = {}
    for field in schema.fields:
        if field.type in _NUMERIC:
            tables = (history.previous, history.sample)
            columns = [read_numbers(one.column(field.name), field) for one in tables]
            was, came = (one[np.isfinite(one)] for one in columns)
            if min(len(was), len(came)) >= _FILLED:
                ranges[field.name] = (was.min(), was.max(), np.quantile(came, [0.05, 0.5, 0.95]))
    names = list(ranges)
    for index, one in enumerate(names):
        for other in names[index + 1 :]:
            if _has_taken(ranges[one], ranges[other]) and _has_taken(ranges[other], ranges[one]):
                message = (
                    f"`{one}` has the values that `{other}` had, and `{other}` those of `{one}`; expected each its "
                    f"own; look whether the source has exchanged them; if so, exchange the two under `pull.fields`"
                )
                yield Issue("exchanged-columns", f"fields {one}, {other}", message, count=history.sample.num_rows)


def _has_taken(own: tuple[float, float, Numbers], other: tuple[float, float, Numbers]) -> bool:
    """True when the new values lie where the other field's were, and not where their own were."""
    low, high, came = own
    return bool((came[0] > high or came[2] < low) and other[0] <= came[0] and came[2] <= other[1])


def _name(field: Field) -> str:
    return f"{field.title} (`{field.name}`)" if field.title else f"`{field.name}`"
