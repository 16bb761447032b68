"""Rows that may repeat a key, found by their hashes however many there are."""

import numpy as np
import pytest

from lamppost.validate.keys import RowIndex
from lamppost.validate.octets import hash_cells, of_texts


@pytest.mark.parametrize("text", ["", "a", "12345678", "123456789", "é" * 20])
def test_a_text_has_one_hash_whatever_it_stands_among(text: str) -> None:
    """Cells as long as each other are hashed in a shorter way, and must come out the same."""
    alone = hash_cells(of_texts([text] * 2))
    among = hash_cells(of_texts([text, "", "x" * 7, "y" * 8, "z" * 30]))
    assert {*alone.tolist()} == {among[0]}


@pytest.mark.parametrize("many", [1_000, 300_000])
def test_each_repeat_is_told_with_the_row_before_it(many: int) -> None:
    hashes = np.random.default_rng(1).permutation(np.arange(many, dtype=np.uint64))
    hashes[[many - 1, many // 2, 7]] = hashes[5]
    hashes[many - 2] = hashes[11]
    index = RowIndex(many)
    for first in range(0, many, 500):
        index.add(hashes[first : first + 500], first + 2)
    rows, before = index.repeats(last=True)
    assert dict(zip(rows.tolist(), before.tolist(), strict=True)) == {
        9: 7,
        many // 2 + 2: 9,
        many: 13,
        many + 1: many // 2 + 2,
    }
