"""`city`: a copy of a small city that has a store and a site; made once."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lamppost.starter import new_city
from tests.drivers.conftest import town  # noqa: F401 - a fixture


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A city with a site."""
    root = tmp_path_factory.mktemp("whole") / "city"
    new_city(root, "Riverton")
    for verb in ("run", "build"):
        subprocess.run([sys.executable, "-m", "lamppost.cli", "--city", root, verb], check=True, capture_output=True)
    return root


@pytest.fixture
def city(whole: Path, tmp_path: Path) -> Path:
    """A copy of it, to be spoilt."""
    return Path(shutil.copytree(whole, tmp_path / "city"))
