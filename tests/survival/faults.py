"""A disk that fails at its k-th change: laid over a child process's own system calls, for the rest of its life.

Counted is every call by which Python changes a disk: creating a file, each write, fsync, link, rename, unlink, mkdir.
"""

import builtins
import errno
import io
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn, Self

FAULTS = ("kill", "torn", "ENOSPC", "EIO", "lost")
"""kill: dies before the call. torn: dies after half a write. ENOSPC, EIO: refused, of a write half is done. lost: the
call is done and its confirmation is an error, as on a network disk."""
CALLS = ("fsync", "link", "rename", "replace", "unlink", "remove", "mkdir", "rmdir")


@dataclass
class Disk:
    """Fails once, at the change number `at`; counts all of them."""

    root: str
    fault: str = ""
    at: int = 0
    count: int = 0
    made: tuple[str, ...] = ()

    def install(self) -> None:
        """From now on, in this process, changes below `root` pass through here."""
        for name in CALLS:
            if hasattr(os, name):
                setattr(os, name, self._wrap(name, getattr(os, name)))
        whole = io.open

        def opened(file: Any, mode: str = "r", *rest: Any, **more: Any) -> Any:
            if not isinstance(file, int) and self._is_below(file) and set(mode) & set("wxa+"):
                real = self.change("open", lambda: whole(file, mode, *rest, **more))
                return Writer(real, self)
            return whole(file, mode, *rest, **more)

        io.open = builtins.open = opened

    def change(self, name: str, deed: Callable[[], Any], half: Callable[[], Any] | None = None) -> Any:
        """Does it, unless this is the one at which the disk fails."""
        self.count += 1
        self.made += (name,)
        if self.count != self.at:
            return deed()
        if self.fault == "kill":
            self._die()
        if half is not None:
            half()
        if self.fault == "torn":
            self._die()
        if self.fault == "lost":
            deed()
        code = errno.ENOSPC if self.fault == "ENOSPC" else errno.EIO
        raise OSError(code, os.strerror(code))

    def _wrap(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **more: Any) -> Any:
            if name != "fsync" and not self._is_below(arguments[0]):
                return real(*arguments, **more)
            return self.change(name, lambda: real(*arguments, **more))

        return call

    def _is_below(self, path: Any) -> bool:
        return str(os.fspath(path)).startswith(self.root)

    def _die(self) -> NoReturn:
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError


class Writer:
    """A file open for writing, unbuffered, so that each write is one change of the disk."""

    def __init__(self, real: Any, disk: Disk) -> None:
        self._real, self._disk = real, disk

    def write(self, data: bytes) -> int:
        """Write all of it, or half and fail."""

        def some(part: bytes) -> int:
            done = self._real.write(part)
            self._real.flush()
            return int(done)

        return int(self._disk.change("write", lambda: some(data), lambda: some(data[: len(data) // 2])))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._real.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)
