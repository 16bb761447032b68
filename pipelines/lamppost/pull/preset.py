"""The presets: YAML that knows one system, so that no class has to.

Each file has `title`, `adapter`, `options`, `about` and `specification`. A descriptor's own keys are laid over
`options` key by key, mappings merged, everything else replaced; a null takes a parameter away.
"""

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import yaml

from lamppost.errors import PullError


def preset_names() -> tuple[str, ...]:
    """Names of the presets that come with Lamppost, sorted."""
    folder = files("lamppost.pull") / "presets"
    return tuple(sorted(one.name.removesuffix(".yaml") for one in folder.iterdir() if one.name.endswith(".yaml")))


def load_preset(name: str) -> Mapping[str, Any]:
    """The preset as written; PullError naming the known ones when there is none of that name."""
    if name not in preset_names():
        raise PullError(f"preset {name!r} · there is none of that name · known: {', '.join(preset_names())}")
    text = (files("lamppost.pull") / "presets" / f"{name}.yaml").read_text(encoding="utf-8")
    preset: Mapping[str, Any] = yaml.safe_load(text)
    return preset
