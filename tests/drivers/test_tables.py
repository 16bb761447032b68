"""Large tables lie in files while a site is built: what is made of them is what is made of tables in memory."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from lamppost.build.downloads import newest_files
from lamppost.build.tables import Rows, Shelf
from lamppost.errors import StoreError
from lamppost.formats.filed import FiledTable
from lamppost.model import Version
from lamppost.query import answer
from tests.conftest import Lamps

PARTS = {f"2026-{month:02d}": [(f"l{month}{n}", str(n * month), f"{n}.25") for n in range(9)] for month in (9, 10, 11)}


@pytest.fixture
def version(lamps: Lamps) -> Version:
    made = lamps.publish(PARTS)
    return replace(made, tables=tuple(replace(one, formats=("csv", "parquet", "json")) for one in made.tables))


def make(lamps: Lamps, version: Version, folder: Path, large: int) -> Mapping[str, bytes]:
    shelf = Shelf(lamps.store, folder / "typed", large)
    _, linked = newest_files(shelf, version, folder / "data", "https://lampton.example/", lamps.dataset())
    return {path: file.read_bytes() for path, file in linked.items()}


def test_the_files_that_people_take_are_the_same_bytes(lamps: Lamps, version: Version, tmp_path: Path) -> None:
    assert make(lamps, version, tmp_path / "a", 1) == make(lamps, version, tmp_path / "b", 1_000)
    assert list((tmp_path / "a/typed").iterdir())
    assert not (tmp_path / "b/typed").exists()


def test_a_query_gives_the_same_and_a_file_is_made_once(lamps: Lamps, version: Version, tmp_path: Path) -> None:
    sql = "SELECT sum(watts_w), avg(energy_kwh), min(light_id) FROM lamps"
    filed, held = (Shelf(lamps.store, tmp_path / "typed", large).tables([version]) for large in (1, 1_000))
    assert isinstance(filed["lamps"], FiledTable)
    assert answer(sql, filed).equals(answer(sql, held))
    (file,) = (tmp_path / "typed").iterdir()
    before = file.stat().st_mtime_ns
    Shelf(lamps.store, tmp_path / "typed", 1).tables([version])
    assert file.stat().st_mtime_ns == before


def test_a_file_that_no_build_asks_for_goes(lamps: Lamps, version: Version, tmp_path: Path) -> None:
    Shelf(lamps.store, tmp_path / "typed", 1).tables([version])
    Shelf(lamps.store, tmp_path / "typed", 1).forget()
    assert list((tmp_path / "typed").iterdir()) == []


def test_a_part_that_is_not_what_was_published_is_found_though_the_file_was_made(
    lamps: Lamps, version: Version, tmp_path: Path
) -> None:
    Shelf(lamps.store, tmp_path / "typed", 1).tables([version])
    part = version.tables[0].parts[1]
    lamps.store.path("lamps", part.path).write_bytes(b"light_id,watts_w,energy_kwh\nx,1,1\n")
    with pytest.raises(StoreError, match=f"{part.path} has sha256 .*, expected {part.hash}; restore it, or roll back"):
        Shelf(lamps.store, tmp_path / "typed", 1).tables([version])
    lamps.store.path("lamps", part.path).unlink()
    with pytest.raises(StoreError, match="has sha256 no file"):
        Shelf(lamps.store, tmp_path / "typed", 1).tables([version])


def test_the_first_rows_are_those_of_the_newest_part(lamps: Lamps, version: Version) -> None:
    table = version.tables[0]
    assert Rows(lamps.store, version, table, table.parts[-1:]).first(2).column(0).to_pylist() == ["l110", "l111"]
    assert Rows(lamps.store, version, table, ()).first(2).num_rows == 0
