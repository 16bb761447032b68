"""Checks a site's own list of checksums: what has no other proof, such as prose, is what it was when it was built."""

import re
from collections.abc import Collection, Iterator
from pathlib import Path

from lamppost.store.objects import inside, measure
from lamppost.verify.seen import Finding, guard, read_small

PATH = "SHA256SUMS"
MOVING = frozenset({"status.json", "assets/status.js"})
"""Written anew by each run, between two builds."""
OF_HOSTS = frozenset({"CNAME"})
"""What those who serve a site put beside it, as are names with a dot in front."""
LINE = re.compile(r"(\\?)([0-9a-f]{64})  (.+)")
ESCAPES = {"\\\\": "\\", "\\n": "\n", "\\r": "\r"}


def check_sums(site: Path, known: Collection[str]) -> Iterator[Finding]:
    """Every file is in the list and has the bytes it says; those in `known` were found wrong already."""
    if not (site / PATH).exists():
        yield Finding(PATH, "is missing; expected the list that says what each page was when it was built")
        return
    text = read_small(inside(site, PATH)).decode("utf-8", "replace")
    listed = set()
    for number, (path, sha256) in enumerate(read_lines(text), 1):
        listed.add(path)
        if not path:
            yield Finding(PATH, f"line {number} is no checksum; expected 64 digits, two blanks and a path")
        elif path not in known:
            yield from guard(path, check_sum(site, path, sha256))
    if not text.endswith("\n"):
        yield Finding(PATH, "does not end with a line break; expected the whole list")
    yield from _find_unlisted(site, {*listed, *known, *MOVING, PATH})


def read_lines(text: str) -> Iterator[tuple[str, str]]:
    """Path and sha256 of each line, both empty for one that is no checksum."""
    lines = text.split("\n")
    for line in lines[:-1] if not lines[-1] else lines:
        match = LINE.fullmatch(line)
        if match is None:
            yield "", ""
        else:
            path = re.sub(r"\\[\\nr]", lambda one: ESCAPES[one[0]], match[3]) if match[1] else match[3]
            yield path, match[2]


def check_sum(site: Path, path: str, expected: str) -> Iterator[Finding]:
    """One file has the listed sha256."""
    file = inside(site, path)
    if not file.is_file():
        yield Finding(path, f"is missing; {PATH} lists it")
    elif (found := measure(file)[0]) != expected:
        yield Finding(path, f"has sha256 {found}; {PATH} says {expected}")


def _find_unlisted(site: Path, listed: Collection[str]) -> Iterator[Finding]:
    for file in sorted(site.rglob("*")):
        path = file.relative_to(site).as_posix()
        if path not in listed and not file.is_dir() and not file.name.startswith(".") and path not in OF_HOSTS:
            yield Finding(path, f"is in the site and not in {PATH}; expected nothing that a build did not make")
