"""A pattern never hangs, whatever it is tried on; what is said of the cell is what Python would have said at last."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from lamppost.cli import main
from lamppost.model import Field, Schema
from lamppost.validate import validate
from lamppost.validate.effort import estimate
from lamppost.validate.matching import PatternTooSlowError, make_matcher
from lamppost.validate.patterns import to_exact_re2
from lamppost.validate.standalone import report_file
from tests.validate.parity import DECLARED, ask_frictionless, assert_same, says

WILD = "(a+)+"
HOSTILE = "a" * 40 + "!"
GUARD = "import faulthandler; faulthandler.dump_traceback_later(30, exit=True)\n"
"""Ends a process that hangs."""
PARTS = st.sampled_from(["a", "b", ".", "[ab]", "[^a]", "[^é]", r"\d", r"\D", r"\w", r"\W", r"\s", r"\S", r"\b", r"\B",
                         "$", "^", r"\Z", "-", r"[\s-]", r"[^\W_]", "[a-é]", " "])  # fmt: skip
PATTERNS = st.recursive(
    PARTS,
    lambda part: st.one_of(
        st.tuples(part, part).map("".join),
        st.tuples(part, part).map("|".join).map("(?:{})".format),
        st.tuples(part, st.sampled_from(["*", "+", "?", "{2}", "{1,3}", "*?"])).map(lambda it: f"({it[0]}){it[1]}"),
    ),
    max_leaves=6,
)


def describe(pattern: str, **more: Any) -> dict[str, Any]:
    return {"fields": [{"name": "a", "type": "string", "constraints": {"pattern": pattern, **more}}]}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "t.csv"


def run_guarded(code: str, path: Path) -> str:
    """What a process prints that may take half a minute."""
    command = [sys.executable, "-c", GUARD + code, str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


def test_a_catastrophic_pattern_is_answered_at_once(path: Path) -> None:
    shapes = [f"aaa\n{HOSTILE}\naa\n", f"{HOSTILE}\n" * 2000, f"aaa\n{HOSTILE}\n" * 5000]
    paths = [path.with_name(f"{number}.csv") for number in range(len(shapes))]
    for one, rows in zip(paths, shapes, strict=True):
        one.write_text("a\n" + rows)
    code = (
        "import sys, pathlib\nfrom lamppost.validate.standalone import report_file\n"
        f"for name in {[one.name for one in paths]}:\n"
        f"    one = pathlib.Path(sys.argv[1]).with_name(name)\n"
        f"    print(report_file(one, schema={describe(WILD)!r}).stats['errors'])"
    )
    assert run_guarded(code, path).split() == ["1", "1000", "1000"]


@given(pattern=PATTERNS, cell=st.text("aab1 -_\x1c\x0bé٣\0\n[", min_size=1, max_size=7))
def test_what_is_said_for_certain_is_what_python_says(pattern: str, cell: str) -> None:
    linear = to_exact_re2(pattern, of_ascii=cell.isascii())
    if linear is not None and not cell.endswith("\n"):
        told = pc.match_substring_regex(pa.array([cell]), linear)[0].as_py()
        assert told == (re.match(f"^{pattern}$", cell) is not None)


@pytest.mark.parametrize(
    "schema",
    [
        describe(WILD),
        describe(WILD, minLength=2, enum=["a", "aaa"], required=True),
        {**describe("(x|x)+", unique=True), "missingValues": ["-"]},
        {**describe(WILD), "primaryKey": ["a"], "foreignKeys": [
            {"fields": ["a"], "reference": {"resource": "", "fields": ["a"]}}]},
    ],
)  # fmt: skip
def test_bounded_fields_say_what_frictionless_says(path: Path, schema: dict[str, Any]) -> None:
    path.write_text("a\naaa\na\nb\n-\n\naaaaaaaaaaaaaaa!\nxxx\nxxx\naaa\n")
    found = assert_same(path, schema, DECLARED, "utf-8")
    assert not found["valid"]


@pytest.mark.parametrize("pattern", ["(?=a)(a+)+", r"(a*)*\1b", "(?i:(a+)+)", r"(\S+)+é"])
def test_what_only_python_can_tell_is_given_up_after_a_second(pattern: str) -> None:
    assert estimate(pattern).exceeds(1e6, len(HOSTILE))
    with pytest.raises(PatternTooSlowError, match="repeat nothing that is itself repeated"):
        make_matcher(pattern)("a" * 40 + "!\n")


def test_a_pattern_given_up_is_an_issue_of_the_file(path: Path) -> None:
    path.write_text(f"a\naaa\n{HOSTILE}\n")
    field = Field("a", "string", descriptor=describe("(?=a)(a+)+")["fields"][0])
    report = validate(path, Schema((field,), ()))
    assert (report.issues[0].code, report.issues[0].place) == ("pattern-too-slow", "file")
    assert "field a: the pattern '(?=a)(a+)+'" in report.issues[0].message
    assert report.bad_rows == (1, 2)


def test_the_verb_says_which_pattern_is_too_slow(path: Path) -> None:
    path.write_text(f"a\n{HOSTILE}\n")
    schema = path.with_name("schema.json")
    schema.write_text('{"fields": [{"name": "a", "type": "string", "constraints": {"pattern": "(?=a)(a+)+"}}]}')
    result = CliRunner().invoke(main, ["validate", str(path), "--schema", str(schema), "--json"])
    assert (result.exit_code, '"type": "pattern-too-slow"' in result.output) == (1, True)


@pytest.mark.parametrize("pattern", ["SL-[0-9]{8}", r"(\d{1,3}\.){3}\d{1,3}", "[A-Z]+", "a|b", "[a-z]{0,40}"])
def test_ordinary_patterns_are_left_to_python(path: Path, pattern: str) -> None:
    assert estimate(pattern).tame
    path.write_text("a\nSL-00000001\nx!\n")
    assert says(report_file(path, schema=describe(pattern))) == ask_frictionless(path, describe(pattern))


@pytest.mark.parametrize("pattern", ["(a{1,1000}){1,1000}", "((a{1,50}){1,50}){1,50}", "(?:" * 90 + "a" + ")*" * 90])
def test_what_is_too_large_for_re2_is_no_breakdown(path: Path, pattern: str) -> None:
    path.write_text("a\naaa\nb\n")
    assert says(report_file(path, schema=describe(pattern)))["stats"]["errors"] == 1
