"""`lamppost check`: every mistake at once, each said once, before a build has to refuse it."""

from pathlib import Path

import pytest

from lamppost.check import check_city
from lamppost.model import Issue
from lamppost.starter import new_city


@pytest.fixture
def city(tmp_path: Path) -> Path:
    new_city(tmp_path / "city")
    return tmp_path / "city"


def found(city: Path) -> list[Issue]:
    return [one for one in check_city(city) if one.place.startswith(("docs/story.md", "docs/index.md", "mkdocs.yml"))]


def write_story(city: Path, text: str) -> list[str]:
    (city / "docs" / "story.md").write_bytes(text.encode("latin-1"))
    return [f"{one.place} {one.message}" for one in found(city)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("---\ntitle: [a\n---\n", "docs/story.md:2"),
        ("---\ntitle: never closed\n", "never ends"),
        ("Br\u00fccke", "not UTF-8"),
        ("<script>alert(1)</script>\n", "an inline script"),
        ('<p onclick="x()">a</p>\n', "onclick"),
        ("[a](javascript:alert(1))\n", "runs or hides code"),
    ],
)
def test_a_page_that_cannot_be_shown_is_named_once(city: Path, text: str, said: str) -> None:
    (fault,) = write_story(city, text)
    assert said in fault


def test_html_in_code_is_only_text(city: Path) -> None:
    assert write_story(city, "`<script>`\n\n```html\n<script>alert(1)</script>\n```\n") == []


def test_a_drawn_story_that_is_no_list_of_panels_is_named(city: Path) -> None:
    (city / "docs" / "index.md").write_text("---\nnovel: [text]\n---\n", encoding="utf-8")
    assert [one.place for one in found(city)] == ["docs/index.md:2:9 novel[0]"]


def test_a_setting_that_the_build_makes_itself_is_pointed_out(city: Path) -> None:
    text = (city / "mkdocs.yml").read_text(encoding="utf-8")
    (city / "mkdocs.yml").write_text(f"plugins: [search]\n{text}", encoding="utf-8")
    assert [(one.place, one.severity) for one in found(city)] == [("mkdocs.yml plugins", "warning")]
