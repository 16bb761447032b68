"""Reads `protect:`: what of a source is left out, and what is done to the values of a field that is published."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from lamppost.load.names import suggest, suggest_nearest
from lamppost.load.section import Section, describe
from lamppost.load.yaml import Node
from lamppost.model import Round, Rule, Schema

_MOST_DIGITS = 15
_WRITTEN = ("bareNumber", "decimalChar", "groupChar")
"""Ways to write a number that a rule does not read: it would leave the value as it is, and validation would pass it."""


@dataclass(frozen=True)
class Protected:
    """`protect:` as written."""

    drop: tuple[str, ...] = ()
    rules: Mapping[str, Rule] = field(default_factory=dict)


def read_protect(section: Section, schema: Schema | None) -> Protected:
    """Each rule that is known and fits its field; the others are noted by name."""
    drop: list[str] = []
    rules: dict[str, Rule] = {}
    for name, node in section.mapping("protect").items():
        if isinstance(node.value, Mapping):
            rule = _read_rule(section, name, node, schema)
            rules |= {name: rule} if rule else {}
        elif _read_word(section, name, node, schema) == "drop":
            drop.append(name)
    return Protected(tuple(drop), rules)


def _read_word(section: Section, name: str, node: Node, schema: Schema | None) -> str:
    """`drop` or `keep`; empty when it was noted."""
    if node.value not in {"drop", "keep"}:
        _refuse(section, node, describe(node))
        return ""
    if node.value == "drop" and schema and name in schema.names:
        message = f"`{name}` is a field of the schema, so it would be published; remove it there, or write keep"
        section.note("wrong-value", node, message)
    elif node.value == "drop" or _is_field(section, name, node, schema):
        return str(node.value)
    return ""


def _read_rule(section: Section, name: str, node: Node, schema: Schema | None) -> Rule | None:
    """What the field's values become; None when it was noted."""
    words = list(Section(node, section.faults).values)
    if len(words) != 1 or words[0] not in RULES:
        _refuse(section, node, f"`{words[0]}`" if len(words) == 1 else "several at once" if words else "{}")
    elif _is_field(section, name, node, schema):
        return RULES[words[0]](section, name, node.value[words[0]], schema)
    return None


def _refuse(section: Section, node: Node, found: str) -> None:
    known = ["drop", "keep", *(f"{{{word}: …}}" for word in RULES)]
    near = suggest_nearest(found.strip("`"), ["drop", "keep", *RULES])
    message = (
        f"the privacy rule {found} is not one that the engine knows, so nothing would apply it; expected one of "
        f"{', '.join(known)}.{near}"
    )
    section.note("refused-rule", node, message)


def _is_field(section: Section, name: str, node: Node, schema: Schema | None) -> bool:
    if schema is None or name in schema.names:
        return True
    message = f"`{name}` is not a field of the schema, so it is not published.{suggest(name, schema.names)}"
    section.note("unknown-reference", node, message)
    return False


def _read_round(section: Section, name: str, node: Node, schema: Schema | None) -> Rule | None:
    """`round: 3`, for a field of the type number that does not tell rows apart."""
    value = node.value
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MOST_DIGITS:
        message = f"found {describe(node)}, expected how many digits stay after the point, from 0 to {_MOST_DIGITS}"
        section.note("wrong-value", node, message)
        return None
    fault = schema and _find_fault(name, schema)
    if fault:
        section.note("wrong-value", node, fault)
    return None if fault else Round(value)


def _find_fault(name: str, schema: Schema) -> str:
    one = schema.field(name)
    written = [key for key in _WRITTEN if key in one.descriptor]
    if one.type != "number":
        return f"`{name}` has the type {one.type}, expected number: only digits after a point can be rounded away"
    if written:
        return f"`{name}` is written with `{written[0]}`, expected plain numbers such as 12.5: others would stay exact"
    if name in schema.primary_key:
        return f"`{name}` is of the primary key, expected another field: rounded, it would make two rows one"
    return ""


RULES: Mapping[str, Callable[[Section, str, Node, Schema | None], Rule | None]] = {"round": _read_round}
"""The word of a rule → what reads its value."""
