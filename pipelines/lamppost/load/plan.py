"""Reads docs/plan/: one Markdown file a thing, its `kind:` in the front matter; then joins the things by id."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, get_args

from lamppost.load.indicator import read_indicator
from lamppost.load.plan_items import read_action, read_area, read_plan, read_strategy, read_update, read_value
from lamppost.load.plan_links import check_links
from lamppost.load.section import Section
from lamppost.load.yaml import front_matter
from lamppost.model import City, Issue, Plan
from lamppost.model.plan import Kind


@dataclass
class Found:
    """What has been read so far; `places` says where each thing is written, by kind and id."""

    plans: list[Plan] = field(default_factory=list)
    things: dict[str, dict[str, Any]] = field(default_factory=dict)
    places: dict[tuple[str, str], Section] = field(default_factory=dict)
    updates: list[tuple[Any, Section]] = field(default_factory=list)


_READERS: Mapping[str, Callable[[Section], Any]] = {
    "strategy": read_strategy,
    "area": read_area,
    "value": read_value,
    "action": read_action,
    "indicator": read_indicator,
}
KINDS = ("plan", *_READERS, "update")


def load_plan(city: City) -> tuple[Plan | None, tuple[Issue, ...]]:
    """The plan, None when the city has none; when there are issues the plan is incomplete and must not be published."""
    faults: list[Issue] = []
    found = Found()
    for path in sorted((city.root / "docs" / "plan").rglob("*.md")):
        _read_file(city.root, path, found, faults)
    if not found.plans:
        if found.things or found.updates:
            message = "no file has `kind: plan`, expected one; add docs/plan/index.md with `kind: plan` and a title"
            faults.append(Issue("file-missing", "docs/plan/index.md", message))
        return None, tuple(faults)
    plan = _join(found)
    check_links(plan, found.places, found.updates)
    return plan, tuple(faults)


def _read_file(root: Path, path: Path, found: Found, faults: list[Issue]) -> None:
    file = path.relative_to(root).as_posix()
    node, body = front_matter(path, file, faults)
    if node is None or "kind" not in node.value:
        return
    section = Section(node, faults)
    measure = path.parent.name == "indicators" and node.value["kind"].value in get_args(Kind)
    kind = "indicator" if measure else section.choice("kind", KINDS, required=True)
    shown = {"body": body.strip(), "path": path.relative_to(root / "docs").as_posix()}
    if kind == "plan":
        found.plans.append(replace(read_plan(section), body=shown["body"], path=shown["path"]))
        if len(found.plans) > 1:
            section.note(
                "duplicate-id", node, f"a second `kind: plan`, the first is docs/{found.plans[0].path}; keep one"
            )
    elif kind == "update":
        found.updates.append((replace(read_update(section, body.strip()), path=shown["path"]), section))
    elif kind:
        _keep(found, kind, section, shown)


def _keep(found: Found, kind: str, section: Section, shown: Mapping[str, str]) -> None:
    thing = _READERS[kind](section)
    keep = {"path": shown["path"]} if kind == "indicator" else shown
    first = found.places.get((kind, thing.id))
    if first:
        node = section.find("id") or section.node
        message = f"the {kind} id `{thing.id}` is also in {first.node.file}; an id is never used again, choose another"
        section.note("duplicate-id", node, message)
    elif thing.id:
        found.places[kind, thing.id] = section
        found.things.setdefault(kind, {})[thing.id] = replace(thing, **keep)


def _join(found: Found) -> Plan:
    """One value with everything in a fixed order: by id, numbers in ids as numbers (2.10 after 2.9)."""

    def ordered(kind: str) -> tuple[Any, ...]:
        things = found.things.get(kind, {})
        return tuple(things[one] for one in sorted(things, key=sort_key))

    return replace(
        found.plans[0],
        strategies=ordered("strategy"),
        areas=ordered("area"),
        values=ordered("value"),
        actions=ordered("action"),
        indicators={one.id: one for one in ordered("indicator")},
        updates=tuple(sorted((one for one, _ in found.updates), key=lambda one: (one.date, one.path))),
    )


def sort_key(name: str) -> tuple[tuple[int, str], ...]:
    """Sorts `2.10` after `2.9`: digits count as numbers."""
    parts = name.replace("-", ".").split(".")
    return tuple((int(part), "") if part.isascii() and part.isdigit() else (10**9, part) for part in parts)
