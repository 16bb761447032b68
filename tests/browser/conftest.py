"""`site`: the reference city, rehearsed and built once; `browser`: Debian's chromium, which reaches nothing but it."""

import functools
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

PROJECT = Path(__file__).parents[2]
AUTHORED = ("mkdocs.yml", "datasets", "schemas", "docs")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
]  # fmt: skip


class Quiet(SimpleHTTPRequestHandler):
    """Serves files without a word."""

    def log_message(self, *_: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A folder that is served, and the address below which the site will lie: a sub-path, as for a project on Pages."""
    folder = tmp_path_factory.mktemp("served")
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield folder, f"http://127.0.0.1:{server.server_port}/town/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory, served: tuple[Path, str]) -> Path:
    root = tmp_path_factory.mktemp("reference")
    for name in AUTHORED:
        source = PROJECT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, root / name)
    for verb in (["run", "--sandbox"], ["build", "--url", served[1]]):
        command = [sys.executable, "-m", "lamppost.cli", "--city", str(root), *verb]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    (served[0] / "town").symlink_to(root / "site")
    return root / "site"


@pytest.fixture(scope="session")
def site(folder: Path, served: tuple[Path, str]) -> str:
    assert folder.is_dir()
    return served[1]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no chromium on this machine")
    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=chromium, args=FLAGS)
        yield opened
        opened.close()
