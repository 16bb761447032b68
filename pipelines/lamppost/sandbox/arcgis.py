"""The street light inventory as an ArcGIS FeatureServer layer.

Wire facts: a query gives at most `maxRecordCount` features and says `exceededTransferLimit` while there are more; dates
are milliseconds since 1970, negative before; geometry is in Web Mercator unless `outSR=4326` asks otherwise; an error
is an HTTP 200 with an `error` object. Source: Esri's REST API reference, *Query (Feature Service/Layer)*.
"""

import math
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from lamppost.sandbox.lights import Light, make_lights
from lamppost.sandbox.server import Answer, Request, System, as_json

LAYER = "/rest/services/PublicWorks/StreetLights/FeatureServer/0"
PAGE = 25
_OID = "OBJECTID"
_TYPES = {
    _OID: "esriFieldTypeOID",
    "LIGHT_ID": "esriFieldTypeString",
    "POLE_TYPE": "esriFieldTypeString",
    "LAMP_TYPE": "esriFieldTypeString",
    "WATTS": "esriFieldTypeInteger",
    "CONNECTED": "esriFieldTypeString",
    "FUTURE_USE": "esriFieldTypeString",
    "INSTALL_DATE": "esriFieldTypeDate",
    "CREW_NOTES": "esriFieldTypeString",
}
_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "=": eq, "<>": ne, ">=": ge, "<=": le, ">": gt, "<": lt,
}  # fmt: skip
_CONDITION = re.compile(
    r"\s*(?P<field>\w+)\s*(?P<op><>|>=|<=|=|>|<)\s*"
    r"(?:(?P<number>-?\d+(?:\.\d+)?)|(?:timestamp|date)\s*'(?P<time>[^']*)'|'(?P<text>(?:[^']|'')*)')\s*",
    re.IGNORECASE,
)
_EARTH = 6378137.0
_MISTYPED = 60
"""The light whose lamp type somebody wrote in a way of their own."""

Row = dict[str, Any]


class _QueryError(ValueError):
    """What the layer answers inside an HTTP 200."""


def make_arcgis(seed: int) -> System:
    """The server; the inventory is the same on every day."""
    rows = tuple(_row(light) for light in make_lights(seed))

    def answer(request: Request) -> Answer:
        if request.path == LAYER:
            return as_json(_describe(rows))
        if request.path != f"{LAYER}/query":
            return _error(404, "Service not found", [])
        try:
            return _query(rows, request)
        except _QueryError as error:
            return _error(400, "Cannot perform query. Invalid query parameters.", [str(error)])

    return answer


def _row(light: Light) -> Row:
    """One feature; one light carries a lamp type that is not in the city's list, as a hurried entry does."""
    moment = datetime.combine(light.installed, time(), UTC) if light.installed else None
    return {
        _OID: light.number,
        "LIGHT_ID": light.light_id,
        "POLE_TYPE": light.pole_type,
        "LAMP_TYPE": "L.E.D." if light.number == _MISTYPED else light.lamp_type,
        "WATTS": light.watts,
        "CONNECTED": "Yes" if light.connected else "No",
        "FUTURE_USE": light.future_use or None,
        "INSTALL_DATE": round(moment.timestamp() * 1000) if moment else None,
        "CREW_NOTES": "call (310) 555-0117 before opening" if light.number % 11 == 0 else None,
        "at": (light.latitude, light.longitude),
    }


def _describe(rows: Sequence[Row]) -> dict[str, Any]:
    longitudes, latitudes = [row["at"][1] for row in rows], [row["at"][0] for row in rows]
    west, south = _to_metres(min(longitudes), min(latitudes))
    east, north = _to_metres(max(longitudes), max(latitudes))
    return {
        "currentVersion": 11.1,
        "id": 0,
        "name": "Street lights",
        "type": "Feature Layer",
        "description": "Simulated inventory of street lights",
        "geometryType": "esriGeometryPoint",
        "objectIdField": _OID,
        "maxRecordCount": PAGE,
        "supportedQueryFormats": "JSON, geoJSON",
        "capabilities": "Query",
        "advancedQueryCapabilities": {"supportsPagination": True, "supportsOrderBy": True},
        "dateFieldsTimeReference": {"timeZone": "UTC", "respectsDaylightSaving": False},
        "extent": {"xmin": west, "ymin": south, "xmax": east, "ymax": north, "spatialReference": {"wkid": 102100}},
        "fields": _fields(list(_TYPES)),
    }


def _fields(names: Sequence[str]) -> list[dict[str, Any]]:
    return [{"name": name, "type": _TYPES[name], "alias": name.replace("_", " ").title()} for name in names]


def _query(rows: Sequence[Row], request: Request) -> Answer:
    query = request.query
    if query.get("f", "html") not in {"json", "pjson", "geojson"}:
        raise _QueryError("'f' is invalid")
    found = _sort([row for row in rows if _matches(row, query.get("where", ""))], query.get("orderByFields", _OID))
    if query.get("returnCountOnly") == "true":
        return as_json({"count": len(found)})
    if query.get("returnIdsOnly") == "true":
        return as_json({"objectIdFieldName": _OID, "objectIds": [row[_OID] for row in found]})
    offset = _read_count(query.get("resultOffset", "0"), "resultOffset")
    size = min(PAGE, _read_count(query.get("resultRecordCount", str(PAGE)), "resultRecordCount"))
    more = offset + size < len(found)
    page = found[offset : offset + size]
    names = _read_names(query.get("outFields", ""))
    return as_json((_as_geojson if query["f"] == "geojson" else _as_esri)(page, names, more, query))


def _as_esri(page: Sequence[Row], names: Sequence[str], more: bool, query: Any) -> dict[str, Any]:
    degrees = query.get("outSR") == "4326"
    plain = query.get("returnGeometry") == "false"
    features = [
        {"attributes": {name: row[name] for name in names}} | ({} if plain else {"geometry": _point(row, degrees)})
        for row in page
    ]
    answer = {
        "objectIdFieldName": _OID,
        "geometryType": "esriGeometryPoint",
        "spatialReference": {"wkid": 4326, "latestWkid": 4326} if degrees else {"wkid": 102100, "latestWkid": 3857},
        "fields": _fields(names),
        "features": features,
    }
    return answer | ({"exceededTransferLimit": True} if more else {})


def _as_geojson(page: Sequence[Row], names: Sequence[str], more: bool, _query: Any) -> dict[str, Any]:
    features = [
        {
            "type": "Feature",
            "id": row[_OID],
            "geometry": {"type": "Point", "coordinates": [row["at"][1], row["at"][0]]},
            "properties": {name: row[name] for name in names},
        }
        for row in page
    ]
    answer: dict[str, Any] = {"type": "FeatureCollection", "features": features}
    return answer | ({"properties": {"exceededTransferLimit": True}} if more else {})


def _point(row: Row, degrees: bool) -> dict[str, float]:
    latitude, longitude = row["at"]
    x, y = (longitude, latitude) if degrees else _to_metres(longitude, latitude)
    return {"x": x, "y": y}


def _to_metres(longitude: float, latitude: float) -> tuple[float, float]:
    """Web Mercator, EPSG 3857."""
    y = math.log(math.tan(math.pi / 4 + math.radians(latitude) / 2))
    return round(_EARTH * math.radians(longitude), 4), round(_EARTH * y, 4)


def _matches(row: Row, where: str) -> bool:
    """Decide `FIELD op value` conditions joined by AND; `1=1` is true, an empty one is refused."""
    return all(_holds(row, part) for part in re.split(r"\s+and\s+", where, flags=re.IGNORECASE))


def _holds(row: Row, condition: str) -> bool:
    if re.fullmatch(r"\s*1\s*=\s*1\s*", condition):
        return True
    found = _CONDITION.fullmatch(condition)
    if not found or found["field"].upper() not in _TYPES:
        raise _QueryError("'where' clause is invalid")
    value, wanted = row[found["field"].upper()], _literal(found)
    if value is None:
        return False
    if isinstance(value, str) != isinstance(wanted, str):
        raise _QueryError("'where' clause is invalid")
    return _OPERATORS[found["op"]](value, wanted)


def _literal(found: re.Match[str]) -> float | str:
    if found["number"] is not None:
        return float(found["number"])
    if found["text"] is not None:
        return found["text"].replace("''", "'")
    try:
        return datetime.fromisoformat(found["time"]).replace(tzinfo=UTC).timestamp() * 1000
    except ValueError as error:
        raise _QueryError("'where' clause is invalid") from error


def _sort(rows: list[Row], order: str) -> list[Row]:
    for part in reversed(order.split(",")):
        name, _, way = part.strip().partition(" ")
        if name.upper() not in _TYPES or way.strip().upper() not in {"", "ASC", "DESC"}:
            raise _QueryError("'orderByFields' parameter is invalid")
        rows = sorted(rows, key=_sort_key(name.upper()), reverse=way.strip().upper() == "DESC")
    return rows


def _sort_key(name: str) -> Callable[[Row], tuple[bool, Any]]:
    """Order by one column, nulls first."""
    return lambda row: (row[name] is not None, row[name] if row[name] is not None else 0)


def _read_names(text: str) -> list[str]:
    """`*`, or names separated by commas; without any the layer gives the object id alone."""
    if text.strip() == "*":
        return list(_TYPES)
    names = [name.strip().upper() for name in text.split(",") if name.strip()]
    if unknown := [name for name in names if name not in _TYPES]:
        raise _QueryError(f"'outFields' parameter is invalid: {', '.join(unknown)}")
    return names or [_OID]


def _read_count(text: str, name: str) -> int:
    if not text.isdigit():
        raise _QueryError(f"'{name}' must be a whole number")
    return int(text)


def _error(code: int, message: str, details: list[str]) -> Answer:
    return as_json({"error": {"code": code, "message": message, "details": details}})
