"""Rows in the order of time: a series that repeats itself, and data that have grown old."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lamppost.model import Issue, Sample, Schema, Stuck
from lamppost.validate.gates.caught import Surroundings
from lamppost.validate.gates.columns import Instants, read_instants
from lamppost.validate.gates.history import History
from lamppost.validate.gates.moment import find_times
from lamppost.validate.words import SAMPLES, shorten, show

PROMISES = 3
"""Data may be so many times older than the promise says before a reader is told."""
_READINGS = 3
_DAY = timedelta(days=1)


def find_stuck(history: History) -> Iterator[Issue]:
    """`stuck-value`: a series went on giving one value for as long as `stuck.after`, up to a row of this run."""
    times = find_times(history.resource)
    if not times or not history.fresh.num_rows or not history.resource.checks.stuck:
        return
    field = history.resource.schema.field(times[0])
    moments = read_instants(history.settled.column(field.name), field)
    since = np.min(read_instants(history.fresh.column(field.name), field))
    for rule in history.resource.checks.stuck:
        runs = _find_runs(history.settled, moments, rule, since, history.resource.schema)
        if runs:
            yield _say_stuck(runs, rule, history.resource.schema)


def _find_runs(table: pa.Table, moments: Instants, rule: Stuck, since: np.datetime64, schema: Schema) -> list[Sample]:
    """One sample for each run of equal values that is long enough, longest first."""
    series, values = _number([table.column(name) for name in rule.of]), _number([table.column(rule.value)])
    usable = ~np.isnat(moments) & np.asarray(table.column(rule.value).is_valid())
    rows = np.flatnonzero(usable)
    rows = rows[np.lexsort((moments[rows], series[rows]))]
    if not len(rows):
        return []
    same = (series[rows][1:] == series[rows][:-1]) & (values[rows][1:] == values[rows][:-1])
    first = np.concatenate([[0], np.flatnonzero(~same) + 1])
    last = np.concatenate([first[1:] - 1, [len(rows) - 1]])
    begin, end = moments[rows[first]], moments[rows[last]]
    long = (end - begin >= np.timedelta64(rule.after)) & (last - first + 1 >= _READINGS) & (end >= since)
    found = np.flatnonzero(long)
    found = found[np.argsort(-(end - begin)[found].astype(np.int64), kind="stable")]
    return [
        _show_run(table, rows[first[one]], rule, schema, (begin[one], end[one]), last[one] - first[one] + 1)
        for one in found
    ]


def _number(columns: Sequence[pa.ChunkedArray]) -> npt.NDArray[np.int64]:
    """A number for each row, the same where all cells are the same text."""
    codes = np.zeros(len(columns[0]), np.int64)
    for column in columns:
        encoded = column.combine_chunks().dictionary_encode(null_encoding="encode")
        mixed = codes * (len(encoded.dictionary) + 1) + encoded.indices.to_numpy(zero_copy_only=False)
        codes = np.unique(mixed, return_inverse=True)[1].astype(np.int64)
    return codes


def _show_run(
    table: pa.Table, row: int, rule: Stuck, schema: Schema, span: tuple[np.datetime64, np.datetime64], readings: int
) -> Sample:
    cells = {name: shorten(table.column(name)[int(row)].as_py()) for name in (*rule.of, rule.value)}
    series = ", ".join("(out of sight)" if name in schema.guarded else str(cells[name]) for name in rule.of)
    value = None if rule.value in schema.guarded else cells[rule.value]
    note = f"{series}: {readings:,} readings from {_minute(span[0])} to {_minute(span[1])}"
    return Sample(None, rule.value, value, note)


def _minute(moment: np.datetime64) -> str:
    return f"{moment.astype('datetime64[m]')}Z"


def _say_stuck(runs: Sequence[Sample], rule: Stuck, schema: Schema) -> Issue:
    one, stays = runs[0], show(runs[0].value, rule.value, schema)
    more = f" ({len(runs):,} such series)" if len(runs) > 1 else ""
    message = (
        f"`{rule.value}` stays {stays} ({one.note}), expected another value within {_say(rule.after)}{more}; "
        "look at the device, or raise `after:` under `checks: {stuck: …}`"
    )
    return Issue("stuck-value", f"field {rule.value}", message, count=len(runs), samples=tuple(runs[:SAMPLES]))


def find_old(history: History, around: Surroundings, promise: timedelta | None) -> Iterator[Issue]:
    """`old-data`: the newest row is older than `checks.age.max`, or than three times the promise."""
    limit = history.resource.checks.age or (promise * PROMISES if promise else None)
    for name in find_times(history.resource)[:1] if limit else ():
        field = history.resource.schema.field(name)
        now = around.now.astimezone(UTC).replace(tzinfo=None)
        moments = read_instants(history.settled.column(name), field)
        past = moments[moments <= np.datetime64(now + history.resource.checks.skew, "us")]
        if not len(past) or name in history.resource.checks.planned:
            continue
        newest = np.max(past).astype("datetime64[s]").item()
        assert isinstance(newest, datetime)
        age = now - newest - (_DAY if field.type == "date" else timedelta())
        assert limit is not None
        if age > limit:
            told = "" if history.resource.checks.age else f", {PROMISES} times the promise"
            message = (
                f"the newest `{name}` is {newest:%Y-%m-%d %H:%M} UTC, {_say(age)} old, though the source answers; "
                f"expected at most {_say(limit)}{told}; ask the source's owner, or set `checks: {{age: {{max: …}}}}`"
            )
            yield Issue("old-data", f"field {name}", message)


def _say(span: timedelta) -> str:
    if span >= 2 * _DAY:
        return f"{span.days:,} days"
    hours, seconds = divmod(int(span.total_seconds()), 3600)
    return f"{hours} hours" if hours >= 2 else f"{hours * 60 + seconds // 60} minutes"  # noqa: PLR2004 - plural
