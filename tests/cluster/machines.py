"""A Dask scheduler and its workers as processes of this machine, on loopback only."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from distributed import Client

SECONDS = 60
BARE = {key: value for key, value in os.environ.items() if not key.startswith("DASK_")}


class Machines:
    """Started one by one; each runs in a folder of its own and knows nothing of the client's files."""

    def __init__(self, folder: Path, env: Mapping[str, str] | None = None, *, protocol: str = "tcp") -> None:
        self._folder, self._env = folder, {**BARE, **(env or {})}
        self._file = folder / "scheduler.json"
        options = ["--protocol", protocol, "--port", "0", "--scheduler-file", str(self._file)]
        self.scheduler = self._start("scheduler", *options, env=self._env)
        self.workers: list[subprocess.Popen[bytes]] = []
        self.address = self._await_address()

    def _start(self, verb: str, *options: str, env: Mapping[str, str]) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "dask", verb, "--host", "127.0.0.1", "--no-dashboard", *options]
        with (self._folder / f"{verb}.log").open("ab") as log:
            return subprocess.Popen(command, cwd=self._folder, env=env, stdout=log, stderr=log)

    def _await_address(self) -> str:
        until = time.monotonic() + SECONDS
        while time.monotonic() < until and self.scheduler.poll() is None:
            try:
                return str(json.loads(self._file.read_text(encoding="utf-8"))["address"])
            except (OSError, ValueError):
                time.sleep(0.05)
        raise AssertionError((self._folder / "scheduler.log").read_text(encoding="utf-8"))

    def add_worker(self, *, threads: int = 1, env: Mapping[str, str] | None = None) -> None:
        """One process that nobody starts anew."""
        options = ["--no-nanny", "--nthreads", str(threads), "--local-directory", str(self._folder)]
        self.workers.append(self._start("worker", self.address, *options, env={**self._env, **(env or {})}))

    def await_workers(self) -> None:
        """Until all that live have joined."""
        living = sum(one.poll() is None for one in self.workers)
        with Client(self.address, timeout=SECONDS, set_as_default=False) as client:
            client.wait_for_workers(living, timeout=SECONDS)

    def kill(self, number: int) -> None:
        """A worker, without a chance to say goodbye."""
        self.workers[number].kill()
        self.workers[number].wait()

    def kill_scheduler(self) -> None:
        """The same."""
        self.scheduler.kill()
        self.scheduler.wait()

    def close(self) -> None:
        """All of them."""
        for one in (*self.workers, self.scheduler):
            one.kill()
            one.wait()


@contextmanager
def start_machines(
    folder: Path, workers: int, env: Mapping[str, str] | None = None, *, protocol: str = "tcp"
) -> Iterator[Machines]:
    """A scheduler and so many workers of one thread."""
    machines = Machines(folder, env, protocol=protocol)
    try:
        for _ in range(workers):
            machines.add_worker()
        yield machines
    finally:
        machines.close()
