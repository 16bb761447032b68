"""docs/about/checks.md says something of every code that a run can raise."""

import ast
import re
from pathlib import Path

import pytest

from lamppost.model import GATES
from lamppost.validate import words

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/about/checks.md").read_text(encoding="utf-8")
TOLD = set(re.findall(r"`([a-z0-9-]+)`", PAGE))
ROOMS = ("decode", "pull", "run", "table", "validate")
ABOUT_FILES = {"unknown-dataset", "wrong-value"}  # of the command line and of files, which `lamppost check` explains


def raised(room: str) -> set[str]:
    """Codes that stand in a call of `Issue(…)`; those of `check` about the city's own files begin with `public-`."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / "pipelines/lamppost" / room).rglob("*.py")]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    first = [
        call.args[0] for call in calls if isinstance(call.func, ast.Name) and call.func.id == "Issue" and call.args
    ]
    codes = {node.value for node in first if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return {code for code in codes if not code.startswith("public-")} - ABOUT_FILES


@pytest.mark.parametrize("room", ROOMS)
def test_every_code_of_a_room_is_documented(room: str) -> None:
    assert raised(room) <= TOLD


def test_every_gate_and_every_rule_of_the_schema_is_documented() -> None:
    assert set(GATES) <= TOLD
    assert set(words._ROWS) | set(words._LABELS) <= TOLD


@pytest.mark.parametrize("code", GATES)
def test_the_page_names_the_default_that_the_engine_has(code: str) -> None:
    line = next((one for one in PAGE.splitlines() if one.startswith(f"| `{code}`")), "")
    assert not line or line.split(" | ")[2].startswith(GATES[code])
    assert line or code == "reordered-columns"


def test_the_block_on_the_page_names_every_key() -> None:
    block = PAGE.split("```yaml\n")[1].split("```")[0]
    keys = set(re.findall(r"^  ([a-z]+):", block, re.MULTILINE))
    source = (ROOT / "pipelines/lamppost/load/checks.py").read_text(encoding="utf-8")
    assert keys == {"age", "future", "inside", "nulls", "quarantine", "references", "rows", "severity", "since"} | {
        "skew", "stuck",
    }  # fmt: skip
    assert all(f'"{key}"' in source for key in keys)
