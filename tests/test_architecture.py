"""Holds the rooms of the package: who may import whom, and that no engine module knows a city."""

import ast
import re
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "pipelines" / "lamppost"
LIBRARIES = {"model", "errors", "decode", "formats", "notation", "query", "system"}
"""`notation` reads what a city writes and several rooms must read alike; `decode` what a source sends: pull counts it,
table reads it."""
DRIVERS = {
    "annotations",
    "attempt",
    "beside",
    "build",
    "check",
    "checking",
    "cli",
    "console",
    "outside",
    "preview",
    "repository",
    "run",
    "serve",
}
DRIVERS |= {"history", "retract", "retracting", "sources", "summary", "today", "verify", "verifying", "versions"}
STAGES = {"load", "pull", "propose", "table", "validate", "store", "derive", "figures", "plan", "render", "site"}
APART = {"sandbox", "starter", "workflows", "assets"}
MODULES = sorted(path for path in PACKAGE.rglob("*.py"))


def room(path: Path) -> str:
    """The first name below the package: a folder or a module."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported_rooms(path: Path) -> set[str]:
    """Rooms of the package that a module imports, at any depth of its code."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "lamppost":
            parts = node.module.split(".")
            found |= {parts[1]} if len(parts) > 1 else {alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("lamppost.")}
    return found - {"__version__"}


def identify(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def test_every_room_is_known() -> None:
    rooms = {room(path) for path in MODULES} - {"__init__"}
    assert rooms <= LIBRARIES | DRIVERS | STAGES | APART


def test_no_two_rooms_need_each_other() -> None:
    needs: dict[str, set[str]] = {}
    for path in MODULES:
        needs.setdefault(room(path), set()).update(imported_rooms(path) - {room(path)})
    assert tuple(TopologicalSorter(needs).static_order())


@pytest.mark.parametrize("path", [one for one in MODULES if room(one) in STAGES | LIBRARIES | APART], ids=identify)
def test_a_stage_imports_only_itself_and_the_libraries(path: Path) -> None:
    assert imported_rooms(path) <= LIBRARIES | {room(path)}


@pytest.mark.parametrize("path", MODULES, ids=identify)
def test_the_network_is_touched_in_one_place(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import)]
    names = {alias.name.split(".")[0] for node in imports for alias in node.names}
    names |= {node.module.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    allowed = {f"pull/transport/{name}.py" for name in ("connect", "exchange", "trouble")}  # trouble only words errors
    if identify(path) not in allowed:
        assert not names & {"requests", "urllib3", "httpx", "ftplib", "smtplib"}


@pytest.mark.parametrize("path", MODULES, ids=identify)
def test_frictionless_has_one_importer(path: Path) -> None:
    if identify(path) != "validate/replay.py":
        assert "import frictionless" not in path.read_text(encoding="utf-8")
        assert "from frictionless" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", MODULES, ids=identify)
def test_dask_has_one_importer(path: Path) -> None:
    if identify(path) != "run/cluster.py":
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"""(import |from |import_module\()["']?(dask|distributed)\b""", text)


@pytest.mark.parametrize("path", [one for one in MODULES if room(one) != "sandbox"], ids=identify)
def test_no_engine_module_names_a_city(path: Path) -> None:
    text = path.read_text(encoding="utf-8").lower()
    assert "hollywood" not in text
    assert "weho" not in text


@pytest.mark.parametrize("path", MODULES, ids=identify)
def test_a_module_fits_on_a_few_screens(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 330
