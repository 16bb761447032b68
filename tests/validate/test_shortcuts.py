"""Where the fast pass would not pay, a file is looked at otherwise: small ones by cell, hopeless ones as a whole."""

from pathlib import Path
from typing import Any

import pytest

from lamppost.validate.blocks import SIZE
from tests.validate.parity import DECLARED, assert_same

SCHEMA: dict[str, Any] = {"fields": [{"name": "a", "type": "number"}, {"name": "b", "type": "string"}]}
KEYED = {**SCHEMA, "primaryKey": ["a"]}
UNIQUE = {"fields": [SCHEMA["fields"][0], {"name": "b", "type": "string", "constraints": {"unique": True}}]}


@pytest.mark.parametrize("schema", [SCHEMA, KEYED, UNIQUE], ids=["no key", "key", "unique"])
@pytest.mark.parametrize(
    "rows",
    ["1,x\n2,y\n", "1,x\n,\n", "1,x\n\n", "1,x\n1.0,y\n", "1,x\n,y\n", "1,x\n2,x\n", "1,\n2,\n", "1,x,\n", "1\n"],
)
def test_small_files(tmp_path: Path, schema: dict[str, Any], rows: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(f"a,b\n{rows}")
    assert_same(path, schema, DECLARED, "utf-8", size=SIZE)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", ":"])
@pytest.mark.parametrize(
    "rows", ["", "x,x\n1,y\n", "x\n1,y\n", "x,\n", '"x,x"\n', "1,x\nx,y\n", "\xff,1\n", '1,"x\n', "x,x\r\n1,y\r\n"]
)
def test_small_files_that_start_badly_or_not(tmp_path: Path, rows: str, delimiter: str) -> None:
    """What is not declared, frictionless detects."""
    path = tmp_path / "t.csv"
    path.write_bytes(f"a,b\n{rows}".replace(",", delimiter).encode("latin-1"))
    assert_same(path, KEYED, None, None, size=SIZE)


@pytest.mark.parametrize("limit", [100, 10**9])
@pytest.mark.parametrize("tail", [b"", b"\xff,x\n", b'9,"open\n1,x\n'])
def test_hopeless_files(tmp_path: Path, tail: bytes, limit: int) -> None:
    """Every fourth row is good and not shown; later rows repeat the keys of such rows."""
    path = tmp_path / "t.csv"
    rows = [f"{row},x\n" if row % 4 == 0 else f"no{row},x\n" for row in range(400)]
    rows += [f"{row // 2},y\n" for row in range(100)]
    path.write_bytes(b"a,b\n" + "".join(rows).encode() + tail)
    assert_same(path, KEYED, DECLARED, "utf-8", limit, size=512)
