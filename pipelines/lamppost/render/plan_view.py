"""Actions as the pages of a plan list them: each with where it stands, ready for a template."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from lamppost.model import Action, Plan
from lamppost.render.context import Delivery, SiteContext, Tone
from lamppost.render.page import link

_TONES: tuple[Tone, ...] = ("good", "fair", "bad", "none")
_DATES = {"milestones", "due", "stage"}
"""Fields of an action that its status is computed from."""
_UNKNOWN = Delivery("No status", "No status could be computed: the action has no milestones.")


@dataclass(frozen=True)
class ActionView:
    """One action in a list."""

    id: str
    title: str
    href: str
    summary: str
    label: str
    sentence: str
    tone: Tone
    lamp: str
    """How its lamp is drawn: `done`, or the tone."""
    percent: int | None
    done: int
    of: int
    owner: str
    due: date | None
    due_illustrative: bool
    illustrative: bool
    """Its status rests on dates or a stage that are examples."""


@dataclass(frozen=True)
class CountView:
    """How many things share one status word."""

    label: str
    tone: Tone
    count: int


def say_why(sentence: str, label: str) -> str:
    """The sentence of a status without the status itself, for where the word stands beside it."""
    said = sentence.removeprefix(f"{label} because ").removeprefix(f"{label}: ")
    return said[:1].upper() + said[1:]


def split_advice(message: str) -> tuple[str, str]:
    """A message of the checks as two sentences for readers: what was found, and what would put it right."""
    found, mark, rest = message.strip().removesuffix(".").partition("; expected ")
    return f"{found}.", f"Expected: {rest}." if mark else ""


def delivery_of(action: Action, context: SiteContext) -> Delivery:
    """Where the action stands, or that nothing could be computed."""
    return context.delivery.get(action.id, _UNKNOWN)


def view_action(action: Action, context: SiteContext, origin: str) -> ActionView:
    """The action as seen from the page `origin`."""
    delivery = delivery_of(action, context)
    return ActionView(
        id=action.id,
        title=action.title,
        href=link(origin, action.path),
        summary=action.summary,
        label=delivery.label,
        sentence=say_why(delivery.sentence, delivery.label),
        tone=delivery.tone,
        lamp="done" if action.stage == "done" else delivery.tone,
        percent=delivery.percent,
        done=sum(one.done is not None for one in action.milestones),
        of=len(action.milestones),
        owner=action.owner,
        due=action.due,
        due_illustrative="due" in action.illustrative,
        illustrative=bool(_DATES & set(action.illustrative)),
    )


def view_actions(actions: Iterable[Action], context: SiteContext, origin: str) -> tuple[ActionView, ...]:
    """The actions as seen from the page `origin`, in the plan's order."""
    return tuple(view_action(one, context, origin) for one in actions)


def count_labels(found: Iterable[tuple[str, Tone]]) -> tuple[CountView, ...]:
    """How many of each status word, good ones first; never an average of them."""
    counts = Counter(found)
    order = sorted(counts, key=lambda one: (_TONES.index(one[1]), -counts[one], one[0]))
    return tuple(CountView(label, tone, counts[label, tone]) for label, tone in order)


def actions_by_id(plan: Plan) -> dict[str, Action]:
    """Action id → action."""
    return {one.id: one for one in plan.actions}
