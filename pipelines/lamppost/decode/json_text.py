"""JSON, NDJSON and GeoJSON; numbers keep the text they were written with, so that no digit is lost.

Each page is read fast where the result can be proven to be that of the strict reader, and by that one otherwise.
"""

from collections.abc import Callable, Sequence
from typing import Any

from lamppost.decode.json_list import take_frame
from lamppost.decode.json_quick import Quick, read_lines, read_list
from lamppost.decode.json_strict import Numeral, parse_json
from lamppost.decode.records import Records, Row, Shortcut
from lamppost.decode.text import decode_text, is_utf8
from lamppost.errors import RefusedError
from lamppost.model import Snapshot
from lamppost.notation import ABSENT, find

__all__ = ["Numeral", "decode_geojson", "decode_json", "decode_ndjson", "parse_json"]


def decode_json(data: bytes, snapshot: Snapshot, place: str) -> Records:
    """The list at `snapshot.records`; RefusedError names what stands there instead."""

    def read_strictly() -> Records:
        root = parse_json(decode_text(data, snapshot.encoding, place), place)
        return Records(_check_records(_find_list(root, snapshot.records, place), place), frame=take_frame(root))

    quick = read_list(data, snapshot.records) if is_utf8(snapshot.encoding) else None
    return _offer(quick, read_strictly)


def decode_ndjson(data: bytes, snapshot: Snapshot, place: str) -> Records:
    """One object a line; blank lines hold no record. An empty stream is no fault."""
    if not data.strip():
        return Records(())

    def read_strictly() -> Records:
        lines = decode_text(data, snapshot.encoding, place).split("\n")
        found = [parse_json(line, f"{place}, line {number}") for number, line in enumerate(lines, 1) if line.strip()]
        return Records(_check_records(found, place))

    return _offer(read_lines(data) if is_utf8(snapshot.encoding) else None, read_strictly)


def decode_geojson(data: bytes, snapshot: Snapshot, place: str) -> Records:
    """One record a feature: its properties, `geometry`, and `id` where there is one (RFC 7946 section 3.2)."""
    path = snapshot.records or "features"

    def read_strictly() -> Records:
        root = parse_json(decode_text(data, snapshot.encoding, place), place)
        features = _check_records(_find_list(root, path, place), place)
        return Records(_flatten_all(features, place), frame=take_frame(root))

    quick = read_list(data, path) if is_utf8(snapshot.encoding) else None
    if quick is None or quick.records is None or not _are_objects(quick.records):
        return read_strictly()
    rows = _flatten_all(quick.records, place)
    return Records(Shortcut(len(rows), lambda: read_strictly().rows, records=rows), frame=quick.frame)


def _offer(quick: Quick | None, read_strictly: Callable[[], Records]) -> Records:
    """What was proven, with the strict reader behind it; without a proof what that one gives or says."""
    if quick is None or not (quick.records is None or _are_objects(quick.records)):
        return read_strictly()
    rows = Shortcut(quick.count, lambda: read_strictly().rows, quick.columns, quick.records)
    return Records(rows, frame=quick.frame)


def _are_objects(values: Sequence[Any]) -> bool:
    return set(map(type, values)) <= {dict}


def _find_list(root: Any, path: str, place: str) -> list[Any]:
    found = find(root, path)
    if isinstance(found, list):
        return found
    where = f"at `{path}`" if path else "at the top"
    what = "nothing" if found is ABSENT else _describe(found)
    whole = f" of {_describe(root)}" if found is ABSENT else ""
    raise RefusedError(f"{place}: found {what} {where}{whole}, expected the list of records; check `records:`")


def _check_records(values: list[Any], place: str) -> list[Row]:
    for number, value in enumerate(values, 1):
        if not isinstance(value, dict):
            raise RefusedError(f"{place}: record {number} is {_describe(value)}, expected an object; check `records:`")
    return values


def _describe(value: Any) -> str:
    if isinstance(value, dict):
        return f"an object with the keys {', '.join(list(value)[:8]) or '(none)'}"
    if isinstance(value, list):
        return "a list"
    names = {bool: "true or false", int: "a number", Numeral: "a number", str: "a text"}
    return names.get(type(value), "null")


def _flatten_all(features: Sequence[Row], place: str) -> list[Row]:
    return [_flatten(feature, f"{place}, feature {number}") for number, feature in enumerate(features, 1)]


def _flatten(feature: Row, place: str) -> Row:
    if feature.get("type") != "Feature":
        raise RefusedError(f"{place}: found an object that is no Feature, expected GeoJSON features; check `records:`")
    properties = feature.get("properties") or {}
    if not isinstance(properties, dict):
        raise RefusedError(f"{place}: `properties` is {_describe(properties)}, expected an object or null")
    if "geometry" in properties:
        raise RefusedError(f"{place}: a property is called `geometry` too, expected another name; rename it there")
    own = {"id": feature["id"]} if "id" in feature and "id" not in properties else {}
    return {**own, **properties, "geometry": feature.get("geometry")}
