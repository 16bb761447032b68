"""A column of text seen as eight bytes at a time, so that numpy can look at every cell at once (pure).

A word holds bytes in little-endian order: the cell's first byte is its lowest. Bytes past a cell's end read as zero.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Bytes = npt.NDArray[np.uint8]
Words = npt.NDArray[np.uint64]
Mask = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
NO_WORDS: Words = np.zeros(0, dtype=np.uint64)

WORD = 8
PADDING = 3 * WORD
"""So many bytes behind the last cell may be looked at, and mean nothing."""
FULL = np.uint64(0xFFFF_FFFF_FFFF_FFFF)
_LOW7 = np.uint64(0x7F7F_7F7F_7F7F_7F7F)
_NIBBLES = np.uint64(0xF0F0_F0F0_F0F0_F0F0)
_BOTH = np.uint64(0x3333_3333_3333_3333)
_THREES = np.uint64(0x3030_3030_3030_3030)
_SIXES = np.uint64(0x0606_0606_0606_0606)
_ONES = np.uint64(0x0101_0101_0101_0101)
_PRIME = np.uint64(0x9E37_79B9_7F4A_7C15)
_MIX = np.uint64(0xBF58_476D_1CE4_E5B9)
_SHIFT = np.uint64(29)
MASKS = np.array([(1 << (8 * size)) - 1 for size in range(WORD)] + [0xFFFF_FFFF_FFFF_FFFF], dtype=np.uint64)
"""By number of bytes: all bits of so many."""
_UNUSED = _THREES & ~MASKS


@dataclass(frozen=True)
class Octets:
    """The cells of one column, in order: where each starts in `body`, and how many bytes it has."""

    body: Bytes
    """UTF-8, followed by PADDING bytes at least."""
    starts: Ints
    lengths: Ints
    ascii: bool = False
    """True when all of the body is known to be ASCII, so that a byte is a character."""
    known: pa.StringArray | None = None

    def __len__(self) -> int:
        return len(self.starts)

    @cached_property
    def windows(self) -> Words:
        """At every byte of the body the eight bytes from there on; unaligned."""
        made: Words = np.ndarray(shape=(len(self.body) - WORD + 1,), dtype="<u8", buffer=self.body.data, strides=(1,))
        return made

    @cached_property
    def width(self) -> int:
        """The one length that all cells have, or -1."""
        first = int(self.lengths[0]) if len(self) else 0
        return first if bool((self.lengths == first).all()) else -1

    @cached_property
    def longest(self) -> int:
        """The length of the longest cell."""
        return int(self.lengths.max()) if len(self) else 0

    @cached_property
    def head(self) -> Words:
        """Each cell's first eight bytes."""
        return self._read(0)

    @cached_property
    def text(self) -> pa.StringArray:
        """The cells as Arrow has them: gaps between them are taken for cells too, and then left out."""
        if self.known is not None:
            return self.known
        count = len(self)
        offsets = np.empty(2 * count + 1, dtype=np.int32)
        offsets[0:-1:2] = self.starts
        offsets[1::2] = self.starts + self.lengths
        offsets[-1] = offsets[-2] if count else 0
        whole = pa.StringArray.from_buffers(2 * count, pa.py_buffer(offsets), pa.py_buffer(self.body))
        return whole.take(pa.array(np.arange(0, 2 * count, 2)))

    @cached_property
    def _second(self) -> Words:
        return self._read(1)

    def word(self, number: int) -> Words:
        """Each cell's bytes from `8 * number` on."""
        return self.head if number == 0 else self._second if number == 1 else self._read(number)

    def _read(self, number: int) -> Words:
        places = self.starts + WORD * number
        if number and self.longest <= WORD * number:
            return np.zeros(len(self), dtype=np.uint64)
        if number:
            np.minimum(places, len(self.body) - WORD, out=places)  # of a short cell nothing is kept
        words = self.windows[places]
        if self.width >= 0:
            left = min(max(self.width - WORD * number, 0), WORD)
            return words if left == WORD else words & MASKS[left]
        return words & MASKS.take(self.lengths - WORD * number if number else self.lengths, mode="clip")

    def take(self, rows: Mask | Ints) -> "Octets":
        """Some of the cells, in order."""
        return Octets(self.body, self.starts[rows], self.lengths[rows], self.ascii)

    def skip(self, many: Ints) -> "Octets":
        """Each cell without its first `many` bytes."""
        return Octets(self.body, self.starts + many, self.lengths - many, self.ascii)


def view(column: pa.StringArray) -> Octets:
    """The cells of a string column without nulls."""
    _validity, offsets, data = column.buffers()
    ends = np.frombuffer(offsets, dtype=np.int32)[column.offset : column.offset + len(column) + 1].astype(np.int64)
    used = int(ends[-1]) if len(ends) else 0
    body = np.zeros(used + PADDING, dtype=np.uint8)
    if data is not None:
        body[:used] = np.frombuffer(data, dtype=np.uint8)[:used]
    return Octets(body, ends[:-1], np.diff(ends), known=column)


def of_texts(texts: Sequence[str]) -> Octets:
    """The cells of a list."""
    return view(pa.array(texts, pa.string()))


def are_digits(words: Words, where: np.uint64 = FULL) -> Mask:
    """True where every byte under `where` is an ASCII digit."""
    checked = words if where == FULL else (words & where) | (_THREES & ~where)
    upper = (checked & _NIBBLES) | (((checked + _SIXES) & _NIBBLES) >> np.uint64(4))  # a digit stays below 0x40
    result: Mask = upper == _BOTH
    return result


def find_bytes(words: Words, byte: int) -> Words:
    """0x80 at each byte that equals `byte`, 0 elsewhere."""
    differing = words ^ (_ONES * np.uint64(byte))
    return ~(((differing & _LOW7) + _LOW7) | differing | _LOW7)


def replace_bytes(words: Words, found: Words, old: int, new: int) -> Words:
    """The words with the bytes marked in `found`, which are `old`, made `new`."""
    return words ^ ((found >> np.uint64(7)) * np.uint64(old ^ new))


def pad_digits(words: Words, left: Ints) -> Words:
    """The words with zeros ('0') behind the cell's last byte; `left` is how many bytes of the cell are in them."""
    return words | _UNUSED.take(left, mode="clip")


def one_of(cells: Octets, values: Sequence[bytes]) -> Mask:
    """Which cells are one of some texts of at most eight bytes."""
    found = np.zeros(len(cells), dtype=np.bool_)
    for value in values:
        found |= (cells.head == np.uint64(int.from_bytes(value, "little"))) & (cells.lengths == len(value))
    return found


def hash_cells(cells: Octets, seed: Words | None = None, null: Mask | None = None) -> Words:
    """A 64-bit hash of each cell, the same for equal bytes on any machine; chained over columns by `seed`.

    Cells in `null` have one hash, whatever their bytes.
    """
    found = begin = np.full(len(cells), _PRIME, dtype=np.uint64) if seed is None else seed
    found = _stir(found ^ cells.lengths.astype(np.uint64))
    for number in range(max(-(-cells.longest // WORD), 1)):  # an empty cell is the same among longer ones and alone
        if number == 0 or cells.width >= 0:
            found = _stir(found ^ cells.word(number))
        else:
            rows = np.flatnonzero(cells.lengths > WORD * number)
            found[rows] = _stir(found[rows] ^ cells.take(rows).word(number))
    return found if null is None else np.where(null, _stir(~begin), found)


def _stir(words: Words) -> Words:
    mixed = (words ^ (words >> _SHIFT)) * _MIX
    return (mixed ^ (mixed >> np.uint64(32))) * _PRIME
