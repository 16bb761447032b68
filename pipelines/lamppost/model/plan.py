"""The plan: what its Markdown front matter says; whatever can be computed is not here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Stage = Literal["planned", "active", "paused", "done", "cancelled"]
Kind = Literal["rate", "count", "share", "index", "yes-no", "cumulative"]
Better = Literal["up", "down", "keep-within"]

PLAN = "plan"
"""The dataset that the engine makes of the plan itself; no folder may take its name."""


@dataclass(frozen=True)
class Milestone:
    """A dated step of an action."""

    id: str
    title: str
    due: date | None = None
    done: date | None = None
    evidence: str = ""


@dataclass(frozen=True)
class Action:
    """One initiative of the plan; opens with the problem it solves and who has it."""

    id: str
    title: str
    strategy: str
    focus: str
    owner: str
    summary: str
    problem: str
    people: str
    """Who has the problem."""
    origin: str
    """Where the action came from: the plan's page, a meeting, a petition."""
    due: date | None = None
    start: date | None = None
    stage: Stage = "planned"
    stage_reason: str = ""
    lesson: str = ""
    """What stopping or finishing taught; stopping a pilot with a lesson is a success."""
    partners: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    """Ids of the groups that meet to get it done."""
    values: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    budget_approved: str = ""
    """Plain decimal US dollars; empty: not costed."""
    printed_id: str = ""
    """The number as printed where it differs from `id`."""
    illustrative: tuple[str, ...] = ()
    """Names of the fields that are ours, not the city's."""
    image: str = ""
    image_alt: str = ""
    body: str = ""
    """The Markdown below the front matter."""
    path: str = ""
    """Relative to docs/, such as `plan/1.1-data-analytics.md`."""
    printed_types: tuple[str, ...] = ()
    """The types as a second place of the printed plan gives them, where they differ from `types`."""


@dataclass(frozen=True)
class Strategy:
    """One of the plan's strategies."""

    id: str
    title: str
    summary: str
    body: str = ""
    path: str = ""


@dataclass(frozen=True)
class Area:
    """A focus area: a second way through the same actions."""

    id: str
    title: str
    summary: str
    figure: str = ""
    """The figure that stands for it on the home page."""
    body: str = ""
    path: str = ""


@dataclass(frozen=True)
class Value:
    """A core value that actions serve."""

    id: str
    title: str
    summary: str
    body: str = ""
    path: str = ""


@dataclass(frozen=True)
class Group:
    """People who meet to get actions done."""

    id: str
    title: str
    meets: str = ""


@dataclass(frozen=True)
class Point:
    """One observed value of an indicator, at the end of its period."""

    date: date
    value: float


@dataclass(frozen=True)
class Indicator:
    """A measure drawn from published data; `sql` gives rows (date, value)."""

    id: str
    title: str
    dataset: str
    sql: str
    unit: str
    kind: Kind
    better: Better
    cadence: Literal["hourly", "daily", "weekly", "monthly", "quarterly", "yearly"]
    inputs: tuple[str, ...] = ()
    baseline: Point | None = None
    target: Point | None = None
    target_set_by: str = ""
    limits: tuple[float | None, float | None] = (None, None)
    note: str = ""
    illustrative: tuple[str, ...] = ()
    path: str = ""


@dataclass(frozen=True)
class Decision:
    """Why something that was promised moved, and who decided it."""

    changes: tuple[str, ...]
    """Keys of the item that it moved: `due`, `start`, `owner`, `budget`, `baseline`, `target`."""
    by: str
    reason: str


@dataclass(frozen=True)
class Update:
    """What was done lately, in two lines; one file each."""

    item: str
    date: date
    by: str
    did: str
    next: str = ""
    problem: str = ""
    evidence: tuple[str, ...] = ()
    city_view: str = ""
    illustrative: bool = False
    decision: Decision | None = None
    path: str = ""


@dataclass(frozen=True)
class Plan:
    """The whole plan, joined by id."""

    title: str
    adopted: str
    """As precise as is known: `2018-02`."""
    ends: str
    document: str
    summary: str
    note: str = ""
    identifier: str = ""
    """Of the dataset `plan` in catalogues; minted once."""
    strategies: tuple[Strategy, ...] = ()
    areas: tuple[Area, ...] = ()
    values: tuple[Value, ...] = ()
    groups: tuple[Group, ...] = ()
    actions: tuple[Action, ...] = ()
    indicators: Mapping[str, Indicator] = field(default_factory=dict)
    updates: tuple[Update, ...] = ()
    body: str = ""
    path: str = ""
