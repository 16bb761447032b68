"""`lamppost check`: every mistake at once, each said once, before a build has to refuse it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment

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


def public(city: Path) -> list[tuple[str, str]]:
    return [(one.code, one.place.rpartition("/")[2]) for one in check_city(city) if one.code.startswith("public-")]


def write_trees(city: Path, name: str, change: Callable[[Any, Any], object], columns: int = 7) -> None:
    """The starter's table as a workbook, with what `change(book, sheet)` does to it."""
    folder = city / "datasets" / "street-trees"
    (source,) = (folder / "data").glob("*.csv")
    book = openpyxl.Workbook()
    sheet = book.active
    for line in source.read_text(encoding="utf-8").splitlines()[:8]:
        sheet.append(line.split(",")[:columns])  # type: ignore[union-attr]
    change(book, sheet)
    book.save(folder / "data" / name)
    source.unlink()
    text = (folder / "dataset.yaml").read_text(encoding="utf-8")
    (folder / "dataset.yaml").write_text(
        text.replace('"street-trees*.csv"', '"*.xlsx"\n      sheet: Sheet'), encoding="utf-8"
    )


def test_the_starters_own_files_may_be_public(city: Path) -> None:
    assert public(city) == []


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        (lambda _book, _sheet: None, []),
        (lambda book, _sheet: setattr(book.create_sheet("Tenants"), "sheet_state", "hidden"), ["public-hidden-sheet"]),
        (lambda book, _sheet: setattr(book.create_sheet("T"), "sheet_state", "veryHidden"), ["public-hidden-sheet"]),
        (lambda _book, sheet: setattr(sheet.row_dimensions[3], "hidden", True), ["public-hidden-row"]),
        (lambda _book, sheet: setattr(sheet.row_dimensions[99], "hidden", True), []),
        (lambda _book, sheet: setattr(sheet.column_dimensions["B"], "hidden", True), ["public-hidden-column"]),
        (lambda _book, sheet: setattr(sheet.column_dimensions["Z"], "hidden", True), []),
        (lambda _book, sheet: setattr(sheet["A2"], "comment", Comment("call me", "Ann")), ["public-comment"]),
        (lambda _book, sheet: sheet.cell(1, 8, "phone"), ["public-undeclared-column"]),
        (
            lambda book, sheet: book.create_sheet("Notes").append(["see"]),
            ["public-undeclared-sheet"],
        ),
    ],
)
def test_a_workbook_in_the_repository_shows_all_that_it_holds(city: Path, change: Any, codes: list[str]) -> None:
    write_trees(city, "trees.xlsx", change)
    assert sorted(public(city)) == [(code, "trees.xlsx") for code in codes]


def test_a_dropped_column_in_the_repository_is_published_already(city: Path) -> None:
    folder = city / "datasets" / "street-trees"
    (path,) = (folder / "data").glob("*.csv")
    first, *rest = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([f"{first},owner", *(f"{one},Ann" for one in rest), ""]), encoding="utf-8")
    assert public(city) == [("public-undeclared-column", path.name)]
    text = (folder / "dataset.yaml").read_text(encoding="utf-8")
    (folder / "dataset.yaml").write_text(
        text.replace("    checks:", "    protect: {owner: drop}\n    checks:"), encoding="utf-8"
    )
    (issue,) = [one for one in check_city(city) if one.code.startswith("public-")]
    assert issue.code == "public-dropped-column"
    assert "found the column `owner`, which `protect:` drops" in issue.message


def test_a_folder_that_is_private_or_elsewhere_is_not_public(city: Path, tmp_path: Path) -> None:
    folder = city / "datasets" / "street-trees"
    (path,) = (folder / "data").glob("*.csv")
    path.write_text("owner\nAnn\n", encoding="utf-8")
    (tmp_path / "elsewhere").mkdir()
    path.rename(tmp_path / "elsewhere" / path.name)
    text = (folder / "dataset.yaml").read_text(encoding="utf-8")
    for place in ("${TREES_FOLDER}", "sftp://ann@files.example.org/trees"):
        (folder / "dataset.yaml").write_text(text.replace("folder: data", f'folder: "{place}"'), encoding="utf-8")
        assert public(city) == []


def test_the_reference_citys_own_files_may_be_public() -> None:
    assert public(Path(__file__).parents[1]) == []


def test_a_dataset_without_an_identifier_is_shown_the_line_to_add(city: Path) -> None:
    path = city / "datasets/street-trees/dataset.yaml"
    assert not [one for one in check_city(city) if one.code == "identifier-missing"]
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(one for one in lines if not one.startswith("identifier:")), encoding="utf-8")
    (warning,) = [one for one in check_city(city) if one.code == "identifier-missing"]
    assert warning.severity == "warning"
    line = warning.message.partition("add `")[2].removesuffix("`")
    path.write_text("\n".join([*lines[:1], line, *lines[3:]]), encoding="utf-8")
    assert not [one for one in check_city(city) if one.code == "identifier-missing"]
