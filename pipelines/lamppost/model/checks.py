"""`checks:` of a resource: the thresholds of the gates, and which codes block, show, or say nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

Weight = Literal["error", "warning", "ignore"]
"""`error`: a row goes to quarantine, a table is refused; `warning`: it is shown; `ignore`: nobody asks."""
Box = tuple[float, float, float, float]
"""West, south, east, north in WGS 84 degrees."""

GATES: Mapping[str, Weight] = {
    "grown": "error",
    "size-swing": "warning",
    "reordered-columns": "ignore",
    "exchanged-columns": "error",
    "null-jump": "warning",
    "vanished-category": "warning",
    "unit-change": "error",
    "level-shift": "warning",
    "outside-boundary": "error",
    "null-island": "error",
    "future-time": "error",
    "future-value": "warning",
    "early-time": "error",
    "placeholder-time": "warning",
    "missing-reference": "error",
    "stuck-value": "warning",
    "old-data": "warning",
}
"""code → what it does unless `checks: {severity: {<code>: …}}` says otherwise; no other code can be weighed anew."""


@dataclass(frozen=True)
class Stuck:
    """`stuck:`: one series (rows with the same cells in `of`) may not repeat a value for as long as `after`."""

    value: str
    of: tuple[str, ...]
    after: timedelta


@dataclass(frozen=True)
class Reference:
    """`references:`: each value of `field` must be one of `target` in the last committed version of `dataset`."""

    field: str
    dataset: str
    resource: str
    """Empty: the only one there is."""
    target: str

    @property
    def written(self) -> str:
        """As the descriptor has it."""
        return ".".join(filter(None, (self.dataset, self.resource, self.target)))


@dataclass(frozen=True)
class Checks:
    """Thresholds of the gates; the defaults are the ones documented."""

    min_rows: int = 1
    shrink: float = 0.5
    """Largest share of the previous version's rows that a snapshot may lose."""
    grow: float | None = None
    """Largest share of the previous version's rows that may be added; None: 9 in a snapshot, elsewhere no limit."""
    quarantine_max: float = 0.05
    """Largest share of a pull's rows that may be quarantined."""
    null_jump: float = 0.2
    """By how much, as a share of all rows, a field may lose values from one version to the next."""
    inside: Literal["", "city"] | Box = ""
    """Where every place must be; `city`: the boundary in mkdocs.yml."""
    planned: tuple[str, ...] = ()
    """Fields whose times may lie in the future."""
    skew: timedelta = timedelta(days=1)
    """How far ahead of ours a source's clock may be."""
    since: Mapping[str, date] = field(default_factory=dict)
    """Field → the first day that it may tell of."""
    stuck: tuple[Stuck, ...] = ()
    age: timedelta | None = None
    """How old the newest row may be; None: three times the promise, as a warning."""
    references: tuple[Reference, ...] = ()
    severity: Mapping[str, Weight] = field(default_factory=dict)

    def weigh(self, code: str) -> Weight:
        """What the gate with this code does here."""
        declared: Weight = "error" if code == "old-data" and self.age else GATES[code]
        return self.severity.get(code, declared)
