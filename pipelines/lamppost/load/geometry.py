"""Reads `pull.geometry`: how a source writes where things are."""

import re
from collections.abc import Mapping
from typing import Any, Literal, cast

from lamppost.load.section import Section, describe
from lamppost.model import Geometry

_FORMS = ("geojson", "esri", "point")
_CRS = re.compile(r"(EPSG|ESRI):\d{1,6}|OGC:CRS84")


def read_geometry(section: Section, preset: Mapping[str, Any]) -> Geometry | None:
    """The block over the preset's own; None when neither has one. `x` and `y` make the form `point`.

    form   geojson | esri: the member `geometry` of each record; point: two columns, `x` (longitude) and `y`
    crs    such as EPSG:2229; without it what the source says, or WGS 84 where its format means that
    axes   xy | yx: what comes first in the source's coordinates
    """
    below = preset.get("geometry", {})
    form = section.section("geometry")
    if form is None:
        return Geometry(**below) if below else None
    x, y = form.text("x", default=below.get("x", "")), form.text("y", default=below.get("y", ""))
    kind = form.choice("form", _FORMS, default="point" if x or y else below.get("form", "geojson"))
    found = Geometry(
        cast('Literal["geojson", "esri", "point"]', kind),
        _read_crs(form, below.get("crs", "")),
        x,
        y,
        cast('Literal["xy", "yx"]', form.choice("axes", ("xy", "yx"), default=below.get("axes", "xy"))),
    )
    if (kind == "point") != bool(x and y):
        message = "`x` and `y` belong to the form `point`, and both of them; write `geometry: {x: lon, y: lat}`"
        form.note("wrong-value", form.node, message)
    form.close()
    return found


def _read_crs(form: Section, default: str) -> str:
    text, node = form.text("crs", default=default), form.find("crs")
    if node and text and not _CRS.fullmatch(text):
        form.note("wrong-value", node, f"found {describe(node)}, expected a name such as EPSG:2229")
    return text
