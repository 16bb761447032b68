"""What every decoder gives, and the limits that all formats share."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lamppost.errors import RefusedError

COLUMN_LIMIT = 1_000
"""More columns than this are taken for an accident, not for a table."""
CELL_LIMIT = 1 << 20
"""Characters in one cell; a detailed boundary in GeoJSON stays far below."""


@dataclass(frozen=True)
class Records:
    """One page's records; values are text, None, booleans, or nested lists and mappings of these."""

    rows: Sequence[Mapping[str, Any]]
    header: tuple[str, ...] | None = None
    """The columns that the page declares; None where each record names its own keys."""


def check_header(names: Sequence[str], place: str) -> None:
    """Refuse a header whose columns cannot be told apart; nameless columns are the caller's business."""
    if len(names) > COLUMN_LIMIT:
        raise RefusedError(
            f"{place}: found {len(names):,} columns, expected at most {COLUMN_LIMIT:,}; "
            "check the delimiter, or ask for fewer columns"
        )
    twice = sorted(name for name, count in Counter(filter(None, names)).items() if count > 1)
    if twice:
        listed = ", ".join(f"`{name}`" for name in twice)
        raise RefusedError(
            f"{place}: the header names {listed} more than once, expected each column once; rename one at the source"
        )
