"""The fast pass: block by block, which rows cannot be proven valid, in the order in which frictionless meets rows.

It yields record numbers with their cells for frictionless to look at: every row that is not proven, and for each key
that may repeat both rows. Asked for one after the other, it reads no further than the one who asks goes on asking.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lamppost.validate.blocks import Block, Buffer, Layout, Tokens, cut, read_records, tokenise
from lamppost.validate.keyed import Key
from lamppost.validate.keys import KeyIndex, by_row
from lamppost.validate.octets import Ints, Mask, Words
from lamppost.validate.predicates import Proof

WORKERS = 2
AHEAD = 2 * WORKERS
CODED = 0.05
"""Columns with fewer distinct cells than this share are read as dictionaries from the second block on."""
HEADER = 1
"""The header is record 1, as frictionless counts."""
NEAR = 8
"""So many blocks of records are kept while witnesses are looked for."""


@dataclass(frozen=True)
class Plan:
    """What has to hold of a row: a proof for each field, and the keys that must not repeat."""

    proofs: Mapping[str, Proof]
    keys: tuple[Key, ...]


@dataclass(frozen=True)
class _Judged:
    block: Block
    count: int
    suspects: Ints
    """Places in the block, from 0, ascending."""
    cells: Mapping[int, Sequence[str]]
    """Of suspects, where they are known already."""
    hashes: tuple[tuple[Words, Ints], ...]
    """For each key the hashes of the rows that have one, and their places."""


@dataclass
class Pass:
    """One pass over a file."""

    data: Buffer
    layout: Layout
    plan: Plan
    size: int
    records: int = HEADER
    """Records seen so far, the header included; after the last row of the file, all."""
    shown: set[int] = field(default_factory=set)
    starts: list[tuple[int, Block]] = field(default_factory=list)
    """(number of the first record, block), for going back to a witness."""

    def __post_init__(self) -> None:
        self._coded: frozenset[str] | None = None
        self._near: dict[int, list[list[str]]] = {}

    def suspects(self) -> Iterator[tuple[int, list[str]]]:
        """(record number, cells) of each row for frictionless, witnesses of repeated keys before the row itself."""
        indexes = [KeyIndex() for _key in self.plan.keys]
        for judged in self._judge_all():
            base = self.records + 1
            self.starts.append((base, judged.block))
            self.records += judged.count
            for index, (hashes, places) in zip(indexes, judged.hashes, strict=True):
                index.add(hashes, places + base)
            if len(judged.suspects):
                yield from self._show(judged, base, indexes)
        yield from self._show(None, 0, indexes)

    def _show(self, judged: _Judged | None, base: int, indexes: list[KeyIndex]) -> Iterator[tuple[int, list[str]]]:
        """Suspects of this block, and repeats of all blocks since the last call, in order of row."""
        before: dict[int, list[int]] = {}
        for row, earlier in by_row(indexes):
            before.setdefault(row, []).append(earlier)
        own = {} if judged is None else {base + int(place): int(place) for place in judged.suspects}
        for row in sorted({*before, *own}):
            for earlier in sorted(before.get(row, ())):
                if earlier not in self.shown:
                    self.shown.add(earlier)
                    yield earlier, self._fetch(earlier)
            if row in self.shown:
                continue
            self.shown.add(row)
            known = judged.cells.get(own[row]) if judged is not None and row in own else None
            yield row, list(known) if known is not None else self._fetch(row)

    def _judge_all(self) -> Iterator[_Judged]:
        blocks = cut(self.data, self.layout, self.size)
        first = next(blocks, None)
        if first is None:
            return
        tokens = tokenise(self.data, first, self.layout)
        self._coded = _find_coded(tokens)
        yield self._judge(first, tokens)
        with ThreadPoolExecutor(WORKERS) as pool:
            waiting: deque[Future[_Judged]] = deque()
            for block in blocks:
                waiting.append(pool.submit(self._judge, block))
                if len(waiting) >= AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()

    def _judge(self, block: Block, tokens: Tokens | None = None) -> _Judged:
        found = tokens or tokenise(self.data, block, self.layout, self._coded or frozenset())
        proven, hashes = judge_columns(found.columns, self.plan)
        unproven = found.rows[~proven]
        suspects = np.sort(np.concatenate([unproven, np.fromiter(found.odd, dtype=np.int64, count=len(found.odd))]))
        cells: dict[int, Sequence[str]] = dict(found.odd)
        if found.exact and len(unproven):
            cells |= _collect(found, np.flatnonzero(~proven))
        keyed = tuple((words, found.rows[rows]) for words, rows in hashes)
        return _Judged(block, found.count, suspects, cells, keyed)

    def _fetch(self, row: int) -> list[str]:
        """The cells of a record that came before, read again by Python's reader."""
        number = _find_block(self.starts, row)
        first, block = self.starts[number]
        if number not in self._near:
            if len(self._near) >= NEAR:
                del self._near[next(iter(self._near))]
            self._near[number] = read_records(bytes(self.data[block.start : block.end]), self.layout.delimiter)
        return list(self._near[number][row - first])


def judge_columns(columns: Mapping[str, pa.Array], plan: Plan) -> tuple[Mask, list[tuple[Words, Ints]]]:
    """Which rows are proven, and for each key the hashes of the rows that have one with their positions."""
    length = len(next(iter(columns.values()))) if columns else 0
    proven = np.ones(length, dtype=np.bool_)
    for name, proof in plan.proofs.items():
        proven &= proof.prove(columns[name])
    if length and not bool((~proven).all()):
        proven &= ~_find_blank(columns, plan)
    hashes = []
    for key in plan.keys:
        words, has = key.hash(columns)
        if key.whole:
            proven &= has
        rows = np.flatnonzero(has)
        hashes.append((words if len(rows) == length else words[rows], rows))
    return proven, hashes


def _find_blank(columns: Mapping[str, pa.Array], plan: Plan) -> Mask:
    """Rows in which every cell stands for no value."""
    blank: Mask | None = None
    for name, proof in plan.proofs.items():
        missing = proof.find_missing(columns[name])
        blank = missing if blank is None else blank & missing
        if not bool(blank.any()):
            return blank
    return np.zeros(0, dtype=np.bool_) if blank is None else blank


def _find_coded(tokens: Tokens) -> frozenset[str]:
    """Columns with so few distinct cells that looking at each distinct one is the cheapest proof."""
    many = max(len(tokens.rows), 1)
    return frozenset(
        name for name, column in tokens.columns.items() if pc.count_distinct(column).as_py() / many < CODED
    )


def _collect(tokens: Tokens, rows: Ints) -> dict[int, Sequence[str]]:
    taken = pa.array(rows)
    columns = [column.take(taken).to_pylist() for column in tokens.columns.values()]
    return dict(zip(tokens.rows[rows].tolist(), map(list, zip(*columns, strict=True)), strict=True))


def _find_block(starts: Sequence[tuple[int, Block]], row: int) -> int:
    low, high = 0, len(starts) - 1
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if starts[middle][0] <= row else (low, middle - 1)
    return low
