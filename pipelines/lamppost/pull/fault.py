"""One form for everything that goes wrong while pulling."""

from lamppost.errors import PullError


def fault(place: str, found: str, expected: str, do: str) -> PullError:
    """The error to raise: where · what was found · what was expected · what to do."""
    return PullError(f"{place}: {found} · expected {expected} · {do}")
