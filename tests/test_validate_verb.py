"""`lamppost validate`: the words for people, frictionless's report for programs, and its exit codes."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from frictionless import Dialect, Resource

from lamppost.cli import main

SCHEMA = "fields:\n  - {name: id, type: integer}\n  - {name: n, type: number, title: Fine dust}\nprimaryKey: id\n"
Verb = Callable[..., Result]


@pytest.fixture
def verb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Verb:
    r"""`verb("id,n\\n1,2\\n", "--json")`: what comes out for a file with these bytes, beside a schema."""
    monkeypatch.chdir(tmp_path)

    def _verb(content: str | bytes | None, *options: str, name: str = "rows.csv", schema: str = SCHEMA) -> Result:
        Path("schema.yaml").write_text(schema)
        if content is not None:
            Path(name).write_bytes(content.encode() if isinstance(content, str) else content)
        return CliRunner().invoke(main, ["validate", name, *options])

    return _verb


def without_time(report: dict[str, Any]) -> dict[str, Any]:
    for part in (report, *report["tasks"]):
        part["stats"].pop("seconds", None)
    return report


def test_a_valid_file_is_said_to_be_so(verb: Verb) -> None:
    result = verb("id,n\n1,2.5\n", "--schema", "schema.yaml")
    assert (result.exit_code, result.output) == (0, "rows.csv: valid, 1 row\n")


def test_faults_are_told_in_words_with_their_rows(verb: Verb) -> None:
    result = verb("id,n\n1,2.5\n2,n/a\n2,3\n", "--schema", "schema.yaml")
    assert result.exit_code == 1
    assert "rows.csv: NOT valid, 3 rows looked at, 2 with faults" in result.output
    assert "field n: Fine dust (`n`): found 'n/a', expected a number such as 12.5" in result.output
    assert "  in row 3 ('n/a')" in result.output
    assert "rows: the key (`id`) occurs in an earlier row" in result.output


def test_more_faults_than_the_limit_are_not_looked_for(verb: Verb) -> None:
    result = verb(
        "id,n\n" + "".join(f"{row},x\n" for row in range(50)), "--schema", "schema.yaml", "--limit-errors", "7"
    )
    assert "7 with faults, stopped at the limit of errors" in result.output
    assert "in row 2 ('x'), 3 ('x'), 4 ('x'), 5 ('x'), 6 ('x') and 2 more" in result.output


def test_markdown_shows_hostile_values_as_they_are(verb: Verb) -> None:
    result = verb("id,n\n1,<b>|`x`\n", "--schema", "schema.yaml", "--markdown")
    assert result.output.startswith("### rows.csv: NOT valid")
    assert "&#60;b&#62;&#124;&#96;x&#96;" in result.output
    assert "| row 2 | 1 |" in result.output


@pytest.mark.parametrize(
    ("content", "name", "options"),
    [
        ("id,n\n1,2.5\n", "rows.csv", []),
        ("id,n\n1,2.5\nx,y\n", "rows.csv", ["--schema", "schema.yaml"]),
        ("id;n\n1;2,5\n", "rows.csv", ["--schema", "schema.yaml"]),
        ("id;n\n1;2.5\n", "rows.csv", ["--dialect", '{"csv": {"delimiter": ";"}}', "--encoding", "utf-8"]),
        ("id,n\n1,2.5\n", "rows.csv", ["--schema", "none.yaml"]),
        (None, "none.csv", ["--schema", "schema.yaml"]),
        ("", "rows.csv", ["--schema", "schema.yaml"]),
        (b"id,n\n1,\xff\n", "rows.csv", ["--schema", "schema.yaml", "--encoding", "utf-8"]),
        ('[["id", "n"], [1, "x"]]', "rows.json", ["--schema", "schema.yaml"]),
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # frictionless leaves some files open
def test_json_and_exit_code_are_frictionless_s(verb: Verb, content: str | None, name: str, options: list[str]) -> None:
    result = verb(content, "--json", *options, name=name)
    told = dict(zip(options[::2], options[1::2], strict=True))
    wanted: dict[str, Any] = {"schema": told.get("--schema"), "encoding": told.get("--encoding")}
    resource = Resource(source=name, **{key: value for key, value in wanted.items() if value})
    if "--dialect" in told:
        resource.dialect = Dialect.from_descriptor(json.loads(told["--dialect"]))
    expected = resource.validate()
    assert without_time(json.loads(result.output)) == without_time(json.loads(expected.to_json()))
    assert result.exit_code == int(not expected.valid)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"\n<!DOCTYPE html><html><body>Not found</body></html>", "an HTML page"),
        (b"\xef\xbb\xbf<html>\n", "an HTML page"),
        (b"PK\x03\x04rest", "a ZIP archive or a workbook"),
        (b"\x1f\x8b\x08\x00", "gzip-compressed"),
        (b"%PDF-1.7\n", "a PDF document"),
        (b"a," * 1_000_000 + b"a\n", "1,000,001 columns"),
        (b"a" * (65 * 2**20), "no end within 64 MB"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_what_is_no_table_is_never_valid(verb: Verb, content: bytes, what: str) -> None:
    for options in ([], ["--schema", "schema.yaml"], ["--json"]):
        result = verb(content, *options)
        assert (result.exit_code, what in result.output) == (1, True)


@pytest.mark.parametrize(
    "content",
    [b"", b"id,n\n", b"id,n\n1,\x00\n", "id,n\n1,2\n".encode("utf-16"), "id,n\n1,Ä\n".encode("latin-1"),
     b"id,n\r1,2\n2,3\r\n", b"id,n\n1,2\n\xff", b"\xff\xfe", b"\x00" * 99, b'id,n\n1,"2\n'],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_whatever_the_bytes_there_is_a_verdict_and_no_traceback(verb: Verb, content: bytes) -> None:
    for options in ([], ["--schema", "schema.yaml"], ["--schema", "schema.yaml", "--encoding", "utf-8"]):
        result = verb(content, *options)
        assert result.exit_code in {0, 1}
        assert result.exception is None or isinstance(result.exception, SystemExit)
        assert result.output.startswith("rows.csv: ")


def test_a_value_at_which_frictionless_breaks_off_is_a_sentence(verb: Verb) -> None:
    bounded = "fields:\n  - {name: id, type: datetime, constraints: {minimum: '2020-01-01T00:00:00Z'}}\n"
    result = verb("id\n2026-11-22T07:00:00\n", "--schema", "schema.yaml", schema=bounded)
    assert result.exit_code == 1
    assert "expected values and bounds that can be compared (all instants with a zone or all without" in result.output


@pytest.mark.parametrize("dialect", ["none.yaml", "{", "[1]", "schema.csv"])
def test_a_dialect_that_cannot_be_read_is_misuse(verb: Verb, dialect: str) -> None:
    result = verb("id,n\n", "--dialect", dialect)
    assert (result.exit_code, "expected" in result.output) == (2, True)


UNIQUE = (
    "fields:\n  - {name: street, type: string}\n  - {name: number, type: integer}\n"
    "  - {name: kind, type: string, categories: [tree, {value: lamp, label: A lamp}]}\n"
    "uniqueKeys: [[street, number], [number]]\n"
)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("a,1,tree\na,2,lamp\n,,tree\n,,tree\n", ""),
        ("a,1,tree\nb,2,oak\n", "found 'oak', expected one of"),
        ("a,1,tree\nb,1,tree\n", "field number: `number`: found '1', expected a value that occurs once"),
        ("a,1,tree\nb,2,tree\na,1,lamp\n", "rows: the key (`street`, `number`) occurs in an earlier row"),
        ("a,,tree\na,,tree\n", ""),
    ],
)
def test_what_frictionless_leaves_out_is_checked_beside_it(verb: Verb, rows: str, said: str) -> None:
    content = f"street,number,kind\n{rows}"
    for options, where in ([], "stdout"), (["--json"], "stderr"), (["--markdown"], "stdout"):
        result = verb(content, "--schema", "schema.yaml", *options, schema=UNIQUE)
        heading = "NOT valid: what frictionless does not check"
        assert (result.exit_code, heading in getattr(result, where)) == (int(bool(said)), bool(said))
        assert said in result.output or options == ["--markdown"]
    report = json.loads(verb(content, "--schema", "schema.yaml", "--json", schema=UNIQUE).stdout)
    assert report["valid"] is True


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ("fields: [{name: a, constrains: {required: true}}]", "field a: the property 'constrains' is not checked"),
        ("fields: [{name: a, type: string, minimum: 3}]", "write `constraints: {minimum: …}`"),
        ("fields: [{name: a, type: string, groupChar: ' '}]", "expected it on a field of type integer or number"),
        ("fields: [{name: a}]\nprimarykey: a", "expected 'primaryKey'; correct its name"),
        ("fields: [{name: a}]\nuniqueKeys: [[b]]", "`uniqueKeys`: found [['b']]"),
        ("fields: [{name: a}]\nuniqueKeys: a", "`uniqueKeys`: found 'a'"),
        ("fields: [{name: a, type: date, categories: [x]}]", "`categories` cannot be checked here"),
    ],
)
def test_a_rule_that_nobody_would_check_is_refused(verb: Verb, schema: str, said: str) -> None:
    result = verb("a\n", "--schema", "schema.yaml", schema=schema)
    assert (result.exit_code, said in result.stdout) == (1, True)


def test_a_property_that_is_no_rule_is_named(verb: Verb) -> None:
    result = verb("a\n", "--schema", "schema.yaml", schema="fields: [{name: a, unit: m}]\ncolour: red\n")
    assert (result.exit_code, result.stdout) == (0, "rows.csv: valid, 0 rows\n")
    assert result.stderr == "note: nobody checks these properties of the schema: schema: colour, field a: unit\n"
