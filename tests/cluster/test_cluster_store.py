"""What workers of a cluster leave in the store is what one process leaves, whatever happens to the workers."""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lamppost.errors import LamppostError
from lamppost.model import Dataset
from lamppost.run.cluster import AHEAD, Cluster, open_cluster
from lamppost.run.parcel import Parcel, Reply
from lamppost.store import Store, open_store
from tests.cluster.conftest import Start
from tests.cluster.machines import start_machines
from tests.drivers.test_scale import TINY, Row, attempt, describe, files, many

DIRTY = [*many(7), ("s0", "2026-01-03T09:00:00Z", "soon"), ("s1", "2026-01-05T09:00:00Z", "7")]
LATE = [*many(7), ("s0", "2026-01-01T00:00:00Z", "9")]
TWICE = [*many(), *many()]


def share(cluster: Any) -> Any:
    """Everything is mapped, however little it is."""
    return replace(TINY, pool=0, workers=2, cluster=cluster)


@pytest.mark.parametrize("mode", ["append", "upsert", "snapshot"])
def test_two_workers_leave_the_store_that_one_process_leaves(tmp_path: Path, cluster: Cluster, mode: str) -> None:
    here, there = open_store(tmp_path / "here"), open_store(tmp_path / "there")
    dataset = describe(mode)
    for rows in (many(), LATE, DIRTY, TWICE, many(9, 2)):
        refused = attempt(here, dataset, rows, 4, TINY)
        assert attempt(there, dataset, rows, 4, share(cluster)) == refused
        assert files(there) == files(here)
    assert len(here.versions("air")) >= 3


def test_a_part_that_is_missing_or_damaged_is_told_in_the_words_of_one_process(
    tmp_path: Path, cluster: Cluster
) -> None:
    here, there, dataset = open_store(tmp_path / "here"), open_store(tmp_path / "there"), describe("snapshot")
    for spoil in (Path.unlink, lambda path: path.write_bytes(b"damaged")):
        told = []
        for store, sizes in ((here, TINY), (there, share(cluster))):
            attempt(store, dataset, many(), 4, TINY)
            path = find_part(store, 2)
            kept = path.read_bytes()
            spoil(path)
            told.append(attempt(store, dataset, many(7), 4, sizes))
            path.write_bytes(kept)
        assert told[0] == told[1]
        assert "restore" in told[0]


def find_part(store: Store, number: int) -> Path:
    head = store.head("air")
    assert head is not None
    return store.path("air", head.tables[0].parts[number].path)


class Interrupted:
    """A cluster to which something happens when so many lots were asked for."""

    def __init__(self, cluster: Cluster, after: int, event: Callable[[], None]) -> None:
        self._cluster, self._after, self._event = cluster, after, event

    def map(self, work: Callable[[Parcel], Reply], items: Iterable[Parcel]) -> Iterator[tuple[int, Reply]]:
        def count() -> Iterator[Parcel]:
            for number, item in enumerate(items):
                if number == self._after:
                    self._event()
                yield item

        return self._cluster.map(work, count())


def test_a_worker_killed_in_the_middle_changes_nothing(tmp_path: Path, start: Start) -> None:
    here, there, dataset = open_store(tmp_path / "here"), open_store(tmp_path / "there"), describe()
    machines = start(2)
    with open_cluster(machines.address) as cluster:
        unlucky = Interrupted(cluster, 7, lambda: machines.kill(0))
        assert attempt(there, dataset, many(12), 4, share(unlucky)) == ""
    assert machines.workers[0].poll() is not None
    attempt(here, dataset, many(12), 4, TINY)
    assert files(there) == files(here)


def test_without_any_worker_left_nothing_is_committed(tmp_path: Path, start: Start) -> None:
    machines = start(2)

    def kill_all() -> None:
        machines.kill(0)
        machines.kill(1)

    told, before, after = lose(tmp_path, machines.address, describe(), kill_all)
    assert told.startswith(f"{machines.address}: all workers are gone; expected one within 1 s")
    assert before == after


def test_without_the_scheduler_nothing_is_committed(tmp_path: Path, start: Start) -> None:
    machines = start(1)
    told, before, after = lose(tmp_path, machines.address, describe(), machines.kill_scheduler)
    assert told.startswith(f"{machines.address}: the scheduler is gone; expected it to stay until the run ends")
    assert before == after


def lose(
    folder: Path, address: str, dataset: Dataset, event: Callable[[], None]
) -> tuple[str, dict[str, str], dict[str, str]]:
    """What is told when `event` happens in the middle of the second version, and the store before and after."""
    store = open_store(folder / "store")
    attempt(store, dataset, many(), 4, TINY)
    before = files(store)
    with open_cluster(address, patience=1) as cluster:
        told = attempt(store, dataset, many(12), 4, share(Interrupted(cluster, 7, event)))
    return told, before, files(store)


def test_partitions_that_kill_every_worker_are_given_up(tmp_path: Path) -> None:
    with start_machines(tmp_path, 2, {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0"}) as machines:
        machines.await_workers()
        with open_cluster(machines.address) as cluster, pytest.raises(LamppostError, match="died over the same part"):
            list(cluster.map(os._exit, [1]))


def test_no_more_is_on_its_way_than_the_workers_can_soon_take(cluster: Cluster) -> None:
    asked: list[int] = []

    def ask() -> Iterator[int]:
        for number in range(40):
            asked.append(number)
            yield number

    most = 0
    got = set()
    for number, result in cluster.map(abs, ask()):
        got.add(number)
        assert result == number
        most = max(most, len(asked) - len(got) + 1)
    assert got == set(range(40))
    assert most <= 2 * AHEAD


def test_rows_of_every_kind(tmp_path: Path, cluster: Cluster) -> None:
    """One partition for all, partitions by a column, no rows at all in one of them."""
    here, there = open_store(tmp_path / "here"), open_store(tmp_path / "there")
    rows: list[Row] = [(f"s{n % 3}", f"2026-01-0{1 + n % 5}T00:00:00Z", None) for n in range(15)]
    for dataset in (describe(by="value", of="sensor"), describe(by="", of=""), describe(by="month")):
        for store, sizes in ((here, TINY), (there, share(cluster))):
            attempt(store, dataset, rows, 4, sizes)
        assert files(there) == files(here)
