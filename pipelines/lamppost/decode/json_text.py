"""JSON, NDJSON and GeoJSON; numbers keep the text they were written with, so that no digit is lost.

Stricter than Python's json: a key written twice, NaN and Infinity are refused (RFC 8259 sections 4 and 6).
"""

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any, Never

from lamppost.decode.records import Records
from lamppost.decode.text import decode_text
from lamppost.errors import RefusedError
from lamppost.model import Snapshot
from lamppost.notation import ABSENT, find


class Numeral(str):
    """A JSON number as written, told apart from a string so that nested values are written back as they were."""

    __slots__ = ()


def decode_json(data: bytes, snapshot: Snapshot, place: str) -> Records:
    """The list at `snapshot.records`; RefusedError names what stands there instead."""
    root = parse_json(decode_text(data, snapshot.encoding, place), place)
    return Records(_check_records(_find_list(root, snapshot.records, place), place))


def decode_ndjson(data: bytes, snapshot: Snapshot, place: str) -> Records:
    """One object a line; blank lines hold no record. An empty stream is no fault."""
    if not data.strip():
        return Records(())
    lines = decode_text(data, snapshot.encoding, place).split("\n")
    found = [parse_json(line, f"{place}, line {number}") for number, line in enumerate(lines, 1) if line.strip()]
    return Records(_check_records(found, place))


def decode_geojson(data: bytes, snapshot: Snapshot, place: str) -> Records:
    """One record a feature: its properties, `geometry`, and `id` where there is one (RFC 7946 section 3.2)."""
    root = parse_json(decode_text(data, snapshot.encoding, place), place)
    features = _check_records(_find_list(root, snapshot.records or "features", place), place)
    return Records([_flatten(feature, f"{place}, feature {number}") for number, feature in enumerate(features, 1)])


def parse_json(text: str, place: str) -> Any:
    """The value with every number as a Numeral; RefusedError with line and column."""
    hooks: dict[str, Any] = {"parse_constant": _refuse_constant, "object_pairs_hook": _make_object}
    try:
        return json.loads(text, parse_int=Numeral, parse_float=Numeral, **hooks)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise RefusedError(f"{place}, {where}: {error.msg}; expected JSON; the answer may have been cut") from None
    except RecursionError:
        raise RefusedError(f"{place}: values are nested too deep, expected a table's worth; check the source") from None
    except ValueError as error:
        raise RefusedError(f"{place}: {error}; correct it at the source") from None


def _refuse_constant(name: str) -> Never:
    raise ValueError(f"found {name}, which is not JSON, expected a number or null")


def _make_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        name, _count = Counter(name for name, _value in pairs).most_common(1)[0]
        raise ValueError(f"found the key {name!r} more than once in one object, expected it once")
    return made


def _find_list(root: Any, path: str, place: str) -> list[Any]:
    found = find(root, path)
    if isinstance(found, list):
        return found
    where = f"at `{path}`" if path else "at the top"
    what = "nothing" if found is ABSENT else _describe(found)
    whole = f" of {_describe(root)}" if found is ABSENT else ""
    raise RefusedError(f"{place}: found {what} {where}{whole}, expected the list of records; check `records:`")


def _check_records(values: list[Any], place: str) -> list[Mapping[str, Any]]:
    for number, value in enumerate(values, 1):
        if not isinstance(value, dict):
            raise RefusedError(f"{place}: record {number} is {_describe(value)}, expected an object; check `records:`")
    return values


def _describe(value: Any) -> str:
    if isinstance(value, dict):
        return f"an object with the keys {', '.join(list(value)[:8]) or '(none)'}"
    if isinstance(value, list):
        return "a list"
    names = {bool: "true or false", Numeral: "a number", str: "a text"}
    return names.get(type(value), "null")


def _flatten(feature: Mapping[str, Any], place: str) -> dict[str, Any]:
    if feature.get("type") != "Feature":
        raise RefusedError(f"{place}: found an object that is no Feature, expected GeoJSON features; check `records:`")
    properties = feature.get("properties") or {}
    if not isinstance(properties, dict):
        raise RefusedError(f"{place}: `properties` is {_describe(properties)}, expected an object or null")
    if "geometry" in properties:
        raise RefusedError(f"{place}: a property is called `geometry` too, expected another name; rename it there")
    own = {"id": feature["id"]} if "id" in feature and "id" not in properties else {}
    return {**own, **properties, "geometry": feature.get("geometry")}
