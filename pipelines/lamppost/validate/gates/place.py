"""Places that cannot be: outside of the declared boundary, or where Greenwich meets the equator."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from lamppost.model import Box, Resource
from lamppost.validate.gates.caught import Caught, Mask, Surroundings, catch
from lamppost.validate.gates.columns import Numbers, read_numbers, read_positions

_MARGIN = 0.005
"""Degrees (about 500 m) that a rounded position, or a rough boundary, may be off."""
_NEAR = 0.01
"""So close to 0, 0 is what a device without a fix sends."""
_GEO_TYPES = frozenset({"geojson", "geopoint"})


@dataclass(frozen=True)
class _Places:
    """Where each row is (NaN: nowhere), and the field that says so."""

    field: str
    east: Numbers
    north: Numbers


def catch_places(table: pa.Table, resource: Resource, around: Surroundings) -> Iterator[Caught]:
    """`null-island` and `outside-boundary`."""
    inside = resource.checks.inside
    box = around.boundary if inside == "city" else inside or None
    for one in _find_places(table, resource):
        zero = (np.abs(one.east) < _NEAR) & (np.abs(one.north) < _NEAR)
        message = (
            "a place at or near 0, 0, which is in the Atlantic; expected a real one, or an empty cell; have the source "
            "send nothing where it knows nothing"
        )
        yield from catch("null-island", one.field, zero, table, resource, message)
        if box:
            outside = _is_outside(one.east, one.north, box) & ~zero
            yield from catch("outside-boundary", one.field, outside, table, resource, _explain(one, outside, box))


def _find_places(table: pa.Table, resource: Resource) -> Iterator[_Places]:
    schema = resource.schema
    if {"longitude", "latitude"} <= set(schema.names):
        east, north = (read_numbers(table.column(name), schema.field(name)) for name in ("longitude", "latitude"))
        yield _Places("longitude", east, north)
    for field in schema.fields:
        if field.type in _GEO_TYPES:
            yield _Places(field.name, *read_positions(table.column(field.name), field))


def _is_outside(east: Numbers, north: Numbers, box: Box) -> Mask:
    west, south, right, top = box
    outside: Mask = (
        (east < west - _MARGIN) | (east > right + _MARGIN) | (north < south - _MARGIN) | (north > top + _MARGIN)
    )
    return outside


def _explain(places: _Places, outside: Mask, box: Box) -> str:
    west, south, east, north = box
    hint = ""
    if outside.any() and not _is_outside(places.north[outside], places.east[outside], box).any():
        hint = "; they lie inside when longitude and latitude are exchanged"
    return (
        f"outside of west {west}, south {south}, east {east}, north {north}{hint}; correct it at the source, or take "
        "`inside:` out of `checks:` if the data reach further"
    )
