"""Object for object what frictionless says: every error, key, note and order, whatever the table."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lamppost.validate.blocks import SIZE
from tests.validate.parity import DECLARED, assert_same, tables

anyhow = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
SIZES = st.sampled_from([16, 64, 4096, SIZE])
"""With the usual one, a small file is looked at cell by cell."""
LIMITS = st.sampled_from([1, 2, 1000])


@anyhow
@given(table=tables(), size=SIZES, limit=LIMITS)
def test_declared_dialect_and_encoding(tmp_path: Path, table: Any, size: int, limit: int) -> None:
    schema, body = table
    path = tmp_path / "t.csv"
    path.write_bytes(body)
    assert_same(path, schema, DECLARED, "utf-8", limit, size=size)


@anyhow
@given(table=tables(), size=SIZES, limit=LIMITS)
def test_detected_dialect_and_encoding(tmp_path: Path, table: Any, size: int, limit: int) -> None:
    schema, body = table
    path = tmp_path / "t.csv"
    path.write_bytes(body)
    assert_same(path, schema, None, None, limit, size=size)


@anyhow
@given(table=tables(), size=SIZES)
def test_inferred_schema(tmp_path: Path, table: Any, size: int) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(table[1])
    assert_same(path, size=size)


DIALECTS: list[dict[str, Any]] = [
    {"csv": {"delimiter": ";"}},
    {"csv": {"delimiter": "\t", "skipInitialSpace": False}},
    {"csv": {"delimiter": "|"}},
    {"csv": {"delimiter": ":"}},
    {"csv": {"skipInitialSpace": True}},
    {"csv": {"quoteChar": "'"}},
    {"csv": {"quoteChar": ""}},
    {"csv": {"escapeChar": "\\"}},
    {"csv": {"doubleQuote": False}},
    {"commentChar": "#"},
    {"commentRows": [2, 4]},
    {"headerRows": [2]},
    {"headerRows": [1, 2]},
    {"header": False},
    {"headerCase": False},
    {"skipBlankRows": True},
]


@pytest.mark.parametrize("dialect", DIALECTS, ids=str)
@settings(parent=anyhow, max_examples=15)
@given(data=st.data(), size=SIZES)
def test_every_dialect(tmp_path: Path, dialect: dict[str, Any], data: Any, size: int) -> None:
    schema, body = data.draw(tables(dialect.get("csv", {}).get("delimiter", ",")))
    path = tmp_path / "t.csv"
    path.write_bytes(body)
    assert_same(path, schema, dialect, "utf-8", size=size)


@pytest.mark.parametrize("mode", ["exact", "equal", "subset", "superset", "partial"])
@settings(parent=anyhow, max_examples=15)
@given(table=tables())
def test_every_way_to_match_fields(tmp_path: Path, mode: str, table: Any) -> None:
    schema, body = table
    path = tmp_path / "t.csv"
    path.write_bytes(body)
    assert_same(path, schema | {"fieldsMatch": mode}, DECLARED, "utf-8", size=64)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # frictionless leaves the file open
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "latin-1", "cp1252", "utf-16", "utf-16-le", "ascii", "no-such-encoding"]
)
def test_every_encoding(tmp_path: Path, encoding: str) -> None:
    body = "a,b\n1,Ä\n2,x\nx,\n".encode(encoding if encoding not in {"ascii", "no-such-encoding"} else "utf-8")
    path = tmp_path / "t.csv"
    path.write_bytes(body)
    schema = {"fields": [{"name": "a", "type": "integer"}, {"name": "b", "type": "string"}], "primaryKey": ["a"]}
    assert_same(path, schema, None, None)
    assert_same(path, schema, DECLARED, encoding)


@pytest.mark.parametrize(
    "body", [b"", b"\n", b"a", b"a\n", b"a,b", b"a,b\n", b"\n\na,b\n1,2\n", b"a,b\n\n\n", b'"a\n,b\n1,2\n', b"\xff"]
)
def test_next_to_nothing(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(body)
    schema = {"fields": [{"name": "a", "type": "integer"}, {"name": "b", "type": "string"}], "primaryKey": ["a"]}
    for options in ((None, None), (DECLARED, "utf-8")):
        assert_same(path, schema, *options)
        assert_same(path, None, *options)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # frictionless leaves the file open
@pytest.mark.parametrize(
    "name", ["Table One.csv", "tä.csv", "..csv", "$x.csv", "~x.csv", "a.b.csv", "UPPER.CSV", "x", "x.csv.gz", "x.tsv"]
)
def test_every_file_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"a,b\n1,x\n2,y\n")
    assert_same(
        path, {"fields": [{"name": "a", "type": "integer"}, {"name": "b", "type": "string"}]}, DECLARED, "utf-8"
    )


def test_blocks_of_the_usual_size(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    rows = [f'{row},"place {row % 7}, north",{row / 8},2026-11-{row % 30 + 1:02}\n' for row in range(12_000)]
    for row, bad in {
        17: "17,x\n",
        5_000: "4999,a,1,2026-11-22\n",
        8_000: "x,y,z,2026-02-30\n",
        11_999: '3,5" pipe,,\n',
    }.items():
        rows[row] = bad
    path.write_text("id,place,n,day\n" + "".join(rows))
    types = {"id": "integer", "place": "string", "n": "number", "day": "date"}
    schema = {"fields": [{"name": name, "type": kind} for name, kind in types.items()], "primaryKey": ["id"]}
    found = assert_same(path, schema, DECLARED, "utf-8")
    assert json.dumps(found).count("the same as in the row") == 4


@pytest.mark.parametrize("limit", [1, 3, 50, 2000])
def test_an_early_stop_is_at_the_same_row(tmp_path: Path, limit: int) -> None:
    path = tmp_path / "t.csv"
    path.write_text("id,n\n" + "".join(f"{row % 4000},{'x' if row % 9 == 0 else row}\n" for row in range(9_000)))
    schema = {"fields": [{"name": "id", "type": "integer"}, {"name": "n", "type": "integer"}], "primaryKey": ["id"]}
    assert_same(path, schema, DECLARED, "utf-8", limit, size=4096)


@pytest.mark.parametrize("name", ["", " a", "a ", "ä", "a\nb", 'a"b', "a,b"])
def test_every_field_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / "t.csv"
    quoted = '"' + name.replace('"', '""') + '"'
    path.write_text(f"{quoted},b\n1,x\n2,y\n", encoding="utf-8")
    for wanted in (name, name.strip()):
        schema = {"fields": [{"name": wanted, "type": "integer"}, {"name": "b", "type": "string"}]}
        assert_same(path, schema, DECLARED, "utf-8")
        assert_same(path, schema)
