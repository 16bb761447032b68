"""A verb on a machine that runs out of something: `python -m tests.survival.limits LIMIT MORE CITY VERB [cold]`.

Everything is loaded and was used once before the limit comes down on it, so that what is missing is missed at work;
`cold`, it comes down on a process that has loaded the command line alone.
"""

import os
import resource
import shutil
import sys
from pathlib import Path

from lamppost.cli import main

LARGE = 24 << 20
PAGE = 1_000_000
"""Bytes that a page may have."""


def give_work(city: Path, verb: str, size: int) -> None:
    """Something new to do, of about so many bytes."""
    if verb == "run":
        (sample,) = (city / "datasets" / "street-trees").rglob("*.csv")
        lines = sample.read_bytes().splitlines(keepends=True)
        sample.write_bytes(b"".join(lines[:-1]) + b"".join(lines[1:]) * (size // sample.stat().st_size))
    else:
        (city / "docs" / "stories").mkdir(exist_ok=True)
        for number in range(1 + size // PAGE):
            (city / "docs" / "stories" / f"long-{number}.md").write_text("# Long\n\n" + "word " * (PAGE // 6))


def lower(name: str, more: int) -> None:
    """From now on there is `more` than what is used already; for the size of files, `more` in all."""
    first_free = os.dup(0)
    os.close(first_free)
    used = {
        "RLIMIT_AS": int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize(),
        "RLIMIT_NOFILE": first_free,
        "RLIMIT_FSIZE": 0,
    }
    kind = getattr(resource, name)
    resource.setrlimit(kind, (used[name] + more, resource.getrlimit(kind)[1]))


def call(city: Path, verb: str) -> None:
    """The verb, as the command line calls it; a run does its dataset, due or not."""
    main(["--city", str(city), verb, *(["street-trees"] if verb == "run" else [])], prog_name="lamppost")


def rehearse(city: Path, verb: str) -> None:
    """The same verb on a copy, as on a machine that lacks nothing; it must succeed."""
    copy = city.with_name(f"{city.name}-copy")
    shutil.copytree(city, copy)
    try:
        call(copy, verb)
    except SystemExit as done:
        if done.code:
            raise
    shutil.rmtree(copy)


if __name__ == "__main__":
    limit, extra, place, word = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]), sys.argv[4]
    if "cold" not in sys.argv:
        rehearse(place, word)
    give_work(place, word, LARGE if limit == "RLIMIT_AS" else 0)
    lower(limit, extra)
    call(place, word)
