"""Where a dataset ends up: figures, indicators, actions and other datasets that rest on it."""

from dataclasses import dataclass

from lamppost.model import Action, Indicator
from lamppost.render.context import SiteContext
from lamppost.render.page import dataset_path, figure_path, link, with_unit


@dataclass(frozen=True)
class Use:
    """One thing that rests on the dataset, linked from its page."""

    kind: str
    title: str
    href: str
    value: str = ""


def list_uses(name: str, context: SiteContext) -> tuple[Use, ...]:
    """Figures first, then indicators, actions and datasets, each in the order of its name."""
    origin = dataset_path(name)
    figures = [
        Use("Figure", one.title, link(origin, figure_path(one.name)), with_unit(one.shown, one.unit))
        for one in sorted(context.figures.values(), key=lambda one: one.name)
        if name in one.inputs
    ]
    datasets = [
        Use("Dataset", one.title, link(origin, dataset_path(one.name)))
        for one in sorted(context.datasets.values(), key=lambda one: one.name)
        if name in one.inputs
    ]
    return (*figures, *_plan_uses(name, context, origin), *datasets)


def _plan_uses(name: str, context: SiteContext, origin: str) -> list[Use]:
    if context.plan is None:
        return []
    indicators = [one for _, one in sorted(context.plan.indicators.items()) if _reads(one, name)]
    ids = {one.id for one in indicators}
    actions = [one for one in context.plan.actions if ids & set(one.indicators)]
    return [
        *(Use("Indicator", one.title, link(origin, one.path) if one.path else "") for one in indicators),
        *(Use("Action", _named(one), link(origin, one.path)) for one in actions),
    ]


def _reads(indicator: Indicator, name: str) -> bool:
    return name == indicator.dataset or name in indicator.inputs


def _named(action: Action) -> str:
    return f"{action.id} {action.title}"
