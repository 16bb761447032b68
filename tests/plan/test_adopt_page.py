"""The page for other cities: what it says to write can be loaded as it stands."""

import re
import textwrap
from collections.abc import Mapping
from pathlib import Path

import yaml

from lamppost.load import load_city, load_datasets, load_figures
from lamppost.model import Dataset, Issue

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/about/adopt.md"


KINDS = {
    "dataset": "format: 1\ntitle:",
    "schema": "title:",
    "protect": "protect:",
    "figures": "format: 1\nfigures:",
    "city": "extra:",
}
"""What a block of YAML on the page is by its first words; each kind is tried below."""


def read_blocks() -> dict[str, str]:
    """Kind → the one block of YAML of that kind."""
    texts = re.findall(r"```yaml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    found = [textwrap.dedent(text) for text in texts]
    kinds = {kind: [one for one in found if one.startswith(words)] for kind, words in KINDS.items()}
    assert {kind: len(blocks) for kind, blocks in kinds.items()} == dict.fromkeys(KINDS, 1)
    assert len(found) == len(KINDS), "a block of a kind that no test tries"
    return {kind: blocks[0] for kind, blocks in kinds.items()}


PLACE = """\
  - {name: longitude, type: number, title: Longitude, description: Degrees east., constraints: {required: true}}
  - {name: latitude, type: number, title: Latitude, description: Degrees north., constraints: {required: true}}
primaryKey"""


def load(root: Path, blocks: Mapping[str, str]) -> tuple[list[Dataset], list[str], list[Issue]]:
    """The city of the dataset, schema and figures: its datasets, the names of its figures, and all that is wrong."""
    (root / "datasets/fountains").mkdir(parents=True)
    (root / "schemas").mkdir()
    (root / "datasets/fountains/dataset.yaml").write_text(blocks["dataset"], encoding="utf-8")
    (root / "datasets/fountains/figures.yaml").write_text(blocks["figures"], encoding="utf-8")
    (root / "schemas/fountains.yaml").write_text(blocks["schema"], encoding="utf-8")
    (root / "mkdocs.yml").write_bytes((ROOT / "mkdocs.yml").read_bytes())
    city = load_city(root)
    datasets, issues = load_datasets(city)
    figures, faults = load_figures(city, datasets)
    return list(datasets), [one.name for one in figures], [*sum(issues.values(), ()), *faults]


def test_the_dataset_of_the_page_loads(tmp_path: Path) -> None:
    datasets, figures, faults = load(tmp_path, read_blocks())
    assert ([one.name for one in datasets], figures, faults) == (["fountains"], ["fountains-working"], [])


def test_the_privacy_rules_of_the_page_may_stand_under_its_resource(tmp_path: Path) -> None:
    blocks = read_blocks()
    below = blocks["dataset"] + textwrap.indent(blocks["protect"], " " * 4)
    datasets, _, faults = load(
        tmp_path, blocks | {"dataset": below, "schema": blocks["schema"].replace("primaryKey", PLACE)}
    )
    assert faults == []
    (fountains,) = datasets[0].resources
    assert (set(fountains.drop), set(fountains.rules)) == ({"operator_id"}, {"longitude", "latitude"})


def test_the_store_of_the_page_is_taken_as_it_stands(tmp_path: Path) -> None:
    told = yaml.safe_load(read_blocks()["city"])["extra"]["city"]
    config = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    config["extra"]["city"] |= told
    (tmp_path / "mkdocs.yml").write_text(yaml.safe_dump(config, allow_unicode=True), encoding="utf-8")
    assert str(load_city(tmp_path).store) == told["store"]


def test_every_folder_that_the_page_names_is_there() -> None:
    named = set(re.findall(r"`((?:docs|datasets|schemas)/[a-z/]*)`", PAGE.read_text("utf-8")))
    assert "docs/plan/" in named
    assert [one for one in sorted(named) if not (ROOT / one).is_dir()] == []
