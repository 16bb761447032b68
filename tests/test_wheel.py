"""The wheel holds everything: each module imports from it, and it builds a city far from the checkout."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
IMPORT_ALL = """
import importlib, pathlib, pkgutil, sys
import lamppost
root = pathlib.Path(lamppost.__file__).parent
assert root.is_relative_to(sys.argv[1]), root
names = [one.name for one in pkgutil.walk_packages([str(root)], "lamppost.")]
for name in names:
    importlib.import_module(name)
print(len(names))
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip"]
    quiet = ["--quiet", "--no-deps", "--disable-pip-version-check"]
    subprocess.run([*pip, "wheel", *quiet, "--no-build-isolation", "-w", str(folder), str(PROJECT)], check=True)
    (wheel,) = folder.glob("*.whl")
    subprocess.run([*pip, "install", *quiet, "--target", str(folder / "packages"), str(wheel)], check=True)
    return folder / "packages"


def python(installed: Path, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": str(installed), "PYTHONUTF8": "1"}
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, encoding="utf-8", check=False)


def test_every_module_imports_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    done = python(installed, "-c", IMPORT_ALL, str(installed), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    modules = [path for path in (PROJECT / "pipelines" / "lamppost").rglob("*.py") if path.name != "__init__.py"]
    assert int(done.stdout) >= len(modules)


def test_a_new_city_is_built_from_the_wheel_without_a_word_of_the_reference_city(
    installed: Path, tmp_path: Path
) -> None:
    for verb in (["new", "city", "--name", "Riverton"], ["--city", "city", "run"], ["--city", "city", "build"]):
        done = python(installed, "-m", "lamppost.cli", *verb, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    pages = [path.read_text(encoding="utf-8").lower() for path in (tmp_path / "city" / "site").rglob("*.html")]
    assert len(pages) > 10
    assert not any(word in text for text in pages for word in ("hollywood", "weho"))
