"""Large CSV files of a folder on this machine: copied and counted while their bytes go by, never held as a whole."""

import os
from hashlib import sha256
from pathlib import Path

from lamppost.decode.delimited_blocks import LARGE, LineCount
from lamppost.decode.text import is_utf8
from lamppost.model import Page
from lamppost.pull.fault import fault
from lamppost.pull.files.asked import Asked, write_dialect
from lamppost.pull.files.places import Entry, Place
from lamppost.pull.files.places.local import LocalFolder
from lamppost.pull.files.unpack import PACKED, find_form
from lamppost.pull.job import Job


def copy_large(job: Job, asked: Asked, place: Place, entry: Entry) -> tuple[Page, bool] | None:
    """The file's copy, and whether its last line has an end; None when it has to be read as a whole to be counted.

    What is counted are the lines of a plain CSV. That each of them is a row is found out when it is read.
    """
    if not isinstance(place, LocalFolder) or not _is_simple(asked, entry):
        return None
    part = job.folder / f"{os.getpid()}.part"
    count, digest, size, last = LineCount(), sha256(), 0, b""
    try:
        job.folder.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            for chunk in place.iterate(entry):
                file.write(chunk)
                digest.update(chunk)
                count.add(chunk)
                size, last = size + len(chunk), chunk[-1:]
        return _keep(part, digest.hexdigest(), size, count.rows, last)
    except OSError as error:
        do = "free space, or check its rights"
        raise fault(job.folder.name, error.strerror or "not writable", "a folder to keep snapshots in", do) from None
    finally:
        part.unlink(missing_ok=True)


def _keep(part: Path, digest: str, size: int, rows: int | None, last: bytes) -> tuple[Page, bool] | None:
    if rows is None or rows < 0:
        return None
    path = part.with_name(f"{digest}.csv")
    part.replace(path)
    return Page(path, digest, size, rows=rows), last == b"\n"


def _is_simple(asked: Asked, entry: Entry) -> bool:
    if (entry.size or 0) <= LARGE or asked.member or entry.name.lower().endswith(PACKED):
        return False
    if find_form(asked.form, entry.name) != "csv" or not is_utf8(asked.encoding):
        return False
    return {name for name, _value in write_dialect(asked, "csv")} <= {"delimiter"}
