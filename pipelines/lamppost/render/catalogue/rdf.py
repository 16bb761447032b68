"""Turtle from the very tree that is written as JSON-LD, so that both files are one graph.

A node is a mapping with `@id` and `@type`, its other keys are prefixed names; a literal is a text, or a mapping with
`@value` and `@language` or `@type`; a node without `@id` is blank. Nothing else of JSON-LD is used.
"""

from collections.abc import Iterator, Mapping
from typing import Any

Node = Mapping[str, Any]
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_FORBIDDEN = frozenset('<>"{}|^`\\ ')


def iri(text: str) -> str:
    """An address with what an IRI may not hold percent-encoded (RFC 3987)."""
    return "".join(f"%{ord(one):02X}" if one in _FORBIDDEN or ord(one) <= 0x20 else one for one in text)  # noqa: PLR2004


def write_turtle(root: Node, prefixes: Mapping[str, str]) -> str:
    """The graph below `root`: each named node a block of its own, in the order in which it is first met."""
    blocks = [f"@prefix {name}: <{address}> ." for name, address in prefixes.items()]
    blocks += [_write_block(node) for node in _named(root)]
    return "\n".join([*blocks, ""])


def _named(node: Node) -> Iterator[Node]:
    """The node if it has a name and says anything, then all below it."""
    if "@value" in node:
        return
    if "@id" in node and len(node) > 1:
        yield node
    for _, value in _pairs(node):
        if isinstance(value, Mapping):
            yield from _named(value)


def _pairs(node: Node) -> Iterator[tuple[str, Any]]:
    for key, value in node.items():
        if not key.startswith("@"):
            for one in value if isinstance(value, list) else [value]:
                yield key, one


def _write_block(node: Node) -> str:
    return f"\n<{node['@id']}> {_write_pairs(node, '    ')} ."


def _write_pairs(node: Node, indent: str) -> str:
    types = node.get("@type", [])
    parts = [f"a {one}" for one in ([types] if isinstance(types, str) else types)]
    parts += [f"{key} {_write_object(value, indent)}" for key, value in _pairs(node)]
    return f" ;\n{indent}".join(parts)


def _write_object(value: Any, indent: str) -> str:
    if isinstance(value, str):
        return _quote(value)
    if "@value" in value:
        mark = f"@{value['@language']}" if "@language" in value else f"^^{value['@type']}"
        return _quote(value["@value"]) + mark
    if "@id" in value:
        return f"<{value['@id']}>"
    deeper = indent + "    "
    return f"[ {_write_pairs(value, deeper)} ]"


def _quote(text: str) -> str:
    escaped = "".join(_ESCAPES.get(one) or (one if one >= " " else f"\\u{ord(one):04X}") for one in text)
    return f'"{escaped}"'
