"""Where in the city's files a fault of the data is mended: a line of the schema, or of the descriptor."""

from collections.abc import Mapping
from pathlib import Path

from lamppost.load.yaml import Node, read_yaml
from lamppost.model import Issue

_IN_SCHEMA = frozenset({"undeclared-column", "retyped-column"})
_IN_PULL = frozenset({"renamed-column", "missing-column"})
DRIFT = _IN_SCHEMA | _IN_PULL
"""Codes of a source that no longer is what the city wrote; the message has the patch, and here is the line for it."""


def pinpoint(root: Path, dataset: str, issue: Issue) -> str:
    """The place of an issue such as `schemas/trees.yaml:7:5 fields[2]`; empty where no file is at fault.

    Places of issues of drift are `resource <name>, field <name>` or `resource <name>, column <name>`.
    """
    if issue.code not in DRIFT:
        return ""
    resource, _comma, rest = issue.place.removeprefix("resource ").partition(", ")
    kind, _space, name = rest.partition(" ")
    if issue.code in _IN_PULL:
        node = _find_pull(root, dataset, resource)
    else:
        node = _find_field(root, dataset, resource, name if kind == "field" else "")
    return node.place if node else ""


def _find_pull(root: Path, dataset: str, resource: str) -> Node | None:
    """`pull.fields` of the resource, else its `pull`."""
    read = _read(root, f"datasets/{dataset}/dataset.yaml")
    for one in _items(read, "resources"):
        if isinstance(one.value, Mapping) and (named := one.value.get("name")) and named.value == resource:
            pull = one.value.get("pull")
            inner = pull.value.get("fields") if pull and isinstance(pull.value, Mapping) else None
            return inner or pull or one
    return read


def _find_field(root: Path, dataset: str, resource: str, field: str) -> Node | None:
    """The field's own item, else the list of fields."""
    own = f"schemas/{dataset}.{resource}.yaml"
    read = _read(root, own if (root / own).is_file() else f"schemas/{dataset}.yaml")
    for one in _items(read, "fields"):
        if field and isinstance(one.value, Mapping) and (named := one.value.get("name")) and named.value == field:
            return one
    return read.value.get("fields") if read else None


def _items(read: Node | None, key: str) -> tuple[Node, ...]:
    node = read.value.get(key) if read else None
    return node.value if node and isinstance(node.value, tuple) else ()


def _read(root: Path, file: str) -> Node | None:
    return read_yaml(root / file, file, [])
