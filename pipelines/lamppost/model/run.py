"""What a run did: kept in `store/runs/`, the one place with clock times."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Verdict = Literal["published", "unchanged", "pending", "kept", "failed", "not due"]
"""`pending`: the source is still preparing its answer; `kept`: the pull came but was refused, the last good version
stays; `failed`: nothing usable came."""


@dataclass(frozen=True)
class Outcome:
    """What a run did to one dataset."""

    dataset: str
    verdict: Verdict
    version: int | None = None
    """The head afterwards; None when nothing was ever published."""
    read: int = 0
    published: int = 0
    quarantined: int = 0
    seconds: float = 0.0
    reason: str = ""
    checked_at: str = ""
    """ISO instant at which the source was last asked."""
    simulated: bool = False
    trail: tuple[str, ...] = ()
    """What was asked over the network and what came back, a line an answer: status, type, length, seconds."""
    definition: str = ""
    """Hash of the files that define the dataset; a changed one makes it due at once."""


@dataclass(frozen=True)
class RunRecord:
    """One file `store/runs/<seq>.json`."""

    seq: int
    started_at: str
    finished_at: str
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    """What went wrong outside any dataset: figures without a value, plan files at fault."""
