"""What gates caught in blocks of a pull that is too large to be held, as if they had seen it whole (pure).

One rule weighs a field as a whole, the share of `future-value`; of such a pull it is weighed block by block.
"""

from collections.abc import Sequence
from dataclasses import replace

from lamppost.validate.gates.caught import Caught
from lamppost.validate.words import SAMPLES


def shift(caught: Sequence[Caught], rows: int) -> list[Caught]:
    """The same, counted from a row further up: `rows` came before the block."""
    return [
        Caught(
            replace(one.issue, samples=tuple(replace(it, row=(it.row or 0) + rows) for it in one.issue.samples)),
            tuple(row + rows for row in one.rows),
        )
        for one in caught
    ]


def join_caught(caught: Sequence[Caught]) -> tuple[Caught, ...]:
    """One for each kind and place, counts added up; the words are those of the first."""
    kinds: dict[tuple[str, str], list[Caught]] = {}
    for one in caught:
        kinds.setdefault((one.issue.code, one.issue.place), []).append(one)
    return tuple(map(_join, kinds.values()))


def _join(some: Sequence[Caught]) -> Caught:
    first, count = some[0].issue, sum(one.issue.count for one in some)
    message = first.message.removesuffix(f" ({first.count:,} such rows)")
    more = f" ({count:,} such rows)" if count > 1 else ""
    samples = tuple(sample for one in some for sample in one.issue.samples)[:SAMPLES]
    issue = replace(first, message=message + more, count=count, samples=samples)
    return Caught(issue, tuple(row for one in some for row in one.rows))
