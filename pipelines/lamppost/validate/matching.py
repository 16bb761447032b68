"""Python's verdict on a cell under a pattern, in a time that has an end."""

import atexit
import contextlib
import functools
import json
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
import pyarrow.compute as pc

from lamppost.errors import LamppostError
from lamppost.validate.effort import estimate
from lamppost.validate.patterns import to_exact_re2

TOO_SLOW = "pattern-too-slow"
STEPS = 1e6
"""So many ways Python tries in some milliseconds."""
SECONDS = 1.0
"""For one cell, where there is no other way than to let Python try."""
_KEPT = 10_000
_WORK = """
import json, re, sys
for line in sys.stdin:
    pattern, cell = json.loads(line)
    print(int(re.compile("^{0}$".format(pattern)).match(cell) is not None), flush=True)
"""


class PatternTooSlowError(LamppostError):
    """A pattern for which Python would go on trying for years; `field` is whose it is."""

    def __init__(self, pattern: str, field: str = "") -> None:
        super().__init__(
            f"field {field}: the pattern {pattern!r} was tried on one cell for {SECONDS:g} s without an end, expected "
            "one that ends at once; repeat nothing that is itself repeated, as in (a+)+, or list the values"
        )
        self.pattern, self.field = pattern, field


@functools.lru_cache(maxsize=64)
def make_matcher(pattern: str) -> Callable[[str], bool]:
    """Whether Python's `^pattern$` matches a cell: PatternTooSlowError instead of an endless search."""
    compiled, effort = re.compile(f"^{pattern}$"), estimate(pattern)
    exact = {of_ascii: to_exact_re2(pattern, of_ascii=of_ascii) for of_ascii in (True, False)}

    @functools.lru_cache(maxsize=_KEPT)
    def _matches(cell: str) -> bool:
        if not effort.exceeds(STEPS, len(cell)):
            return compiled.match(cell) is not None
        linear = None if cell.endswith("\n") else exact[cell.isascii()]
        if linear is not None:
            return bool(pc.match_substring_regex(pa.array([cell]), linear)[0].as_py())
        return _ASIDE.match(pattern, cell)

    return _matches


class _Aside:
    """A process that tries patterns, so that it can be ended; it serves one cell after the other."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None

    def match(self, pattern: str, cell: str) -> bool:
        """What Python says; the process is ended when it takes too long."""
        with self._lock:
            try:
                return self._match(pattern, cell)
            except (TimeoutError, OSError, ValueError):
                self._end()
                raise PatternTooSlowError(pattern) from None

    def _match(self, pattern: str, cell: str) -> bool:
        process = self._process = self._process or _start()
        with ThreadPoolExecutor(1) as pool:
            told = pool.submit(_ask, process, json.dumps([pattern, cell]))
            try:
                return bool(int(told.result(timeout=SECONDS)))
            except TimeoutError:
                process.kill()  # then the thread has its answer, an empty one
                raise

    def _end(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                with contextlib.suppress(OSError):
                    pipe and pipe.close()
            self._process = None

    def close(self) -> None:
        """End the process, if there is one."""
        with self._lock:
            self._end()


def _start() -> "subprocess.Popen[str]":
    command = [sys.executable, "-I", "-S", "-c", _WORK]
    return subprocess.Popen(  # noqa: S603  Python itself
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="ascii"
    )


def _ask(process: "subprocess.Popen[str]", question: str) -> str:
    assert process.stdin, "a pipe"
    assert process.stdout, "a pipe"
    process.stdin.write(question + "\n")
    process.stdin.flush()
    return process.stdout.readline()


_ASIDE = _Aside()
atexit.register(_ASIDE.close)
