"""What was published once and is no more: nothing goes without a `reason:`, and the reason stays where it stood."""

from collections.abc import Collection, Mapping

from lamppost.load.section import Section
from lamppost.load.yaml import Node
from lamppost.model import Issue


def read_removed(section: Section, noun: str, kept: Collection[str]) -> Mapping[str, str]:
    """`removed: [{<noun>: name, reason: why}]` → name → reason; `noun` is `field` or `resource`, `kept` those there."""
    found: dict[str, str] = {}
    for one in section.sections("removed"):
        name, reason = one.text(noun, required=True), one.text("reason", required=True)
        if name and name in kept:
            one.note("wrong-value", one.node, f"the {noun} `{name}` is still there; take it out, or take out this line")
        if name and name in found:
            one.note("wrong-value", one.node, f"the {noun} `{name}` is listed twice; keep one")
        found[name] = " ".join(reason.split())
        one.close()
    return found


def is_withdrawn(node: Node) -> bool:
    """True when the descriptor says `withdrawn:`; then nothing else of it is read, and no source is asked."""
    return isinstance(node.value, Mapping) and "withdrawn" in node.value


def read_withdrawn(node: Node, faults: list[Issue]) -> str:
    """The reason under `withdrawn: {reason: why}`; empty when it is not sound."""
    section = Section(node, faults)
    section.check_format()
    block = section.section("withdrawn", required=True)
    if block is None:
        return ""
    reason = block.text("reason", required=True)
    block.close()
    return " ".join(reason.split())
