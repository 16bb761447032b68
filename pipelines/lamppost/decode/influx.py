"""InfluxDB 1.x's answers in JSON: each series' columns and lists of values become rows.

One document, or with `chunked=true` one a line. A series that is marked `partial` was cut, unless a chunk follows: that
mark, and an error in the middle of a good answer, are in the JSON alone, never in the CSV.
https://docs.influxdata.com/influxdb/v1/tools/api/#query-http-endpoint
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lamppost.decode.json_strict import parse_json
from lamppost.decode.records import Records, Row, check_header
from lamppost.decode.text import decode_text
from lamppost.errors import RefusedError
from lamppost.model import Snapshot

NAME = "name"
"""The measurement, unless a column or tag is called so."""


def decode_influx(data: bytes, snapshot: Snapshot, place: str) -> Records:
    """One record for each list of values: its columns, the series' tags, and the measurement as `name`."""
    documents = _read_documents(decode_text(data, snapshot.encoding, place), place)
    rows: list[Row] = []
    for number, document in enumerate(documents, 1):
        for result in _list_results(document, place):
            for series in _take_list(result, "series", place):
                rows += _lay_series(series, place)
            _refuse_cut(result, place, last=number == len(documents))
    return Records(rows, frame=_strip(documents[-1]))


def _read_documents(text: str, place: str) -> Sequence[Any]:
    """The one value of the text, or one of each line."""
    try:
        return [parse_json(text, place)]
    except RefusedError:
        lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
        if len(lines) == 1:
            raise
    return [parse_json(line, f"{place}, line {number}") for number, line in lines]


def _list_results(document: Any, place: str) -> Sequence[Any]:
    if not isinstance(document, Mapping) or not {"results", "error"} & document.keys():
        raise _refuse(place, "no `results`", "InfluxDB's own, with `results`; check the address and `format:`")
    results = _take_list(document, "results", place)
    for one in (document, *results):
        if isinstance(one, Mapping) and one.get("error"):
            raise _refuse(place, "an error (`error`)", "rows; pull by hand to see what it says")
    return results


def _take_list(holder: Any, key: str, place: str) -> Sequence[Any]:
    found = holder.get(key, []) if isinstance(holder, Mapping) else None
    if not isinstance(found, list):
        raise _refuse(place, f"no list at `{key}`", "InfluxDB's own answer; check `format:`")
    return found


def _lay_series(series: Any, place: str) -> Iterator[Row]:
    columns, values = _take_list(series, "columns", place), _take_list(series, "values", place)
    tags = series.get("tags") or {}
    if not isinstance(tags, Mapping) or not all(type(one) is str for one in columns):
        raise _refuse(place, "columns or tags that are no names", "InfluxDB's own answer; check `format:`")
    check_header([*columns, *tags], place)
    around = {NAME: series.get(NAME), **tags} if NAME not in columns else dict(tags)
    for number, row in enumerate(values, 1):
        if not isinstance(row, list) or len(row) != len(columns):
            raise _refuse(place, f"row {number:,} of a series with other cells than its columns", "one a column")
        yield {**around, **dict(zip(columns, row, strict=True))}


def _refuse_cut(result: Mapping[str, Any], place: str, *, last: bool) -> None:
    marked = [one for one in (result, *result.get("series", ())) if one.get("partial") not in (None, False)]
    if last and marked:
        expected = "whole ones; ask for less at once (`window.size`), or raise the server's max-row-limit"
        raise _refuse(place, "rows that were cut (`partial`)", expected)


def _strip(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """What stands around the series, for rules that look at it."""
    results = [{key: one for key, one in result.items() if key != "series"} for result in document["results"]]
    return {**document, "results": results}


def _refuse(place: str, found: str, expected: str) -> RefusedError:
    return RefusedError(f"{place}: found {found}, expected {expected}")
