"""What one answer of an unknown source is taken for (pure), and the words that all tests of it share."""

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from lamppost.notation import ABSENT

_ROUND = 50
"""A number of records that this divides may be a limit of the source's."""


@dataclass(frozen=True)
class Seen:
    """One answer: where it was asked, what came."""

    url: str
    content_type: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def value(self) -> Any:
        """The JSON value, or ABSENT."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return ABSENT


@dataclass(frozen=True)
class Guess:
    """What answers there, and the `pull:` that asks it."""

    says: str
    """What it is, in a sentence."""
    pull: Mapping[str, Any] = field(default_factory=dict)
    """Keys of `pull:`, `preset` or `adapter` first; empty when nothing can be pulled from there."""
    questions: tuple[str, ...] = ()
    """What only a person can answer."""


def strip_url(url: str, ending: str = "") -> str:
    """The address without its query and without `ending`, a pattern."""
    parts = urlsplit(url)
    path = re.sub(ending, "", parts.path) if ending else parts.path
    return urlunsplit(parts._replace(path=path.rstrip("/"), query="", fragment=""))


def choose(
    presets: Collection[str], preset: str, pull: Mapping[str, Any], otherwise: Mapping[str, Any]
) -> Mapping[str, Any]:
    """The preset where it exists, else the same said with adapter options."""
    return {"preset": preset, **pull} if preset in presets else otherwise


def doubt_count(rows: int) -> tuple[str, ...]:
    """The question that a round number of records raises."""
    if rows and rows % _ROUND == 0:
        return (f"it holds exactly {rows:,} records: is that all of them, or a limit of the source's?",)
    return ()
