"""Lots mapped over processes, of this machine or of a cluster; how many there are changes nothing in what comes out."""

import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pyarrow as pa

from lamppost.run.lot import Done, Doubt, Find, Work, settle_lot
from lamppost.run.lots import Lot
from lamppost.run.parcel import settle_elsewhere
from lamppost.run.sizes import Sizes
from lamppost.run.spool import save_memory

MOST = 8


def count_workers() -> int:
    """As many as there are processors for us, within reason."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(usable, MOST)


def settle_lots(
    work: Work, lots: Sequence[Lot], find: Find, *, rows: int, alone: bool, sizes: Sizes
) -> Iterator[Done | Doubt]:
    """The outcome of each lot, in their order; `find` gives the files of its previous parts."""
    workers = sizes.workers or count_workers()
    if rows < sizes.pool or len(lots) < 2 or (workers < 2 and not sizes.cluster):  # noqa: PLR2004 - one needs no other
        for lot in lots:
            yield settle_lot(work, lot, find(lot), alone=alone)
        return
    if sizes.cluster:
        yield from settle_elsewhere(work, lots, find, sizes.cluster)
        return
    with ProcessPoolExecutor(workers - 1, get_context("spawn"), initializer=_begin, initargs=(work,)) as pool:
        yield from _share(work, lots, find, pool, 2 * (workers - 1))


def _share(work: Work, lots: Sequence[Lot], find: Find, pool: Executor, ahead: int) -> Iterator[Done | Doubt]:
    """The others are kept busy with `ahead` lots; meanwhile this process, which would only wait, settles one itself."""
    waiting: deque[Future[Done | Doubt] | Done | Doubt] = deque()
    left = deque(lots)
    try:
        while left or waiting:
            while left and sum(isinstance(one, Future) and not one.done() for one in waiting) < ahead:
                lot = left.popleft()
                waiting.append(pool.submit(_settle, lot, find(lot)))
            if left:
                lot = left.popleft()
                waiting.append(_settle_and_forget(work, lot, find(lot)))
            while waiting and (not left or not isinstance(waiting[0], Future) or waiting[0].done()):
                one = waiting.popleft()
                yield one.result() if isinstance(one, Future) else one
    finally:
        pool.shutdown(cancel_futures=True)


_WORK: list[Work] = []
"""Of this process: what all its lots have in common is sent to it once."""


def _begin(work: Work) -> None:
    save_memory()
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    _WORK[:] = [work]


def _settle(lot: Lot, paths: Sequence[Path]) -> Done | Doubt:
    return _settle_and_forget(_WORK[0], lot, paths)


def _settle_and_forget(work: Work, lot: Lot, paths: Sequence[Path]) -> Done | Doubt:
    done = settle_lot(work, lot, paths, alone=False)
    pa.default_memory_pool().release_unused()
    return done
