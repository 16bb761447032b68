"""What a pull wants to be reminded of, such as an ETag: kept beside the snapshots, once the rows are in a version.

A memory belongs to one version, and to the last pull that waits for the next one if any does. When the head is another
one, because a run died before it wrote its memory or because somebody rolled back, nothing is recalled, and the next
pull asks for everything.
"""

import json
import logging
import os
from collections.abc import Mapping
from pathlib import Path

from lamppost.model import Version

FORMAT = 1
log = logging.getLogger(__name__)


def recall(private: Path | None, place: str, head: Version | None, waiting: str = "") -> Mapping[str, str]:
    """The memory of `dataset/resource` left by the pull behind `head`, or the one `waiting` since; empty for none."""
    if private is None or head is None or head.simulated:
        return {}
    try:
        block = json.loads(_path(private, place).read_bytes())
        if (block["format"], block["version"], block.get("waiting", "")) != (FORMAT, head.seq, waiting):
            return {}
        return {str(name): str(value) for name, value in block["memory"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}  # a memory is a shortcut: without it the pull asks for everything


def keep_memory(private: Path | None, place: str, head: Version, memory: Mapping[str, str], waiting: str = "") -> None:
    """Write the memory that belongs to `head`, whole or not at all; a simulated version has none.

    A disk that does not take it is no failure: the rows are safe, and the next pull asks for everything.
    """
    if private is None or head.simulated:
        return
    path = _path(private, place)
    try:
        since = {"waiting": waiting} if waiting else {}
        _write(path, {"format": FORMAT, "version": head.seq, **since, "memory": dict(memory)} if memory else None)
    except OSError as error:
        log.warning("%s: nothing is remembered for the next pull: %s", place, error.strerror or type(error).__name__)


def _write(path: Path, block: Mapping[str, object] | None) -> None:
    if block is None:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}.part")
    part.write_text(json.dumps(block, ensure_ascii=False, indent=2) + "\n", encoding="utf-8", newline="\n")
    part.replace(path)


def _path(private: Path, place: str) -> Path:
    return private / "memory" / f"{place}.json"
