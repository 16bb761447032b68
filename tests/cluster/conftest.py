"""`pair`: two workers for all tests that leave them alive; `machines`: a cluster of one's own, made to be broken."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from lamppost.run.cluster import Cluster, open_cluster
from tests.cluster.machines import Machines, start_machines

Start = Callable[[int], Machines]


@pytest.fixture(scope="session")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    """A scheduler and two workers."""
    with start_machines(tmp_path_factory.mktemp("pair"), 2) as machines:
        machines.await_workers()
        yield machines


@pytest.fixture
def cluster(pair: Machines) -> Iterator[Cluster]:
    """The two of them, reached."""
    with open_cluster(pair.address) as found:
        yield found


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts a cluster of so many workers, to be broken."""
    with ExitStack() as stack:

        def begin(workers: int) -> Machines:
            (tmp_path / "machines").mkdir()
            machines = stack.enter_context(start_machines(tmp_path / "machines", workers))
            if workers:
                machines.await_workers()
            return machines

        yield begin
