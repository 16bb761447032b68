"""A plan of two strategies, two areas and three actions, on the small site's dataset."""

from dataclasses import replace
from datetime import date

from lamppost.model import Action, Area, FigureRecord, Group, Indicator, Milestone, Plan, Point, Strategy, Update, Value
from lamppost.render.context import Change, Delivery, Progress, SiteContext

from .small_site import make_site


def make_action(identifier: str, **fields: object) -> Action:
    """An action with what every action has."""
    known = Action(
        id=identifier, title="Light every stop", strategy="s1", focus="streets", owner="Public Works",
        summary="A lamp at each bus stop.", problem="People wait in the dark.", people="Those who ride after sunset.",
        origin="Petition of 2025", due=date(2027, 1, 31), path=f"plan/{identifier}-stops.md",
    )  # fmt: skip
    return replace(known, **fields)  # type: ignore[arg-type]  # each test names fields of Action


MILESTONES = (
    Milestone("a", "Count the stops", date(2026, 3, 1), date(2026, 3, 14), "https://lampton.example/minutes"),
    Milestone("b", "Order lamps", date(2026, 11, 1)),
    Milestone("c", "Put them up", date(2027, 1, 31)),
)
INDICATOR = Indicator(
    id="lit", title="Lit stops", dataset="lights", sql="SELECT 1", unit="stops", kind="count", better="up",
    cadence="monthly", baseline=Point(date(2025, 12, 31), 10), target=Point(date(2027, 12, 31), 60),
    illustrative=("target",), path="plan/indicators/lit.md",
)  # fmt: skip
PLAN = Plan(
    title="Night plan", adopted="2025-02", ends="2030", document="https://lampton.example/plan.pdf",
    summary="Light for all.",
    strategies=(
        Strategy("s1", "Light first", "Lamps.", path="plan/s1.md"),
        Strategy("s2", "Ask people", "", path="plan/s2.md"),
    ),
    areas=(
        Area("streets", "Streets", "Outside.", "power", path="plan/areas/streets.md"),
        Area("hall", "City Hall", "Inside.", path="plan/areas/hall.md"),
    ),
    values=(Value("safety", "Safety", "Nobody is afraid.", path="plan/values/safety.md"),),
    groups=(Group("night", "Night Group", "every month"),),
    actions=(
        make_action(
            "1.1", milestones=MILESTONES, groups=("night",), values=("safety",), indicators=("lit",),
            budget_approved="25000",
            illustrative=("problem", "due"), body="# Light every stop\n\nIt uses {{ power }} kW.\n",
        ),
        make_action("1.2", title="Ask at the stops", focus="hall", depends_on=("1.1",)),
        make_action("2.1", title="Pay <b>less</b> & more", strategy="s2", stage="cancelled", lesson="Ask first."),
    ),
    indicators={"lit": INDICATOR},
    updates=(Update("1.1", date(2026, 11, 5), "Public Works", "Ten lamps came.", evidence=("datasets/lights.md",)),),
    path="plan/index.md",
)  # fmt: skip


def make_plan_context(*, simulated: bool = False) -> SiteContext:
    """Everything that pages of a plan need; 1.1 is late, 1.2 has no status, 2.1 was stopped."""
    return replace(
        make_site(simulated=simulated).context,
        plan=PLAN,
        series={"lit": (Point(date(2026, 9, 30), 20.0), Point(date(2026, 10, 31), 25.5))},
        progress={"lit": Progress("Behind", "31 % of the way at 42 % of the time.", "fair")},
        delivery={
            "1.1": Delivery("Late", "Order lamps was due on 1 November 2026.", 33, 21, "bad"),
            "2.1": Delivery("Stopped", "Stopped with a lesson.", None, 0, "none"),
        },
        charts={"indicator/lit": "<svg><title>Lit stops</title></svg>"},
        changes=(
            Change(
                "2026-11-20",
                "plan",
                "1.1 Light every stop",
                "Due: 31 December 2026 → 31 January 2027",
                "plan/1.1-stops.md",
            ),
            Change("2026-11-19", "data", "Street lights", "38 rows added", "datasets/lights.md", simulated=simulated),
        ),
    )


def without_figures(context: SiteContext) -> SiteContext:
    """The same before any figure was computed."""
    empty: dict[str, FigureRecord] = {}
    return replace(context, figures=empty)
