"""What no source should do and some do: times beyond all time, pages in place of documents, and our own faults."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from lamppost.errors import LamppostError, PullError
from lamppost.pull.glance import Lens
from lamppost.pull.poll.memory import is_whole, renew
from lamppost.pull.window import Grid, parse_instant, split_windows

Run = Callable[..., Any]
NOW = datetime(2026, 11, 22, 17, 20, tzinfo=UTC)
ROWS = [{"id": f"SL-{number}"} for number in range(20)]
POLL = {"format": "json", "records": "rows"}


@pytest.mark.parametrize("text", ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00"])
def test_a_time_beyond_all_time_is_none(source: Any, pull: Run, text: str) -> None:
    source.routes["/a"] = lambda _query: [{"id": "1", "at": text}]
    _snapshot, receipt = pull({"url": source.url + "/a"}, cursor_field="at")
    assert (parse_instant(text), receipt.cursor_after) == (None, None)


def test_a_cursor_at_the_beginning_of_time_can_be_stepped_back_from() -> None:
    windows = split_windows(NOW, Grid(align="day"), cursor="0001-01-01", lookback=timedelta(days=3))
    assert windows
    assert windows[0].names()["since"] == "0002-01-01T00:00:00Z"


def test_a_clock_that_stood_at_1970_does_not_become_half_a_million_questions() -> None:
    with pytest.raises(
        PullError, match=r"498,\d\d\d windows since 1970-01-01T00:00:00Z · expected no more than 20,000"
    ):
        split_windows(NOW, Grid(size=timedelta(hours=1)), cursor="1970-01-01", lookback=None)


def test_a_database_whose_newest_row_is_of_the_first_day_of_all_is_read_whole(pull: Run, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/a.db"
    with sa.create_engine(url).begin() as database:
        database.execute(sa.text("CREATE TABLE lights (id TEXT, at TEXT)"))
        database.execute(sa.text("INSERT INTO lights VALUES ('1', '0001-01-01')"))
    options = {"url": url, "table": "lights"}
    taken = pull(options, "sql", cursor="0001-01-01", cursor_field="at", lookback=timedelta(days=1))
    assert (taken[1].received, taken[1].verdict) == (1, "complete")


@pytest.mark.parametrize(
    ("headers", "around", "word"),
    [
        ({}, {"next": "/a?page=2"}, "`next`"), ({}, {"total": 500}, "`total` says 500"),
        ({}, {"errors": ["x"]}, "`errors`"),
        ({"Link": "</a?page=2>; rel=next"}, {}, "`Link: rel=next`"),
    ],
)  # fmt: skip
def test_a_page_that_is_polled_as_a_document_is_a_doubt(
    source: Any, pull: Run, headers: Any, around: Any, word: str
) -> None:
    source.routes["/a"] = lambda _query: (200, headers, json.dumps({"rows": ROWS, **around}).encode())
    _snapshot, receipt = pull({"url": source.url + "/a", **POLL}, "poll")
    assert (receipt.verdict, word in receipt.reason) == ("unproven", True)


def test_a_ttl_in_digits_of_another_kind_is_none(source: Any, pull: Run) -> None:
    source.routes["/a"] = lambda _query: {"rows": ROWS, "ttl": "²"}
    snapshot, _receipt = pull({"url": source.url + "/a", **POLL, "ttl": "ttl"}, "poll")
    assert snapshot.memory["expires"] == ""


def test_a_fault_of_our_own_names_its_line_and_nothing_that_came(pull: Run) -> None:
    with pytest.raises(
        LamppostError, match=r"lights: KeyError in take\.py, line \d+; this is a fault of lamppost"
    ) as told:
        pull({"url": "https://example.org/?key=abcdef"}, "no such adapter")
    assert "abcdef" not in str(told.value)


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"[" + b"{}," * 4_000_000 + b"{}]", "more than 4,000,000 records"),
        (b'{"rows":[],"more":"' + b"x" * 9_000_000 + b'"}', "more than 8,388,608 bytes beside its records"),
        (b"\xef\xbb\xbf[" + b"1," * 6_000_001 + b"1]", "more than 2,500,000 values"),
        (b"a,b\n" + b"1\n" * 6_000_001, "more than 6,000,000 records"),
        (b"a," * 600_000, "a first line of more than 1,048,576 bytes"),
    ],
    ids=["objects", "around", "values", "lines", "columns"],
)
def test_few_bytes_do_not_become_very_many_values(body: bytes, found: str) -> None:
    with pytest.raises(PullError, match=f"{found}.* · expected .* · (ask for smaller pages|check the address)"):
        Lens("rows" if b"rows" in body else "", "csv" if body.startswith(b"a,") else "json").look(
            body, "https://example.org/a", lambda _root: None
        )


def test_a_memory_that_somebody_wrote_into_is_a_memory_of_nothing() -> None:
    assert not is_whole({"rows": "²"})
    assert renew({"rows": "5", "ttl": "9" * 30}, NOW)["expires"] == ""


@pytest.mark.parametrize("host", ["169.254.169.254", "[::ffff:169.254.169.254]", "100.100.100.200"])
def test_nobody_is_told_to_allow_a_clouds_own_address(source: Any, pull: Run, host: str) -> None:
    source.routes["/a"] = lambda _query: (302, {"Location": f"http://{host}/latest"}, b"")
    with pytest.raises(PullError, match="ask the source's operator why it leads to") as told:
        pull({"url": source.url + "/a"})
    assert "allow:" not in str(told.value)
