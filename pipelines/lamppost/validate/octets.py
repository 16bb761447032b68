"""A column of text seen as eight bytes at a time, so that numpy can look at every cell at once (pure).

A word holds bytes in little-endian order: the cell's first byte is its lowest. Bytes past a cell's end read as zero.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Words = npt.NDArray[np.uint64]
Mask = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

WORD = 8
FULL = np.uint64(0xFFFF_FFFF_FFFF_FFFF)
_HIGH = np.uint64(0x8080_8080_8080_8080)
_LOW7 = np.uint64(0x7F7F_7F7F_7F7F_7F7F)
_NIBBLES = np.uint64(0xF0F0_F0F0_F0F0_F0F0)
_THREES = np.uint64(0x3030_3030_3030_3030)
_SIXES = np.uint64(0x0606_0606_0606_0606)
_ONES = np.uint64(0x0101_0101_0101_0101)
_PRIME = np.uint64(0x9E37_79B9_7F4A_7C15)
_MIX = np.uint64(0xBF58_476D_1CE4_E5B9)
_SHIFT = np.uint64(29)
_MASKS = np.array([(1 << (8 * size)) - 1 for size in range(WORD)] + [0xFFFF_FFFF_FFFF_FFFF], dtype=np.uint64)


@dataclass(frozen=True)
class Octets:
    """The cells of one column: where each starts in `data`, and how many bytes it has."""

    windows: Words
    """At every byte of the column the eight bytes from there on; unaligned."""
    starts: Ints
    lengths: Ints

    def __len__(self) -> int:
        return len(self.starts)

    @cached_property
    def width(self) -> int:
        """The one length that all cells have, or -1."""
        first = int(self.lengths[0]) if len(self) else 0
        return first if bool((self.lengths == first).all()) else -1

    def word(self, number: int) -> Words:
        """Each cell's bytes from `8 * number` on."""
        words = self.windows[self.starts + WORD * number]
        left = np.clip(self.lengths - WORD * number, 0, WORD)
        return words if bool((left == WORD).all()) else words & _MASKS[left]

    def take(self, rows: Mask | Ints) -> "Octets":
        """Some of the cells."""
        return Octets(self.windows, self.starts[rows], self.lengths[rows])

    def skip(self, many: Ints) -> "Octets":
        """Each cell without its first `many` bytes."""
        return Octets(self.windows, self.starts + many, self.lengths - many)


def view(column: pa.StringArray) -> Octets:
    """The cells of a string column without nulls."""
    _validity, offsets, data = column.buffers()
    ends = np.frombuffer(offsets, dtype=np.int32)[column.offset : column.offset + len(column) + 1].astype(np.int64)
    used = int(ends[-1]) if len(ends) else 0
    body = np.empty(used + 2 * WORD, dtype=np.uint8)
    body[used:] = 0
    if data is not None:
        body[:used] = np.frombuffer(data, dtype=np.uint8)[:used]
    windows: Words = np.ndarray(shape=(used + WORD,), dtype="<u8", buffer=body.data, strides=(1,))
    return Octets(windows, ends[:-1], np.diff(ends))


def are_digits(words: Words, where: np.uint64 = FULL) -> Mask:
    """True where every byte under `where` is an ASCII digit."""
    checked = (words & where) | (_THREES & ~where)
    carried = checked + _SIXES
    result: Mask = ((checked & _NIBBLES) == _THREES) & ((carried & _NIBBLES) == _THREES)
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
    return words | (_THREES & ~_MASKS[np.clip(left, 0, WORD)])


def hash_cells(cells: Octets, seed: Words | None = None) -> Words:
    """A 64-bit hash of each cell, the same for equal bytes in one process; chained over columns by `seed`."""
    found = np.full(len(cells), _PRIME, dtype=np.uint64) if seed is None else seed
    found = _stir(found ^ cells.lengths.astype(np.uint64))
    longest = int(cells.lengths.max()) if len(cells) else 0
    for number in range(-(-longest // WORD)):
        rows = cells.lengths > WORD * number
        if bool(rows.all()):
            found = _stir(found ^ cells.word(number))
        else:
            found[rows] = _stir(found[rows] ^ cells.take(rows).word(number))
    return found


def _stir(words: Words) -> Words:
    mixed = (words ^ (words >> _SHIFT)) * _MIX
    return (mixed ^ (mixed >> np.uint64(32))) * _PRIME
