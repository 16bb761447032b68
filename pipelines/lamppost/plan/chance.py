"""Whether a small count could be chance: the exact Poisson interval (Garwood 1936), without a statistics package."""

import math
from collections.abc import Callable

SMALL = 20
"""Counts from here on are not small."""

_STEPS = 100


def interval(count: int, confidence: float = 0.95) -> tuple[float, float]:
    """Lower and upper limit of the rate behind `count` events in one period, to 1e-9 or better."""
    tail = (1 - confidence) / 2
    upper = _solve(lambda rate: _at_most(count, rate) - tail, 2 * count + 20.0)
    lower = 0.0 if count == 0 else _solve(lambda rate: tail - (1 - _at_most(count - 1, rate)), 2 * count + 20.0)
    return lower, upper


def could_be_chance(count: float, expected: float) -> bool:
    """True for a small count that the expected value would give often enough (its 95 % interval holds `expected`)."""
    if not 0 <= count < SMALL or not float(count).is_integer():
        return False
    low, high = interval(int(count))
    return low <= expected <= high


def _at_most(count: int, rate: float) -> float:
    return math.exp(-rate) * sum(rate**k / math.factorial(k) for k in range(count + 1))


def _solve(falling: Callable[[float], float], high: float) -> float:
    """Where a falling function crosses zero between 0 and `high`, by halving."""
    low = 0.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if falling(middle) > 0 else (low, middle)
    return (low + high) / 2
