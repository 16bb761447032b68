"""Shows the site on this machine and makes it again whenever YAML, Markdown, SQL, Python or data change.

Run by `nox -s serve`. Listens on loopback only; uses the sandbox for every address that is not set.
"""

import contextlib
import functools
import os
import subprocess
import sys
import threading
import time
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import click

WATCHED = ("mkdocs.yml", "datasets", "schemas", "docs")
ADDRESS = ("127.0.0.1", 8000)
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
PAUSE = 1.0  # seconds between two looks


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves files; the terminal belongs to the messages of run and build."""

    def guess_type(self, path: str | os.PathLike[str]) -> str:
        """Name styles and scripts ourselves: Windows' registry may call them plain text, which browsers refuse."""
        return TYPES.get(Path(path).suffix) or super().guess_type(path)

    def log_message(self, *_: object) -> None:
        """Say nothing for each request."""

    def end_headers(self) -> None:
        """Keep browsers from showing yesterday's page."""
        self.send_header("Cache-Control", "no-store")
        super().end_headers()


def state(root: Path) -> dict[str, int]:
    """Modification times of all that a city writes."""
    found: dict[str, int] = {}
    for name in WATCHED:
        place = root / name
        files = [place] if place.is_file() else (path for path in place.rglob("*") if path.is_file())
        for path in files:
            with contextlib.suppress(FileNotFoundError):  # an editor replaced it this moment
                found[str(path.relative_to(root))] = path.stat().st_mtime_ns
    return found


def remake(changed: set[str]) -> None:
    """Run what a change touches, then build; a fault is shown and the old site stays."""
    names: set[str] = set()
    for path in changed:
        match Path(path).parts:
            case ("datasets", name, _, *_):
                names.add(name)
    lamppost = [sys.executable, "-m", "lamppost.cli"]
    subprocess.run([*lamppost, "run", "--sandbox", *sorted(names)], check=False)  # noqa: S603  our own command
    subprocess.run([*lamppost, "build"], check=False)  # noqa: S603  our own command


def main(root: Path = Path()) -> None:
    """Serve until Ctrl-C."""
    before = state(root)
    remake(set())
    handler = functools.partial(QuietHandler, directory=str(root / "site"))
    server = ThreadingHTTPServer(ADDRESS, handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    click.echo(f"Open http://{ADDRESS[0]}:{ADDRESS[1]}/ and edit; stop with Ctrl-C.")
    with contextlib.suppress(KeyboardInterrupt):
        while True:
            time.sleep(PAUSE)
            now = state(root)
            changed = {path for path in now.keys() | before.keys() if now.get(path) != before.get(path)}
            if changed:
                remake(changed)
                click.echo(f"Built again after {', '.join(sorted(changed)[:3])}.")
            before = now


if __name__ == "__main__":
    main()
