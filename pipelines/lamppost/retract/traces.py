"""What else on this machine holds a retracted row: raw answers, quarantine, memory, spools, and what a build left."""

import base64
import contextlib
import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from lamppost.store.redact import Needles

PRIVATE = ("snapshots", "quarantine", "memory", "dead-letters")
"""Folders of private/ that are made again by the next pull, or that only explain the last one."""
SPOOL = "spool"
"""Messages that no version holds yet: only the lines that name the row go."""


def find_traces(private: Path | None, root: Path, names: Sequence[str]) -> list[Path]:
    """Files and folders that are deleted because of the datasets `names`; none of them is published."""
    folders = [private / kind / name for kind in PRIVATE for name in names] if private else []
    folders += [root / "build"]
    return [path for path in folders if path.exists()]


def find_messages(private: Path | None, names: Sequence[str], needles: Needles) -> Iterator[tuple[Path, int]]:
    """Segments of spools that name one of the rows, and in how many messages."""
    folders = [private / SPOOL / name for name in names] if private else []
    for path in (one for folder in folders for one in sorted(folder.rglob("*.ndjson"))):
        lines = path.read_bytes().split(b"\n")
        count = sum(_holds(line, needles) for line in lines)
        if count:
            yield path, count


def clean_messages(path: Path, needles: Needles) -> None:
    """Writes the segment again without those messages."""
    left = b"\n".join(line for line in path.read_bytes().split(b"\n") if not _holds(line, needles))
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(left)
    part.replace(path)


def _holds(line: bytes, needles: Needles) -> bool:
    text = line.decode("utf-8", "replace")
    with contextlib.suppress(ValueError, KeyError, TypeError):
        text += base64.b64decode(json.loads(line)["base64"]).decode("utf-8", "replace")
    return needles.hide(text) != text


def remove(path: Path) -> None:
    """Deletes a file or a folder with all in it; it may be gone."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=False)
    else:
        path.unlink(missing_ok=True)
