"""Parts are validated by themselves; a key that stands in two of them is found by its hash and told by its value."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lamppost.model import Schema
from lamppost.validate import KeyIndex, Repeat, find_repeats, fingerprint, index_keys, tell_repeats

Build = Callable[..., Any]
Find = Callable[..., list[tuple[str, int, str, int]]]


@pytest.fixture
def find(tmp_path: Path) -> Find:
    r"""`find(schema, a="id\n1\n", b="id\n1\n")`: (part, row, earlier part, its row) of every repeat."""

    def _find(schema: Schema, changed: list[str] | None = None, **parts: str) -> list[tuple[str, int, str, int]]:
        asked = list[str]()
        for name, text in parts.items():
            (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")

        def fetch(name: str) -> Path:
            asked.append(name)
            return tmp_path / f"{name}.csv"

        made = {name: index_keys(tmp_path / f"{name}.csv", schema) for name in parts}
        indexes = {name: index for name, index in made.items() if index}
        assert len(indexes) == len(parts)
        found = find_repeats(indexes, schema, fetch, changed=changed)
        assert set(asked) >= {one.partition for one in found}
        assert bool(asked) == bool(found) or "collides" in parts
        return [(one.partition, one.row, one.before, one.before_row) for one in found]

    return _find


def test_a_key_in_two_parts_is_a_repeat_of_the_earlier_one(find: Find, schema: Build) -> None:
    rule = schema(id="integer", n="string")
    assert find(rule, may="id,n\n1,a\n2,b\n", june="id,n\n3,a\n2,c\n") == [("june", 2, "may", 2)]
    assert find(rule, may="id,n\n1,a\n2,b\n", june="id,n\n3,a\n4,c\n") == []


def test_keys_are_compared_by_value(find: Find, schema: Build) -> None:
    assert find(schema(id="integer"), a="id\n7\n", b="id\n007\n", c="id\n+7\n") == [("b", 1, "a", 1), ("c", 1, "b", 1)]
    assert find(schema(id="time"), a="id\n12:30:00Z\n", b="id\n13:30:00+01:00\n") == [("b", 1, "a", 1)]
    assert find(schema(id="datetime"), a="id\n2026-11-22T07:00:00Z\n", b="id\n2026-11-22T08:00:00+01:00\n") != []


def test_of_many_fields_all_must_be_equal_and_lacking_is_a_value(find: Find, schema: Build) -> None:
    rule = schema(key="id at", missing=("", "NA"), id="string", at="string")
    assert find(rule, a="id,at\nx,1\nx,\n", b="id,at\nx,2\nx,NA\n") == [("b", 2, "a", 2)]


def test_a_unique_field_may_be_empty_in_any_part(find: Find, schema: Build) -> None:
    rule = schema(id="integer", code={"type": "string", "constraints": {"unique": True}})
    assert find(rule, a="id,code\n1,\n2,x\n", b="id,code\n3,\n4,x\n") == [("b", 2, "a", 2)]


def test_pairs_of_parts_that_did_not_change_are_not_looked_at(find: Find, schema: Build) -> None:
    parts = {"a": "id\n1\n", "b": "id\n1\n", "c": "id\n2\n"}
    assert find(schema(id="integer"), ["c"], **parts) == []
    assert find(schema(id="integer"), ["b"], **parts) == [("b", 1, "a", 1)]


def test_a_repeat_inside_one_part_is_left_to_its_own_report(find: Find, schema: Build) -> None:
    assert find(schema(id="integer"), a="id\n1\n1\n", b="id\n2\n") == []


def test_the_report_of_the_parts_is_that_of_the_table(find: Find, schema: Build, check: Build) -> None:
    rule = schema(id="integer", n="integer")
    parts = {str(part): [f"{row * 37 % 901},{row}\n" for row in range(part, 1000, 3)] for part in range(3)}
    whole = check("id,n\n" + "".join(row for rows in parts.values() for row in rows), rule)
    found = find(rule, **{name: "id,n\n" + "".join(rows) for name, rows in parts.items()})
    starts = {"0": 0, "1": len(parts["0"]), "2": len(parts["0"]) + len(parts["1"])}
    assert sorted(starts[name] + row for name, row, *_before in found) == list(whole.bad_rows)
    assert len(found) == 99


def test_an_issue_tells_both_places(schema: Build) -> None:
    repeats = [Repeat(("id",), True, "june", row, "may", 2) for row in range(1, 8)]
    (issue,) = tell_repeats(repeats, schema(id="integer"))
    assert (issue.code, issue.count, len(issue.samples)) == ("primary-key", 7, 5)
    assert [one.row for one in issue.samples] == [1, 2, 3, 4, 5]


def test_an_index_survives_bytes_and_nothing_else_does(tmp_path: Path, schema: Build) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,n\n1,a\n2,b\n")
    index = index_keys(path, schema(id="integer", n={"type": "string", "constraints": {"unique": True}}))
    assert index is not None
    assert (index.rows, [len(key) for key in index.keys]) == (2, [16, 16])
    assert KeyIndex.from_bytes(index.to_bytes()) == index
    for broken in (b"", index.to_bytes()[:-1], index.to_bytes() + b"x", b"XXXX" + index.to_bytes()[4:]):
        with pytest.raises(ValueError, match="make it anew"):
            KeyIndex.from_bytes(broken)


def test_an_index_has_the_same_bytes_in_every_process(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id\n12:30:00\n13:00:00Z\n")
    code = (
        "import sys, pathlib; from lamppost.model import Field, Schema; from lamppost.validate import index_keys;"
        "fields = (Field('id', 'time', '', descriptor={'name': 'id', 'type': 'time'}),);"
        "print(index_keys(pathlib.Path(sys.argv[1]), Schema(fields, ('id',))).to_bytes().hex())"
    )
    told = {
        subprocess.check_output(
            [sys.executable, "-c", code, str(tmp_path / "a.csv")], env={**os.environ, "PYTHONHASHSEED": seed}
        )
        for seed in ("1", "2")
    }
    assert len(told) == 1


@pytest.mark.parametrize("content", [b"n,id\n1,2\n", b"id,n\n1,\xff\n", b""])
def test_what_cannot_be_told_apart_for_certain_has_no_index(tmp_path: Path, schema: Build, content: bytes) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    assert index_keys(path, schema(id="integer", n="string")) is None


def test_a_fingerprint_is_that_of_the_schema(schema: Build) -> None:
    told = {fingerprint(rule) for rule in (schema(id="integer"), schema(id="number"), schema(id="integer", n="any"))}
    assert len(told) == 3
    assert fingerprint(schema(id="integer")) == fingerprint(schema(id="integer"))
