"""One form for everything that goes wrong while pulling: where · what was found · what was expected · what to do."""

from lamppost.errors import PendingError, PullError


def fault(place: str, found: str, expected: str, do: str, *, detail: str = "") -> PullError:
    """The error to raise; `detail` is for a terminal only, because it may hold what the source sent."""
    return PullError(f"{place}: {found} · expected {expected} · {do}", detail)


def pending(place: str, found: str, expected: str, do: str) -> PendingError:
    """The same for what is nobody's fault: nothing can be had yet, and the next run asks again."""
    return PendingError(f"{place}: {found} · expected {expected} · {do}")
