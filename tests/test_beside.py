"""A city's code in a process of its own: what it gives is what it gives here, and nothing it does reaches us."""

from pathlib import Path

import pyarrow as pa
import pytest

from lamppost.beside import transform_beside
from lamppost.errors import RefusedError
from lamppost.table.read import ABSENT_KEY
from lamppost.table.transform import transform

TABLE = pa.table({"id": ["a", "b", "é,\n"], "n": ["1", None, ""], "_row": pa.array([1, 2, 3])})


def write(folder: Path, body: str, above: str = "") -> Path:
    path = folder / "wells" / "transform.py"
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"{above}\ndef transform(table):\n    {body}\n", encoding="utf-8")
    return path


def test_it_gives_what_it_gives_in_our_own_process(tmp_path: Path) -> None:
    path = write(tmp_path, "return table[table['id'] != 'b'].assign(more='x')")
    table = TABLE.replace_schema_metadata({ABSENT_KEY: b"n"})
    made, filtered = transform_beside(table, path)
    assert (made, filtered) == transform(table, path)
    assert (made.num_rows, filtered, made.schema.metadata) == (2, 1, {ABSENT_KEY: b"n"})


def test_what_one_file_sets_does_not_reach_the_next(tmp_path: Path) -> None:
    transform_beside(TABLE, write(tmp_path, "return table", "import builtins\nbuiltins.left = 'x'"))
    with pytest.raises(RefusedError, match="NameError"):
        transform_beside(TABLE, write(tmp_path, "return table.assign(n=left)"))


def test_a_file_beside_the_city_cannot_stand_in_for_a_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pandas.py").write_text("raise SystemExit", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert transform_beside(TABLE, write(tmp_path, "return table"))[1] == 0


def test_a_refusal_comes_through_in_its_own_words(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match=r"^wells/transform.py: row 1 came back more than once"):
        transform_beside(TABLE, write(tmp_path, "return table.loc[[1, 1]]"))


def test_one_that_hangs_is_ended(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match=r"wells/transform.py: the transform was not done after 0.2 seconds"):
        transform_beside(TABLE, write(tmp_path, "while True: pass"), 0.2)
