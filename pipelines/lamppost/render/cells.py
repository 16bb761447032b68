"""Cells and tables as a reader sees them: text stays text whatever it holds, numbers stand right."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from lamppost.model import Schema
from lamppost.render.page import render_block

LONGEST = 80
"""Characters of a cell that a page shows; the files hold all of them."""
_RIGHT = ("number", "integer")
_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?")


@dataclass(frozen=True)
class Head:
    """A column's heading; numbers stand right."""

    title: str
    right: bool = False


def show_cell(value: Any) -> str:
    """The cell's text on one line; control characters become their visible pictures, long text ends in an ellipsis."""
    text = show_line(str("" if value is None else value))
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def show_line(text: str) -> str:
    """The whole text on one line, control characters as their visible pictures."""
    text = " ".join(text.split())
    return "".join(chr(0x2400 + ord(one)) if ord(one) < 0x20 else "\u2421" if ord(one) == 0x7F else one for one in text)  # noqa: PLR2004


def table_block(caption: str, heads: Sequence[Head], rows: Sequence[Sequence[Any]], note: str = "") -> str:
    """A table in a region that scrolls sideways and takes the focus; every cell is escaped and cut to one line."""
    shown = [[show_cell(cell) for cell in row] for row in rows]
    return render_block("table.html", caption=caption, heads=heads, rows=shown, note=note)


def rows_block(caption: str, table: pa.Table, schema: Schema, note: str = "") -> str:
    """The rows of a published table under the titles of its fields; `_` columns are ours and not shown."""
    fields = [one for one in schema.fields if one.name in table.column_names]
    heads = [Head(one.title or one.name, one.type in _RIGHT) for one in fields]
    columns = [table.column(one.name).to_pylist() for one in fields]
    return table_block(caption, heads, list(zip(*columns, strict=True)), note)


def plain_block(caption: str, table: pa.Table, note: str = "") -> str:
    """The rows of a query's answer; columns of numbers stand right."""
    names = [name for name in table.column_names if name != "_row"]
    columns = [table.column(name).to_pylist() for name in names]
    heads = [Head(name, right=_are_numbers(column)) for name, column in zip(names, columns, strict=True)]
    return table_block(caption, heads, list(zip(*columns, strict=True)), note)


def _are_numbers(cells: Sequence[Any]) -> bool:
    """True for numbers, also as text; digits that begin with a zero are a code."""
    known = [str(cell) for cell in cells if cell is not None]
    return bool(known) and all(_NUMBER.fullmatch(cell) for cell in known)


def hide_marks(block: str) -> str:
    """An HTML block in which no text of a source reads as `{{ figure }}`, which a page would take for its own."""
    return block.replace("{{", "&#123;&#123;")
