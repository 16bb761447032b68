"""Puts the new site in the old one's place: in one system call where the system has one, else by two renames."""

import ctypes
import os
import shutil
import sys
import time
from pathlib import Path

from lamppost.errors import BuildError

AT_FDCWD = -100
RENAME_EXCHANGE = 2
ATTEMPTS, PAUSE = 10, 0.2
"""Windows refuses to rename a folder while any program reads a file in it, such as a virus scanner a new one."""


def exchange(new: Path, site: Path) -> None:
    """Make `site` what `new` is; afterwards `new` is gone.

    A reader of `site` sees the whole old or the whole new one (Linux, renameat2). Where two renames are needed, a kill
    between them leaves `<site>.old`, which `repair` puts back at the next start.
    """
    repair(site)
    if site.exists() and not site.is_dir():
        raise BuildError(f"{site}: a file; expected a folder, or nothing yet; move it away")
    if not site.exists():
        _rename(new, site)
    elif _exchange_in_one_call(new, site):
        shutil.rmtree(new)
    else:
        _exchange_in_two(new, site)


def _exchange_in_two(new: Path, site: Path) -> None:
    old = site.with_name(site.name + ".old")
    _rename(site, old)
    try:
        _rename(new, site)
    except (BuildError, OSError):  # such as a `build/` on another disk
        old.rename(site)
        raise
    shutil.rmtree(old, ignore_errors=True)  # what a program still holds open goes at the next start


def _rename(folder: Path, target: Path) -> None:
    for attempt in range(ATTEMPTS):
        try:
            folder.rename(target)
        except PermissionError as error:
            if attempt + 1 == ATTEMPTS:
                found = f"{folder}: cannot be renamed: {error.strerror}; expected that no program holds a file in it"
                raise BuildError(f"{found}; close what shows it and build again; the old site stays") from error
            time.sleep(PAUSE)
        else:
            return


def repair(site: Path) -> None:
    """Finish or undo an exchange by two renames that was interrupted."""
    old = site.with_name(site.name + ".old")
    if old.exists() and not site.exists():
        old.rename(site)
    elif old.exists():
        shutil.rmtree(old, ignore_errors=True)


def _exchange_in_one_call(first: Path, second: Path) -> bool:
    if sys.platform != "linux":
        return False
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError):  # a C library without the call
        return False
    result = rename(AT_FDCWD, os.fsencode(first), AT_FDCWD, os.fsencode(second), RENAME_EXCHANGE)
    return bool(result == 0)
