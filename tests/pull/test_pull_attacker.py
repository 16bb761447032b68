"""Servers that nobody has seen: each oddity is read right, refused, or held unproven, and none makes fewer rows."""

import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest

from lamppost.errors import PullError, RefusedError
from lamppost.model import FieldSource, Pull, Receipt, Snapshot
from lamppost.table.read import read

Run = Callable[..., tuple[Snapshot, Receipt]]
ROWS = [{"id": f"r{number}", "n": number} for number in range(12)]


def ask(source: Any, **more: Any) -> dict[str, Any]:
    return {"url": source.url + "/a", "records": "rows", **more}


def test_a_next_link_whose_host_has_other_capitals_stays_at_home(source: Any, pull: Run) -> None:
    second = source.url.replace("127.0.0.1", "LocalHost") + "/a?page=2"
    source.routes["/a"] = lambda query: {"rows": ROWS[6:]} if "page" in query else {"rows": ROWS[:6], "next": second}
    options = ask(source, paging={"by": "next_link", "path": "next"}, allow=["localhost"])
    options["url"] = options["url"].replace("127.0.0.1", "localhost")
    assert pull(options)[1].received == 12


@pytest.mark.parametrize(
    "link",
    [
        "http://127.0.0.1.evil.example/a",
        "//evil.example/a",
        "http://127.0.0.1@evil.example/",
    ],
)
def test_a_next_link_that_only_looks_like_home_is_refused(source: Any, pull: Run, link: str) -> None:
    source.routes["/a"] = lambda _query: {"rows": ROWS, "next": link}
    with pytest.raises(PullError):
        pull(ask(source, paging={"by": "next_link", "path": "next"}))
    assert len(source.asked) == 1


@pytest.mark.parametrize("link", ["\\\\evil.example/a", "http:/\\evil.example/a"])
def test_a_next_link_with_backslashes_is_a_path_at_home(source: Any, pull: Run, link: str) -> None:
    source.routes["/a"] = lambda _query: {"rows": ROWS, "next": link}
    with pytest.raises(PullError):
        pull(ask(source, paging={"by": "next_link", "path": "next"}))
    assert {f"http://{headers['host']}" for _path, _query, headers in source.asked} == {source.url}


@pytest.mark.parametrize(
    ("total", "verdict"),
    [("12", "complete"), (12, "complete"), ("0", "failed"), (0, "failed"), (13, "failed"), ("00012", "complete")],
)
def test_a_count_may_be_a_text_and_is_believed_to_the_last(source: Any, pull: Run, total: Any, verdict: str) -> None:
    source.routes["/a"] = lambda _query: {"rows": ROWS, "total": total}
    assert pull(ask(source, count="total"))[1].verdict == verdict


@pytest.mark.parametrize(
    "encode", [lambda text: b"\xef\xbb\xbf" + text.encode(), lambda text: b"\n\t " + text.encode()]
)
def test_json_behind_a_byte_order_mark_is_whole(source: Any, pull: Run, encode: Callable[[str], bytes]) -> None:
    source.routes["/a"] = lambda _query: (200, {}, encode(json.dumps({"rows": ROWS})))
    snapshot, receipt = pull(ask(source))
    assert (receipt.verdict, receipt.received) == ("complete", 12)
    assert read(snapshot, Pull("http", {}, {})).num_rows == 12


def test_gzip_inside_of_gzip_is_no_json(source: Any, pull: Run) -> None:
    twice = gzip.compress(gzip.compress(json.dumps({"rows": ROWS}).encode()))
    source.routes["/a"] = lambda _query: (200, {"Content-Encoding": "gzip", "Content-Length": str(len(twice))}, twice)
    with pytest.raises(PullError, match="a gzip file"):
        pull(ask(source))


@pytest.mark.parametrize("more", [1, 10**9, 10**30])
def test_a_length_that_is_too_large_is_half_an_answer(source: Any, pull: Run, more: int) -> None:
    body = json.dumps({"rows": ROWS}).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body) + more}\r\n\r\n".encode()
    source.routes["/a"] = lambda _query: iter([head, body])
    with pytest.raises(PullError, match=r"half an answer|bytes came|more than 100,000 bytes"):
        pull(ask(source))


@pytest.mark.parametrize("missing", [(404, {}, b"{}"), (200, {}, b'{"rows": []}'), (204, {"Content-Length": "0"}, b"")])
def test_fault_missing_page(source: Any, pull: Run, missing: Any) -> None:
    pages = {"1": {"rows": ROWS[:4]}, "2": missing, "3": {"rows": ROWS[8:]}, "0": (404, {}, b"{}")}
    source.routes["/a"] = lambda query: pages.get(query["page"], {"rows": []})
    with pytest.raises(PullError):
        pull(ask(source, paging={"by": "page", "param": "page"}))


def test_fault_page_size_change_in_mid_pagination(source: Any, pull: Run) -> None:
    def answer(query: Any) -> Any:
        start = int(query["skip"])
        return {"rows": ROWS[start : start + (5 if start == 0 else 2)]}

    source.routes["/a"] = answer
    _, receipt = pull(ask(source, paging={"by": "offset", "param": "skip", "limit": "limit", "size": 5}))
    assert (receipt.received, receipt.distinct) == (12, 12)


@pytest.mark.parametrize("tokens", [{"": "a", "a": "a"}, {"": "a", "a": "b", "b": "a"}])
def test_fault_cursor_loop(source: Any, pull: Run, tokens: dict[str, str]) -> None:
    source.routes["/a"] = lambda query: {
        "rows": [{"id": f"{len(source.asked)}"}], "token": tokens[query.get("after", "")]
    }  # fmt: skip
    with pytest.raises(PullError, match="leads back to one already read"):
        pull(ask(source, paging={"by": "cursor", "param": "after", "path": "token"}))


def test_fault_schema_change_between_pages_of_a_csv(source: Any, pull: Run) -> None:
    pages = {"0": b"id,n\n1,2\n", "1": b"id,m\n2,3\n"}
    source.routes["/a"] = lambda query: (200, {"Content-Type": "text/csv"}, pages.get(query["page"], b"id,n\n"))
    paging = {"by": "page", "param": "page", "first": 0}
    snapshot, _ = pull({"url": source.url + "/a", "format": "csv", "paging": paging})
    with pytest.raises(RefusedError, match="all pages of a pull need the same columns"):
        read(snapshot, Pull("http", {}, {}))


def test_fault_source_that_travels_back_in_time_does_not_move_the_cursor_back(source: Any, pull: Run) -> None:
    source.routes["/a"] = lambda _query: {"rows": [{"id": "1", "at": "2026-01-01T00:00:00Z"}]}
    fields = {"id": FieldSource("id"), "at": FieldSource("at")}
    _, receipt = pull(ask(source), fields=fields, cursor="2026-11-01T00:00:00Z", cursor_field="at")
    assert receipt.cursor_after == "2026-11-01T00:00:00Z"
