"""Real servers, started for one test module and stopped after it; a laptop without one skips, CI does not."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

SECONDS = 30.0
Start = Callable[..., "subprocess.Popen[bytes]"]


def absent(reason: str) -> None:
    """Skips the test, or fails it in CI, where every peer must be there."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    """True when something on loopback accepts connections at `port`."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def running(
    command: Sequence[str],
    ready: Callable[[], bool],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    seconds: float = SECONDS,
) -> Iterator["subprocess.Popen[bytes]"]:
    """The program once `ready` says so; it and its children are ended afterwards."""
    if shutil.which(command[0]) is None:
        absent(f"{command[0]} is not installed; `nox -s peers` installs it")
    log = subprocess.PIPE if os.environ.get("PEERS_LOG") else subprocess.DEVNULL
    process = subprocess.Popen(
        list(command), cwd=cwd, env={**os.environ, **(env or {})}, stdout=log, stderr=log, start_new_session=True
    )
    try:
        end = time.monotonic() + seconds
        while not ready():
            if process.poll() is not None or time.monotonic() > end:
                absent(f"{Path(command[0]).name} did not start within {seconds:g} s")
            time.sleep(0.05)
        yield process
    finally:
        stop(process)


def stop(process: "subprocess.Popen[bytes]") -> None:
    """Ends the process group, gently first."""
    for signal in (15, 9):
        try:
            os.killpg(process.pid, signal)
            process.wait(timeout=5)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue
        else:
            return


@pytest.fixture(scope="module")
def start() -> Iterator[Start]:
    """Starts programs that live as long as the test module."""
    with ExitStack() as stack:
        yield lambda *args, **options: stack.enter_context(running(*args, **options))
