"""JSON: every digit kept, every value in its type or a string."""

import json
from pathlib import Path

import pyarrow as pa
import pytest

from lamppost.formats import json as json_format
from lamppost.model import Field, Schema

Rows = tuple[tuple[str | None, ...], ...]
ROWS: Rows = (("a", "40", "1.5"), ("b", "60", "2.25"), ("c", None, "0.125"))


def schema_of(fields: dict[str, str]) -> Schema:
    return Schema(tuple(Field(name, kind) for name, kind in fields.items()), ("id",))


LIGHTS = schema_of({"light_id": "string", "watts_w": "integer", "energy_kwh": "number"})


def table_of(rows: Rows, schema: Schema) -> pa.Table:
    return pa.table({name: pa.array([row[n] for row in rows], pa.string()) for n, name in enumerate(schema.names)})


def encode(kind: str, *cells: str | None) -> str:
    schema = schema_of({"x": kind})
    return json_format.encode(table_of(tuple((one,) for one in cells), schema), schema).decode()


@pytest.mark.parametrize(
    ("kind", "cell", "text"),
    [
        ("integer", "42", "42"),
        ("integer", " 007 ", "7"),
        ("integer", "99999999999999999999", "99999999999999999999"),
        ("number", "1.50", "1.50"),
        ("number", "1e2", "100"),
        ("number", "NaN", '"NaN"'),
        ("number", "1e999999", '"1e999999"'),
        ("boolean", "True", "true"),
        ("date", "2026-11-22", '"2026-11-22"'),
        ("string", 'a "b"\n', '"a \\"b\\"\\n"'),
        ("string", "\u2028", '"\\u2028"'),
        ("string", None, "null"),
    ],
)
def test_a_value_in_json(kind: str, cell: str | None, text: str) -> None:
    assert encode(kind, cell) == f'[\n{{"x":{text}}}\n]\n'


def test_rows_are_objects_one_a_line() -> None:
    text = json_format.encode(table_of(ROWS, LIGHTS), LIGHTS).decode()
    assert text.splitlines()[1] == '{"light_id":"a","watts_w":40,"energy_kwh":1.5},'
    assert json.loads(text)[2] == {"light_id": "c", "watts_w": None, "energy_kwh": 0.125}
    assert encode("integer") == "[]\n"


@pytest.mark.parametrize(
    ("kind", "cell"), [("integer", "-0"), ("integer", "1" * 401), ("number", "0." + "0" * 400 + "1")]
)
def test_what_a_cell_becomes_does_not_depend_on_its_neighbours(kind: str, cell: str) -> None:
    alone = encode(kind, cell).splitlines()[1]
    assert encode(kind, cell, "1_0").splitlines()[1] == alone + ","


def test_several_tables_make_one_list() -> None:
    table = table_of(ROWS, LIGHTS)
    parts = [table.slice(0, 1), table.slice(1, 0), table.slice(1)]
    assert b"".join(json_format.pieces(parts, LIGHTS)) == json_format.encode(table, LIGHTS)


def test_lines_stand_alone_and_all_of_them_end(tmp_path: Path) -> None:
    json_format.write_lines([table_of(ROWS, LIGHTS)], tmp_path / "x.ndjson", LIGHTS)
    text = (tmp_path / "x.ndjson").read_bytes()
    assert text.startswith(b'{"light_id":"a","watts_w":40,"energy_kwh":1.5}\n{')
    assert text.count(b"\n") == 3
