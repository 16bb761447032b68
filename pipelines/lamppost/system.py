"""What a system does in one call that Python has no word for; rooms that make files durable need the same."""

import ctypes
import os
import sys
from pathlib import Path

NOREPLACE = 1
"""Refuse to rename over something that exists (EEXIST)."""
EXCHANGE = 2
"""Let two names change places."""
_AT_FDCWD = -100


def rename_by(first: Path, second: Path, flag: int) -> int | None:
    """Linux's renameat2: 0 when it is done, else the system's error number; None where there is no such call."""
    if sys.platform != "linux":
        return None
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError):  # a C library without the call
        return None
    done = rename(_AT_FDCWD, os.fsencode(first), _AT_FDCWD, os.fsencode(second), flag) == 0
    return 0 if done else ctypes.get_errno()


def sync_folder(folder: Path) -> None:
    """Makes the names in `folder` durable; systems that cannot open a folder do that by themselves."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
