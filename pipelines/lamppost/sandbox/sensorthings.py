"""The gateway's SensorThings 1.1 interface: Things, Datastreams and Observations, read only.

Wire facts: a collection is `{"value": […]}`; `@iot.nextLink` is the whole next address with every option in it;
`$top` above 500 is cut to 500 without a word; `@iot.count` comes when `$count=true` asks; an observation of a meter
covers an interval `a/b`. Source: OGC SensorThings API Part 1, version 1.1.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from operator import eq, ge, gt, itemgetter, le, lt, ne
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from lamppost.sandbox.gateway import Observation, Stream, make_observations, make_streams
from lamppost.sandbox.hours import HOUR, iso, seconds
from lamppost.sandbox.server import Answer, Request, System, as_json

PAGE = 500
DEFAULT_PAGE = 100
_OPTIONS = {"$filter", "$expand", "$orderby", "$top", "$skip", "$count"}
_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {"eq": eq, "ne": ne, "gt": gt, "ge": ge, "lt": lt, "le": le}
_CONDITION = re.compile(
    r"\s*(?P<path>[\w@./]+)\s+(?P<op>eq|ne|gt|ge|lt|le)\s+(?P<value>'(?:[^']|'')*'|[^\s']+)\s*(?P<more>and\b|$)"
)
_TIMES = {"phenomenonTime", "resultTime"}


class _OptionError(ValueError):
    """A query option the service does not understand; answered with 400."""


class Collection(NamedTuple):
    """One entity set: its members, what may be asked of them, and what they may be expanded with."""

    name: str
    members: Sequence[Any]
    paths: Mapping[str, Callable[[Any], Any]]
    show: Callable[[Any, str], dict[str, Any]]
    expansions: Mapping[str, Callable[[Any, str], Any]]
    """`Datastream/Thing` → what it adds; a shorter path is added before a longer one."""


def make_sensorthings(today: date, seed: int) -> System:
    """The service as it stands at the first second of `today`."""
    collections = {one.name: one for one in _collections(make_streams(seed), make_observations(today, seed))}
    search = lru_cache(maxsize=16)(lambda name, wanted, order: _search(collections[name], wanted, order))

    def answer(request: Request) -> Answer:
        name = request.path.strip("/")
        if not name:
            return as_json({"value": [{"name": one, "url": f"{request.base}/{one}"} for one in collections]})
        if name not in collections:
            return _error(404, f"Nothing found at {request.path}")
        try:
            query = _check_options(request.query)
            found = search(name, query.get("$filter", ""), query.get("$orderby", ""))
            return as_json(_page(collections[name], found, query, request.base))
        except _OptionError as error:
            return _error(400, str(error))

    return answer


def _collections(streams: Sequence[Stream], observations: Sequence[Observation]) -> list[Collection]:
    streams_paths: dict[str, Callable[[Any], Any]] = {
        "id": lambda one: one.id,
        "@iot.id": lambda one: one.id,
        "name": lambda one: one.name,
        "ObservedProperty/name": lambda one: one.observed,
        "Thing/name": lambda one: one.thing,
    }
    paths: dict[str, Callable[[Any], Any]] = {
        "id": itemgetter(0),
        "@iot.id": itemgetter(0),
        "phenomenonTime": itemgetter(2),
        "resultTime": itemgetter(3),
    } | {f"Datastream/{path}": _through_stream(get) for path, get in streams_paths.items()}
    thing_paths = {"id": streams_paths["id"], "@iot.id": streams_paths["id"], "name": streams_paths["Thing/name"]}
    inside = {"Thing": _show_thing, "ObservedProperty": _show_property}
    around: dict[str, Callable[[Any, str], Any]] = {"Datastream": lambda one, base: _show_stream(one.stream, base)}
    around |= {f"Datastream/{name}": _show_through(show) for name, show in inside.items()}
    return [
        Collection("Things", streams, thing_paths, _show_thing, {}),
        Collection("Datastreams", streams, streams_paths, _show_stream, inside),
        Collection("Observations", observations, paths, _show_observation, around),
    ]


def _through_stream(get: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda one: get(one.stream)


def _show_through(show: Callable[[Any, str], Any]) -> Callable[[Any, str], Any]:
    return lambda one, base: show(one.stream, base)


def _check_options(query: Mapping[str, str]) -> Mapping[str, str]:
    if unknown := sorted(set(query) - _OPTIONS):
        raise _OptionError(f"Unknown or unsupported query option: {', '.join(unknown)}")
    return query


def _page(collection: Collection, found: Sequence[Any], query: Mapping[str, str], base: str) -> dict[str, Any]:
    top = min(PAGE, _read_count(query, "$top", DEFAULT_PAGE))
    skip = _read_count(query, "$skip", 0)
    expansions = _read_expand(query.get("$expand", ""), collection)
    page: dict[str, Any] = {"@iot.count": len(found)} if query.get("$count") == "true" else {}
    if skip + top < len(found):
        following = {**query, "$top": str(top), "$skip": str(skip + top)}
        page["@iot.nextLink"] = f"{base}/{collection.name}?{urlencode(following, quote_via=quote, safe='$,/()@')}"
    page["value"] = [_show(collection, one, expansions, base) for one in found[skip : skip + top]]
    return page


def _show(collection: Collection, one: Any, expansions: Sequence[str], base: str) -> dict[str, Any]:
    shown = collection.show(one, base)
    for path in expansions:
        *above, name = path.split("/")
        target = shown
        for step in above:
            target = target[step]
        target.pop(f"{name}@iot.navigationLink", None)
        target[name] = collection.expansions[path](one, base)
    return shown


def _read_expand(text: str, collection: Collection) -> list[str]:
    """Flatten `Datastream($expand=Thing,ObservedProperty)` or `Datastream/Thing` to paths, outer ones first."""
    paths: dict[str, None] = {}
    for part in re.findall(r"[^,(]+(?:\([^()]*\))?", text):
        found = re.fullmatch(r"\s*([\w/]+)\s*(?:\(\s*\$expand=([\w,\s]+)\))?\s*", part)
        if not found:
            raise _OptionError(f"$expand is not understood: {part}")
        inner = [f"{found[1]}/{name.strip()}" for name in (found[2] or "").split(",") if name.strip()]
        for path in (found[1].split("/")[0], found[1], *inner):
            paths[path] = None
    if unknown := [path for path in paths if path not in collection.expansions]:
        raise _OptionError(f"{collection.name} cannot be expanded with {', '.join(unknown)}")
    return list(paths)


def _search(collection: Collection, wanted: str, order: str) -> Sequence[Any]:
    conditions = _read_filter(wanted, collection)
    found = [one for one in collection.members if all(holds(one) for holds in conditions)]
    for part in reversed([part.strip() for part in order.split(",") if part.strip()]):
        path, _, way = part.partition(" ")
        if path not in collection.paths or way not in {"", "asc", "desc"}:
            raise _OptionError(f"$orderby is not understood: {part}")
        found.sort(key=collection.paths[path], reverse=way == "desc")
    return found


def _read_filter(text: str, collection: Collection) -> list[Callable[[Any], bool]]:
    """Conditions joined by `and`; anything else is refused rather than read in part."""
    conditions, position = [], 0
    while position < len(text):
        found = _CONDITION.match(text, position)
        if not found or found["path"] not in collection.paths or (found["more"] and found.end() == len(text)):
            raise _OptionError(f"$filter is not understood: {text[position:]}")
        conditions.append(_read_condition(found, collection.paths[found["path"]]))
        position = found.end()
    return conditions


def _read_condition(found: re.Match[str], get: Callable[[Any], Any]) -> Callable[[Any], bool]:
    compare, value = _OPERATORS[found["op"]], _read_literal(found["path"], found["value"])
    return lambda one: compare(get(one), value)


def _read_literal(path: str, text: str) -> float | str:
    """A time for the time properties, a quoted text for names, a number for ids."""
    name = path.rsplit("/", 1)[-1]
    try:
        if name in _TIMES:
            return seconds(text)
        return _read_quoted(text) if name == "name" else int(text)
    except ValueError as error:
        raise _OptionError(f"$filter compares {path} with {text}") from error


def _read_quoted(text: str) -> str:
    if not text.startswith("'"):
        raise ValueError(text)
    return text[1:-1].replace("''", "'")


def _read_count(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name, str(default))
    if not text.isdigit():
        raise _OptionError(f"{name} must be a whole number, not {text}")
    return int(text)


def _show_observation(one: Observation, base: str) -> dict[str, Any]:
    start = iso(one.start)
    return {
        "@iot.selfLink": f"{base}/Observations({one.id})",
        "@iot.id": one.id,
        "phenomenonTime": f"{start}/{iso(one.start + HOUR)}" if one.stream.interval else start,
        "resultTime": iso(one.stored),
        "result": one.result,
        "Datastream@iot.navigationLink": f"{base}/Observations({one.id})/Datastream",
    }


def _show_stream(one: Stream, base: str) -> dict[str, Any]:
    return {
        "@iot.selfLink": f"{base}/Datastreams({one.id})",
        "@iot.id": one.id,
        "name": one.name,
        "description": f"Simulated: {one.observed} at {one.thing}",
        "observationType": "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement",
        "unitOfMeasurement": {"name": one.unit[0], "symbol": one.unit[1], "definition": ""},
        "Thing@iot.navigationLink": f"{base}/Datastreams({one.id})/Thing",
        "ObservedProperty@iot.navigationLink": f"{base}/Datastreams({one.id})/ObservedProperty",
    }


def _show_thing(one: Stream, base: str) -> dict[str, Any]:
    return {
        "@iot.selfLink": f"{base}/Things({one.id})",
        "@iot.id": one.id,
        "name": one.thing,
        "description": "Simulated device",
        "properties": one.properties,
    }


def _show_property(one: Stream, _base: str) -> dict[str, Any]:
    return {"name": one.observed, "description": "", "definition": ""}


def _error(code: int, message: str) -> Answer:
    return as_json({"code": code, "type": "error", "message": message}, code)
