"""A table of a few rows, or of many columns and a few rows, is proven cell by cell sooner than column by column."""

from collections.abc import Sequence
from typing import Any

from lamppost.validate.blocks import Layout, Source, follow, read_header
from lamppost.validate.layout import DELIMITERS
from lamppost.validate.prove import Plan

BYTES = 2**11
"""A file of so many bytes is small,"""
BYTES_OF_COLUMN = 2**6
"""and one of so many for each column."""
_BROKEN = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


def is_small(source: Source, layout: Layout) -> bool:
    """Whether starting up for whole columns would take longer than looking at each cell."""
    return source.size - layout.start <= max(BYTES, BYTES_OF_COLUMN * len(layout.labels))


def starts_badly(source: Source, plan: Plan) -> bool:
    """Whether a cell of the first row is at fault, so that no more has to be known of the file: not for certain."""
    for delimiter in DELIMITERS:
        labels, start = read_header(source, 0, delimiter)
        if labels == list(plan.proofs):
            cells, _end = read_header(source, start, delimiter)
            return not all(proof.accepts(cell) for cell, proof in zip(cells, plan.proofs.values(), strict=False))
    return False


def prove_small(source: Source, layout: Layout, plan: Plan) -> int | None:
    """How many rows there are, all of them valid; None at the first one that is not for certain."""
    rows, proofs = 0, list(plan.proofs.values())
    met: list[set[Any]] = [set() for _key in plan.keys]
    for cells in follow(source, layout.start, layout.delimiter):
        rows += 1
        if len(cells) != len(proofs) or all(cell in proof.missing for cell, proof in zip(cells, proofs, strict=True)):
            return None
        if not all(proof.accepts(cell) for cell, proof in zip(cells, proofs, strict=True)):
            return None
        if plan.keys and _repeats(plan, cells, met):
            return None
    return rows


def _repeats(plan: Plan, cells: Sequence[str], met: Sequence[set[Any]]) -> bool:
    """Whether a key may stand in an earlier row, lacks a part or cannot be compared."""
    named = dict(zip(plan.proofs, cells, strict=True))
    try:
        for key, values in zip(plan.keys, met, strict=True):
            value = tuple(key.proofs[name].read(named[name])[0] for name, _kind in key.fields)
            if None in value and not key.whole:
                continue
            if None in value or value in values:
                return True
            values.add(value)
    except _BROKEN:
        return True
    return False
