"""Joins the plan's things by id: every reference must lead somewhere, and nothing may wait for itself."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from lamppost.load.names import suggest
from lamppost.load.section import Section
from lamppost.model import PLAN, Dataset, Issue, Plan, Update

Places = Mapping[tuple[str, str], Section]
"""(kind, id) → the front matter in which the thing is written."""


def check_links(plan: Plan, places: Places, updates: Iterable[tuple[Update, Section]]) -> None:
    """Notes each id that leads nowhere, and each circle of dependencies."""
    ids = {kind: [name for one, name in places if one == kind] for kind, _ in places}
    for action in plan.actions:
        section = places["action", action.id]
        _check_one(section, "strategy", "strategy", ids)
        _check_one(section, "focus", "area", ids)
        _check_each(section, "depends_on", "action", ids)
        _check_each(section, "indicators", "indicator", ids)
        _check_each(section, "values", "value", ids)
        _check_known(section, "groups", "group", [group.id for group in plan.groups])
    for update, section in updates:
        items = [name for kind in ("action", "strategy", "indicator") for name in ids.get(kind, ())]
        node = section.find("item")
        if node and update.item and update.item not in items:
            message = f"there is no action, strategy or indicator `{update.item}`.{suggest(update.item, items)}"
            section.note("unknown-reference", node, message)
    _check_circle(plan, places)


def check_references(
    plan: Plan | None, datasets: Sequence[Dataset], names: Collection[str], figure_names: Collection[str]
) -> tuple[Issue, ...]:
    """What the plan and the data say of each other; `names` are all dataset folders, sound or not."""
    issues: list[Issue] = []
    areas = [area.id for area in plan.areas] if plan else []
    for dataset in datasets:
        if plan and dataset.focus and dataset.focus not in areas:
            place = f"datasets/{dataset.name}/dataset.yaml focus"
            issues.append(_unknown(place, "focus area", dataset.focus, areas))
    if plan is None:
        return tuple(issues)
    issues += [
        _unknown(f"docs/{area.path} figure", "figure", area.figure, figure_names)
        for area in plan.areas
        if area.figure and area.figure not in figure_names
    ]
    issues += [
        _unknown(f"docs/{indicator.path} data", "dataset", name, names)
        for indicator in plan.indicators.values()
        for name in dict.fromkeys((indicator.dataset, *indicator.inputs))
        if name not in {*names, PLAN}
    ]
    return tuple(issues)


def _unknown(place: str, kind: str, name: str, known: Collection[str]) -> Issue:
    return Issue("unknown-reference", place, f"there is no {kind} `{name}`.{suggest(name, known)}")


def _check_one(section: Section, key: str, kind: str, ids: Mapping[str, Sequence[str]]) -> None:
    node = section.find(key)
    if node and isinstance(node.value, str) and node.value not in ids.get(kind, ()):
        message = f"there is no {kind} `{node.value}`.{suggest(node.value, ids.get(kind, ()))}"
        section.note("unknown-reference", node, message)


def _check_each(section: Section, key: str, kind: str, ids: Mapping[str, Sequence[str]]) -> None:
    _check_known(section, key, kind, ids.get(kind, ()))


def _check_known(section: Section, key: str, kind: str, known: Sequence[str]) -> None:
    node = section.find(key)
    for one in node.value if node and isinstance(node.value, tuple) else ():
        if isinstance(one.value, str) and one.value not in known:
            section.note("unknown-reference", one, f"there is no {kind} `{one.value}`.{suggest(one.value, known)}")


def _check_circle(plan: Plan, places: Places) -> None:
    graph = {action.id: action.depends_on for action in plan.actions}
    while True:
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            circle: list[str] = error.args[1]
            section = places.get(("action", circle[0]))
            if section:
                node = section.find("depends_on") or section.node
                message = f"actions wait for each other in a circle: {' → '.join(circle)}; remove one from `depends_on`"
                section.note("depends-cycle", node, message)
            graph = {name: needs for name, needs in graph.items() if name not in circle}
        else:
            return
