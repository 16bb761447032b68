"""What a gate that looks at single rows gives, and what gates need to know of the world outside the table."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lamppost.model import GATES, Box, Checks, Issue, Reference, Resource, Sample
from lamppost.validate.words import SAMPLES, shorten, show

Mask = npt.NDArray[np.bool_]
"""One truth value a row."""


@dataclass(frozen=True)
class Keys:
    """The values that a reference may have: those of one field in one version of another dataset."""

    values: Collection[str]
    seq: int
    normal: Callable[[str], str] | None = None
    """Text → one text for all that mean the same by the types of both fields; None: as they are written."""


@dataclass(frozen=True)
class Surroundings:
    """What no table says of itself."""

    now: datetime
    boundary: Box | None = None
    keys: Mapping[Reference, Keys] = field(default_factory=dict)
    """What each refers to."""


@dataclass(frozen=True)
class Caught:
    """One issue and the rows it is about, by position from 1."""

    issue: Issue
    rows: tuple[int, ...]


def catch(code: str, name: str, bad: Mask, table: pa.Table, resource: Resource, message: str) -> tuple[Caught, ...]:
    """What was caught in the field `name`: nothing when no row is bad or the gate is off.

    `message` says what was expected and what to do; what was found is put before it.
    """
    weight = resource.checks.weigh(code)
    count = int(bad.sum())
    if not count or weight == "ignore":
        return ()
    rows = np.flatnonzero(bad)
    column = table.column(name)
    cells = [column[int(row)].as_py() for row in rows[:SAMPLES]]
    shows = name not in resource.schema.guarded
    samples = tuple(
        Sample(int(row) + 1, name, shorten(cell) if shows else None)
        for row, cell in zip(rows[:SAMPLES], cells, strict=True)
    )
    title = resource.schema.field(name).title
    more = f" ({count:,} such rows)" if count > 1 else ""
    said = f"{title} (`{name}`)" if title else f"`{name}`"
    found = show(cells[0], name, resource.schema)
    issue = Issue(code, f"field {name}", f"{said}: found {found}, {message}{more}", weight, count, samples)
    return (Caught(issue, tuple((rows + 1).tolist())),)


def weigh(issues: Collection[Issue], checks: Checks) -> tuple[Issue, ...]:
    """The issues with the severity that the descriptor gives them, without those that are off."""
    weighed = []
    for issue in issues:
        weight = checks.weigh(issue.code) if issue.code in GATES else issue.severity
        if weight != "ignore":
            weighed.append(replace(issue, severity=weight))
    return tuple(weighed)
