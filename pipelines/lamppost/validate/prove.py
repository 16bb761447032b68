"""The fast pass: block by block, which rows cannot be proven valid, in the order in which frictionless meets rows.

It yields record numbers with their cells for frictionless to look at: every row that is not proven, and for each key
that may repeat both rows. Asked for one after the other, it reads no further than the one who asks goes on asking.
"""

from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from lamppost.validate.blocks import SIZE, Block, Layout, Source, check_unicode, cut, follow, read_by_python
from lamppost.validate.keyed import Hashed, Key
from lamppost.validate.keys import RowIndex, by_row
from lamppost.validate.octets import Ints, Mask, Octets, Words
from lamppost.validate.predicates import Proof
from lamppost.validate.tokens import Tokens, of_records, read_all, tokenise

WORKERS = 2
AHEAD = 2 * WORKERS
FIRST = 2**15
"""Blocks grow from this size, so that who stops early has not read far."""
_BYTES_OF_COLUMN = 2**8
"""A block of so many for each column has some dozens of rows."""
_GROWTH = 2
_MANY = 0.1
_LEAST = 16
"""Bytes of a row, rather fewer than more."""
HEADER = 1
"""The header is record 1, as frictionless counts."""
STEP = 32
"""The place of every such record is kept, for going back to a witness."""
NEAR = 128
"""So many stretches of STEP records are kept while witnesses are looked for."""
_FREED = 8 * 2**20
"""Once glibc has freed a piece so large, it keeps smaller ones for the next block and does not ask for them anew."""
_HOPELESS, _SOON = 0.6, 20_000
"""When of the first rows such a share is suspect, frictionless looks at all that follow."""
PATIENCE = 2000
"""After so many suspects the rest of the file is looked at for what would make the work so far worthless."""


@dataclass(frozen=True)
class Plan:
    """What has to hold of a row: a proof for each field, and the keys that must not repeat."""

    proofs: Mapping[str, Proof]
    keys: tuple[Key, ...]


@dataclass(frozen=True)
class Judged:
    """What is known of a block; places count its records from 0."""

    end: int
    count: int
    suspects: Mapping[int, Sequence[str] | int]
    """Each row that is not proven: its cells, or where they stand in `cells`."""
    cells: Sequence[Sequence[str]]
    """Column by column: lists by the thousand, one a row, would be slow to look through for Python's memory."""
    hashes: tuple[tuple[Words, Ints | None], ...]
    """For each key the hashes of the rows that have one, and their places; None for all."""
    marks: Ints
    """The byte of the file at which every STEP-th record starts."""

    def read(self, place: int) -> list[str]:
        """The cells of a suspect."""
        found = self.suspects[place]
        return [column[found] for column in self.cells] if isinstance(found, int) else list(found)


@dataclass
class Pass:
    """One pass over a file."""

    source: Source
    layout: Layout
    plan: Plan
    size: int = SIZE
    records: int = HEADER
    """Records seen so far, the header included; after the last row of the file, all."""
    far: Callable[[], None] = lambda: None
    """Called once, when it is likely that the whole file will be looked at."""
    shown: set[int] = field(default_factory=set)
    """Rows given out, by number; not kept where there is no key."""

    def __post_init__(self) -> None:
        self._many = 0
        self._firsts: list[int] = []
        self._marks: list[tuple[Ints, int]] = []
        self._near: dict[tuple[int, int], list[list[str]]] = {}
        self._last: tuple[int, list[list[str]]] = 0, []

    def suspects(self) -> Iterator[tuple[int, list[str]]]:
        """(record number, cells) of each row for frictionless, witnesses of repeated keys before the row itself."""
        indexes = [RowIndex(self.source.size // _LEAST) for _key in self.plan.keys]
        for base, judged in self.blocks():
            for index, (hashes, places) in zip(indexes, judged.hashes, strict=True):
                index.add(hashes, base if places is None else places + base)
            if judged.suspects:
                self._look_ahead(judged)
                yield from self._show(judged, base, indexes)
                if self._is_hopeless():
                    yield from self._show_rest(judged.end)
                    return
        yield from self._show(None, 0, indexes)

    def _is_hopeless(self) -> bool:
        """So many rows were suspect that proving the others only costs time."""
        return self.records - HEADER < _SOON and self._many > _HOPELESS * (self.records - HEADER)

    def _show_rest(self, at: int) -> Iterator[tuple[int, list[str]]]:
        """Every row not shown yet: those before, whose keys nobody else had so far, and all that follow."""
        check_unicode(self.source, at)
        if self.plan.keys:
            for number in range(HEADER + 1, self.records + 1):
                if number not in self.shown:
                    yield number, list(self.fetch(number))
        for cells in follow(self.source, at, self.layout.delimiter):
            self.records += 1
            yield self.records, cells

    def blocks(self) -> Iterator[tuple[int, Judged]]:
        """(number of its first record, what is known of it) of each block."""
        for judged in self._judge_all():
            base = self.records + 1
            self.records += judged.count
            if self.plan.keys:
                self._firsts.append(base)
                self._marks.append((judged.marks, judged.end))
            yield base, judged

    def _look_ahead(self, judged: Judged) -> None:
        """Bytes that are not UTF-8 leave the whole file to frictionless: better now than after so much work."""
        before, self._many = self._many, self._many + len(judged.suspects)
        if before <= PATIENCE < self._many:
            check_unicode(self.source, judged.end)

    def _show(self, judged: Judged | None, base: int, indexes: list[RowIndex]) -> Iterator[tuple[int, list[str]]]:
        """Suspects of this block, and repeats since the last call, in order of row; at last just these."""
        before: dict[int, list[int]] = {}
        for row, earlier in by_row(indexes, last=judged is None):
            before.setdefault(row, []).append(earlier)
        own = {} if judged is None else {base + place: place for place in judged.suspects}
        for row in sorted({*before, *own}):
            for number in (*sorted(before.get(row, ())), row):
                if number in self.shown:
                    continue
                if indexes:
                    self.shown.add(number)
                known = judged is not None and number in own
                yield number, judged.read(own[number]) if judged and known else list(self.fetch(number))

    def _judge_all(self) -> Iterator[Judged]:
        """Every block in turn; behind one that Python's reader takes, they are cut anew: it may end elsewhere."""
        first = min(max(FIRST, _BYTES_OF_COLUMN * len(self.layout.labels)), self.size)
        at, size, depth = self.layout.start, first, 0
        waiting: deque[tuple[Block, Future[Judged | None]]] = deque()
        np.empty(_FREED, dtype=np.uint8)
        with ThreadPoolExecutor(WORKERS) as pool:
            try:
                while at < self.source.size or waiting:
                    while at < self.source.size and len(waiting) < depth:
                        block = cut(self.source, at, size)
                        if block is None:
                            break
                        waiting.append((block, pool.submit(self._judge, block)))
                        at = block.end
                    if waiting:
                        block, future = waiting.popleft()
                        judged, begin = future.result(), block.start
                    else:
                        block, begin = cut(self.source, at, size), at
                        judged = None if block is None else self._judge(block)
                    if judged is None:
                        drop(waiting)
                        judged, depth = self._judge_by_python(begin, size), 0
                        at = judged.end
                    else:
                        at, depth = max(at, judged.end), min(depth + 1, AHEAD)
                    yield judged
                    if size < self.size <= _GROWTH * size:
                        self.far()
                    if len(judged.suspects) > _MANY * judged.count:  # then frictionless is what takes the time
                        size, depth = first, 0
                    size = min(_GROWTH * size, self.size)
            finally:
                drop(waiting)

    def _judge(self, block: Block) -> Judged | None:
        length = block.end - block.start
        tokens = tokenise(block.body, length, self.layout.labels, self.layout.delimiter)
        return None if tokens is None else judge(tokens, self.plan, block.start, block.end)

    def _judge_by_python(self, at: int, size: int) -> Judged:
        records, starts, end = read_by_python(self.source, at, size, self.layout.delimiter)
        return judge(of_records(records, starts, self.layout.labels), self.plan, at, end)

    def fetch(self, row: int) -> list[str]:
        """The cells of a record that came before."""
        first, near = self._last
        if 0 <= row - first < len(near):
            return near[row - first]
        number = bisect_right(self._firsts, row) - 1
        (marks, end), place = self._marks[number], row - self._firsts[number]
        mark = place // STEP
        if (number, mark) not in self._near:
            if len(self._near) >= NEAR:
                del self._near[next(iter(self._near))]
            start = int(marks[mark])
            end = int(marks[mark + 1]) if mark + 1 < len(marks) else end
            body = self.source.read(start, end - start)[: end - start].tobytes()
            self._near[number, mark] = read_all(body, self.layout.delimiter)
        self._last = row - place % STEP, self._near[number, mark]
        return self._near[number, mark][place % STEP]


def drop(waiting: deque[tuple[Block, Future[Judged | None]]]) -> None:
    """Nobody asks for these blocks any more."""
    for _block, future in waiting:
        future.cancel()
    waiting.clear()


def judge(tokens: Tokens, plan: Plan, start: int, end: int) -> Judged:
    """What is known of the records of a block."""
    proven, hashed = judge_columns(tokens.columns, plan)
    unproven = np.flatnonzero(~proven)
    suspects: dict[int, Sequence[str] | int] = dict(tokens.odd)
    suspects.update(zip(tokens.rows[unproven].tolist(), range(len(unproven)), strict=True))
    cells = tokens.collect(unproven) if len(unproven) else ()
    hashes = tuple(_select(one, tokens) for one in hashed)
    return Judged(end, tokens.count, suspects, cells, hashes, tokens.starts[::STEP] + start)


def _select(hashed: Hashed, tokens: Tokens) -> tuple[Words, Ints | None]:
    if bool(hashed.has.all()):
        return hashed.words, None if len(hashed.words) == tokens.count else tokens.rows
    return hashed.words[hashed.has], tokens.rows[hashed.has]


def judge_columns(columns: Mapping[str, Octets], plan: Plan) -> tuple[Mask, list[Hashed]]:
    """Which rows are proven, and their keys."""
    length = len(next(iter(columns.values()))) if columns else 0
    proven, blank = np.ones(length, dtype=np.bool_), np.ones(length, dtype=np.bool_)
    missing: dict[str, Mask] = {}
    for name, proof in plan.proofs.items():
        here = missing[name] = proof.find_missing(columns[name])
        proven &= proof.prove(columns[name], here)
        blank &= here
    proven &= ~blank
    hashed = [key.hash(columns, missing) for key in plan.keys]
    for key, one in zip(plan.keys, hashed, strict=True):
        if key.whole:
            proven &= one.has
        if one.troubled is not None:
            proven &= ~one.troubled
    return proven, hashed
