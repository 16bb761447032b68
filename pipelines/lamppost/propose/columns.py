"""Records laid flat into columns (pure): every value that can be reached by a dotted path, and what it looks like."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lamppost.decode.json_text import Numeral

DEEPEST = 6
"""Values nested deeper are shown as the JSON they are."""
PLACE = ("longitude", "latitude")


@dataclass(frozen=True)
class Column:
    """One path of the records, with its values as text in the records' order."""

    path: str
    texts: tuple[str | None, ...]
    """None where a record has no value there, or no such key."""
    numbers: bool = False
    """Every value is a JSON number, so it has no zeros to lose."""
    truths: bool = False
    """Every value is a JSON true or false."""
    lists: bool = False
    """At least one value is a list or an object."""
    name: str = ""
    """What it is, where the format itself says so: `longitude`, `latitude`, `geometry`."""

    @property
    def values(self) -> list[str]:
        """The values there are."""
        return [text for text in self.texts if text is not None]


def lay_flat(records: Sequence[Mapping[str, Any]]) -> tuple[Column, ...]:
    """The columns in order of first appearance; a point's coordinates become two of them, other shapes stay whole."""
    points = _are_points(records)
    found: dict[str, list[Any]] = {}
    for number, record in enumerate(records):
        for path, value in _walk(record, "", points):
            found.setdefault(path, [None] * len(records))[number] = value
    keys = _prune(found)
    return tuple(_make(path, found[path]) for path in keys)


def _are_points(records: Sequence[Mapping[str, Any]]) -> bool:
    """True when every geometry there is is a GeoJSON point."""
    shapes = [record.get("geometry") for record in records if isinstance(record.get("geometry"), Mapping)]
    return bool(shapes) and all(isinstance(one, Mapping) and one.get("type") == "Point" for one in shapes)


def _walk(value: Mapping[str, Any], path: str, points: bool, depth: int = 0) -> Iterator[tuple[str, Any]]:
    for key, one in value.items():
        inner = f"{path}.{key}" if path else key
        if inner == "geometry" and isinstance(one, Mapping) and "type" in one:
            yield from _walk_geometry(one, points)
        elif isinstance(one, Mapping) and one and depth < DEEPEST:
            yield from _walk(one, inner, points, depth + 1)
        else:
            yield inner, one


def _walk_geometry(shape: Mapping[str, Any], points: bool) -> Iterator[tuple[str, Any]]:
    if not points:
        yield "geometry", shape
        return
    place = shape.get("coordinates")
    for index, one in enumerate(place[:2] if isinstance(place, list) else ()):
        yield f"geometry.coordinates.{index}", one


def _prune(found: Mapping[str, Sequence[Any]]) -> list[str]:
    """Without a path that is null in some records and an object in others: its inner paths say it all."""
    return [
        path
        for path, values in found.items()
        if any(one is not None for one in values) or not any(other.startswith(f"{path}.") for other in found)
    ]


def _make(path: str, values: Sequence[Any]) -> Column:
    there = [one for one in values if one is not None and one != ""]
    return Column(
        path=path,
        texts=tuple(_write(one) for one in values),
        numbers=bool(there) and all(isinstance(one, Numeral) for one in there),
        truths=bool(there) and all(isinstance(one, bool) for one in there),
        lists=any(isinstance(one, list | Mapping) for one in there),
        name=_name_place(path),
    )


def _name_place(path: str) -> str:
    """GeoJSON (RFC 7946 §3.1.1) and Esri JSON both put the longitude first."""
    last = {"geometry.coordinates.0": 0, "geometry.x": 0, "geometry.coordinates.1": 1, "geometry.y": 1}
    return PLACE[last[path]] if path in last else "geometry" if path == "geometry" else ""


def _write(value: Any) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
