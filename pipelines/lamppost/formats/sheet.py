"""What the three workbook formats share before a reader is let loose on one: its sheets, and how far its cells reach.

A few kilobytes can name a cell 17 billion cells away, repeat one cell a million times, or write one long text into all
of them; a reader that lays all that out answers by aborting the process. So each format is looked over first.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lamppost.errors import RefusedError

BYTES_LIMIT = 256 << 20
"""Unpacked bytes of all parts together."""
TEXT_LIMIT = 64 << 20
"""Characters in all cells of a sheet together."""
CELL_LIMIT = 1 << 20
"""Characters in one cell; spreadsheet programs stop at 32,767."""
AREA_LIMIT = 1_000_000
"""Cells in the rectangle from the first used cell to the last."""
Errors = Mapping[tuple[int, int], str]
"""(row, column) from 1 → the error that the cell shows, such as `#N/A`."""


@dataclass(frozen=True)
class Sheet:
    """One sheet as the workbook lists it."""

    name: str
    part: str
    """Where its cells are: a path, or an offset."""
    visible: bool


@dataclass(frozen=True)
class Book:
    """A workbook that was looked over; `survey` gives the cells of a sheet that hold an error."""

    sheets: tuple[Sheet, ...]
    survey: Callable[[Sheet], Errors]


@dataclass
class Extent:
    """How far the used cells of one sheet reach, and how much text they hold; rows and columns count from 1."""

    place: str
    first: tuple[int, int] = (1 << 30, 1 << 30)
    last: tuple[int, int] = (0, 0)
    text: int = 0
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    uncalculated: list[tuple[int, int]] = field(default_factory=list)

    def add(self, row: int, column: int, rows: int = 1, columns: int = 1) -> None:
        """Counts a used block; RefusedError once the rectangle around all of them is too large."""
        first, last = self.first, self.last
        bottom, right = row + rows - 1, column + columns - 1
        if first[0] <= row and first[1] <= column and bottom <= last[0] and right <= last[1]:
            return
        self.first = (min(first[0], row), min(first[1], column))
        self.last = (max(last[0], bottom), max(last[1], right))
        area = (self.last[0] - self.first[0] + 1) * (self.last[1] - self.first[1] + 1)
        if area > AREA_LIMIT:
            raise RefusedError(
                f"{self.place}!{name_cell(row, column)}: cells spread over {area:,} places, expected at most "
                f"{AREA_LIMIT:,}; delete the stray cells far from the table, or publish it as CSV"
            )

    def add_text(self, size: int, times: int = 1) -> None:
        """Counts the characters of a cell that stands here so many times; RefusedError once there are too many."""
        if size > CELL_LIMIT:
            raise RefusedError(f"{self.place}: a cell holds {size:,} characters, expected at most {CELL_LIMIT:,}")
        self.text += size * times
        if self.text > TEXT_LIMIT:
            raise RefusedError(
                f"{self.place}: its cells hold more than {TEXT_LIMIT:,} characters, expected fewer; publish it as CSV"
            )

    def finish(self) -> Errors:
        """The cells with an error; RefusedError when a formula was never calculated."""
        if self.uncalculated:
            row, column = self.uncalculated[0]
            raise RefusedError(
                f"{self.place}!{name_cell(row, column)}: the formula was never calculated "
                f"({len(self.uncalculated)} such cells), expected a value; open and save the file in a spreadsheet "
                "program"
            )
        return self.errors


def name_cell(row: int, column: int) -> str:
    """`D14` for row 14, column 4."""
    return f"{name_column(column)}{row}"


def name_column(column: int) -> str:
    """`D` for column 4."""
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def count_column(letters: str) -> int:
    """4 for `D`."""
    total = 0
    for letter in letters:
        total = total * 26 + ord(letter) - 64
    return total


def read_whole(attributes: Mapping[str, Any], name: str, default: int = 1) -> int:
    """The whole number in an attribute, `default` for anything else."""
    text = str(attributes.get(name, ""))
    return int(text) if text.isdecimal() and len(text) < len("1000000000") else default
