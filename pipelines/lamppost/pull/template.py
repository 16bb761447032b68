"""`{name}` in addresses and parameters (pure); `${NAME}` was filled in before."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from lamppost.pull.fault import fault

NAME = re.compile(r"\{([a-z][a-z0-9_]*)\}")


def fill_text(text: str, values: Mapping[str, str], place: str) -> str:
    """`text` with its names replaced; PullError for a name that has no value."""

    def replace(match: re.Match[str]) -> str:
        name = match.group(1)
        if name not in values:
            known = ", ".join(f"{{{one}}}" for one in sorted(values)) or "none: `window:` gives {since} and {until}"
            raise fault(place, f"{match.group(0)}", f"one of {known}", "correct the descriptor")
        return values[name]

    return NAME.sub(replace, text)


def fill_path(text: str, values: Mapping[str, str], place: str) -> str:
    """The same for a path: a value cannot add a step or a query."""
    return fill_text(text, {name: quote(value, safe="") for name, value in values.items()}, place)


def fill_pairs(pairs: Mapping[str, str], values: Mapping[str, str], place: str) -> dict[str, str]:
    """The same for every value of a mapping."""
    return {name: fill_text(text, values, f"{place}.{name}") for name, text in pairs.items()}


def fill_tree(tree: Any, values: Mapping[str, str], place: str) -> Any:
    """The same for every text in a body of mappings and lists; numbers and booleans stay what they are."""
    if isinstance(tree, Mapping):
        return {str(name): fill_tree(one, values, f"{place}.{name}") for name, one in tree.items()}
    if isinstance(tree, (list, tuple)):
        return [fill_tree(one, values, place) for one in tree]
    return fill_text(tree, values, place) if isinstance(tree, str) else tree
