"""Columns of a terminal line up whatever letters are in them, and a message is never taken for markup."""

from datetime import UTC, date, datetime

import pytest
from rich.cells import cell_len

from lamppost.console import _align, show_status
from lamppost.model import Dates, Issue, Outcome

DATES = Dates(today=date(2026, 11, 22), now=datetime(2026, 11, 22, 12, tzinfo=UTC))


def test_columns_line_up_by_the_width_that_letters_take() -> None:
    rows = [("name", "rows", "state"), ("日本", "7", "fine"), ("trees", "1,200", "[bold]late")]
    lines = _align(rows, ["bold", "", "red"], right={1}).plain.split("\n")
    assert [cell_len(line[: line.index(end)]) for line, (_, _, end) in zip(lines, rows, strict=True)] == [14] * 3
    assert lines[2] == "trees  1,200  [bold]late"


def test_what_cannot_be_read_is_told_whole_in_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    faults = {"trees": [Issue("wrong-value", "datasets/trees/dataset.yaml:3:1", "found [x], " + "expected y; " * 30)]}
    assert show_status((), faults, {"lamps": Outcome("lamps", "published", version=2, checked_at="now")}, DATES)
    head, trees, lamps = capsys.readouterr().out.rstrip("\n").split("\n")
    assert head.split() == ["dataset", "version", "last", "asked", "state"]
    assert trees.endswith(faults["trees"][0].message.rstrip())
    assert lamps.split()[:3] == ["lamps", "2", "now"]
    assert lamps.endswith("its folder is gone, or says withdrawn; what was published stays")
