"""Puts the new site in the old one's place: in one system call where the system has one, else by two renames."""

import shutil
import time
from pathlib import Path

from lamppost.errors import BuildError
from lamppost.system import EXCHANGE, rename_by

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
    elif rename_by(new, site, EXCHANGE) == 0:
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
