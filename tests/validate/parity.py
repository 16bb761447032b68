"""What frictionless says of a file, what Lamppost's engine says of it, and that both are the same object."""

import json
import string
from pathlib import Path
from typing import Any

import pytest
from frictionless import Dialect, FrictionlessException, Schema
from frictionless.resources import TableResource
from hypothesis import strategies as st

from lamppost.validate.replay import BREAKS, BadSchemaError
from lamppost.validate.standalone import BrokenOffError, report_file

DECLARED: dict[str, Any] = {
    "headerRows": [1],
    "csv": {"delimiter": ",", "lineTerminator": "\n", "quoteChar": '"', "skipInitialSpace": False},
}


def says(report: Any) -> Any:
    """All of a report but the seconds, and of one that stopped early the hashes: they tell how far a buffer was."""
    value = json.loads(report.to_json())
    for part in (value, *value["tasks"]):
        part["stats"].pop("seconds")
        if part.get("warnings"):
            for name in ("md5", "sha256", "bytes"):
                part["stats"].pop(name, None)
    return value


def ask_frictionless(
    path: Path, schema: Any = None, dialect: Any = None, encoding: Any = None, limit: int = 1000
) -> Any:
    """The report that frictionless makes by itself."""
    options: dict[str, Any] = {"dialect": Dialect.from_descriptor(dialect)} if dialect else {}
    options |= {"schema": Schema.from_descriptor(schema)} if schema else {}
    place = {"path": path.name, "basepath": str(path.parent), "scheme": "file", "format": "csv"}
    return says(TableResource(**place, encoding=encoding, **options).validate(limit_errors=limit))


def assert_same(
    path: Path, schema: Any = None, dialect: Any = None, encoding: Any = None, limit: int = 1000, **more: Any
) -> Any:
    """Both say the same; where frictionless breaks off, so do we, in a sentence."""
    try:
        expected = ask_frictionless(path, schema, dialect, encoding, limit)
    except BREAKS:
        with pytest.raises(BrokenOffError, match="breaks off"):
            report_file(path, schema=schema, dialect=dialect, encoding=encoding, limit=limit, **more)
        return None
    except FrictionlessException:
        with pytest.raises(BadSchemaError):
            report_file(path, schema=schema, dialect=dialect, encoding=encoding, limit=limit, **more)
        return None
    found = says(report_file(path, schema=schema, dialect=dialect, encoding=encoding, limit=limit, **more))
    assert found == expected
    return found


CELLS = st.one_of(
    st.sampled_from(
        [
            "",
            "1",
            "2",
            "7",
            "007",
            "+5",
            "1_0",
            " 7 ",
            "-3",
            "-0",
            "0",
            "1.0",
            "1.50",
            ".5",
            "1.",
            "1e5",
            "NaN",
            "sNaN",
            "INF",
            "٣",
            "0x1F",
            "true",
            "True",
            "tRUE",
            "false",
            "0",
            "yes",
            "2026-11-22",
            "2026-02-29",
            "2024-02-29",
            "1900-02-29",
            "2020-1-1",
            "0000-01-01",
            " 2020-01-01",
            "20200101",
            "22/11/2026",
            "2026-11-22T07:00:00Z",
            "2026-11-22T24:00:00Z",
            "2026-11-22 07:00:00",
            "2026-11-22T07:00:60Z",
            "2026-11-22T07:00:00",
            "2026-11-22T08:00:00+01:00",
            "a",
            "b",
            "ab",
            "a,b",
            'a"b',
            '"',
            '""',
            "x\ny",
            "x\r\ny",
            "NA",
            "-",
            ".",
            "1.2.3",
            "12345678901234567890",
            "999999999999999",
            "1234567.12345678",
            "-118.3614512",
            "1234567890.5",
            "Ä",
            "\N{NO-BREAK SPACE}7",
            "12:30:00",
            "10:00:00Z",
            "P1D",
            "P1W",
            "2026",
            "2026-11",
            "1,2",
            "181,0",
            '{"a": 1}',
            "[1]",
            "a@b.org",
            "http://a.b/",
            "a b",
            "YWJj",
            "1,000",
            "1.000,5",
            "95%",
            "$5",
            "SL-0001",
            "SL-001",
            "sl-0001",
            "\0",
            "x\0y",
            "#a",
            "7\n",
        ]
    ),
    st.text(alphabet=st.sampled_from("ab1 0.-+_e:TZ"), max_size=9),
    st.integers(-200, 200).map(str),
    st.integers(-(10**18), 10**18).map(str),
    st.decimals(-1000, 1000, places=3).map(str),
    st.dates().map(str),
    st.datetimes().map(lambda when: when.replace(microsecond=0).isoformat() + "Z"),
)
_BOUNDS: list[dict[str, Any]] = [
    {"minimum": 0},
    {"maximum": 100},
    {"minimum": -5, "maximum": 7},
    {"exclusiveMinimum": 0},
    {"exclusiveMaximum": 7},
]
_DAYS: list[dict[str, Any]] = [
    {"minimum": "2000-01-01"},
    {"maximum": "2026-11-22"},
    {"exclusiveMinimum": "2026-11-22"},
    {"enum": ["2026-11-22"]},
]
_AT = [{"minimum": "2026-11-22T07:00:00Z"}, {"maximum": "2026-11-22T07:00:00Z"}, {"minimum": "2020-01-01T00:00:00"}]
_TEXTS: list[dict[str, Any]] = [
    {"enum": ["a", "b", "1"]},
    {"enum": ["a much longer text", "b"]},
    {"minLength": 2},
    {"maxLength": 3},
    {"pattern": "[a-b]+|1"},
    {"pattern": "[^a]*"},
    {"pattern": "SL-[0-9]{4}"},
    {"pattern": r"\d+"},
    {"pattern": "a|b"},
    {"pattern": "(?i:AB)"},
    {"pattern": "(?i)AB"},
    {"pattern": "a.?b*", "maxLength": 2},
    {"pattern": r"[A-Za-z]{2}(-\d{3}\d)?"},
]
_NUMBERS: list[dict[str, Any]] = [{"minimum": "0.5"}, {"maximum": 1.5}, {"enum": [1, "7", 1.5]}]
_CHARS: list[dict[str, Any]] = [{}, {"groupChar": ","}, {"decimalChar": ",", "groupChar": "."}, {"bareNumber": False}]
_KINDS: dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]]]] = {
    "string": (_TEXTS, [{}, {}, {"format": "email"}, {"format": "uri"}, {"format": "uuid"}, {"format": "binary"}]),
    "integer": ([*_BOUNDS, {"enum": [1, 7]}], [{}, {}, {"bareNumber": False}]),
    "number": ([*_BOUNDS, *_NUMBERS], [*_CHARS, {"floatNumber": True}]),
    "boolean": ([{"enum": [True]}], [{}, {"trueValues": ["yes", "1"], "falseValues": ["0", ""]}]),
    "date": (_DAYS, [{}, {}, {"format": "%d/%m/%Y"}]),
    "datetime": (_AT, [{}, {}, {"format": "%Y-%m-%dT%H:%M:%S"}]),
    "time": ([{"minimum": "11:00:00"}], [{}]),
    "year": (_BOUNDS[:1], [{}]),
    "yearmonth": ([{"minimum": "2026-01"}], [{}]),
    "duration": ([], [{}]),
    "geopoint": ([], [{}, {"format": "array"}]),
    "any": ([{"enum": ["a", "1"]}], [{}]),
    "list": ([{"minLength": 2}], [{}, {"itemType": "integer"}]),
    "array": ([{"maxLength": 1}], [{}]),
    "object": ([], [{}]),
    "geojson": ([], [{}]),
}
_MISSING = st.sampled_from([[""], [""], ["", "NA"], ["-"], ["", "a much longer text", "7"], []])


@st.composite
def fields(draw: Any, name: str) -> dict[str, Any]:
    """A field of any type, with or without constraints, format and missing values of its own."""
    kind = draw(st.sampled_from(sorted(_KINDS)))
    rules, forms = _KINDS[kind]
    constraints = dict(draw(st.sampled_from([{}, {}, *rules])))
    constraints |= draw(st.sampled_from([{}, {}, {"required": True}, {"unique": True}]))
    field = {"name": name, "type": kind, "constraints": constraints, **draw(st.sampled_from(forms))}
    return field | ({"missingValues": draw(_MISSING)} if draw(st.integers(0, 5)) == 0 else {})


@st.composite
def tables(draw: Any, delimiter: str = ",") -> tuple[dict[str, Any], bytes]:
    """A schema and a file that may fit it: ragged, blank, quoted, oddly ended, in any of the ways files have."""
    names = list(string.ascii_lowercase[: draw(st.integers(1, 4))])
    schema: dict[str, Any] = {"fields": [draw(fields(name)) for name in names], "missingValues": draw(_MISSING)}
    if draw(st.booleans()) or "exclusive" in str(schema):
        schema["$schema"] = "https://datapackage.org/profiles/2.0/tableschema.json"
    if draw(st.booleans()):
        schema["primaryKey"] = draw(st.sampled_from([names[:1], names, names[-1:]]))
    widths = st.sampled_from([len(names)] * 12 + [0, 1, 2, 5])
    rows = draw(st.lists(widths.flatmap(lambda width: st.lists(CELLS, min_size=width, max_size=width)), max_size=14))
    if rows and draw(st.booleans()):
        rows += draw(st.lists(st.sampled_from(rows), max_size=4))  # what repeats a key
    ends = draw(st.sampled_from([["\n"], ["\n"], ["\r\n"], ["\n", "\r\n", "\r"]]))
    quote = draw(st.sampled_from([_quote, _quote, _quote_all, _quote_badly]))
    header = draw(
        st.sampled_from(
            [names] * 9 + [names[::-1], [*names, "z"], names[:-1], [*names[:-1], ""], [names[0]] * len(names)]
        )
    )
    lines = [delimiter.join(header), *(delimiter.join(quote(cell, delimiter) for cell in row) for row in rows)]
    text = "".join(line + draw(st.sampled_from(ends)) for line in lines)
    text = text.rstrip("\r\n") if draw(st.booleans()) else text
    body = text.encode("utf-8")
    begin = draw(st.sampled_from([b"", b"", b"", b"\xef\xbb\xbf"]))
    return schema, begin + body + draw(st.sampled_from([b"", b"", b"", b"", b"\xff,1\n", b'"', b"\n\n", b"\r"]))


def _quote(cell: str, delimiter: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if set(cell) & set(delimiter + '"\n\r') else cell


def _quote_all(cell: str, _delimiter: str) -> str:
    return '"' + cell.replace('"', '""') + '"'


def _quote_badly(cell: str, delimiter: str) -> str:
    """Quotes as people write them: in the middle, unclosed, with something behind them."""
    return cell if '"' in cell or len(cell) == 3 else _quote(cell, delimiter) if cell != "ab" else '"a"b'
