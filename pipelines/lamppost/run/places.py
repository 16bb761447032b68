"""Where a row stands in what the source sent: the cell of a workbook, the line of a CSV, or the record of a page."""

from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate

from lamppost.decode import find_cells, find_lines
from lamppost.model import FieldSource, Page, Receipt, Report, Sample, Snapshot

Name = Callable[[int, str], str]
"""The row's number in the pull and a field → the place in words; empty where nobody knows."""
Locate = Callable[[int, str], str]
"""A page's record (from 0) and a column's name → where that is."""
_WORKBOOKS = frozenset({"xlsx", "xls", "ods"})


@dataclass(frozen=True)
class Places:
    """Names rows of one pull; the snapshot is looked into only when the first one is asked for."""

    snapshot: Snapshot
    fields: Mapping[str, FieldSource]
    sizes: tuple[int, ...]
    """Rows of each page, in the snapshot's order."""

    def name(self, row: int, field: str = "") -> str:
        """`Budget!D14`, `line 14`, `record 3 of page 2`; empty for a number that no row has."""
        page = bisect_left(self._ends, row)
        if not 0 < row <= (self._ends or [0])[-1]:
            return ""
        record = row - self._ends[page] + self.sizes[page] - 1
        return self._locators[page](record, self._name_column(field))

    def _name_column(self, field: str) -> str:
        source = self.fields.get(field)
        return source.path if source else "" if self.fields else field

    @cached_property
    def _ends(self) -> list[int]:
        return list(accumulate(self.sizes))

    @cached_property
    def _locators(self) -> tuple[Locate, ...]:
        """One a page, which reads the page when it is used."""
        pages = self.snapshot.pages
        names = [one.name or f"page {number:,}" for number, one in enumerate(pages, 1)]
        return tuple(
            _look_into(self.snapshot, one, name if len(pages) > 1 else "")
            for one, name in zip(pages, names, strict=True)
        )


def _look_into(snapshot: Snapshot, page: Page, name: str) -> Locate:
    """`name` is empty where there is just one page."""
    of = f" of {name}" if name else ""
    kept: list[Locate] = []

    def locate(record: int, column: str) -> str:
        if not kept:
            kept.append(_open_page(snapshot, page))
        said = kept[0](record, column)
        return f"{said or f'record {record + 1:,}'}{of}"

    return locate


def _open_page(snapshot: Snapshot, page: Page) -> Locate:
    if snapshot.decode in _WORKBOOKS:
        return find_cells(page.path.read_bytes(), snapshot).name
    if snapshot.decode == "csv":
        lines = find_lines(page.path.read_bytes(), snapshot)
        return lambda record, _column: f"line {lines[record]:,}"
    return lambda _record, _column: ""


def find_places(
    snapshot: Snapshot, receipt: Receipt, fields: Mapping[str, FieldSource], *, transformed: bool = False
) -> Places | None:
    """The places of a pull's rows; None where pages and rows do not go together, so that nothing wrong is said."""
    sizes = tuple(one.rows for one in snapshot.pages)
    if sum(sizes) != receipt.received:
        sizes = receipt.pages if len(receipt.pages) == len(snapshot.pages) else ()
    if sum(sizes) != receipt.received:
        return None
    return Places(snapshot, {"": FieldSource("")} if transformed else fields, sizes)


def add_places(report: Report, name: Name | None) -> Report:
    """The report (its rows numbered as in the pull) with the place of each sample, before what it may say already.

    Where nothing is known of a source, as in a derived table, the row's number is its place.
    """

    def place(one: Sample) -> Sample:
        if one.row is None:
            return one
        said = (name(one.row, one.field or "") if name else "") or f"row {one.row:,}"
        return replace(one, place=", ".join(filter(None, (said, one.place))))

    issues = tuple(replace(issue, samples=tuple(map(place, issue.samples))) for issue in report.issues)
    return replace(report, issues=issues)
