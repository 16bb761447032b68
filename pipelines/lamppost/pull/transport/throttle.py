"""How long to wait before a host may be asked again, by the `rate:` of its descriptor."""

import time
from collections.abc import Callable


class Throttle:
    """Gives each host its turns, one every 1/rate seconds, in the order in which they were taken."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._next: dict[str, float] = {}

    def take(self, host: str, rate: float) -> float:
        """Seconds until the turn that was just taken; 0 without a rate."""
        if rate <= 0:
            return 0.0
        now = self._clock()
        turn = max(now, self._next.get(host, now))
        self._next[host] = turn + 1 / rate
        return turn - now
