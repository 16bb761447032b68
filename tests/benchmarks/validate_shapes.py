"""Files of every shape at which a fast pass may lose time: each as a schema and the text of a table (pure)."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Shape:
    """A table: its schema, and a function that gives its text."""

    schema: dict[str, Any]
    write: Callable[[], str]


def _join(names: Sequence[str], rows: Iterable[Sequence[object]], end: str = "\n") -> str:
    lines = [",".join(names), *(",".join(map(str, row)) for row in rows)]
    return end.join(lines) + end


def _table(
    types: Mapping[str, str],
    rows: Callable[[], Iterable[Sequence[object]]],
    *,
    end: str = "\n",
    more: Mapping[str, dict[str, Any]] | None = None,
    **schema: Any,
) -> Shape:
    fields = [{"name": name, "type": kind, **(more or {}).get(name, {})} for name, kind in types.items()]
    return Shape({"fields": fields, **schema}, lambda: _join(list(types), rows(), end))


def _quote(value: object) -> str:
    return '"' + str(value).replace('"', '""') + '"'


_ROWS = 20_000
_WIDE = {f"column_{number}": "integer" for number in range(1000)}
_POINT = _quote(json.dumps({"type": "Point", "coordinates": [-118.36, 34.09]}))
_THING = _quote(json.dumps({"pole": 7, "on": True}))
_FIVE = {"id": "integer", "name": "string", "n": "number", "day": "date", "on": "boolean"}
_WORDS = [f"word number {number}" for number in range(2_000)]


def _five(many: int = _ROWS) -> Iterator[Sequence[Any]]:
    return ((row, f"lamp {row % 50}", row / 8, f"2026-11-{row % 30 + 1:02}", "true") for row in range(many))


def _bad_five(many: int = _ROWS) -> Iterator[Sequence[object]]:
    return ((f"x{row}", f"lamp {row}", "n/a", "22/11/2026", "yes") for row in range(many))


SHAPES: Mapping[str, Shape] = {
    "10 rows": _table(_FIVE, lambda: _five(10), primaryKey=["id"]),
    "10 rows, all bad": _table(_FIVE, lambda: _bad_five(10), primaryKey=["id"]),
    "300 rows, all bad": _table(_FIVE, lambda: _bad_five(300), primaryKey=["id"]),
    "all bad, five faults a row": _table(_FIVE, lambda: _bad_five(2_000), primaryKey=["id"]),
    "all bad, one fault a row": _table(_FIVE, lambda: ((*row[:4], "yes") for row in _five(5_000)), primaryKey=["id"]),
    "one key for all": _table(_FIVE, lambda: ((1, *row[1:]) for row in _five(5_000)), primaryKey=["id"]),
    "every second row bad": _table(
        _FIVE, lambda: ((*row[:4], "yes") if row[0] % 2 else row for row in _five(8_000)), primaryKey=["id"]
    ),
    "ragged": _table(_FIVE, lambda: (row[: 2 + row[0] % 3] for row in _five(5_000)), primaryKey=["id"]),
    "1,000 columns": _table(_WIDE, lambda: (range(row, row + 1000) for row in range(100))),
    "1,000 columns, all bad": _table(_WIDE, lambda: (["x"] * 1000 for row in range(5))),
    "everything quoted": _table(_FIVE, lambda: (tuple(map(_quote, row)) for row in _five())),
    "quotes inside cells": _table(_FIVE, lambda: ((row[0], _quote('5" pipe'), *row[2:]) for row in _five())),
    "quotes as people write them": _table(_FIVE, lambda: ((row[0], '5" pipe', *row[2:]) for row in _five())),
    "long cells": _table({"id": "integer", "text": "string"}, lambda: ((row, "long " * 4000) for row in range(500))),
    "objects": _table({"id": "integer", "what": "object"}, lambda: ((row, _THING) for row in range(_ROWS))),
    "objects, all distinct": _table(
        {"id": "integer", "what": "object"}, lambda: ((row, _quote(json.dumps({"pole": row}))) for row in range(_ROWS))
    ),
    "geojson": _table({"id": "integer", "where": "geojson"}, lambda: ((row, _POINT) for row in range(2_000))),
    "geopoints, all distinct": _table(
        {"id": "integer", "where": "geopoint"}, lambda: ((row, f'"-118.{row:05},34.09"') for row in range(_ROWS))
    ),
    "any": _table({"id": "any", "what": "any"}, lambda: ((row, "x") for row in range(_ROWS))),
    "durations, all distinct": _table(
        {"id": "integer", "took": "duration"}, lambda: ((row, f"PT{row}S") for row in range(_ROWS))
    ),
    "numbers with groups": _table(
        {"id": "integer", "n": "number"},
        lambda: ((row, f'"{row:,}"') for row in range(_ROWS)),
        more={"n": {"groupChar": ","}},
    ),
    "CRLF": _table(_FIVE, _five, end="\r\n", primaryKey=["id"]),
    "CR": _table(_FIVE, _five, end="\r", primaryKey=["id"]),
    "2,000 words allowed": _table(
        {"id": "integer", "word": "string"},
        lambda: ((row, _WORDS[row % 2_000]) for row in range(_ROWS)),
        more={"word": {"constraints": {"enum": _WORDS}}},
    ),
    "a pattern for Python alone": _table(
        {"id": "integer", "word": "string"},
        lambda: ((row, f"no-{row}-vowel") for row in range(_ROWS)),
        more={"word": {"constraints": {"pattern": "[^x]*"}}},
    ),
    "unique numbers written in many ways": _table(
        {"id": "number", "n": "number"}, lambda: ((f"+{row}.50", row) for row in range(_ROWS)), primaryKey=["id"]
    ),
    "keys to the table itself": _table(
        {"id": "integer", "parent": "integer"},
        lambda: ((row, row // 2) for row in range(_ROWS)),
        primaryKey=["id"],
        foreignKeys=[{"fields": ["parent"], "reference": {"resource": "", "fields": ["id"]}}],
    ),
}
