"""Chance without a generator: every draw is a pure function of the names it is made for.

Nothing here keeps a state, so a value depends neither on the order of calls nor on Python's hash seed, the machine or
the day on which it is asked for: yesterday's numbers are the same tomorrow.
"""

import hashlib
import math
from collections.abc import Sequence
from functools import lru_cache
from statistics import NormalDist
from typing import TypeVar

T = TypeVar("T")
_NORMAL = NormalDist()
_STEPS = 2**48


def unit(*names: object) -> float:
    """A number strictly between 0 and 1 that belongs to these names for ever."""
    text = "\x1f".join(map(str, names))
    digest = hashlib.blake2b(text.encode(), digest_size=6).digest()
    return (int.from_bytes(digest, "big") + 0.5) / _STEPS


def between(low: float, high: float, *names: object) -> float:
    """A number in [low, high], all equally likely."""
    return low + (high - low) * unit(*names)


def whole(low: int, high: int, *names: object) -> int:
    """A whole number from low to high, both included, all equally likely."""
    return low + int(unit(*names) * (high - low + 1))


def normal(mean: float, deviation: float, *names: object) -> float:
    """A number around `mean` with the bell curve's spread."""
    return mean + deviation * _NORMAL.inv_cdf(unit(*names))


def happens(probability: float, *names: object) -> bool:
    """True in that share of all names."""
    return unit(*names) < probability


def pick(options: Sequence[T], *names: object) -> T:
    """One of the options, all equally likely."""
    return options[int(unit(*names) * len(options))]


def weighted(options: Sequence[tuple[T, float]], *names: object) -> T:
    """One of the options, each as likely as its weight says."""
    left = unit(*names) * sum(weight for _, weight in options)
    for option, weight in options:
        left -= weight
        if left < 0:
            return option
    return options[-1][0]


def token(length: int, *names: object) -> str:
    """Hexadecimal text of that length, at most 64."""
    return hashlib.sha256("\x1f".join(map(str, names)).encode()).hexdigest()[:length]


def smooth(step: int, position: int, *names: str | int) -> float:
    """A wave between minus one and one that wanders from one knot to the next, a knot every `step` positions."""
    knot, inside = divmod(position, step)
    weight = (1 - math.cos(math.pi * inside / step)) / 2
    return _knot(knot, *names) * (1 - weight) + _knot(knot + 1, *names) * weight


@lru_cache(maxsize=4096)
def _knot(position: int, *names: str | int) -> float:
    return between(-1, 1, *names, position)
