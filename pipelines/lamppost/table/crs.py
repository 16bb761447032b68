"""Coordinate reference systems: what a source calls one, and the operation that leads from there to WGS 84.

Of all operations that the EPSG registry knows, the most exact one for the whole area of the system is taken, whose
grids come with the program: one operation for all rows, on every machine.
"""

import re
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lamppost.errors import RefusedError

if TYPE_CHECKING:
    from pyproj import CRS
    from pyproj.transformer import TransformerGroup

Numbers = NDArray[np.float64]
WGS84 = "OGC:CRS84"
_NAME = re.compile(
    r"(?:urn:(?:x-)?ogc:def:crs:|https?://(?:www\.)?opengis\.net/def/crs/)?"
    r"(?P<authority>EPSG|ESRI|OGC)(?:[:/][0-9.]*)?[:/](?P<code>[0-9A-Za-z]+)",
    re.IGNORECASE,
)
_SAME = {WGS84: WGS84, "EPSG:4326": "EPSG:4326", "WKID:4326": "EPSG:4326"}
_AXES = re.compile(r"(?: \+ axis order change \(2D\)|^axis order change \(2D\) \+ )")
_MARGIN = 0.5
"""Of the area's own width: how far outside a place may lie; systems are used a little beyond their borders."""
_LEAST, _MOST = 1.0, 5.0
"""Degrees between which that is, whatever the width."""


@dataclass(frozen=True)
class Operation:
    """The way from one system to WGS 84."""

    label: str
    """`EPSG:2229 (NAD83 / California zone 5 (ftUS))`."""
    projected: bool = False
    bounds: tuple[float, float, float, float] | None = None
    """Where the system is meant for: west, south, east, north in degrees."""
    convert: Callable[[Numbers, Numbers], tuple[Numbers, Numbers]] | None = None
    """Easting and northing to longitude and latitude; None when the coordinates are WGS 84 already."""
    note: str = ""
    """What the receipt says of it."""

    def is_outside(self, x: Numbers, y: Numbers, lon: Numbers, lat: Numbers) -> NDArray[np.bool_]:
        """True for each place, given as it came and in WGS 84, that the system cannot mean."""
        wrong = ~(np.isfinite(lon) & np.isfinite(lat)) | (np.abs(lon) > 180) | (np.abs(lat) > 90)  # noqa: PLR2004 - degrees
        if self.projected:
            wrong |= looks_like_degrees(x, y)
        if self.bounds is None:
            return wrong
        west, south, east, north = self.bounds
        width = (east - west) % 360 or 360.0
        beside, above = (min(max(_LEAST, one * _MARGIN), _MOST) for one in (width, north - south))
        lon, lat = np.where(wrong, west, lon), np.where(wrong, south, lat)
        far = (lon - west + beside) % 360 > width + 2 * beside if width + 2 * beside < 360 else np.zeros_like(wrong)  # noqa: PLR2004 - degrees
        return wrong | far | (lat < south - above) | (lat > north + above)


def looks_like_degrees(x: Numbers, y: Numbers) -> NDArray[np.bool_]:
    """True where the numbers could be a longitude and a latitude; metres or feet hardly ever are that small."""
    found: NDArray[np.bool_] = (np.abs(x) <= 180) & (np.abs(y) <= 90)  # noqa: PLR2004 - degrees
    return found


def name_declared(text: str, place: str) -> str:
    """`EPSG:2229` out of any of the ways to name a system; RefusedError for another text."""
    if text.upper() == "CRS84":
        return WGS84
    match = _NAME.fullmatch(text)
    if match is None:
        raise RefusedError(
            f"{place}: found the reference system {text[:80]!r}, expected a name such as EPSG:2229; "
            "declare it as `crs:` under `pull.geometry`"
        )
    return f"{match['authority'].upper()}:{match['code'].upper()}"


def name_geojson(frame: Mapping[str, Any], place: str) -> str:
    """The system that a GeoJSON page names in the `crs` member of 2008, else WGS 84 (RFC 7946 section 4)."""
    if "crs" not in frame:
        return WGS84
    member = frame["crs"]
    inner = member.get("properties") if isinstance(member, Mapping) else None
    name = inner.get("name") if isinstance(inner, Mapping) else None
    return name_declared(name if isinstance(name, str) else "of `crs`, which has no name", place)


def name_esri(frame: Mapping[str, Any], place: str) -> str:
    """The system in `spatialReference` of an ArcGIS page: its newest number, else its text (WKT)."""
    member = frame.get("spatialReference")
    found = member if isinstance(member, Mapping) else {}
    for key in ("latestWkid", "wkid"):
        if key in found:
            return f"WKID:{found[key]}"
    if isinstance(found.get("wkt"), str):
        return str(found["wkt"])
    raise RefusedError(
        f"{place}: the page has no `spatialReference`, expected one; declare it as `crs:` under `pull.geometry`"
    )


@lru_cache(maxsize=32)
def find_operation(name: str) -> Operation:
    """The operation for a system as the functions above name it; RefusedError for one that nobody knows."""
    if name in _SAME:
        return Operation(f"{_SAME[name]} (WGS 84)")
    import pyproj  # noqa: PLC0415 - a tenth of a second that only rows to be converted pay
    from pyproj.exceptions import ProjError  # noqa: PLC0415 - the same
    from pyproj.network import set_network_enabled  # type: ignore[attr-defined]  # noqa: PLC0415 - the same

    set_network_enabled(active=False)  # or the result would depend on what was fetched
    try:
        crs, known = _find_crs(name)
        label = f"{known} ({crs.name})" if known else crs.name
        if crs.equals(pyproj.CRS(WGS84), ignore_axis_order=True):
            return Operation(label)
        return _make_operation(crs, label)
    except ProjError:
        raise RefusedError(
            f"geometry: the reference system {name[:80]!r} is unknown, expected one of the EPSG registry; "
            "declare it as `crs:` under `pull.geometry`"
        ) from None


def _find_crs(name: str) -> tuple["CRS", str]:
    """The system in two dimensions, and its name in a registry."""
    from pyproj import CRS  # noqa: PLC0415 - see above
    from pyproj.exceptions import CRSError  # noqa: PLC0415 - see above

    authority, _colon, code = name.partition(":")
    if authority == "WKID":
        try:
            return _flatten(CRS.from_authority("EPSG", code)), f"EPSG:{code}"
        except CRSError:
            return _flatten(CRS.from_authority("ESRI", code)), f"ESRI:{code}"
    if authority in {"EPSG", "ESRI", "OGC"}:
        return _flatten(CRS.from_authority(authority, code)), name
    return _flatten(CRS.from_wkt(name)), ""


def _flatten(crs: "CRS") -> "CRS":
    return (crs.sub_crs_list[0] if crs.is_compound else crs).to_2d()


def _make_operation(crs: "CRS", label: str) -> Operation:
    from pyproj.aoi import AreaOfInterest  # noqa: PLC0415 - see above
    from pyproj.exceptions import ProjError  # noqa: PLC0415 - see above
    from pyproj.transformer import TransformerGroup  # noqa: PLC0415 - see above

    bounds = crs.area_of_use.bounds if crs.area_of_use else None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that grids are missing is said in the note
        area: Any = AreaOfInterest(*bounds) if bounds else None
        group = TransformerGroup(crs, WGS84, always_xy=True, area_of_interest=area)
    if not group.transformers:
        raise ProjError("no operation")
    chosen = group.transformers[0]

    def convert(x: Numbers, y: Numbers) -> tuple[Numbers, Numbers]:
        lon, lat = chosen.transform(x, y)
        return np.asarray(lon), np.asarray(lat)

    return Operation(label, crs.is_projected, bounds, convert, _write_note(label, group))


def _write_note(label: str, group: "TransformerGroup") -> str:
    chosen = group.transformers[0]
    exact = f"accurate to {chosen.accuracy:g} m" if chosen.accuracy >= 0 else "of unknown accuracy"
    note = (
        f"Coordinates were converted from {label} to WGS 84 by the operation “{_AXES.sub('', chosen.description)}”, "
        f"{exact}, and rounded to 7 decimals"
    )
    better = [one for one in group.unavailable_operations if 0 <= one.accuracy < _limit(chosen.accuracy)]
    if not better:
        return f"{note}."
    best = min(one.accuracy for one in better)
    grids = sorted({grid.short_name for one in better if one.accuracy == best for grid in one.grids})
    return f"{note}; more exact ones ({best:g} m) need grids that are not installed: {', '.join(grids)}."


def _limit(accuracy: float) -> float:
    return accuracy if accuracy >= 0 else float("inf")
