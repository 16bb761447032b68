"""Reads presets: YAML that knows one system, so that no class has to.

Each file lies with the adapters in `pull/presets/`. It has `title`, `adapter`, `options`, `about` and `specification`,
and may have `fields`, and what its page says: `status` (how it was proven), `tried` (with what), `example` (what a city
writes), `traps`, `proof`, and `names` (`NAME: what to set it to`).
"""

import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any, cast, get_args

from lamppost.load.yaml import parse_yaml
from lamppost.model import Issue
from lamppost.model.preset import Preset, Proven

_FOLDER = files("lamppost") / "pull" / "presets"
_NAME = re.compile(r"\$\{([A-Z][A-Z0-9_]*)\}")
_SECRET_KEYS = frozenset({"auth", "headers"})
_SECRET_WORDS = ("KEY", "TOKEN", "SECRET", "PASSWORD")


def preset_names() -> tuple[str, ...]:
    """The presets that come with the engine, sorted: one file each."""
    return tuple(sorted(one.name.removesuffix(".yaml") for one in _FOLDER.iterdir() if one.name.endswith(".yaml")))


def load_preset(name: str) -> Mapping[str, Any]:
    """The preset as written; `name` is one of `preset_names`."""
    faults: list[Issue] = []
    root = parse_yaml((_FOLDER / f"{name}.yaml").read_text("utf-8"), f"presets/{name}.yaml", faults)
    assert root is not None, faults  # ours: a test reads every preset
    return cast("Mapping[str, Any]", root.plain())


def describe_preset(name: str) -> Preset:
    """The preset with what its page says; `name` is one of `preset_names`."""
    known = load_preset(name)
    example = str(known.get("example", "")).strip()
    options = known.get("options", {})
    found = dict(find_names(options)) | dict(find_names(_read_example(example, name)))
    named = {one: str(text) for one, text in known.get("names", {}).items()}
    return Preset(
        name=name,
        title=str(known["title"]),
        adapter=known["adapter"],
        about=" ".join(str(known["about"]).split()),
        specification=str(known["specification"]),
        options=options,
        fields=known.get("fields", {}),
        status=next((one for one in get_args(Proven) if one == known.get("status", "")), ""),
        tried=str(known.get("tried", "")),
        example=example,
        traps=tuple(" ".join(str(one).split()) for one in known.get("traps", ())),
        proof=" ".join(str(known.get("proof", "")).split()),
        names={one: named.get(one, "") for one in (*named, *(one for one in found if one not in named))},
        secrets=frozenset(one for one in (*named, *found) if found.get(one) or is_secret(one)),
    )


def _read_example(text: str, name: str) -> Any:
    faults: list[Issue] = []
    root = parse_yaml(text, f"presets/{name}.yaml example", faults) if text else None
    return root.plain() if root else {}


def find_names(value: Any, *, secret: bool = False) -> Iterator[tuple[str, bool]]:
    """Every `${NAME}` in the options of a pull, and whether it is a secret by where it stands or by what it is called.

    A name that stands in two places is given twice.
    """
    if isinstance(value, Mapping):
        for key, one in value.items():
            yield from find_names(one, secret=secret or key in _SECRET_KEYS)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from find_names(one, secret=secret)
    elif isinstance(value, str):
        for name in _NAME.findall(value):
            yield name, secret or is_secret(name)


def is_secret(name: str) -> bool:
    """True for a name that says so."""
    return any(word in name.split("_") for word in _SECRET_WORDS)
