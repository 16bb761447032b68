"""A geometry as the blob that GeoPackage keeps: header, box, well-known binary (OGC 12-128r19 section 2.1.3)."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from math import nan
from typing import Any

from lamppost.formats.shape import RINGED, Shape, list_positions

WGS_84 = 4326
_CODES = {
    "Point": 1, "LineString": 2, "Polygon": 3, "MultiPoint": 4, "MultiLineString": 5, "MultiPolygon": 6,
    "GeometryCollection": 7,
}  # fmt: skip
_MEMBERS = {"MultiPoint": "Point", "MultiLineString": "LineString", "MultiPolygon": "Polygon"}
_HEIGHT = 1000
"""Added to a code whose positions have three numbers (ISO 13249-3)."""
_FLAT, _TALL = 2, 3
_LITTLE, _BOXED, _EMPTY = 1, 1 << 1, 1 << 4
"""Bits of the header's flags."""


@dataclass(frozen=True)
class Box:
    """Least and greatest longitude and latitude."""

    west: float
    south: float
    east: float
    north: float

    def join(self, other: "Box | None") -> "Box":
        """The box around both."""
        if other is None:
            return self
        return Box(
            min(self.west, other.west), min(self.south, other.south),
            max(self.east, other.east), max(self.north, other.north),
        )  # fmt: skip


@dataclass(frozen=True)
class Blob:
    """What goes into a cell, and what the layer has to know of it."""

    data: bytes
    kind: str
    """As `gpkg_geometry_columns` says it: `POINT`."""
    box: Box | None
    """None for an empty geometry."""
    is_tall: bool


def encode_blob(shape: Shape) -> Blob:
    """A GeoJSON geometry as a blob; heights are kept where every position has one."""
    kind = str(shape["type"])
    places = [[float(one) for one in position[:_TALL]] for position in list_positions(shape)]
    tall = bool(places) and all(len(one) == _TALL for one in places)
    box = _find_box(places) if places else None
    boxed = box is not None and kind != "Point"
    flags = _LITTLE | (_BOXED if boxed else 0) | (0 if box else _EMPTY)
    header = struct.pack("<2sBBi", b"GP", 0, flags, WGS_84)
    envelope = struct.pack("<4d", box.west, box.east, box.south, box.north) if box and boxed else b""
    return Blob(header + envelope + _encode(kind, shape, tall=tall), kind.upper(), box, tall)


def _find_box(places: Sequence[Sequence[float]]) -> Box:
    x, y = [one[0] for one in places], [one[1] for one in places]
    return Box(min(x), min(y), max(x), max(y))


def _encode(kind: str, shape: Shape, *, tall: bool) -> bytes:
    head = struct.pack("<BI", 1, _CODES[kind] + (_HEIGHT if tall else 0))
    if kind == "GeometryCollection":
        parts = [_encode(str(one["type"]), one, tall=tall) for one in shape["geometries"]]
    elif kind in _MEMBERS:
        inner = _MEMBERS[kind]
        parts = [_encode(inner, {"type": inner, "coordinates": one}, tall=tall) for one in shape["coordinates"]]
    elif kind in RINGED:
        parts = [_encode_line(one, tall=tall) for one in shape["coordinates"]]
    elif kind == "Point":
        return head + _encode_position(shape["coordinates"] or (nan, nan), tall=tall)
    else:
        return head + _encode_line(shape["coordinates"], tall=tall)
    return head + struct.pack("<I", len(parts)) + b"".join(parts)


def _encode_line(positions: Sequence[Any], *, tall: bool) -> bytes:
    return struct.pack("<I", len(positions)) + b"".join(_encode_position(one, tall=tall) for one in positions)


def _encode_position(position: Sequence[Any], *, tall: bool) -> bytes:
    numbers = [float(one) for one in position[: _TALL if tall else _FLAT]]
    return struct.pack(f"<{len(numbers)}d", *numbers)
