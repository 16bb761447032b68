"""Gates: rules about a pull as a whole, each with its own code (pure). No issues means that the gate is open.

They are asked twice: `check_incoming` of the rows as they came, whose bad ones go to quarantine, and `check_settled` of
the table that would be published, against the one before it. docs/about/checks.md says of each code what it looks at.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lamppost.model import Report, Resource
from lamppost.model.issue import Issue
from lamppost.validate.gates.caught import Caught, Keys, Surroundings, weigh
from lamppost.validate.gates.drift import explain_drift, find_retyped
from lamppost.validate.gates.history import (
    History,
    find_exchanged,
    find_null_jumps,
    find_shifts,
    find_vanished,
)
from lamppost.validate.gates.moment import catch_moments
from lamppost.validate.gates.pace import find_old, find_stuck
from lamppost.validate.gates.place import catch_places
from lamppost.validate.gates.reference import catch_references
from lamppost.validate.gates.volume import (
    check_bytes,
    check_empty,
    check_growth,
    check_quarantine,
    check_rows,
    check_shrink,
)

__all__ = [
    "History",
    "Keys",
    "Surroundings",
    "add_caught",
    "check_bytes",
    "check_empty",
    "check_growth",
    "check_incoming",
    "check_quarantine",
    "check_rows",
    "check_settled",
    "check_shrink",
    "explain_drift",
    "find_retyped",
    "weigh",
]


def check_incoming(
    table: pa.Table, resource: Resource, around: Surroundings, known: Sequence[int] = ()
) -> tuple[Caught, ...]:
    """What is wrong with single rows that the schema cannot say: places, moments, keys of other datasets.

    Rows in `known` (by position from 1) have failed already and are not looked at again.
    """
    sound = np.ones(table.num_rows, np.bool_)
    sound[np.asarray(known, np.int64) - 1] = False
    rows = table.filter(pa.array(sound)) if known else table
    caught = (one for gate in (catch_places, catch_moments, catch_references) for one in gate(rows, resource, around))
    numbers = np.flatnonzero(sound) + 1
    return tuple(_renumber(one, numbers) if known else one for one in caught)


def _renumber(caught: Caught, numbers: npt.NDArray[np.int64]) -> Caught:
    samples = tuple(replace(one, row=int(numbers[(one.row or 1) - 1])) for one in caught.issue.samples)
    rows = tuple(int(numbers[row - 1]) for row in caught.rows)
    return Caught(replace(caught.issue, samples=samples), rows)


def add_caught(report: Report, caught: Sequence[Caught]) -> Report:
    """The report with what the gates caught; rows of an `error` count as bad."""
    faults = dict(report.faults)
    for one in caught:
        if one.issue.severity == "error":
            what = f"{one.issue.code} {one.issue.samples[0].field}"
            faults |= {row: (*faults.get(row, ()), what) for row in one.rows}
    rows = {row for one in caught if one.issue.severity == "error" for row in one.rows}
    issues = (*report.issues, *(one.issue for one in caught))
    return replace(report, issues=issues, bad_rows=tuple(sorted({*report.bad_rows, *rows})), faults=faults)


def check_settled(history: History, around: Surroundings, promise: timedelta | None) -> tuple[Issue, ...]:
    """What is wrong with the table as a whole; `promise` is how often new data are promised."""
    before, now, fresh = history.previous.num_rows, history.settled.num_rows, history.fresh.num_rows
    found: list[Issue] = []
    if before and (fresh or now != before):
        found += [*find_null_jumps(history), *find_vanished(history)]
    if before and fresh:
        found += [*find_shifts(history), *find_exchanged(history)]
    found += [*find_stuck(history), *find_old(history, around, promise)]
    return weigh(found, history.resource.checks)
