"""Makes what the sweeps write again and again, with all of the engine."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from lamppost.figures import compute
from lamppost.model import FigureQuery
from lamppost.store import commit_figure, open_store
from tests.conftest import Lamps
from tests.survival.workload import Ready

QUERY = FigureQuery("energy", "Energy", "SELECT sum(energy_kwh) FROM lamps", ("lamps",), round=2)
MEMORY = Path("/dev/shm")
"""A disk in memory: what a killed process leaves is the same there, and nothing waits for a real one."""


def prepare(folder: Path) -> Ready:
    """`base`, a store with version 1, and `whole`, the same with version 2 and a figure."""
    first = Lamps(folder, open_store(folder / "base"))
    first.publish({"2026-10": first.rows[:1], "2026-11": first.rows[1:2]})
    shutil.copytree(folder / "base", folder / "whole")
    lamps = Lamps(folder, open_store(folder / "whole"))
    version = lamps.publish({"2026-10": lamps.rows[:1], "2026-11": lamps.rows[1:]})
    record = compute(QUERY, lamps.store.tables([version]), {"lamps": version}, None, date(2026, 11, 22))
    assert record is not None
    commit_figure(lamps.store, record)
    return Ready(folder / "base", folder / "whole")


@contextmanager
def quick_folder() -> Iterator[Path]:
    """A folder that goes afterwards, in memory where the system has such a disk."""
    where = MEMORY if os.access(MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="lamppost-", dir=where) as name:
        yield Path(name).resolve()
