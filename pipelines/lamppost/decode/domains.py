"""What an ArcGIS layer's own description (`?f=json`) says its codes mean (pure).

ArcGIS REST API, "Domain objects": a `codedValue` domain lists code and name; `range` and `inherited` ones list nothing.
"""

from collections.abc import Mapping
from typing import Any

Categories = tuple[Mapping[str, Any], ...]
"""`categories` of a Table Schema field (Data Package 2.0, Table Schema, "categories"): value and label."""


def read_domains(layer: Any) -> dict[str, Categories]:
    """Field name → its codes in the layer's order, labelled; fields without a list of codes are left out.

    Where subtypes (`types`) give a field further codes, they follow; a code keeps its first label.
    """
    found: dict[str, dict[Any, str]] = {}
    if not isinstance(layer, Mapping):
        return {}
    for field in _list(layer.get("fields")):
        _add(found, field.get("name"), field.get("domain"))
    for subtype in _list(layer.get("types")):
        inner = subtype.get("domains")
        for name, domain in inner.items() if isinstance(inner, Mapping) else ():
            _add(found, name, domain)
    return {
        name: tuple({"value": value, "label": label} for value, label in codes.items())
        for name, codes in found.items()
        if codes
    }


def _add(found: dict[str, dict[Any, str]], name: Any, domain: Any) -> None:
    if not isinstance(name, str) or not isinstance(domain, Mapping) or domain.get("type", "codedValue") != "codedValue":
        return
    codes = found.setdefault(name, {})
    for one in _list(domain.get("codedValues")):
        value = one.get("code")
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            codes.setdefault(value, str(one.get("name", "")).strip() or str(value))


def _list(value: Any) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []
