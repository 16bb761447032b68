"""An empty text and no value are two things, each with a spelling of its own, from the source to every file."""

from csv import DictReader
from pathlib import Path
from typing import Any

import frictionless
import pyarrow as pa
import pytest

from lamppost.formats import csv
from lamppost.formats import json as json_format
from lamppost.formats.missing import present, spell
from lamppost.formats.text import as_text
from lamppost.formats.typed import typed
from lamppost.model import Field, Resource, Schema
from lamppost.query import answer
from lamppost.table.protect import protect_rows

OWN: dict[str, Any] = {"name": "note", "type": "string", "missingValues": ["-", "n/a"]}
KEEPS = Schema(
    (Field("id", "string", descriptor={"name": "id", "type": "string"}), Field("note", "string", descriptor=OWN)),
    ("id",), ("", "NA"), {"fields": [{"name": "id", "type": "string"}, OWN], "missingValues": ["", "NA"]},
)  # fmt: skip
PLAIN = Schema((Field("id", "string"), Field("note", "string")), ("id",), ("", "NA"))
SOURCE = pa.table({"id": ["a", "b", "c", "d", "e"], "note": ["", None, "n/a", "NA", "x"], "_row": [1, 2, 3, 4, 5]})


def publish(schema: Schema, folder: Path) -> Path:
    rows, issues = protect_rows(SOURCE, Resource("notes", schema))
    assert not issues
    csv.write(rows, folder / "notes.csv", schema.names)
    return folder / "notes.csv"


def test_a_field_that_says_how_no_value_is_written_keeps_its_empty_texts(tmp_path: Path) -> None:
    assert publish(KEEPS, tmp_path).read_bytes() == b"id,note\na,\nb,-\nc,-\nd,NA\ne,x\n"


def test_every_other_field_has_no_empty_texts(tmp_path: Path) -> None:
    assert publish(PLAIN, tmp_path).read_bytes() == b"id,note\na,\nb,\nc,n/a\nd,\ne,x\n"


def test_frictionless_reads_what_the_source_meant(tmp_path: Path) -> None:
    field = frictionless.Schema.from_descriptor(dict(KEEPS.descriptor)).get_field("note")
    cells = [row["note"] for row in DictReader(publish(KEEPS, tmp_path).read_text(encoding="utf-8").splitlines())]
    assert [field.read_cell(cell)[0] for cell in cells] == ["", None, None, "NA", "x"]


def test_parquet_and_json_say_the_same(tmp_path: Path) -> None:
    table = csv.read(publish(KEEPS, tmp_path))
    assert typed(table, KEEPS).column("note").to_pylist() == ["", None, None, "NA", "x"]
    assert json_format.encode(table, KEEPS).splitlines()[1:3] == [b'{"id":"a","note":""},', b'{"id":"b","note":null},']


@pytest.mark.parametrize("schema", [KEEPS, PLAIN])
def test_what_is_spelled_is_read_back(schema: Schema) -> None:
    meant = pa.array(["x", None, " "] + ([""] if schema is KEEPS else []))
    assert present(spell(meant, schema.field("note"), schema), schema.field("note"), schema).equals(meant)


def test_a_derived_table_keeps_the_two_apart(tmp_path: Path) -> None:
    table = typed(csv.read(publish(KEEPS, tmp_path)), KEEPS)
    rows = answer("SELECT id, note FROM notes ORDER BY id", {"notes": table})
    texts = {name: as_text(rows.column(name), name) for name in ("id", "note")}
    again, _ = protect_rows(pa.table({**texts, "_row": range(1, 6)}), Resource("notes", KEEPS))
    assert csv.encode(again, KEEPS.names) == b"id,note\na,\nb,-\nc,-\nd,NA\ne,x\n"
