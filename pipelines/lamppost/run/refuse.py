"""A version is refused in words that say all there is to say, as far as a person reads on."""

from collections.abc import Iterable

from lamppost.errors import RefusedError
from lamppost.model import Issue

MOST = 5
"""So many reasons of a refusal are said in full."""


def refuse(place: str, issues: Iterable[Issue]) -> None:
    """RefusedError for the errors among `issues`; nothing when there are none."""
    errors = [one for one in issues if one.severity == "error"]
    if not errors:
        return
    more = f" (and {len(errors) - MOST} more)" if len(errors) > MOST else ""
    raise RefusedError(f"{place}: {' Also: '.join(one.message for one in errors[:MOST])}{more}", errors)
