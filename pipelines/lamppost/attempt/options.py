"""The keys of `pull:` as they are written behind `--option`."""

from collections.abc import Sequence
from typing import Any

from lamppost.errors import LoadError
from lamppost.load.yaml import parse_yaml
from lamppost.model import Issue


def read_options(written: Sequence[str]) -> dict[str, Any]:
    """`paging.by=offset` as nested mappings; a value in braces or brackets is YAML, any other is text."""
    made: dict[str, Any] = {}
    for one in written:
        path, equals, text = one.partition("=")
        if not path or not equals:
            raise LoadError([Issue("wrong-value", f"--option {one}", "expected KEY=VALUE, such as paging=none")])
        *outer, last = path.split(".")
        inner = made
        for step in outer:
            inner = inner.setdefault(step, {})
        inner[last] = _read_value(text, one)
    return made


def _read_value(text: str, place: str) -> Any:
    if text == "null":
        return None
    if not text.startswith(("{", "[")):
        return text
    faults: list[Issue] = []
    node = parse_yaml(f"value: {text}\n", f"--option {place}", faults)
    if node is None or faults:
        raise LoadError(faults)
    return node.plain()["value"]
