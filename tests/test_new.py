"""`lamppost new`: the smallest city that runs, with nothing of any other city in it."""

import re
from pathlib import Path

import pytest

from lamppost import __version__
from lamppost.errors import LoadError
from lamppost.load import check_pages, check_references, load_city, load_datasets, load_figures, load_plan
from lamppost.starter import new_city


@pytest.fixture
def root(tmp_path: Path) -> Path:
    new_city(tmp_path / "my-city", "Saint-Jérôme & Sons", lambda: "urn:example:1")
    return tmp_path / "my-city"


def test_what_it_writes_reads_without_a_fault(root: Path) -> None:
    city = load_city(root)
    datasets, faults = load_datasets(city)
    figures, figure_issues = load_figures(city, datasets)
    plan, plan_issues = load_plan(city)
    names = [figure.name for figure in figures]
    assert (city.name, names) == ("Saint-Jérôme & Sons", ["street-trees"])
    assert (faults, figure_issues, plan_issues) == ({}, (), ())
    assert check_pages(city, names) == ()
    assert check_references(plan, datasets, [one.name for one in datasets], names) == ()


def test_it_shows_one_of_each_kind_and_needs_no_network(root: Path) -> None:
    city = load_city(root)
    (dataset,) = load_datasets(city)[0]
    plan, _ = load_plan(city)
    assert plan is not None
    assert (len(plan.actions), len(plan.indicators), len(plan.areas)) == (1, 1, 1)
    assert dataset.resources[0].pull is not None
    assert dataset.resources[0].pull.adapter == "files"
    assert "{{ street-trees }}" in (root / "docs/index.md").read_text(encoding="utf-8")


def test_its_data_fit_its_schema_in_number_and_names(root: Path) -> None:
    (dataset,) = load_datasets(load_city(root))[0]
    (path,) = (root / "datasets/street-trees/data").glob("*.csv")
    header, *rows = path.read_text(encoding="utf-8").splitlines()
    assert tuple(header.split(",")) == dataset.resources[0].schema.names
    assert len(rows) > 20
    assert len({row.split(",")[0] for row in rows}) == len(rows)


def test_its_invented_data_cannot_pass_for_the_citys(root: Path) -> None:
    assert (root / "datasets/street-trees/data/LAMPPOST-SIMULATED.txt").is_file()


def test_the_engine_comes_by_one_line(root: Path) -> None:
    assert (root / "requirements.txt").read_text(encoding="utf-8") == f"lamppost=={__version__}\n"


def test_what_the_engine_makes_stays_out_of_git(root: Path) -> None:
    assert {"/store/", "/private/", "/build/", "/site/"} <= set(
        (root / ".gitignore").read_text(encoding="utf-8").splitlines()
    )


def test_no_word_of_another_city_and_no_mark_is_left(root: Path) -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(root.rglob("*")) if path.is_file())
    assert not re.search(r"hollywood|weho|smart city|@[A-Z]+@", text, re.IGNORECASE)


def test_without_a_name_it_is_called_after_its_folder(tmp_path: Path) -> None:
    new_city(tmp_path / "green-river")
    assert load_city(tmp_path / "green-river").name == "Green River"


def test_two_cities_of_one_name_have_other_identifiers(tmp_path: Path) -> None:
    found = set()
    for name in ("east", "west"):
        new_city(tmp_path / name, "Riverton")
        (dataset,) = load_datasets(load_city(tmp_path / name))[0]
        plan, _ = load_plan(load_city(tmp_path / name))
        found |= {dataset.identifier, plan.identifier if plan else ""}
    assert len(found) == 4
    assert all(one.startswith("urn:uuid:") for one in found)


def test_a_folder_with_anything_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(LoadError, match="the folder is not empty, expected a new or empty folder"):
        new_city(tmp_path, "Riverton")
    assert [path.name for path in tmp_path.iterdir()] == ["note.txt"]


@pytest.mark.parametrize("name", ['x"\nextra: {}', "a{{ b }}", "<b>", "x" * 81, "a: b", "*"])
def test_a_name_that_would_break_the_files_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(LoadError, match="write --name"):
        new_city(tmp_path / "city", name)
    assert not (tmp_path / "city").exists()


@pytest.mark.parametrize("name", ["method.md", "how-this-works.md", "promises.md"])
def test_what_the_engine_promises_is_said_the_same_everywhere(root: Path, name: str) -> None:
    ours = Path(__file__).parents[1] / "docs" / "about" / name
    assert (root / "docs/about" / name).read_bytes() == ours.read_bytes(), f"copy docs/about/{name} into starter/files"


def test_writing_the_same_city_twice_gives_the_same_bytes(root: Path, tmp_path: Path) -> None:
    new_city(tmp_path / "again", "Saint-Jérôme & Sons", lambda: "urn:example:1")
    first, second = (
        {p.relative_to(one): p.read_bytes() for p in one.rglob("*") if p.is_file()}
        for one in (root, tmp_path / "again")
    )
    assert first == second
