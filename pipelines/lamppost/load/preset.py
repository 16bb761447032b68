"""Reads presets: YAML that knows one system, so that no class has to.

Each file has `title`, `adapter`, `options`, `about` and `specification`, and lies with the adapters in `pull/presets/`.
"""

from collections.abc import Mapping
from importlib.resources import files
from typing import Any, cast

from lamppost.load.yaml import parse_yaml
from lamppost.model import Issue

_FOLDER = files("lamppost") / "pull" / "presets"


def preset_names() -> tuple[str, ...]:
    """The presets that come with the engine, sorted: one file each."""
    return tuple(sorted(one.name.removesuffix(".yaml") for one in _FOLDER.iterdir() if one.name.endswith(".yaml")))


def load_preset(name: str) -> Mapping[str, Any]:
    """The preset as written; `name` is one of `preset_names`."""
    faults: list[Issue] = []
    root = parse_yaml((_FOLDER / f"{name}.yaml").read_text("utf-8"), f"presets/{name}.yaml", faults)
    assert root is not None, faults  # ours: a test reads every preset
    return cast("Mapping[str, Any]", root.plain())
