"""The systems that cities have, told by the words that their specifications require in every answer (pure)."""

import re
from collections.abc import Callable, Collection
from typing import Any

from lamppost.decode.domains import read_domains
from lamppost.notation import ABSENT, find
from lamppost.propose.answer import Guess, Seen, choose, doubt_count, strip_url
from lamppost.propose.proposal import Hints


def _as_error(seen: Seen, value: Any, presets: Collection[str]) -> Guess | None:
    del seen, presets
    error = value.get("error")
    if isinstance(error, dict) and ("message" in error or "code" in error):
        return Guess(f"The source answers with an error of its own (code {error.get('code', 'unknown')}).")
    return None


def _as_arcgis(seen: Seen, value: Any, presets: Collection[str]) -> Guess | None:
    home = strip_url(seen.url, r"/query/?$")
    layers = value.get("layers")
    if isinstance(layers, list) and "currentVersion" in value:
        listed = "; ".join(f"{home}/{one.get('id')} ({one.get('name')})" for one in layers if isinstance(one, dict))
        return Guess(f"This is an ArcGIS service. Try one of its layers: {listed}.")
    is_layer = isinstance(value.get("fields"), list) and ("geometryType" in value or "objectIdField" in value)
    if not is_layer and "objectIdFieldName" not in value:
        return None
    pull: dict[str, Any] = {"preset": "arcgis", "url": home}
    key = value.get("objectIdField") or value.get("objectIdFieldName") or _find_oid(value)
    if key and key != "OBJECTID":
        pull["params"] = {"orderByFields": key}
    return Guess("This is an ArcGIS layer.", pull if "arcgis" in presets else {})


def _find_oid(value: Any) -> str:
    fields = [one for one in value.get("fields", ()) if isinstance(one, dict)]
    return next((str(one.get("name")) for one in fields if one.get("type") == "esriFieldTypeOID"), "")


def _as_gbfs(seen: Seen, value: Any, presets: Collection[str]) -> Guess | None:
    data = value.get("data")
    if not isinstance(data, dict) or not {"last_updated", "ttl"} <= set(value):
        return None
    block = data if "feeds" in data else next((one for one in data.values() if isinstance(one, dict)), {})
    names = [one.get("name") for one in block.get("feeds", ()) if isinstance(one, dict)]
    if not names:
        listed = next((key for key, one in data.items() if isinstance(one, list)), "")
        one = {"adapter": "poll", "url": seen.url, "format": "json", "records": f"data.{listed}"}
        return Guess("This is one GBFS feed.", one if listed else {})
    wanted = ("vehicle_status", "free_bike_status", "station_status")
    feed = next((one for one in wanted if one in names), str(names[0]))
    records = {"free_bike_status": "bikes", "vehicle_status": "vehicles", "station_status": "stations"}
    pull: dict[str, Any] = {
        "preset": "gbfs",
        "url": seen.url,
        "discover": {"feed": feed},
        "records": f"data.{records.get(feed, feed)}",
    }
    says = f"This is a GBFS system; its feeds are {', '.join(map(str, names))}."
    return Guess(says, pull if "gbfs" in presets else {})


def _as_open311(seen: Seen, value: Any, presets: Collection[str]) -> Guess | None:
    if isinstance(value, list):
        if not (value and isinstance(value[0], dict) and {"service_request_id", "requested_datetime"} <= set(value[0])):
            return None
        home = strip_url(seen.url, r"/requests\.json$")
    else:
        found = value.get("endpoints")
        if not isinstance(found, list) or not found or "specification" not in str(found[0]):
            return None
        home = str(found[0].get("url", "")).rstrip("/")
    return Guess("This is an Open311 GeoReport v2 service.", choose(presets, "open311", {"url": home}, {}))


def _as_sensorthings(seen: Seen, value: Any, presets: Collection[str]) -> Guess | None:
    found = value.get("value")
    if not isinstance(found, list):
        return None
    names = {one.get("name") for one in found if isinstance(one, dict)}
    is_root = {"Things", "Datastreams", "Observations"} <= names
    is_list = any(key.startswith("@iot.") for one in (value, *found[:1]) if isinstance(one, dict) for key in one)
    if not is_root and not is_list:
        return None
    home = strip_url(seen.url, r"(?<=/v\d\.\d)/.*$")
    return Guess("This is a SensorThings service.", choose(presets, "sensorthings", {"url": home}, {}))


def _as_ogc(seen: Seen, value: Any, presets: Collection[str]) -> Guess | None:
    """OGC API Features 1.0 §7: landing page, collections, one collection, its items; else a plain FeatureCollection."""
    links = [one for one in value.get("links", ()) if isinstance(one, dict)] if "links" in value else []
    rels = {str(one.get("rel", "")).rpartition("/")[2] for one in links}
    home = strip_url(seen.url)
    if isinstance(value.get("collections"), list):
        named = [str(one.get("id")) for one in value["collections"] if isinstance(one, dict)]
        return Guess("This is an OGC API. Try a collection: " + "; ".join(f"{home}/{one}" for one in named[:10]) + ".")
    if {"conformance", "service-desc"} & rels:
        return Guess(f"This is the front page of an OGC API. Try {home}/collections.")
    is_items = value.get("type") == "FeatureCollection"
    if not is_items and "items" in rels:
        home, is_items, rels = f"{home}/items", True, {"self"}
    if not is_items:
        return None
    if "numberMatched" in value or {"self", "next"} & rels:
        otherwise = {
            "adapter": "http",
            "url": home,
            "headers": {"Accept": "application/geo+json"},
            "records": "features",
            "paging": {"by": "next_link", "path": "links", "limit": "limit", "size": 1000},
            "count": {"path": "numberMatched"},
        }
        says = "This is a collection of an OGC API (Features)."
        ours = {"url": strip_url(home, r"/items/?$")}
        return Guess(says, choose(presets, "ogc-features", ours, otherwise))
    rows = len(value["features"]) if isinstance(value.get("features"), list) else 0
    cut = ("the answer says that there is more than it holds: ask its layer instead",) if _is_cut(value) else ()
    pull = {"adapter": "poll", "url": seen.url, "format": "geojson"}
    return Guess("This is a GeoJSON file.", pull, cut or doubt_count(rows))


def _is_cut(value: Any) -> bool:
    return find(value, "exceededTransferLimit") is True or find(value, "properties.exceededTransferLimit") is True


def _as_influx(seen: Seen, value: Any, presets: Collection[str]) -> Guess | None:
    del seen, presets
    if find(value, "results.0.statement_id") is ABSENT:
        return None
    return Guess("This is InfluxDB 1.x. Set the names that `lamppost presets influxdb` lists, then try the preset.")


def _as_ckan(seen: Seen, value: Any, presets: Collection[str]) -> Guess | None:
    if "success" not in value or not isinstance(find(value, "result.records"), list):
        return None
    pull = {
        "adapter": "http",
        "url": seen.url,
        "params": {"sort": "_id"},
        "records": "result.records",
        "paging": {"by": "offset", "param": "offset", "limit": "limit", "size": 1000},
        "count": {"path": "result.total"},
        "fail_when": ["error"],
    }
    named = re.search(r"resource_id=([0-9a-f-]+)", seen.url)
    says = "This is a table of a CKAN portal."
    if not named:
        return Guess(says, pull)
    ours = {"url": strip_url(seen.url, r"/api/(3/)?action/.*$"), "params": {"resource_id": named.group(1)}}
    return Guess(says, choose(presets, "ckan", ours, pull))


def _as_socrata(seen: Seen, value: Any, presets: Collection[str]) -> Guess | None:
    named = re.search(r"/resource/([a-z0-9]{4}-[a-z0-9]{4})", seen.url)
    if not named or not isinstance(value, list):
        return None
    pull = {
        "adapter": "http",
        "url": strip_url(seen.url),
        "params": {"$order": ":id"},
        "records": "",
        "paging": {"by": "offset", "param": "$offset", "limit": "$limit", "size": 1000},
    }
    ours = {"url": strip_url(seen.url), "headers": {"X-App-Token": None}}
    ask = "an app token is free, and without one requests are held back: set SOCRATA_APP_TOKEN and take `headers:` out"
    return Guess("This is a table of a Socrata portal.", choose(presets, "socrata", ours, pull), (ask,))


def read_layer(layer: Any) -> Hints:
    """What an ArcGIS layer's own description (`?f=json`) says of its fields: dates, coded values, aliases."""
    fields = [one for one in layer.get("fields", ()) if isinstance(one, dict)] if isinstance(layer, dict) else []
    paths = {f"attributes.{one.get('name')}": one for one in fields}
    codes = read_domains(layer)
    return Hints(
        dates=frozenset(path for path, one in paths.items() if one.get("type") == "esriFieldTypeDate"),
        labels={
            f"attributes.{name}": {str(one["value"]): one["label"] for one in listed} for name, listed in codes.items()
        },
        titles={path: str(one["alias"]) for path, one in paths.items() if one.get("alias")},
    )


Test = Callable[[Seen, Any, Collection[str]], Guess | None]
OBJECTS: tuple[Test, ...] = (
    _as_error,
    _as_arcgis,
    _as_gbfs,
    _as_open311,
    _as_sensorthings,
    _as_ogc,
    _as_influx,
    _as_ckan,
)
"""Tests of a JSON object, the surest first."""
LISTS: tuple[Test, ...] = (_as_open311, _as_socrata)
"""Tests of a JSON list."""
