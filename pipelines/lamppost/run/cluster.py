"""Workers of a Dask cluster: reached, compared with this machine, and kept busy. Only this module knows Dask.

Nothing but the network is taken for shared: what a piece of work needs goes along, and what it makes comes back.
"""

import logging
import platform
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import CancelledError
from contextlib import contextmanager
from importlib import import_module, metadata
from typing import Any, TypeVar

from lamppost import __version__
from lamppost.errors import LamppostError

SECONDS = 5
"""A scheduler that is there answers within them, and so does a worker that is on its way to it."""
PATIENCE = 20
"""Seconds without any worker until a run gives up; a worker that was killed is started anew within a few."""
AHEAD = 2
"""Pieces of work a worker: one that it does, and one that waits for it."""
LIBRARIES = ("pyarrow", "frictionless", "distributed")
"""Beside lamppost: bytes depend on the first, reports on the second, and Dask asks for the third to be the same."""
QUIET = {"distributed.admin.large-graph-warning-threshold": "1TB"}
"""What a piece of work needs goes along with it on purpose."""
GONE = OSError, TimeoutError, CancelledError
"""What Dask raises when nobody is at the other end."""
Item = TypeVar("Item")
Result = TypeVar("Result")


def describe() -> dict[str, str]:
    """Name → version of what has to be the same on every machine."""
    found = {name: metadata.version(name) for name in LIBRARIES}
    return {"lamppost": __version__, **found, "Python": _shorten(platform.python_version())}


def require_same(place: str, theirs: Mapping[str, str | None], ours: Mapping[str, str]) -> None:
    """LamppostError that names the versions at `place` that are not ours, `Python` without its last number."""
    wrong = [name for name in ours if theirs.get(name) != ours[name]]
    if wrong:
        there, here = (", ".join(f"{name} {one.get(name) or '(none)'}" for name in wrong) for one in (theirs, ours))
        raise LamppostError(
            f"{place}: has {there}; expected {here}, as where the run was started, since what is published depends on "
            f"it; install the same (`pip install 'lamppost[cluster]=={ours['lamppost']}'`) and start it again"
        )


def _shorten(version: str) -> str:
    return ".".join(version.split(".")[:2])


class Cluster:
    """Workers that do what they are given; made by `open_cluster`."""

    def __init__(self, dask: Any, client: Any, address: str, patience: int) -> None:
        self._dask, self._client, self._address, self._patience = dask, client, address, patience

    def map(self, work: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[tuple[int, Result]]:
        """(number of the item, its result) as they come; an item is asked for when a worker can soon take it.

        What `work` raises is raised here; LamppostError when the scheduler or all workers are gone.
        """
        waiting: dict[Any, int] = {}
        left, more = enumerate(items), True
        try:
            while more or waiting:
                if more and len(waiting) < AHEAD * max(self._count_workers(), 1):
                    more = self._submit(work, left, waiting)
                else:
                    yield self._take(waiting)
        finally:
            for future in waiting:
                future.release()

    def _submit(
        self, work: Callable[[Item], Result], left: Iterator[tuple[int, Item]], waiting: dict[Any, int]
    ) -> bool:
        """The next item, if there is one."""
        for number, item in left:
            waiting[self._client.submit(work, item, pure=False)] = number
            return True
        return False

    def _take(self, waiting: dict[Any, int]) -> tuple[int, Any]:
        """One that is done, and no longer in `waiting`."""
        try:
            future = self._wait(waiting)
            number = waiting.pop(future)
            return number, future.result()
        except self._dask.KilledWorker as error:
            raise LamppostError(
                f"{self._address}: {error.allowed_failures + 1} workers died over the same partitions; expected them "
                "to live; if their memory ran out, give them more (`dask worker --memory-limit`) or publish in smaller "
                "partitions; nothing was committed, run again"
            ) from None
        except CancelledError:
            raise self._lost() from None
        except ImportError as error:
            raise LamppostError(
                f"{self._address}: a worker that came later lacks {error.name}; expected the same on every machine; "
                "install 'lamppost[cluster]' there and start it again; nothing was committed, run again"
            ) from None

    def _wait(self, waiting: Mapping[Any, int]) -> Any:
        seen = time.monotonic()
        while True:
            try:
                return self._dask.wait(list(waiting), timeout=1, return_when="FIRST_COMPLETED").done.pop()
            except TimeoutError:
                now = time.monotonic()
                seen = now if self._count_workers() else seen
                if now - seen > self._patience:
                    raise LamppostError(
                        f"{self._address}: all workers are gone; expected one within {self._patience} s; start workers "
                        "(`dask worker`) and see in their logs why they ended; nothing was committed, run again"
                    ) from None

    def _count_workers(self) -> int:
        try:
            return len(self._client.nthreads())
        except GONE:
            raise self._lost() from None

    def _lost(self) -> LamppostError:
        return LamppostError(
            f"{self._address}: the scheduler is gone; expected it to stay until the run ends; start it again (`dask "
            "scheduler`); nothing was committed, run again"
        )


@contextmanager
def open_cluster(address: str, patience: int = PATIENCE) -> Iterator[Cluster]:
    """The workers behind a scheduler, all of them fit to do our work; LamppostError when they are not."""
    dask, config = _import("distributed"), _import("dask").config
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what matters is said here, in our words
    with config.set(QUIET):
        try:
            client = dask.Client(address, timeout=SECONDS)
        except GONE:
            raise LamppostError(
                f"{address}: no scheduler answers; expected one within {SECONDS} s; start it (`dask scheduler`), or "
                "look at the address, the firewall, and for tls:// the certificates"
            ) from None
        except (TypeError, ValueError, RuntimeError) as error:
            raise LamppostError(f"{address}: {error}; expected an address and settings that Dask understands") from None
        try:
            _require_fit(client, address)
            yield Cluster(dask, client, address, patience)
        finally:
            client.close(SECONDS)


def _import(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError:
        raise LamppostError(
            "--cluster: Dask is not installed here; expected it on this machine and on every worker; "
            f"install it: pip install 'lamppost[cluster]=={__version__}'"
        ) from None


def _require_fit(client: Any, address: str) -> None:
    """LamppostError where there is no worker, or where a machine would do the work in another way."""
    try:
        client.wait_for_workers(1, timeout=SECONDS)
    except TimeoutError:
        raise LamppostError(
            f"{address}: has no worker; expected one within {SECONDS} s; start some: dask worker {address} --nthreads 1"
        ) from None
    threads, ours = client.nthreads(), describe()
    found = client.get_versions(packages=["lamppost", *LIBRARIES])
    for place, one in {f"scheduler {address}": found["scheduler"], **found["workers"]}.items():
        theirs = one["packages"]
        require_same(place, {**theirs, "Python": _shorten(theirs["python"])}, ours)
    for place, count in threads.items():
        if count != 1:
            raise LamppostError(
                f"{place}: is a worker of {count} threads; expected 1, since a process settles one lot at a time; "
                f"start it again: dask worker {address} --nworkers {count} --nthreads 1"
            )
