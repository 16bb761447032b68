"""A site exchanged over and over while others read it: `python -m tests.survival.exchanges FOLDER N`; JSON.

A site of generation g says g in its page and in its manifest, and keeps what no longer changes of the last ones.
"""

import json
import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

from lamppost.site.exchange import exchange
from tests.survival.sweep import GOOD, end, fork

KEPT = 8
"""Generations whose fixed addresses stay: a real site keeps all of them."""
DEADLINE = 300
READERS = 4


def make(folder: Path, generation: int) -> Path:
    """A whole site."""
    (folder / "data").mkdir(parents=True)
    (folder / "index.html").write_text(f"{generation}")
    (folder / "data" / "datapackage.json").write_text(f"{generation}")
    for one in range(max(1, generation - KEPT), generation + 1):
        (folder / "data" / f"v{one}.json").write_text(f"{one}")
    return folder


def read_by_folder(site: Path) -> None:
    """Page and manifest of one opened folder are of one generation; the folder may go meanwhile."""
    handle = os.open(site, os.O_RDONLY)
    try:
        with suppress(FileNotFoundError):
            page, package = read_at("index.html", handle), read_at("data/datapackage.json", handle)
            assert page == package, "page and manifest of two generations"
    finally:
        os.close(handle)


def read_at(path: str, handle: int) -> int:
    """The number that a file below an opened folder holds."""
    with os.fdopen(os.open(path, os.O_RDONLY, dir_fd=handle)) as file:
        return int(file.read())


def read_by_address(site: Path) -> int:
    """A page is always there and whole; what it links to by a fixed address is there, with the bytes it had."""
    page = int((site / "index.html").read_text())
    try:
        assert int((site / "data" / f"v{page}.json").read_text()) == page
    except FileNotFoundError:
        newest = int((site / "index.html").read_text())
        assert newest - page >= KEPT, f"generation {page} has gone, the newest is {newest}"
    return page


def read_on(site: Path, until: int) -> None:
    """A reader, until the last generation came."""
    signal.alarm(DEADLINE)
    newest = 0
    while newest < until:
        page = read_by_address(site)
        assert page >= newest
        newest = page
        read_by_folder(site)


def main(folder: Path, number: int) -> dict[str, object]:
    """So many exchanges under the eyes of the readers."""
    begin, site = time.perf_counter(), make(folder / "site", 1)
    readers = [fork(lambda: read_on(site, number)) for _ in range(READERS)]
    for generation in range(2, number + 1):
        exchange(make(folder / "new", generation), site)
    wrong = [code for code in map(end, readers) if code != GOOD]
    left = sorted(path.name for path in folder.iterdir())
    return {"exchanges": number, "wrong": wrong, "left": left, "seconds": round(time.perf_counter() - begin, 1)}


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]))))  # noqa: T201
