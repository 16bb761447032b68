"""YAML as the city may write it: what would be read as something else is refused with its line and what to write."""

import json
from pathlib import Path

import pytest

from lamppost.load.yaml import MAX_BYTES, front_matter, parse_yaml, read_yaml
from lamppost.model import Issue

STRINGS = Path(__file__).parents[3] / "shared" / "attacks" / "strings.json"
KEPT_AS_TEXT = {"date: 2026-02-30"}
"""An impossible day is text here; whoever reads a day refuses it."""


def faults_of(text: str) -> list[Issue]:
    faults: list[Issue] = []
    parse_yaml(text, "a.yaml", faults)
    return faults


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("12", 12), ("-3", -3), ("1.5", 1.5), ("1e3", 1000.0), (".5", 0.5), ("0", 0), ("true", True), ("False", False),
        ("null", None), ("~", None), ("", None), ("2026-11-22", "2026-11-22"), ('"0123"', "0123"), ("'no'", "no"),
        ("e1", "e1"), ("P1D", "P1D"), ("20%", "20%"), ("${NAME}", "${NAME}"),
        ("2026-11-22T10:00:00Z", "2026-11-22T10:00:00Z"),
    ],
)  # fmt: skip
def test_core_scalars_are_values_and_everything_else_is_text(written: str, value: object) -> None:
    node = parse_yaml(f"key: {written}", "a.yaml", [])
    assert node is not None
    assert node.plain() == {"key": value}


@pytest.mark.parametrize(
    "written",
    [
        "01234", "-007", "0o17", "0x1F", "0b101", "1_000", "12:30", "1:30:00", "NO", "yes", "On", "off", ".inf",
        "-.Inf", ".NaN", "1e999", "12345678901234567890", "5.",
    ],
)  # fmt: skip
def test_a_value_with_two_meanings_must_be_quoted(written: str) -> None:
    (issue,) = faults_of(f"good: 1\nkey: {written}")
    assert (issue.code, issue.place) == ("yaml-ambiguous", "a.yaml:2:6 key")
    assert f'write "{written}"' in issue.message


def test_all_ambiguous_values_are_told_at_once() -> None:
    assert len(faults_of("zip: 01234\ncountry: NO\ntime: 12:30\nlist: [1_000, off]")) == 5


def test_a_repeated_key_is_told_with_both_lines() -> None:
    (issue,) = faults_of("a:\n  b: 1\n  c: 2\n  b: 3")
    assert issue.code == "yaml-duplicate-key"
    assert issue.place == "a.yaml:4:3 a.b"
    assert "first in line 2" in issue.message


def test_an_anchor_bomb_is_one_error() -> None:
    layers = "".join(f"x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * 9)}]\n" for n in range(1, 40))
    (issue,) = faults_of("x0: &x0 [lol]\n" + layers)
    assert (issue.code, issue.place) == ("yaml-anchor", "a.yaml:1:5 x0")


@pytest.mark.parametrize("text", ["a: !!python/name:os.system", "a: !ENV HOME", "a: !!str 1", "!!python/module:os"])
def test_a_tag_is_refused_and_builds_nothing(text: str) -> None:
    (issue,) = faults_of(text)
    assert issue.code == "yaml-tag"


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("a: 1\n---\nb: 2", "yaml-documents", "a.yaml:2:1"),
        ("a:\n\t- b", "yaml-syntax", "a.yaml:2:1"),
        ("a: 'open", "yaml-syntax", "a.yaml:1:9"),
        ("a: b: c", "yaml-syntax", "a.yaml:1:5"),
        ("a: 1\nb: \x00", "yaml-syntax", "a.yaml:2"),
        ("<<: {a: 1}", "yaml-merge", "a.yaml:1:1"),
        ("? [a]\n: b", "yaml-key", "a.yaml:1:3"),
        ("- 1", "yaml-root", "a.yaml:1:1"),
        ("", "yaml-root", "a.yaml"),
        ("a: " + "[" * 5000, "yaml-depth", "a.yaml:1:23"),
    ],
)
def test_what_cannot_be_read_is_one_error_with_its_line(text: str, code: str, place: str) -> None:
    (issue,) = faults_of(text)
    assert issue.code == code
    assert issue.place.split(" ")[0] == place


def test_a_tab_is_named_because_it_cannot_be_seen() -> None:
    (issue,) = faults_of("a:\n\tb: 1")
    assert issue.message == "found a tab, expected YAML; indent with spaces"


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"a: \xff", "file-encoding"), (b"a: " + b"x" * MAX_BYTES, "file-size")],
    ids=["latin", "large"],
)
def test_a_file_that_is_too_large_or_not_utf_8_is_one_error(tmp_path: Path, content: bytes, code: str) -> None:
    (tmp_path / "a.yaml").write_bytes(content)
    faults: list[Issue] = []
    assert read_yaml(tmp_path / "a.yaml", "a.yaml", faults) is None
    assert [issue.code for issue in faults] == [code]


def test_windows_line_ends_and_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"\xef\xbb\xbfa: 1\r\nb: \xc3\xa9t\xc3\xa9\r\n")
    node = read_yaml(tmp_path / "a.yaml", "a.yaml", [])
    assert node is not None
    assert node.plain() == {"a": 1, "b": "été"}


def test_each_value_knows_its_place() -> None:
    node = parse_yaml("a:\n  - b: 1\n  - c:\n      d: 1.10", "x/a.yaml", [])
    assert node is not None
    deep = node.value["a"].value[1].value["c"].value["d"]
    assert (deep.place, deep.raw) == ("x/a.yaml:4:10 a[1].c.d", "1.10")


def test_front_matter_keeps_the_lines_of_its_file(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("---\ntitle: T\nid: 01\n---\n\n# Body\n", encoding="utf-8")
    faults: list[Issue] = []
    node, body = front_matter(tmp_path / "a.md", "a.md", faults)
    assert node is not None
    assert body == "\n# Body\n"
    assert faults[0].place == "a.md:3:5 id"


def test_front_matter_that_never_ends_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("---\ntitle: T\n", encoding="utf-8")
    faults: list[Issue] = []
    front_matter(tmp_path / "a.md", "a.md", faults)
    assert [issue.code for issue in faults] == ["yaml-syntax"]


def attacks() -> list[str]:
    if not STRINGS.is_file():
        return []
    items = json.loads(STRINGS.read_text(encoding="utf-8"))["items"]
    return [item["payload"] for item in items if item["category"] == "yaml" and item["payload"] not in KEPT_AS_TEXT]


@pytest.mark.skipif(not STRINGS.is_file(), reason="the attack strings of ../shared are not here")
@pytest.mark.parametrize("payload", attacks())
def test_each_known_attack_is_one_error(payload: str) -> None:
    (issue,) = faults_of(payload)
    assert issue.place.startswith("a.yaml:")
