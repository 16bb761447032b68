"""The page for other cities: what it says to write can be loaded as it stands."""

import re
import textwrap
from pathlib import Path

from lamppost.load import load_city, load_datasets, load_figures

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/about/adopt.md"


def read_blocks() -> list[str]:
    return [textwrap.dedent(block) for block in re.findall(r"```yaml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)]


def test_the_dataset_of_the_page_loads(tmp_path: Path) -> None:
    (tmp_path / "datasets/fountains").mkdir(parents=True)
    (tmp_path / "schemas").mkdir()
    paths = ("datasets/fountains/dataset.yaml", "schemas/fountains.yaml", "datasets/fountains/figures.yaml")
    for path, text in zip(paths, read_blocks(), strict=True):
        (tmp_path / path).write_text(text, encoding="utf-8")
    (tmp_path / "mkdocs.yml").write_bytes((ROOT / "mkdocs.yml").read_bytes())
    city = load_city(tmp_path)
    datasets, issues = load_datasets(city)
    figures, faults = load_figures(city, datasets)
    assert (dict(issues), faults) == ({}, ())
    assert ([one.name for one in datasets], [one.name for one in figures]) == (["fountains"], ["fountains-working"])


def test_every_folder_that_the_page_names_is_there() -> None:
    named = set(re.findall(r"`((?:docs|datasets|schemas)/[a-z/]*)`", PAGE.read_text("utf-8")))
    assert "docs/plan/" in named
    assert [one for one in sorted(named) if not (ROOT / one).is_dir()] == []
