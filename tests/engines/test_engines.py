"""The tree on disk is the contract: other engines make the same pages with the same figures from it."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from lamppost.starter import new_city

FIGURE = re.compile(r'<data class="figure[^>]*>[^<]*</data>')


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("town") / "city"
    new_city(root, "Riverton")
    for verb in ("run", "build"):
        subprocess.run([sys.executable, "-m", "lamppost.cli", "--city", str(root), verb], check=True)
    return root


def figures(site: Path) -> dict[str, list[str]]:
    """Page → the figures it shows, of every page."""
    pages = sorted(site.rglob("*.html"))
    return {path.relative_to(site).as_posix(): FIGURE.findall(path.read_text(encoding="utf-8")) for path in pages}


@pytest.mark.parametrize("engine", ["properdocs", "zensical"])
def test_another_engine_makes_the_same_pages_with_the_same_figures(town: Path, engine: str) -> None:
    work = town / f"build-{engine}"
    shutil.copytree(town / "build", work, ignore=shutil.ignore_patterns("data", "charts"))
    config = yaml.safe_load((work / "mkdocs.yml").read_text(encoding="utf-8"))
    (work / "mkdocs.yml").write_text(yaml.safe_dump({**config, "site_dir": "made"}), encoding="utf-8")
    subprocess.run([str(Path(sys.executable).with_name(engine)), "build", "-f", str(work / "mkdocs.yml")], check=True)
    expected = figures(town / "site")
    assert sum(map(len, expected.values())) > 3
    assert figures(work / "made") == expected
