"""Raw bytes are kept a while, to look into a pull that went wrong, then deleted: they hold what is never published."""

import contextlib
import shutil
from collections.abc import Collection
from datetime import timedelta
from pathlib import Path

KEEP = timedelta(days=30)


def forget_snapshots(folder: Path, now: float, *, keep: timedelta | None = KEEP) -> int:
    """Delete the snapshots below `folder` that were last written more than `keep` before `now` (seconds since 1970).

    With `keep` None, all of them go: the city keeps nothing private. Gives the number of files deleted.
    """
    files = [path for path in folder.rglob("*") if path.is_file()]
    if keep is None:
        shutil.rmtree(folder, ignore_errors=True)
        return len(files)
    old = [path for path in files if now - path.stat().st_mtime > keep.total_seconds()]
    for path in old:
        with contextlib.suppress(FileNotFoundError):  # another run was faster
            path.unlink()
    return len(old)


def forget_undeclared(private: Path | None, declared: Collection[str], now: float) -> None:
    """Delete pulls that wait for a dataset that nobody declared for as long as snapshots are kept."""
    for folder in (private / "waiting").glob("*/") if private else ():
        newest = max(path.stat().st_mtime for path in (folder, *folder.rglob("*")))
        if folder.name not in declared and now - newest > KEEP.total_seconds():
            shutil.rmtree(folder, ignore_errors=True)
