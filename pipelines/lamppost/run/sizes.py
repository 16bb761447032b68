"""From how many rows on work is divided, and among whom; none of it changes a byte of what is published."""

from dataclasses import dataclass

from lamppost.run.cluster import Cluster


@dataclass(frozen=True)
class Sizes:
    """Numbers of rows, but for the last two."""

    held: int = 50_000
    """So many accepted rows stay in memory on their way to their partitions."""
    run: int = 60_000
    """Rows of one file, where they do not."""
    lot: int = 50_000
    """Incoming and previous rows that are settled at a time; a larger partition is settled by itself."""
    pool: int = 50_000
    """From so many on, other processes settle lots too: one more takes a second to start."""
    weighed: int = 50_000
    """Rows on each side that are weighed against each other; of larger tables every so manyth."""
    workers: int | None = None
    """Processes, this one included; None for one a processor."""
    cluster: Cluster | None = None
    """Workers of other machines, in place of processes of this one."""


USUAL = Sizes()
