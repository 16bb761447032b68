"""Exclusive creation: of all who try to create one file, exactly one succeeds, and nobody ever reads half of it.

No lock is held, so none can be left behind: the bytes are made durable under a temporary name, then linked to the
final one, which the file system refuses when that exists. On a disk without links (exFAT, many network disks) the
temporary file is renamed by a call that refuses the same; where there is none, the final file is written in place, and
`mend` completes what a crash cut short.
"""

import errno
import os
from pathlib import Path

from lamppost.errors import TakenError
from lamppost.store.disk import make_folder, reported, staged
from lamppost.system import NOREPLACE, rename_by, sync_folder

NO_LINKS = frozenset({errno.EPERM, errno.ENOSYS, errno.EMLINK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EACCES})


def create(path: Path, data: bytes, key: str = "") -> None:
    """Creates `path` with `data`, or raises TakenError when it exists, StoreError when the disk refuses.

    `key` is what messages call it.
    """
    with reported(key or path.name):
        make_folder(path.parent)
        with staged(path.parent, data) as temporary:
            _claim(temporary, path, data)
        sync_folder(path.parent)


def _claim(temporary: Path, path: Path, data: bytes) -> None:
    try:
        if os.name == "nt":
            temporary.rename(path)  # Windows refuses to rename over an existing file
        else:
            os.link(temporary, path)
    except FileExistsError as error:
        if not _is_ours(temporary, path):
            raise _taken(path) from error
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        if not _rename_if_free(temporary, path):
            _create_in_place(path, data)


def _is_ours(temporary: Path, path: Path) -> bool:
    """True when the link was made and only its confirmation was lost, as happens on network disks."""
    return temporary.exists() and temporary.samefile(path)


def _rename_if_free(temporary: Path, path: Path) -> bool:
    """Renames it unless `path` exists (TakenError); False where that is not one call."""
    found = rename_by(temporary, path, NOREPLACE)
    if found == errno.EEXIST:
        raise _taken(path)
    return found == 0


def _create_in_place(path: Path, data: bytes) -> None:
    """For disks with neither: still exclusive, but a crash leaves a short file, which readers refuse until `mend`."""
    try:
        file = path.open("xb")
    except FileExistsError as error:
        raise _taken(path) from error
    try:
        with file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        path.unlink(missing_ok=True)
        raise


def _taken(path: Path) -> TakenError:
    return TakenError(f"{path.parent.name}/{path.name}: another run created it first; settle again on it")
