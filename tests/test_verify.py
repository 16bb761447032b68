"""`verify` names the smallest wrong thing, trusts nothing it reads, and is silent when all is well."""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from hashlib import sha256
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from click.testing import CliRunner

from lamppost.cli import main
from lamppost.errors import StoreError
from lamppost.figures import compute
from lamppost.formats import parquet
from lamppost.model import FigureQuery
from lamppost.pull import Transport
from lamppost.store import commit_figure, encode_figure
from lamppost.verify import fetch_site, verify
from tests.loopback import running

QUERY = FigureQuery("energy", "Energy", "SELECT sum(energy_kwh) FROM lamps", ("lamps",), round=2)


@pytest.fixture
def place(lamps: Any) -> Path:
    """A store with three versions of two partitions, and a figure."""
    for count in (1, 2, 3):
        lamps.publish({"2026-10": lamps.rows[:1], "2026-11": lamps.rows[1:count] or [("z", "1", "1")]})
    head = lamps.store.head("lamps")
    record = compute(QUERY, lamps.store.tables([head]), {"lamps": head}, None, date(2026, 11, 22))
    assert record is not None
    commit_figure(lamps.store, record)
    root: Path = lamps.store.root
    return root


@pytest.fixture
def site(lamps: Any, place: Path, tmp_path: Path) -> Path:
    """The same as a built site, with one page."""
    site = tmp_path / "site"
    shutil.copytree(place / "datasets" / "lamps", site / "data" / "lamps")
    for seq in (1, 2, 3):
        (site / "data" / "lamps" / f"{seq}.json").rename(site / "data" / "lamps" / f"v{seq}.json")
    (site / "data" / "lamps" / "datapackage.json").write_bytes(b'{"resources": []}')
    shutil.copytree(place / "figures", site / "figures")
    text = pa.concat_tables(lamps.store.table_text(lamps.store.head("lamps"), "lights").values())
    parquet.write(text, site / "data" / "lamps" / "lights.parquet", lamps.schema())
    mark = '<data class="figure" data-figure="energy" data-version="1" value="3.88">3.88</data>'
    (site / "index.html").write_text(f"<p>We used {mark} kWh.</p>", encoding="utf-8")
    return site


def found(place: Path) -> list[str]:
    """What is wrong; most of these sites have no list of checksums, and that they lack it is a test of its own."""
    return [str(one) for one in verify(place) if "is missing; expected the list" not in one.message]


def test_nothing_is_wrong_with_what_was_just_made(place: Path, site: Path) -> None:
    assert found(place) == []
    assert found(site) == []


def test_a_flipped_bit_anywhere_in_any_object_is_found(place: Path) -> None:
    objects = sorted((place / "datasets" / "lamps" / "objects").iterdir())
    for path in objects:
        whole = path.read_bytes()
        path.write_bytes(whole[:-2] + bytes([whole[-2] ^ 1]) + whole[-1:])
        assert [line.split(": ")[0] for line in found(place)] == [f"lamps/objects/{path.name}"]
        path.write_bytes(whole)


def test_a_missing_object_is_named(place: Path) -> None:
    path = next((place / "datasets" / "lamps" / "objects").glob("*.parquet"))
    path.unlink()
    assert found(place) == [f"lamps/objects/{path.name}: is missing; expected the file that a manifest names"]


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8", newline="\n")


def test_a_changed_word_in_an_old_manifest_breaks_the_chain(place: Path) -> None:
    edit(place / "datasets" / "lamps" / "1.json", "Every lamp post.", "Every lamp.")
    (line,) = found(place)
    assert line.startswith("lamps version 2: stands on version 1 with sha256 ")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"rows": 1,', '"rows": 2,', "rows"),
        ('"bytes": ', '"bytes": 1', "is not the 1"),
        ('"partition": "2026-10"', '"partition": 5', "not a manifest"),
        ('"published": ', '"published": 7', "counts do not add up"),
        ('"path": "objects/', '"path": "../objects/', "stays beside or below|other files"),
        ('"path": "objects/', '"path": "/objects/', "stays beside or below|other files"),
    ],
)
def test_a_changed_manifest_is_found(place: Path, old: str, new: str, words: str) -> None:
    path = place / "datasets" / "lamps" / "3.json"
    head, _, tail = path.read_text(encoding="utf-8").partition('"lamppost"')
    assert old in tail
    path.write_text(head + '"lamppost"' + tail.replace(old, new, 1), encoding="utf-8", newline="\n")
    assert any(one for one in found(place) for word in words.split("|") if word in one)


def test_a_missing_version_is_found(place: Path) -> None:
    (place / "datasets" / "lamps" / "2.json").unlink()
    assert found(place) == ["lamps version 3: stands on version 2, which is not here; expected every version it needs"]


@pytest.mark.parametrize("key", ["value", "shown", "rounded"])
def test_a_changed_digit_of_a_figure_is_found(place: Path, key: str) -> None:
    path = place / "figures" / "energy" / "1.json"
    edit(path, f'"{key}": "3.8', f'"{key}": "3.9')
    (line,) = found(place)
    assert line.startswith(f"figure energy record 1: {key} is 3.9")
    assert "its query over its versions gives 3.8" in line


def test_a_hostile_query_is_harmless(lamps: Any, place: Path) -> None:
    record = replace(lamps.store.figure_head("energy"), sql="COPY lamps TO 'stolen.csv'")
    lamps.store.figure_path("energy", 1).write_bytes(encode_figure(record))
    (line,) = found(place)
    assert line.startswith("figure energy record 1: found COPY, expected one SELECT")
    assert not Path("stolen.csv").exists()


def test_a_gap_in_a_figures_records_is_found(lamps: Any, place: Path) -> None:
    commit_figure(lamps.store, replace(lamps.store.figure_head("energy"), n=3))
    assert found(place)[0] == "figure energy: has the records [1, 3]; expected all from 1 on"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (">3.88<", ">3.89<", "shows 3.89 (value 3.88) for figure energy; record 1 says 3.88"),
        ('value="3.88"', 'value="3.98"', "shows 3.88 (value 3.98) for figure energy; record 1 says 3.88"),
        ('data-version="1"', 'data-version="2"', "shows record 2 of figure energy, which is not here"),
        ('data-figure="energy"', 'data-figure="x"', "shows record 1 of figure x, which is not here"),
    ],
)
def test_a_changed_digit_on_a_page_is_found(site: Path, old: str, new: str, words: str) -> None:
    edit(site / "index.html", old, new)
    (line,) = found(site)
    assert line.startswith("index.html: " + words)


def test_a_page_that_hides_the_mark_of_simulated_data_is_found(lamps: Any, tmp_path: Path) -> None:
    head = lamps.publish(simulated=True)
    record = compute(QUERY, lamps.store.tables([head]), {"lamps": head}, None, date(2026, 11, 22))
    assert record is not None
    folder = tmp_path / "site"
    shutil.copytree(lamps.store.root / "datasets", folder / "data")
    (folder / "data" / "lamps" / "1.json").rename(folder / "data" / "lamps" / "v1.json")
    (folder / "data" / "lamps" / "datapackage.json").write_bytes(b'{"resources": []}')
    lights = folder / "data" / "lamps" / "lights.simulated.parquet"
    parquet.write(lamps.store.table_text(head, "lights")[""], lights, lamps.schema())
    (folder / "figures" / "energy").mkdir(parents=True)
    (folder / "figures" / "energy" / "1.json").write_bytes(encode_figure(record))
    (folder / "index.html").write_bytes(b'<data data-figure="energy" data-version="1" value="3.88">3.88</data>')
    assert found(folder) == ["index.html: shows figure energy without the mark of simulated data; expected the mark"]


def make_link(path: Path, target: Path) -> None:
    try:
        path.symlink_to(target)
    except OSError:
        pytest.skip("this account may make no symbolic links, as most on Windows")


def link_object(site: Path) -> None:
    path = next((site / "data" / "lamps" / "objects").glob("*.csv"))
    path.rename(site / "elsewhere.csv")
    make_link(path, site / "elsewhere.csv")


def link_manifest(site: Path) -> None:
    path = site / "data" / "lamps" / "v3.json"
    path.rename(site / "elsewhere.json")
    make_link(path, site / "elsewhere.json")


@pytest.mark.parametrize("step", [link_object, link_manifest])
def test_a_symbolic_link_is_refused(site: Path, step: Callable[[Path], None]) -> None:
    step(site)
    assert any("a symbolic link" in one for one in found(site))


def test_the_newest_files_are_what_their_package_says(site: Path) -> None:
    folder = site / "data" / "lamps"
    (folder / "lights.csv").write_bytes(b"light_id\n")
    (folder / "datapackage.json").write_bytes(
        b'{"resources": [{"name": "lights", "path": "lights.csv", "bytes": 9, "hash": "sha256:0"}]}'
    )
    assert found(site)[0].startswith("data/lamps/lights.csv: is 9 bytes with sha256 ")
    (folder / "datapackage.json").write_bytes(b'{"resources": [{"name": "lights", "path": "../../../secret"}]}')
    assert "stays beside or below" in found(site)[0]


def test_a_table_in_parts_names_those_of_the_newest_version(lamps: Any, site: Path) -> None:
    package = site / "data" / "lamps" / "datapackage.json"
    newest, older = ([one.path for one in lamps.store.read("lamps", seq).tables[0].parts] for seq in (3, 1))
    package.write_text(json.dumps({"resources": [{"name": "lights", "path": newest}]}), encoding="utf-8")
    assert not found(site)
    package.write_text(json.dumps({"resources": [{"name": "lights", "path": [*older, "x"]}]}), encoding="utf-8")
    assert found(site)[0] == "data/lamps/datapackage.json: lights: names other parts than the newest version"


def test_a_download_with_another_value_is_found(lamps: Any, site: Path) -> None:
    path = site / "data" / "lamps" / "lights.parquet"
    parquet.write(lamps.table(lamps.rows[:2]), path, lamps.schema())
    assert found(site)[0].startswith("data/lamps/lights.parquet: does not hold version 3")
    path.unlink()
    assert found(site)[0].startswith("data/lamps/lights.parquet: is missing")


def list_sums(site: Path) -> None:
    """What `build` leaves: a checksum of every file, as coreutils writes it."""
    files = sorted(path for path in site.rglob("*") if path.is_file() and path.name != "SHA256SUMS")
    lines = [f"{sha256(path.read_bytes()).hexdigest()}  {path.relative_to(site).as_posix()}\n" for path in files]
    (site / "SHA256SUMS").write_text("".join(lines), encoding="utf-8", newline="\n")


def test_a_changed_word_of_prose_is_found_by_its_checksum(site: Path) -> None:
    list_sums(site)
    assert found(site) == []
    edit(site / "index.html", "We used", "They used")
    (line,) = found(site)
    assert line.startswith("index.html: has sha256 ")


def test_a_damaged_object_is_told_once_though_it_is_in_the_list_too(site: Path) -> None:
    list_sums(site)
    path = next((site / "data" / "lamps" / "objects").glob("*.csv"))
    path.write_bytes(b"")
    assert [line.split(": ")[0] for line in found(site)] == [f"lamps/objects/{path.name}"]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("  index.html", " index.html", "SHA256SUMS: line "),
        ("  index.html", "  index.htm", "index.htm: is missing; SHA256SUMS lists it"),
        ("  index.html", "  ../../secret", "'../../secret': a path in a manifest"),
    ],
)
def test_a_changed_list_of_checksums_is_found(site: Path, old: str, new: str, words: str) -> None:
    list_sums(site)
    edit(site / "SHA256SUMS", old, new)
    assert any(words in line for line in found(site))


def test_a_site_without_its_list_of_checksums_or_with_more_than_it_lists_is_found(site: Path) -> None:
    assert [one.place for one in verify(site)] == ["SHA256SUMS"]
    list_sums(site)
    (site / "planted.html").write_bytes(b"<p>This is not ours.</p>")
    assert [one.place for one in verify(site)] == ["planted.html"]
    (site / "planted.html").unlink()
    whole = (site / "SHA256SUMS").read_bytes()
    (site / "SHA256SUMS").write_bytes(whole[:-1])
    assert [one.place for one in verify(site)] == ["SHA256SUMS"]


def test_an_older_record_is_computed_again_too(lamps: Any, place: Path) -> None:
    record = lamps.store.figure_head("energy")
    commit_figure(lamps.store, replace(record, n=2))
    lamps.store.figure_path("energy", 1).write_bytes(encode_figure(replace(record, value="9")))
    assert found(place) == ["figure energy record 1: value is 9; its query over its versions gives 3.875"]


def test_a_figure_may_only_be_hidden_where_a_version_is_redacted(lamps: Any, place: Path) -> None:
    record = replace(lamps.store.figure_head("energy"), value="", rounded="", shown="(redacted)", redacted="2026-11-22")
    lamps.store.figure_path("energy", 1).write_bytes(encode_figure(record))
    assert found(place) == ["figure energy record 1: value is ; its query over its versions gives 3.875"]


@pytest.mark.parametrize("digits", [10**9, -(10**9)])
def test_a_record_that_no_arithmetic_can_hold_is_a_finding(lamps: Any, place: Path, digits: int) -> None:
    record = replace(lamps.store.figure_head("energy"), round=digits)
    lamps.store.figure_path("energy", 1).write_bytes(encode_figure(record))
    assert found(place)[0].startswith("figure energy record 1: cannot be read: InvalidOperation")


def test_words_of_a_hostile_site_move_no_cursor(site: Path) -> None:
    edit(site / "index.html", 'data-figure="energy"', 'data-figure="\x1b[2J"')
    assert "figure \\x1b[2J" in found(site)[0]


def test_a_page_of_a_million_open_elements_takes_no_time(site: Path) -> None:
    (site / "index.html").write_text('<!--<data data-figure="energy" ' * 20_000, encoding="utf-8")
    assert len(found(site)) == 100, "after so many the page is plainly not ours"


@pytest.fixture
def address(site: Path) -> Iterator[str]:
    """The site as a server publishes it, below a path."""

    class Handler(SimpleHTTPRequestHandler):
        def __init__(self, *words: Any) -> None:
            super().__init__(*words, directory=str(site.parent))

        def log_message(self, *_: object) -> None:
            """Keep the test's output clean."""

    with running(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as server:
        yield f"http://127.0.0.1:{server.server_port}/site/"


def test_a_published_site_is_fetched_and_one_changed_digit_found(site: Path, address: str) -> None:
    list_sums(site)
    result = CliRunner().invoke(main, ["verify", address])
    assert (result.exit_code, "every byte and every figure is what it says." in result.output) == (0, True)
    edit(site / "index.html", ">3.88<", ">3.98<")
    result = CliRunner().invoke(main, ["verify", address])
    assert (result.exit_code, "index.html: shows 3.98 (value 3.88)" in result.output) == (1, True)
    (site / "index.html").unlink()
    assert "index.html: is missing; SHA256SUMS lists it" in CliRunner().invoke(main, ["verify", address]).output


def test_a_published_site_is_fetched_within_bounds(site: Path, address: str, tmp_path: Path) -> None:
    list_sums(site)
    (tmp_path / "here").mkdir()
    transport = Transport(allow={"127.0.0.1"})
    with pytest.raises(StoreError, match="more than 0 MB; copy it to this machine"):
        fetch_site(address, tmp_path / "here", transport, most=1_000)
    (site / "SHA256SUMS").write_text(f"{'0' * 64}  ../../stolen\n")
    with pytest.raises(StoreError, match="stays beside or below"):
        fetch_site(address, tmp_path / "here", transport)


def test_a_folder_that_is_not_there_is_misuse() -> None:
    assert CliRunner().invoke(main, ["verify", "no-such-folder"]).exit_code == 2


def test_an_empty_folder_is_no_site(tmp_path: Path) -> None:
    assert "no dataset in it" in found(tmp_path)[0]


def test_a_version_that_was_thinned_needs_one_that_answers_for_it(lamps: Any, place: Path) -> None:
    head = {one.path for one in lamps.store.head("lamps").tables[0].parts}
    first = next(one.path for one in lamps.store.read("lamps", 1).tables[0].parts if one.path not in head)
    lamps.store.path("lamps", first).unlink()
    assert found(place) == [f"lamps/{first}: is missing; expected the file that a manifest names"]
    mark = place / "datasets" / "lamps" / "1.thinned.json"
    mark.write_text('{"format": 1, "answered_by": 3}')
    assert found(place) == []
    mark.write_text('{"format": 1, "answered_by": 9}')
    assert "lamps version 1: was thinned; version 9, which answers for it, is not here" in found(place)
