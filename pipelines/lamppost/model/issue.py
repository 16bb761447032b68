"""What is wrong with data or with a file of the city's: values that are counted, published and shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Sample:
    """One place where the issue was seen; `value` is None unless its field is published with the rule `keep`."""

    row: int | None = None
    """Number of the row in its pull, counted from 1 without the header."""
    field: str | None = None
    value: str | None = None
    note: str = ""
    place: str = ""
    """Where the row stands in the source's own terms: `Budget!D14`, `line 14`, `record 3 of page 2, permit_id P-7`."""


@dataclass(frozen=True)
class Issue:
    """One kind of problem: a stable code, where it is, what was found · what was expected · what to do."""

    code: str
    place: str
    """In the source's own terms: `datasets/wifi-usage/dataset.yaml:7 resources[0].pull.url`, `wifi-usage row 12`."""
    message: str
    severity: Severity = "error"
    count: int = 1
    samples: tuple[Sample, ...] = ()
    """At most 5."""


@dataclass(frozen=True)
class Report:
    """What validation found in one table; `bad_rows` are the data row numbers (from 1) that failed."""

    rows: int
    issues: tuple[Issue, ...] = ()
    bad_rows: tuple[int, ...] = ()
    faults: Mapping[int, tuple[str, ...]] = field(default_factory=dict, compare=False)
    """Bad row → what is wrong with it, such as `type-error depth_m`; for quarantine, never published or kept."""

    @property
    def valid(self) -> bool:
        """True when nothing of severity `error` was found; warnings are shown, not held against the data."""
        return not any(issue.severity == "error" for issue in self.issues)
