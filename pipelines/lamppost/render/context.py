"""What every page is rendered from: one frozen value that the driver fills in once for all pages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from lamppost.model import City, Dataset, FigureRecord, Issue, Plan, Point, Version
from lamppost.notation import figures_in

Tone = Literal["good", "fair", "bad", "none"]
"""How a status is coloured; the word beside it says the same, so that colour never stands alone."""

ChangeKind = Literal["plan", "data", "site"]


@dataclass(frozen=True)
class Progress:
    """Where an indicator stands, as computed: the word, the rule's sentence with its numbers, the tone."""

    badge: str
    sentence: str
    tone: Tone = "none"


@dataclass(frozen=True)
class Delivery:
    """Where an action stands, as computed from its milestones alone."""

    label: str
    sentence: str
    percent: int | None = None
    """Milestones done of all milestones; None when there are none."""
    late_days: int = 0
    tone: Tone = "none"


@dataclass(frozen=True)
class Change:
    """One line of the change log."""

    date: str
    """ISO day."""
    kind: ChangeKind
    title: str
    sentence: str
    """Plain text; *was → is* where something moved."""
    href: str
    """Path in the docs tree, such as `plan/1.1-data-analytics.md`; may carry a #fragment."""
    simulated: bool = False
    is_first: bool = False
    """A dataset's first version: on one day there may be many of them."""


@dataclass(frozen=True)
class Failure:
    """Since when a dataset's newest pull is not what is shown, and why."""

    since: str
    """ISO day."""
    reason: str


@dataclass(frozen=True)
class SiteContext:
    """Everything pages need; mappings are keyed by the names that the city wrote."""

    city: City
    today: date
    plan: Plan | None = None
    datasets: Mapping[str, Dataset] = field(default_factory=dict)
    heads: Mapping[str, Version] = field(default_factory=dict)
    """dataset → newest version; a dataset that was never published is not in it."""
    figures: Mapping[str, FigureRecord] = field(default_factory=dict)
    """figure → newest record."""
    failures: Mapping[str, Failure] = field(default_factory=dict)
    series: Mapping[str, tuple[Point, ...]] = field(default_factory=dict)
    """indicator id → observed values, oldest first."""
    progress: Mapping[str, Progress] = field(default_factory=dict)
    """indicator id → where it stands."""
    delivery: Mapping[str, Delivery] = field(default_factory=dict)
    """action id → where it stands."""
    changes: tuple[Change, ...] = ()
    """Newest first."""
    thinned: Mapping[str, Mapping[int, int]] = field(default_factory=dict)
    """dataset → version whose rows are no longer kept → version that answers for it."""
    charts: Mapping[str, str] = field(default_factory=dict)
    """`dataset/<name>` or `indicator/<id>` → one `<svg>` element."""
    warnings: tuple[Issue, ...] = ()
    """What the checks of the plan found, such as an action that starts before what it depends on."""

    def is_simulated(self, *datasets: str) -> bool:
        """True when the newest version of any of the datasets rests on simulated data."""
        return any(self.heads[name].simulated for name in datasets if name in self.heads)

    def quotes_simulated(self, *texts: str) -> bool:
        """True when a `{{ figure }}` in one of the Markdown texts rests on simulated data."""
        return any(self.figures[name].simulated for name in figures_in(*texts) if name in self.figures)
