"""Each promise has a test, and docs/about/promises.md names it; what the page names exists."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/about/promises.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (P\d+) \|.*\| (.*) \|$", PAGE, re.MULTILINE)


def list_tests(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {one.name for one in tree.body if isinstance(one, ast.FunctionDef)}


def test_every_promise_is_on_the_page_once() -> None:
    assert [name for name, _ in ROWS] == [f"P{number}" for number in range(1, 16)]


def test_every_test_that_the_page_names_is_there() -> None:
    for promise, words in ROWS:
        tests = [one.split("::") for one in re.findall(r"`(.*?)`", words)]
        assert tests, promise
        assert [name for path, name in tests if name not in list_tests(path)] == [], promise
