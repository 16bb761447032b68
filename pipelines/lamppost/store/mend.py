"""Completes a file that a run was writing in place when it died, from the whole copy that the run left beside it.

Only a disk without links needs it (see `commit`). Nobody was ever told that such a file exists, and nobody can have
read it. That its writer is dead is certain, without a clock: as long as a writer lives its temporary file lies beside
the short one, so where there was a short file before, no living temporary file lies there now, and the file is short
still, whoever created it is gone. Of those who mend at the same time on one machine, a lock of the system's lets
through one; it goes with the process that holds it. What another machine left is not touched.
"""

import json
import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from lamppost.store.disk import TEMPORARY, name_host
from lamppost.system import sync_folder

log = logging.getLogger(__name__)


def mend(abandoned: Sequence[Path]) -> set[Path]:
    """Completes what the writers of the temporary files `abandoned` were creating, and says so in a line for each.

    Gives those of them that are needed still, because somebody else is at work in their folder.
    """
    needed: set[Path] = set()
    for folder in sorted({path.parent for path in abandoned}) if os.name != "nt" else ():
        own = {path for path in abandoned if path.parent == folder and _is_from_here(path)}
        try:
            with _alone(folder):
                needed |= {path for path in sorted(own) if not _complete(path, own)}
        except OSError:
            needed |= own
    return needed


def _complete(temporary: Path, dead: set[Path]) -> bool:
    """True when nothing is left to do, because the file was completed now or is not short."""
    whole = temporary.read_bytes()
    target = temporary.with_name(f"{_find_number(whole)}.json")
    if not _is_cut(target, whole):
        return True
    others = {path for path in temporary.parent.iterdir() if TEMPORARY.fullmatch(path.name)}
    if not others <= dead:
        return False
    if _is_cut(target, whole):
        temporary.replace(target)
        sync_folder(target.parent)
        place = f"{target.parent.name}/{target.name}"
        log.warning("%s: was cut short when the run that wrote it died; completed from its own copy", place)
    return True


def _is_cut(target: Path, whole: bytes) -> bool:
    if not target.is_file() or target.is_symlink():
        return False
    return target.stat().st_size < len(whole) and whole.startswith(target.read_bytes())


def _find_number(whole: bytes) -> int:
    """The number that a manifest, a run's record or a figure's gives itself; 0 for anything else."""
    try:
        block = json.loads(whole)
        number = block["lamppost"]["seq"] if "lamppost" in block else block.get("seq", block.get("n", 0))
    except (ValueError, TypeError, KeyError, AttributeError):
        return 0
    return number if isinstance(number, int) else 0


def _is_from_here(path: Path) -> bool:
    match = TEMPORARY.fullmatch(path.name)
    return match is not None and match[1] == name_host()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Nobody else on this machine mends in `folder` as long as this is open; OSError when somebody does."""
    import fcntl  # noqa: PLC0415  not on Windows

    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)
