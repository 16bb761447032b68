"""One request (pure): an address, its parameters and, for a POST, a body."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlunsplit

from lamppost.pull.transport.address import split_url

Value = str | int


@dataclass(frozen=True)
class PageQuestion:
    """What one page, or a count, is asked with; with a body it is a POST of JSON."""

    url: str
    params: Mapping[str, str]
    body: Mapping[str, Any] | None = None
    at: int = 0
    """Where in the list this page starts, for ways that count."""
    ids: tuple[str, ...] = ()
    """id_chunks: whose records are asked for."""

    @property
    def mark(self) -> tuple[Any, ...]:
        """Equal for two questions that are the same to the source."""
        return self.url, tuple(sorted(self.params.items())), json.dumps(self.body, sort_keys=True)

    def payload(self) -> bytes | None:
        """The body as it is sent."""
        return None if self.body is None else json.dumps(self.body, ensure_ascii=False).encode()

    def put(self, values: Mapping[str, Value], *, inside: bool = False) -> "PageQuestion":
        """With these values among its parameters, or `inside` its body, where a dotted name leads into it."""
        if not inside:
            return replace(self, params={**self.params, **{name: str(value) for name, value in values.items()}})
        body: Mapping[str, Any] = self.body or {}
        for name, value in values.items():
            body = _plant(body, name.split("."), value)
        return replace(self, body=body)

    def put_in_address(self, name: str, value: Value) -> "PageQuestion":
        """With another value for a parameter that its address brings; itself where it brings none."""
        parts = split_url(self.url)
        pairs = parse_qsl(parts.query, keep_blank_values=True)
        if name not in dict(pairs):
            return self
        changed = [(key, str(value) if key == name else one) for key, one in pairs]
        query = urlencode(changed, quote_via=quote, safe="$")
        return replace(self, url=urlunsplit(parts._replace(query=query)))


def _plant(tree: Mapping[str, Any], steps: list[str], value: Value) -> Mapping[str, Any]:
    below = tree.get(steps[0])
    if len(steps) == 1:
        return {**tree, steps[0]: value}
    return {**tree, steps[0]: _plant(below if isinstance(below, Mapping) else {}, steps[1:], value)}
