"""What every decoder gives, and the limits that all formats share."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, overload

import pyarrow as pa

from lamppost.errors import RefusedError

COLUMN_LIMIT = 1_000
"""More columns than this are taken for an accident, not for a table."""
CELL_LIMIT = 1 << 20
"""Characters in one cell; a detailed boundary in GeoJSON stays far below."""
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Records:
    """One page's records; values are text, None, booleans, or nested lists and mappings of these."""

    rows: Sequence[Row]
    header: tuple[str, ...] | None = None
    """The columns that the page declares; None where each record names its own keys."""
    frame: Mapping[str, Any] = field(default_factory=dict)
    """What stands beside the list of records and is no list itself, such as ArcGIS's `spatialReference`."""


@dataclass(frozen=True, eq=False)
class Shortcut(Sequence[Row]):
    """Rows that a fast reader has proven to be what the strict one would give; they are made when somebody looks.

    Exactly one of `columns` and `records` is there.
    """

    length: int
    make: Callable[[], Sequence[Row]]
    """The strict reader."""
    columns: pa.Table | None = None
    """All cells as the text that is published, null for null; there are no other columns and no nested values."""
    records: Sequence[Row] | None = None
    """The rows themselves, but whole numbers are `int`."""

    def __len__(self) -> int:
        return self.length

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows)

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | Sequence[Row]:
        return self._rows[index]

    @cached_property
    def _rows(self) -> Sequence[Row]:
        return self.make()


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
