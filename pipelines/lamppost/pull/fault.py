"""One form for everything that goes wrong while pulling."""

from lamppost.errors import PullError


def fault(place: str, found: str, expected: str, do: str, *, detail: str = "") -> PullError:
    """The error to raise: where · what was found · what was expected · what to do; `detail` is for a terminal only."""
    return PullError(f"{place}: {found} · expected {expected} · {do}", detail)
