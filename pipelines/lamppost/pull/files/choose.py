"""Which files of a folder are taken: those that are done, the newest by name or all (pure)."""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from lamppost.pull.fault import fault, pending
from lamppost.pull.files.places.place import Entry

MARK = "LAMPPOST-SIMULATED.txt"
"""A file of this name says that the folder is the sandbox's."""
SUM = ".sha256"
UPLOADING = (".filepart", ".part", ".tmp", ".crdownload")
"""How programs call a file that is still being copied; two folders may hold it for good, so it is no error."""
HIDDEN = (".", "~$")
"""Hidden files, and the locks of office programs."""
_DIGEST = re.compile(r"(?<![0-9A-Fa-f])[0-9A-Fa-f]{64}(?![0-9A-Fa-f])")


def list_globs(glob: str, done: str) -> tuple[str, ...]:
    """What is to be listed: the files, what may lie beside each, and the sandbox's mark."""
    return tuple(dict.fromkeys((glob, glob + SUM, *((glob + done,) if done else ()), MARK)))


def choose(listed: Sequence[Entry], glob: str, take: str, done: str, place: str) -> list[Entry]:
    """The files to take, at least one; PendingError while none is done.

    With `done` only a file counts beside which there is one of its name and this ending.
    """
    names = {one.name for one in listed}
    beside = (SUM, done) if done else (SUM,)
    wanted = [one for one in listed if _is_data(one.name, beside, names)]
    if not wanted:
        raise fault(
            place, f"no file like {glob}", "at least one", "drop a file there, or correct `folder:` and `glob:`"
        )
    ready = [one for one in wanted if not done or one.name + done in names]
    if not ready:
        found = f"{len(wanted)} files, none with its `{done}`" if len(wanted) > 1 else f"a file without its `{done}`"
        raise pending(place, found, "one when the copy is done", "it is asked for again")
    return ready if take == "all" else ready[-1:]


def find_sum(listed: Sequence[Entry], entry: Entry) -> Entry | None:
    """The file with this one's checksum, if it lies beside it."""
    return next((one for one in listed if one.name == entry.name + SUM), None)


def read_sum(body: bytes, name: str, place: str) -> str:
    """The SHA-256 in hexadecimal that a file made by sha256sum holds; of several lines the one that names the file."""
    lines = [line for line in body.decode("utf-8", "replace").splitlines() if _DIGEST.search(line)]
    mine = [line for line in lines if PurePosixPath(name).name in line] if len(lines) > 1 else lines
    if len(mine) != 1:
        raise fault(f"{place}{SUM}", f"{len(mine)} checksums", "one", "make it with `sha256sum`")
    return str(_DIGEST.findall(mine[0])[0]).lower()


def _is_data(name: str, beside: Sequence[str], names: set[str]) -> bool:
    """False for what is hidden, still being copied, or lies beside another file to say something about it."""
    parts = PurePosixPath(name).parts
    if name == MARK or any(one.startswith(HIDDEN) for one in parts) or name.lower().endswith(UPLOADING):
        return False
    return not any(name.endswith(one) and name.removesuffix(one) in names for one in beside) and not name.endswith(SUM)
