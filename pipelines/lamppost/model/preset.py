"""Presets: what is known of one system, beside the options that its adapter takes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from lamppost.model.dataset import Adapter

Proven = Literal["run against a peer", "recorded payload", "from the specification", ""]
"""How it was tried: a real server was asked, a real answer was read, or an answer written from the specification."""


@dataclass(frozen=True)
class Preset:
    """One file in `pull/presets/`."""

    name: str
    title: str
    adapter: Adapter
    about: str
    specification: str
    """Address of the specification that it follows."""
    options: Mapping[str, Any]
    fields: Mapping[str, Any] = field(default_factory=dict)
    status: Proven = ""
    tried: str = ""
    """With what: `pygeoapi 0.21, 4,500 features`; section and version of a specification."""
    example: str = ""
    """What a city writes under `pull:`, as YAML."""
    traps: tuple[str, ...] = ()
    """What goes wrong with this system elsewhere, and what is done about it here: a sentence each."""
    proof: str = ""
    """How a pull is shown to be complete."""
    names: Mapping[str, str] = field(default_factory=dict)
    """`${NAME}` without braces → what to set it to."""
    secrets: frozenset[str] = frozenset()
    """Those of the names that nobody else may see."""
