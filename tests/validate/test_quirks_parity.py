"""The tables of what frictionless and CSV readers make of odd cells, keys, quotes and casts, row by row: the same."""

from pathlib import Path
from typing import Any

import pytest

from tests.validate.parity import DECLARED, assert_same

CELLS: list[tuple[dict[str, Any], list[str]]] = [
    ({"type": "integer"}, [" 7 ", "+5", "1_0", "007", "\u0665", "\u00a07", "1.0", "1e2", "0x1F", "5.5%", "-0", "--5"]),
    ({"type": "integer", "bareNumber": False}, ["95%", "$5", "a-5", "5.5%", "5", "%"]),
    ({"type": "number"}, ["1e5", "NaN", "INF", "sNaN", "1_0", ".5", "1.", "1e999999", "\u0665", "95%", "1,5"]),
    ({"type": "number", "groupChar": ","}, ["1,0,0", "1,000.5", ",", "1.000,5"]),
    ({"type": "number", "decimalChar": ",", "groupChar": "."}, ["1.000,5", "1,5", "1.5"]),
    ({"type": "number", "bareNumber": False}, ["95%", "NaN", "5e", "$1.50"]),
    ({"type": "boolean"}, ["true", "True", "TRUE", "1", "false", "False", "FALSE", "0", "tRUE", "yes", " true"]),
    ({"type": "date"}, ["2020-1-1", "20200101", " 2020-01-01", "0000-01-01", "10000-01-01", "2020-01-01T00:00:00Z"]),
    ({"type": "date"}, ["INF", "2020-02-29", "2021-02-29", "2020-01-01 "]),
    ({"type": "date", "format": "%d/%m/%y"}, ["1/2/20", "01/02/20", "2020-01-01"]),
    ({"type": "date", "format": "any"}, ["2020-05-05", "today", "x"]),
    ({"type": "datetime"}, ["2020-01-01 10:00:00", "2020-01-01T24:00:00", "2020-01-01T10:00:00,5", "2020-01-01"]),
    ({"type": "datetime"}, ["2020-01-01T10:00:00.1234567Z", "2020-01-01T00:00Z", "2020-01-01T00:00:60Z"]),
    ({"type": "time"}, ["24:00:00", "10:00:00Z", "10:00:00.5", "10:00"]),
    ({"type": "year"}, ["+202", " 202", "0000", "-202", "12345"]),
    ({"type": "yearmonth"}, ["20-1", " 2020 - 1 ", "2020-13"]),
    ({"type": "duration"}, ["P1W", "-P1D", "P", "p1y"]),
    ({"type": "geopoint"}, [" 1 , 2 ", "181,0", "NaN,1", "1"]),
    ({"type": "string", "format": "email"}, ["a@localhost", "a@b.org"]),
    ({"type": "string", "format": "uri"}, ["a:b c", "x:", "x"]),
    ({"type": "string", "format": "uuid"}, ["{12345678-1234-5678-1234-567812345678}", "1" * 32, "1"]),
    ({"type": "string", "format": "binary"}, ["@@@@", "aGk", "a b", "aGk="]),
    ({"type": "list"}, [",", "a,b"]),
    ({"type": "list", "itemType": "integer"}, ["1,", "1,2"]),
    ({"type": "array"}, ["[NaN]", "[1]", "{}"]),
    ({"type": "object"}, ['{"a": 1, "a": 2}', "[]", "{"]),
    ({"type": "any"}, ["x", " "]),
    ({"type": "string", "constraints": {"pattern": "A|B"}}, ["A", "AXX", "XB", "XA", "B\n"]),
    ({"type": "string", "constraints": {"pattern": r"\d+"}}, ["1", "\u0665", "1\n", "1x"]),
    ({"type": "number", "constraints": {"maximum": 60}}, ["60", "60.0000000000000001", "NaN", "59.999"]),
    ({"type": "string", "constraints": {"jsonSchema": {}}}, ["x"]),
    ({"type": "number", "constraints": {"maximum": 60}}, ["sNaN"]),
    ({"type": "datetime", "constraints": {"minimum": "2020-01-01T00:00:00Z"}}, ["2020-01-01T10:00:00"]),
]
KEYS: list[tuple[str, dict[str, Any], list[str]]] = [
    ("number", {"primaryKey": ["a"]}, ["1", "1.0", "1.00", "NaN", "NaN"]),
    ("integer", {"primaryKey": ["a"]}, ["x", "x", "7", "007", "7"]),
    ("integer", {"primaryKey": ["a"], "foreignKeys": []}, ["", "", "1"]),
    ("string", {"foreignKeys": [{"fields": "a", "reference": {"resource": "", "fields": "b"}}]}, ["0", "1", "9"]),
    ("integer", {"foreignKeys": [{"fields": "a", "reference": {"resource": "", "fields": "b"}}]}, ["0", "1"]),
    ("integer", {"uniqueKeys": [["a"]]}, ["1", "1"]),
]
FILES = [
    "a,b\n1\n2,x,y\n3,x\n", "a,b\n1,x\n\n2,y\n", 'a,b\n1, "x,y"\n2, "x,y"\n', 'a,b\n1,"x"y\n', 'a,b\n1,x"y"z\n',
    'a,b\n1,""\n2,\n', "a,b\n1,x\r2,y\r\n3,z\n", 'a,b\n1,5" pipe\n2,6" pipe\n', 'a,b\n1,"never closed\n2,x\n3,y\n',
    'a,b\n1,"x\ny"\nz,"\r\n"\n', "a,b\n1,\0\n", "a,a\n1,2\n", ",b\n1,2\n", "b,a\n1,2\n", "a,b,c\n1,2,3\n",
]  # fmt: skip


@pytest.mark.parametrize("size", [16, 2**21])
@pytest.mark.parametrize(("field", "cells"), CELLS, ids=lambda one: str(one)[:40])
def test_cells(tmp_path: Path, field: dict[str, Any], cells: list[str], size: int) -> None:
    path = tmp_path / "t.csv"
    rows = ['{},"{}"\n'.format(row, cell.replace('"', '""')) for row, cell in enumerate(cells)]
    path.write_text("id,v\n" + "".join(rows), encoding="utf-8")
    for more in ({}, {"required": True}):
        named = {"name": "v", **field, "constraints": {**field.get("constraints", {}), **more}}
        schema = {"fields": [{"name": "id", "type": "integer"}, named], "missingValues": ["", "NA"]}
        assert_same(path, schema, DECLARED, "utf-8", size=size)


@pytest.mark.parametrize("size", [16, 2**21])
@pytest.mark.parametrize(("kind", "keys", "cells"), KEYS, ids=str)
def test_keys(tmp_path: Path, kind: str, keys: dict[str, Any], cells: list[str], size: int) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b\n" + "".join(f"{cell},{row}\n" for row, cell in enumerate(cells)), encoding="utf-8")
    schema = {"fields": [{"name": "a", "type": kind}, {"name": "b", "type": "integer"}], **keys}
    assert_same(path, schema, DECLARED, "utf-8", size=size)


@pytest.mark.parametrize("size", [16, 2**21])
@pytest.mark.parametrize("text", FILES)
def test_records(tmp_path: Path, text: str, size: int) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(text.encode())
    schema = {"fields": [{"name": "a", "type": "integer"}, {"name": "b", "type": "string"}], "primaryKey": ["a"]}
    for dialect in (None, DECLARED):
        assert_same(path, schema, dialect, "utf-8", size=size)
        assert_same(path, None, dialect, "utf-8", size=size)
