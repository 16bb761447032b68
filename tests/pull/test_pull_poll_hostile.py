"""Adapter poll against the corpus of hostile files: each is refused or read whole, never cut, never with a traceback.

`expected` is what the corpus' own manifest asks of pull and read; what it asks of validation, of the page or of gates
(`ragged` rows, a shrunken table, geometry) is tested there.
"""

import gzip
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from lamppost.errors import PullError, RefusedError
from lamppost.model import Pull
from lamppost.pull import Transport
from lamppost.table.read import read

Run = Callable[..., Any]
SHARED = Path(__file__).parents[2].parent / "shared" / "attacks" / "files"
CLOSING = b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nConnection: close\r\n\r\n"
ERRORS = {"fail_when": ["error", "message"]}

READ: Mapping[str, tuple[int, Mapping[str, Any]]] = {
    "ok.csv": (3, {}),
    "bom.csv": (3, {}),
    "col-renamed.csv": (1, {}),
    "col-reordered.csv": (1, {}),
    "cp1252-smart.csv": (1, {"encoding": "cp1252"}),
    "dup-rows.csv": (5, {}),
    "formula.csv": (4, {}),
    "half-rows.csv": (1, {}),
    "latin1.csv": (1, {"encoding": "latin-1"}),
    "long-cell.csv": (1, {}),
    "mixed-eol.csv": (2, {}),
    "multiline-cell.csv": (2, {}),
    "polyglot.html.csv": (1, {}),
    "semicolon.csv": (3, {"dialect": {"delimiter": ";"}}),
    "shuffled.csv": (3, {}),
    "type-drift.csv": (3, {}),
    "bigint.json": (2, {}),
    "proto.json": (1, {}),
    "geo-bad.geojson": (5, {}),
}
"""What comes through: its rows, and what the descriptor says of it."""
REFUSED: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "error-200.json": ("an error as its answer|error", ERRORS),
    "error-200-socrata.json": ("an error as its answer|error", ERRORS),
    "html-200-instead-of.csv": ("a page of HTML", {}),
    "cut-mid-utf8.csv": (r"byte 1\d .*is not utf-8", {}),
    "empty.csv": ("an empty body", {}),
    "cut.json": (r"no JSON|line 1, column \d+", {}),
    "deep.json": ("nested too deep", {}),
    "dup-keys.json": ("more than once", {}),
    "nan.json": ("no JSON|not JSON|column", {}),
    "wide.csv": ("columns, expected at most 1,000", {}),
    "ragged.csv": ("2 of 3 rows", {}),
    "col-dup.csv": ("names `.*` more than once", {}),
    "mixed-encoding.csv": ("is not utf-8", {}),
    "truncated.csv.gz": ("a gzip file", {"format": "csv"}),
    "trailing-garbage.csv.gz": ("a gzip file", {"format": "csv"}),
    "xxe.kml": ("a document type", {"format": "xml", "records": "kml.Placemark"}),
    "xxe-oob.xml": ("a document type", {"format": "xml", "records": "r.a"}),
    "svg-script.svg": ("expected the records|image", {"format": "xml", "records": "kml.Placemark"}),
    "zip-slip.zip": ("a path inside the archive", {"format": "csv", "member": "*.csv"}),
    "zip-dup-names.zip": ("differ on every system", {"format": "csv", "member": "a.csv"}),
    "zip-many.zip": ("600 members", {"format": "csv", "member": "1.csv"}),
    "tar-slip.tar": ("expected ZIP|no ZIP archive|something else", {"format": "csv", "member": "*"}),
    "billion-laughs.xlsx": ("found no member", {"format": "csv", "member": "*.csv"}),
    "png-60000x60000.png": ("an image", {"format": "csv"}),
}
"""What does not: a word of why, and what the descriptor says of it."""
TYPES = {".csv": "text/csv", ".json": "application/json", ".geojson": "application/geo+json", ".svg": "image/svg+xml"}
pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="the folder ../shared with attacks is not here")


@pytest.fixture
def transport() -> Iterator[Transport]:
    """As the others', with room for the biggest file of the corpus."""
    made = Transport(
        allow={"127.0.0.1"}, deadline=0.6, silence=0.4, attempts=2, sleep=lambda _seconds: None, max_bytes=150_000
    )
    yield made
    made.close()


def ask(source: Any, pull: Run, name: str, options: Mapping[str, Any], *, closing: bool = False) -> Any:
    """Pulls the file and reads it: the rows that a version would be made of, and the receipt."""
    body = (SHARED / name).read_bytes()
    kind = TYPES.get(Path(name).suffix, "application/octet-stream")
    source.routes["/a"] = lambda _query: iter([CLOSING, body]) if closing else (200, {"Content-Type": kind}, body)
    snapshot, receipt = pull({"url": source.url + "/a", "format": Path(name).suffix[1:], **options}, "poll")
    return read(snapshot, Pull("poll", {}, {})), receipt


@pytest.mark.parametrize("name", READ)
def test_what_is_whole_is_read_row_for_row(source: Any, pull: Run, name: str) -> None:
    rows, options = READ[name]
    table, receipt = ask(source, pull, name, options)
    assert (table.num_rows, receipt.received, receipt.verdict) == (rows, rows, "complete")


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_is_refused_with_a_reason(source: Any, pull: Run, name: str) -> None:
    message, options = REFUSED[name]
    with pytest.raises((PullError, RefusedError), match=message):
        ask(source, pull, name, options)


@pytest.mark.parametrize("name", [one for one in READ if one.endswith(".csv")])
def test_a_csv_that_may_have_been_cut_is_never_proven(source: Any, pull: Run, name: str) -> None:
    assert ask(source, pull, name, READ[name][1], closing=True)[1].verdict == "unproven"


@pytest.mark.parametrize("name", REFUSED)
def test_a_connection_that_just_closes_makes_nothing_better(source: Any, pull: Run, name: str) -> None:
    with pytest.raises((PullError, RefusedError)):
        ask(source, pull, name, REFUSED[name][1], closing=True)


def test_a_number_keeps_every_digit(source: Any, pull: Run) -> None:
    table, _receipt = ask(source, pull, "bigint.json", {})
    assert table["id"].to_pylist() == ["9007199254740993", "1e400"]


def test_a_byte_order_mark_is_no_part_of_the_first_column(source: Any, pull: Run) -> None:
    assert ask(source, pull, "bom.csv", {})[0].column_names[0] == "id"


@pytest.mark.parametrize("name", ["truncated.csv.gz", "trailing-garbage.csv.gz"])
def test_a_broken_gzip_transfer_is_refused(source: Any, pull: Run, name: str) -> None:
    body = (SHARED / name).read_bytes()
    source.routes["/a"] = lambda _query: (200, {"Content-Type": "text/csv", "Content-Encoding": "gzip"}, body)
    with pytest.raises(PullError):
        pull({"url": source.url + "/a", "format": "csv"}, "poll")


@pytest.mark.parametrize("name", ["redirect-loop.txt", "redirect-file.txt", "304-no-cache.txt", "retry-after-huge.txt"])
def test_scripted_answers_end_in_a_reason(source: Any, pull: Run, name: str) -> None:
    raw = (SHARED / name).read_bytes().replace(b"/loop", b"/a")
    source.routes["/a"] = lambda _query: iter([raw])
    with pytest.raises(PullError):
        pull({"url": source.url + "/a", "format": "csv"}, "poll")


def test_a_gzip_bomb_ends_at_the_cap(source: Any, transport: Transport, pull: Run) -> None:
    body = gzip.compress(b"id\n" + b"1\n" * transport.limits.max_bytes)
    source.routes["/a"] = lambda _query: (200, {"Content-Encoding": "gzip"}, body)
    with pytest.raises(PullError, match="more than 150,000 bytes"):
        pull({"url": source.url + "/a", "format": "csv"}, "poll")


def test_an_endless_answer_ends_at_the_cap(source: Any, pull: Run) -> None:
    def flow() -> Iterator[bytes]:
        yield CLOSING
        while True:
            yield b"1,a,1\n" * 1000

    source.routes["/a"] = lambda _query: flow()
    with pytest.raises(PullError, match="more than 150,000 bytes"):
        pull({"url": source.url + "/a", "format": "csv"}, "poll")


def test_every_file_of_the_corpus_has_an_expectation_here_or_where_it_belongs() -> None:
    elsewhere = {"far-cell.xlsx", "xxe.xlsx", "hidden-sheet.xlsx", "etag-lies.txt", "set-cookie-date.txt"}
    elsewhere |= {"redirect-loop.txt", "redirect-file.txt", "304-no-cache.txt", "retry-after-huge.txt"}
    pictures = {one.name for one in SHARED.glob("*.svg")}
    assert {one.name for one in SHARED.iterdir()} == set(READ) | set(REFUSED) | elsewhere | pictures
