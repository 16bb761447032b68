"""Puts the new site in the old one's place: in one system call where the system has one, else by two renames."""

import ctypes
import os
import shutil
import sys
from pathlib import Path

AT_FDCWD = -100
RENAME_EXCHANGE = 2


def exchange(new: Path, site: Path) -> None:
    """Make `site` what `new` is; afterwards `new` is gone.

    A reader of `site` sees the whole old or the whole new one (Linux, renameat2). Where two renames are needed, a kill
    between them leaves `<site>.old`, which `repair` puts back at the next start.
    """
    repair(site)
    if not site.exists():
        new.rename(site)
    elif _exchange_in_one_call(new, site):
        shutil.rmtree(new)
    else:
        old = site.with_name(site.name + ".old")
        site.rename(old)
        new.rename(site)
        shutil.rmtree(old)


def repair(site: Path) -> None:
    """Finish or undo an exchange by two renames that was interrupted."""
    old = site.with_name(site.name + ".old")
    if old.exists() and not site.exists():
        old.rename(site)
    elif old.exists():
        shutil.rmtree(old)


def _exchange_in_one_call(first: Path, second: Path) -> bool:
    if sys.platform != "linux":
        return False
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError):  # a C library without the call
        return False
    result = rename(AT_FDCWD, os.fsencode(first), AT_FDCWD, os.fsencode(second), RENAME_EXCHANGE)
    return bool(result == 0)
