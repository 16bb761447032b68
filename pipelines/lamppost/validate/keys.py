"""Which rows may repeat a key: by 64-bit hashes, so that five million rows take forty megabytes and no tuple is made.

A hash that came before is a suspicion, not a verdict: the row and the one before it with that hash are shown to
frictionless, which compares the values themselves.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from lamppost.validate.octets import Ints, Mask, Words

_GROWTH = 2


@dataclass
class KeyIndex:
    """The hashes of all rows so far, in sorted runs that are merged as they grow."""

    runs: list[tuple[Words, Ints]] = field(default_factory=list)
    """Hashes in order, and the record number of each; of equal ones the latest row comes last."""
    waiting: list[tuple[Words, Ints]] = field(default_factory=list)
    """Blocks that nobody asked about yet: as long as no row is suspect, one sort at the end is enough."""

    def add(self, hashes: Words, rows: Ints) -> None:
        """Takes the keys of one block; `rows` are ascending record numbers."""
        self.waiting.append((hashes, rows))

    def repeats(self) -> tuple[Ints, Ints]:
        """(rows that repeat an earlier hash, the latest row before each) among the rows added since the last call."""
        if not self.waiting:
            return _NONE, _NONE
        hashes = np.concatenate([one for one, _rows in self.waiting])
        rows = np.concatenate([one for _hashes, one in self.waiting])
        self.waiting.clear()
        if not self.runs and _are_distinct(hashes):
            order = np.argsort(hashes, kind="stable")
            self._keep(hashes[order], rows[order])
            return _NONE, _NONE
        order = np.argsort(hashes, kind="stable")
        hashes, rows = hashes[order], rows[order]
        again = np.flatnonzero(hashes[1:] == hashes[:-1]) + 1
        found, before = [rows[again]], [rows[again - 1]]
        fresh = np.ones(len(hashes), dtype=np.bool_)
        fresh[again] = False
        for known, numbers in reversed(self.runs):  # the newest run has the latest row
            hit, earlier = _look_up(hashes, fresh, known, numbers)
            found.append(rows[hit])
            before.append(earlier)
            fresh[hit] = False
        self._keep(hashes, rows)
        return np.concatenate(found), np.concatenate(before)

    def _keep(self, hashes: Words, rows: Ints) -> None:
        self.runs.append((hashes, rows))
        while len(self.runs) > 1 and len(self.runs[-2][0]) < _GROWTH * len(self.runs[-1][0]):
            (later, later_rows), (earlier, earlier_rows) = self.runs.pop(), self.runs.pop()
            joined = np.concatenate([earlier, later])
            order = np.argsort(joined, kind="stable")
            self.runs.append((joined[order], np.concatenate([earlier_rows, later_rows])[order]))


_NONE: Ints = np.zeros(0, dtype=np.int64)


def _are_distinct(hashes: Words) -> bool:
    ordered = np.sort(hashes)
    return not bool((ordered[1:] == ordered[:-1]).any())


def _look_up(hashes: Words, fresh: Mask, known: Words, numbers: Ints) -> tuple[Ints, Ints]:
    """Positions in `hashes`, among the fresh ones, that `known` holds, and the latest row of each there."""
    at = np.searchsorted(known, hashes, side="right") - 1
    hit = np.flatnonzero(fresh & (at >= 0) & (known[np.maximum(at, 0)] == hashes))
    return hit, numbers[at[hit]]


def by_row(indexes: Sequence[KeyIndex]) -> Iterator[tuple[int, int]]:
    """(row, the row before with the same hash) of all indexes, in order of row."""
    pairs = [index.repeats() for index in indexes]
    rows = np.concatenate([one for one, _before in pairs]) if pairs else _NONE
    before = np.concatenate([one for _rows, one in pairs]) if pairs else _NONE
    for place in np.argsort(rows, kind="stable"):
        yield int(rows[place]), int(before[place])
