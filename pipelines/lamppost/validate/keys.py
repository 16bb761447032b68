"""Which rows may repeat a key: by 64-bit hashes, so that five million rows take forty megabytes and no tuple is made.

A hash that came before is a suspicion, not a verdict: the row and the one before it with that hash are shown to
frictionless, which compares the values themselves.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from lamppost.validate.octets import NO_WORDS, Ints, Mask, Words

_GROWTH = 2
_BITS = 64
_PARALLEL = 2**18
"""Fewer hashes are sorted sooner than threads are started."""
_THREADS = 2
_RANGES = 8
_RANGE = np.uint64(_BITS - 3)
"""The upper bits of a hash say which of the ranges it is in."""
_MOST_SLOTS = 24
"""Bits of a hash that choose one of sixteen million slots, in a large file."""
Block = tuple[Words, Ints | int]
"""Hashes, and the record number of each, or of the first of as many in a row."""
Run = tuple[Words, Ints]
"""Hashes in order, and the record number of each."""


@dataclass
class RowIndex:
    """The hashes of all rows so far, in sorted runs that are merged as they grow."""

    rows: int
    """About how many keys there will be."""
    runs: list[Run] = field(default_factory=list)
    waiting: list[Block] = field(default_factory=list)
    """Blocks that nobody asked about yet: as long as no row is suspect, one sort at the end is enough."""
    slots: npt.NDArray[np.bool_] | None = None
    """Where a hash may have come before; most have not, and need not be looked for."""

    def add(self, hashes: Words, rows: Ints | int) -> None:
        """Takes the keys of one block; `rows` are ascending record numbers, or the first of as many in a row."""
        if len(hashes):
            self.waiting.append((hashes, rows))

    def repeats(self, *, last: bool) -> tuple[Ints, Ints]:
        """(rows that repeat an earlier hash, the latest row before each) among the rows added since the last call."""
        blocks = _only_repeated(self.waiting) if last and not self.runs else self.waiting
        self.waiting = []
        if not blocks:
            return NONE, NONE
        hashes, rows = _sort(blocks)
        again = np.flatnonzero(hashes[1:] == hashes[:-1]) + 1
        found, before = [rows[again]], [rows[again - 1]]
        fresh = self._may_be_known(hashes)
        fresh[again] = False
        wanted = np.flatnonzero(fresh)
        for known, numbers in reversed(self.runs):  # the newest run has the latest row
            hit, earlier = _look_up(hashes[wanted], known, numbers)
            found.append(rows[wanted[hit]])
            before.append(earlier)
            wanted = wanted[~hit]
        self._keep(hashes, rows)
        return np.concatenate(found), np.concatenate(before)

    def _may_be_known(self, hashes: Words) -> Mask:
        """Which hashes have a slot that was taken before; takes the slots of all."""
        if self.slots is None:
            self.slots = np.zeros(1 << min(max(self.rows.bit_length(), 1), _MOST_SLOTS), dtype=np.bool_)
        at = hashes >> np.uint64(_BITS + 1 - len(self.slots).bit_length())
        known: Mask = self.slots[at]
        self.slots[at] = True
        return known

    def _keep(self, hashes: Words, rows: Ints) -> None:
        self.runs.append((hashes, rows))
        while len(self.runs) > 1 and len(self.runs[-2][0]) < _GROWTH * len(self.runs[-1][0]):
            later, earlier = self.runs.pop(), self.runs.pop()
            self.runs.append(_merge(earlier, later))


NONE: Ints = np.zeros(0, dtype=np.int64)


def _only_repeated(blocks: Sequence[Block]) -> list[Block]:
    """Of all blocks the rows whose hash is there more than once: mostly none, and then sorting was enough."""
    twice = _find_twice([words for words, _rows in blocks])
    if not len(twice):
        return []
    found: list[Block] = []
    for words, rows in blocks:
        hit = _look_up(words, twice, NONE)[0]
        found.append((words[hit], _number(words, rows)[hit]))
    return found


def _find_twice(blocks: Sequence[Words]) -> Words:
    """The hashes that are there more than once; one range after the other, two at a time, so that few are copied."""
    if sum(map(len, blocks)) < _PARALLEL:
        return _repeated(np.concatenate([NO_WORDS, *blocks]))

    def find(number: int) -> Words:
        wanted = np.uint64(number)
        return _repeated(np.concatenate([words[words >> _RANGE == wanted] for words in blocks]))

    with ThreadPoolExecutor(_THREADS) as pool:
        return np.concatenate(list(pool.map(find, range(_RANGES))))


def _repeated(hashes: Words) -> Words:
    """In order, each once; the hashes are sorted where they are."""
    hashes.sort()
    return np.unique(hashes[1:][hashes[1:] == hashes[:-1]])


def _sort(blocks: Sequence[Block]) -> Run:
    """One run; of equal hashes the latest row comes last."""
    hashes = np.concatenate([words for words, _rows in blocks])
    rows = np.concatenate([_number(words, rows) for words, rows in blocks])
    order = np.argsort(hashes, kind="stable")
    return hashes[order], rows[order]


def _number(words: Words, rows: Ints | int) -> Ints:
    return np.arange(rows, rows + len(words), dtype=np.int64) if isinstance(rows, int) else rows


def _merge(earlier: Run, later: Run) -> Run:
    """Both in one, by where each hash of the later run belongs."""
    at = np.searchsorted(earlier[0], later[0], side="right") + np.arange(len(later[0]))
    old = np.ones(len(earlier[0]) + len(later[0]), dtype=np.bool_)
    old[at] = False
    hashes, rows = np.empty(len(old), dtype=np.uint64), np.empty(len(old), dtype=np.int64)
    hashes[at], rows[at] = later
    hashes[old], rows[old] = earlier
    return hashes, rows


def _look_up(hashes: Words, known: Words, numbers: Ints) -> tuple[Mask, Ints]:
    """Which hashes `known` holds, and the latest row of each of them there."""
    at = np.searchsorted(known, hashes, side="right") - 1
    hit = (at >= 0) & (known[np.maximum(at, 0)] == hashes)
    return hit, numbers[at[hit]] if len(numbers) else NONE


def by_row(indexes: Sequence[RowIndex], *, last: bool) -> Iterator[tuple[int, int]]:
    """(row, the row before with the same hash) of all indexes, in order of row."""
    pairs = [index.repeats(last=last) for index in indexes]
    rows = np.concatenate([one for one, _before in pairs]) if pairs else NONE
    before = np.concatenate([one for _rows, one in pairs]) if pairs else NONE
    order = np.argsort(rows, kind="stable")
    yield from zip(rows[order].tolist(), before[order].tolist(), strict=True)
