"""Runs a city's `transform(table: pandas.DataFrame)` on one pull: text in, text out, every row keeps its number.

The index carries `_row`, so rows may be dropped (they count as filtered) and cells changed, but rows cannot be made,
doubled or merged without it showing.
"""

import traceback
from collections import Counter
from collections.abc import Callable
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from lamppost.errors import RefusedError
from lamppost.table.read import ROW

if TYPE_CHECKING:
    import pandas as pd


class _Loader(SourceFileLoader):
    """Reads the source each time and leaves no `__pycache__` in the city's folder."""

    def path_stats(self, path: Any) -> Any:
        raise OSError(f"no compiled form of {path} is wanted")


def transform(table: pa.Table, path: Path) -> tuple[pa.Table, int]:
    """The transformed rows in the pull's order, and how many were filtered out.

    The frame has text cells (None = missing) and the rows' numbers as index named `_row`. RefusedError when the file
    fails, when a row number is new or occurs twice, or when a cell is neither text nor missing.
    """
    place = f"{path.parent.name}/{path.name}"
    function = _load(path, place)
    names = [name for name in table.column_names if name != ROW]
    try:
        result = function(_make_frame(table, names))
    except (Exception, SystemExit) as error:  # the city's code may raise anything
        raise RefusedError(_explain(error, path, place)) from error
    rows = _check_index(result, set(table.column(ROW).to_pylist()), place)
    order = sorted(range(len(rows)), key=rows.__getitem__)
    columns = {name: _read_column(result, name, order, place) for name in _check_names(result, place)}
    made = pa.table({**columns, ROW: pa.array([rows[index] for index in order], pa.int64())})
    return made.replace_schema_metadata(table.schema.metadata), table.num_rows - len(rows)


def _load(path: Path, place: str) -> Callable[["pd.DataFrame"], Any]:
    """The function `transform` of the file, which never becomes an importable module."""
    loader = _Loader("city_transform", str(path))
    spec = spec_from_loader("city_transform", loader)
    assert spec is not None
    module = module_from_spec(spec)
    try:
        loader.exec_module(module)
    except (Exception, SystemExit) as error:
        raise RefusedError(_explain(error, path, place)) from error
    function: Callable[[pd.DataFrame], Any] | None = getattr(module, "transform", None)
    if not callable(function):
        raise RefusedError(f"{place}: found no function `transform`, expected `def transform(table)`; write one")
    return function


def _make_frame(table: pa.Table, names: list[str]) -> "pd.DataFrame":
    import pandas as pd  # noqa: PLC0415 - half a second that only datasets with a transform pay

    index = pd.Index(table.column(ROW).to_pylist(), name=ROW, dtype="int64")
    return pd.DataFrame({name: pd.Series(table.column(name).to_pylist(), index, dtype=object) for name in names}, index)


def _explain(error: BaseException, path: Path, place: str) -> str:
    """Type and line, not the error's own words: they may hold a cell of a field that is not published."""
    frames = [one for one in traceback.extract_tb(error.__traceback__) if one.filename == str(path)]
    line = error.lineno if isinstance(error, SyntaxError) else frames[-1].lineno if frames else None
    where = f"{place}:{line}" if line else place
    return (
        f"{where}: the transform failed with {type(error).__name__}, expected a table; correct the file and run again"
    )


def _check_index(result: Any, known: set[int], place: str) -> list[int]:
    if not hasattr(result, "columns") or not hasattr(result, "index"):
        raise RefusedError(f"{place}: found a {type(result).__name__}, expected the table; return the DataFrame")
    rows = list(result.index)
    if len(set(rows)) != len(rows):
        twice, _count = Counter(rows).most_common(1)[0]
        raise RefusedError(
            f"{place}: row {twice} came back more than once, expected each row at most once; "
            "several rows out of one cannot be followed back to the source"
        )
    new = [row for row in rows if row not in known]
    if new:
        raise RefusedError(
            f"{place}: {len(new)} rows came back under a number that went in with none (first: {str(new[0])[:40]!r}), "
            "expected the index as it was; leave out reset_index and set_index; several rows into one is a `derive:`"
        )
    return [int(row) for row in rows]


def _check_names(result: Any, place: str) -> list[str]:
    names = list(result.columns)
    if len(set(names)) != len(names) or not all(isinstance(name, str) and name != ROW for name in names):
        raise RefusedError(f"{place}: found the columns {names}, expected different names, all of them text")
    return names


def _read_column(result: Any, name: str, order: list[int], place: str) -> pa.Array:
    cells, missing = result[name].tolist(), result[name].isna().tolist()
    for cell, absent in zip(cells, missing, strict=True):
        if not absent and not isinstance(cell, str):
            raise RefusedError(
                f"{place}: the column `{name}` came back with a {type(cell).__name__}, expected text; "
                f'write it the way it shall be published, such as table["{name}"].map("{{:.3f}}".format)'
            )
    return pa.array([None if missing[index] else cells[index] for index in order], pa.string())
