"""A property that looks like a rule is never passed over in silence, wherever its name comes from."""

from pathlib import Path
from typing import Any

import pytest

from lamppost.validate.ignored import check_ignored


def look(tmp_path: Path, **more: Any) -> tuple[list[str], tuple[str, ...]]:
    path = tmp_path / "t.csv"
    path.write_text("a\n1\n")
    found = check_ignored(path, {"fields": [{"name": "a", "type": "integer", **more}]})
    return [one.message for one in found.issues], found.unknown


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("const", "enum"),
        ("nullable", "required"),
        ("min", "minimum"),
        ("max", "maximum"),
        ("regex", "pattern"),
        ("maxItems", "maxLength"),
    ],
)
def test_a_rule_of_another_language_is_refused_with_the_word_for_it(tmp_path: Path, name: str, said: str) -> None:
    (message,), unknown = look(tmp_path, **{name: 1})
    assert f"the property '{name}' is not checked by anybody" in message
    assert f"`constraints: {{{said}: …}}`" in message
    assert unknown == ()


def test_a_rule_without_a_word_for_it_is_refused(tmp_path: Path) -> None:
    (message,), _unknown = look(tmp_path, multipleOf=3)
    assert "expected a constraint; remove it" in message


@pytest.mark.parametrize("name", ["unit", "colour", "source", "default"])
def test_a_property_of_ones_own_is_named(tmp_path: Path, name: str) -> None:
    assert look(tmp_path, **{name: "x"}) == ([], (f"field a: {name}",))
