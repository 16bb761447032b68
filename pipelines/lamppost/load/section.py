"""Typed reading of one YAML mapping: every fault is noted with its place, and the keys nobody asked for at the end."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any

from lamppost.load.names import suggest, suggest_nearest
from lamppost.load.yaml import Node
from lamppost.model import Issue
from lamppost.notation import parse_duration

_KINDS = {str: "text", bool: "true or false", int: "a whole number", float: "a number", type(None): "nothing"}


def describe(node: Node) -> str:
    """What stands there, in the words of an error: `the number 1.1`, `a list`."""
    if isinstance(node.value, Mapping):
        return "a mapping"
    if isinstance(node.value, tuple):
        return "a list"
    if node.value is None:
        return "nothing"
    kind = "the number " if isinstance(node.value, int | float) and not isinstance(node.value, bool) else ""
    return f"{kind}`{node.raw[:60]}`"


class Section:
    """A mapping whose keys are taken one by one; what is wrong or missing is noted, a default stands in for it."""

    def __init__(self, node: Node, faults: list[Issue]) -> None:
        self.node = node
        self.faults = faults
        self.is_mapping = isinstance(node.value, Mapping)
        self.values: Mapping[str, Node] = node.value if self.is_mapping else {}
        self.seen: set[str] = set()
        if not self.is_mapping:
            self.note("wrong-type", node, f"found {describe(node)}, expected `key: value` lines")

    def note(self, code: str, node: Node, message: str) -> None:
        """Keeps one fault at the place of `node`, once: a value may be looked at more than once."""
        issue = Issue(code, node.place, message)
        if issue not in self.faults:
            self.faults.append(issue)

    def find(self, key: str, *, required: bool = False) -> Node | None:
        """The node of a key, None when absent or empty; a missing required key is noted."""
        self.seen.add(key)
        node = self.values.get(key)
        if node is not None and node.value is not None:
            return node
        if required and self.is_mapping:
            found = "is missing" if node is None else "is empty"
            self.note("missing-key", node or self.node, f"`{key}` {found}; add `{key}:` with its value")
        return None

    def text(self, key: str, *, required: bool = False, default: str = "") -> str:
        """One line or paragraph of text; a number is refused, because `1.10` would lose its zero."""
        node = self.find(key, required=required)
        return default if node is None else self.text_of(node, default)

    def text_of(self, node: Node, default: str = "") -> str:
        """The text of one node of a list or mapping."""
        if isinstance(node.value, str):
            if not node.value.strip():
                self.note("wrong-value", node, "found only blanks, expected text; write it or leave the key out")
            return node.value.strip()
        fix = f'; write "{node.raw}"' if node.raw else ""
        self.note("wrong-type", node, f"found {describe(node)}, expected text{fix}")
        return default

    def texts(self, key: str, *, required: bool = False) -> tuple[str, ...]:
        """A list of texts, each once; a single text is not taken for a list of one."""
        found: dict[str, None] = {}
        for node in self.nodes(key, required=required):
            text = self.text_of(node)
            if text in found:
                self.note("wrong-value", node, f"found `{text}` a second time; keep one")
            found[text] = None
        return tuple(found)

    def nodes(self, key: str, *, required: bool = False) -> tuple[Node, ...]:
        """The items of a list."""
        node = self.find(key, required=required)
        if node is None:
            return ()
        if isinstance(node.value, tuple):
            if required and not node.value:
                self.note("missing-key", node, "found an empty list, expected at least one item")
            return node.value
        self.note("wrong-type", node, f"found {describe(node)}, expected a list such as `[one, two]`")
        return ()

    def sections(self, key: str, *, required: bool = False) -> tuple["Section", ...]:
        """The items of a list of mappings."""
        return tuple(Section(node, self.faults) for node in self.nodes(key, required=required))

    def section(self, key: str, *, required: bool = False) -> "Section | None":
        """The mapping under a key."""
        node = self.find(key, required=required)
        return None if node is None else Section(node, self.faults)

    def mapping(self, key: str) -> Mapping[str, Node]:
        """The entries under a key whose names are free, such as field names."""
        section = self.section(key)
        return {} if section is None else section.values

    def flag(self, key: str, *, default: bool = False) -> bool:
        """`true` or `false`."""
        node = self.find(key)
        if node is not None and not isinstance(node.value, bool):
            self.note("wrong-type", node, f"found {describe(node)}, expected true or false")
            return default
        return default if node is None else bool(node.value)

    def integer(self, key: str, *, default: int, minimum: int = 0) -> int:
        """A whole number of at least `minimum`."""
        node = self.find(key)
        if node is None:
            return default
        if isinstance(node.value, bool) or not isinstance(node.value, int) or node.value < minimum:
            self.note("wrong-type", node, f"found {describe(node)}, expected a whole number from {minimum} up")
            return default
        return node.value

    def number(self, key: str, *, required: bool = False) -> float | None:
        """A number; None when absent."""
        node = self.find(key, required=required)
        return None if node is None else self.number_of(node)

    def number_of(self, node: Node) -> float | None:
        """The number of one node."""
        if isinstance(node.value, bool) or not isinstance(node.value, int | float):
            fix = "; remove the quotes" if isinstance(node.value, str) else ""
            self.note("wrong-type", node, f"found {describe(node)}, expected a number{fix}")
            return None
        return float(node.value)

    def share(self, key: str, *, default: float) -> float:
        """A share of a whole, written `5%` or `0.05`."""
        node = self.find(key)
        if node is None:
            return default
        value = _parse_share(node.value)
        if value is None:
            self.note("wrong-value", node, f"found {describe(node)}, expected a share such as 5% or 0.05")
            return default
        return value

    def day(self, key: str, *, required: bool = False) -> date | None:
        """An ISO day such as 2026-11-22."""
        node = self.find(key, required=required)
        if node is None:
            return None
        try:
            if isinstance(node.value, str) and len(node.value) == len("2026-11-22"):
                return date.fromisoformat(node.value)
        except ValueError:
            pass
        self.note("wrong-value", node, f"found {describe(node)}, expected a day of the calendar such as 2026-11-22")
        return None

    def duration(self, key: str) -> timedelta | None:
        """An ISO 8601 duration such as P1D; None when absent."""
        node = self.find(key)
        if node is None:
            return None
        value = parse_duration(node.value) if isinstance(node.value, str) else None
        if not value:
            self.note("wrong-value", node, f"found {describe(node)}, expected an ISO 8601 duration such as P1D or PT1H")
        return value or None

    def choice(self, key: str, choices: Collection[str], *, required: bool = False, default: str = "") -> str:
        """One word of a fixed list."""
        node = self.find(key, required=required)
        if node is None:
            return default
        if not isinstance(node.value, str) or node.value not in choices:
            message = f"found {describe(node)}, expected one of {', '.join(choices)}."
            self.note("wrong-value", node, message + suggest_nearest(node.raw, choices))
            return default
        return node.value

    def plain(self, key: str) -> Any:
        """Whatever stands under a key, without places; None when absent."""
        node = self.find(key)
        return None if node is None else node.plain()

    def check_format(self) -> None:
        """`format: 1` is the only form there is; another number is refused with what to do."""
        node = self.find("format", required=True)
        if node is not None and (node.value != 1 or isinstance(node.value, bool)):
            message = f"found format {describe(node)}, expected 1; update lamppost, or write `format: 1`"
            self.note("wrong-value", node, message)

    def close(self, also: Mapping[str, str] | None = None) -> None:
        """Notes each key that was never asked for; `also` maps keys that deserve a reason of their own to it."""
        for key, node in self.values.items():
            if key in self.seen:
                continue
            if also and key in also:
                self.note("refused-key", node, f"`{key}` {also[key]}")
            else:
                self.note("unknown-key", node, f"`{key}` is not a key here.{suggest(key, self.seen)}")


def _parse_share(value: object) -> float | None:
    if isinstance(value, str) and value.endswith("%"):
        try:
            number = float(value[:-1]) / 100
        except ValueError:
            return None
    elif isinstance(value, int | float) and not isinstance(value, bool):
        number = float(value)
    else:
        return None
    return number if 0 <= number <= 1 else None
