"""Lists that look whole and are not: none of them is called complete, and the receipt says what to do."""

from collections.abc import Callable
from typing import Any

import pytest

from lamppost.errors import PullError
from lamppost.model import Receipt, Snapshot

Run = Callable[..., tuple[Snapshot, Receipt]]
ROWS = [{"id": f"r{number}"} for number in range(2_345)]
OFFSET = {"by": "offset", "param": "skip", "limit": "top", "size": 500}
PAGE = {"by": "page", "param": "page", "limit": "per_page", "size": 500}


def ask(source: Any, **more: Any) -> dict[str, Any]:
    return {"url": source.url + "/a", **more}


def cut(query: Any, most: int = len(ROWS)) -> Any:
    start = int(query["skip"])
    return ROWS[start : min(start + int(query["top"]), most)]


def link(query: Any) -> Any:
    start = int(query.get("skip", 0))
    return {"rows": ROWS[start : start + 250], **({"next": f"?skip={start + 250}"} if start < 750 else {})}


@pytest.mark.parametrize(
    ("route", "more"),
    [
        (lambda query: cut(query, 1_000), {"paging": OFFSET}),
        (link, {"records": "rows", "paging": {"by": "next_link", "path": "next"}}),
    ],
    ids=["offset", "next_link"],
)
def test_a_list_that_ends_where_servers_let_nobody_page_on_is_unproven(
    source: Any, pull: Run, route: Any, more: Any
) -> None:
    source.routes["/a"] = route
    _, receipt = pull(ask(source, **more))
    assert (receipt.received, receipt.verdict) == (1_000, "unproven")
    assert "exactly 1,000 records" in receipt.reason


def test_a_number_that_is_not_round_needs_no_count(source: Any, pull: Run) -> None:
    source.routes["/a"] = cut
    assert pull(ask(source, paging=OFFSET))[1].verdict == "complete"


def test_source_fault_01_a_page_that_was_cut_is_not_made_up_for_by_the_next(source: Any, pull: Run) -> None:
    source.routes["/a"] = lambda query: ROWS[(n := int(query["page"])) * 500 - 500 : n * 500][: 37 if n == 3 else 500]
    _, receipt = pull(ask(source, paging=PAGE))
    assert receipt.verdict == "unproven"
    assert "Page 3 holds 37 records and another 500" in receipt.reason


def test_pages_of_the_servers_own_size_are_whole(source: Any, pull: Run) -> None:
    source.routes["/a"] = lambda query: ROWS[(n := int(query["page"])) * 100 - 100 : n * 100]
    assert pull(ask(source, paging=PAGE))[1].verdict == "complete"


def test_an_offset_that_counts_pages_is_found_out(source: Any, pull: Run) -> None:
    source.routes["/a"] = lambda query: ROWS[(n := int(query["skip"])) * 500 : n * 500 + 500]
    _, receipt = pull(ask(source, paging=OFFSET))
    assert (receipt.received, receipt.verdict) == (500, "unproven")
    assert "write `by: page` with `first: 0`" in receipt.reason


def test_a_page_that_says_it_is_the_last_is_not_believed_without_a_count(source: Any, pull: Run) -> None:
    source.routes["/a"] = lambda query: {"rows": cut(query), "more": query["skip"] == "0"}
    with pytest.raises(PullError, match=r"page 2 says that it is the last .`more`., and the one after it holds 500"):
        pull(ask(source, records="rows", paging={**OFFSET, "more": "more"}))


@pytest.mark.parametrize("rel", ["http://www.iana.org/assignments/relation/next", "urn:x:next", ["self", "NEXT"]])
def test_a_relation_may_be_written_with_its_whole_name(source: Any, pull: Run, rel: Any) -> None:
    source.routes["/a"] = lambda query: {"rows": ROWS[3:5]} if query else {
        "rows": ROWS[:3], "links": [{"rel": "self", "href": "/x"}, {"rel": rel, "href": "?page=2"}],
    }  # fmt: skip
    assert pull(ask(source, records="rows", paging={"by": "next_link", "path": "links"}))[1].received == 5


@pytest.mark.parametrize(
    "around",
    [
        {"status": "error"}, {"code": 503}, {"message": "API rate limit exceeded"}, {"success": "false"},
        {"meta": {"warnings": ["Truncated"]}}, {"errorCode": "12"}, {"data": {"state": "failed"}},
    ],
    ids=lambda one: next(iter(one)),
)  # fmt: skip
def test_source_fault_07_what_stands_beside_the_records_is_read(source: Any, pull: Run, around: Any) -> None:
    source.routes["/a"] = lambda _query: {"rows": ROWS[:3], **around}
    _, receipt = pull(ask(source, records="rows"))
    assert (receipt.verdict, "says that something went wrong" in receipt.reason) == ("unproven", True)


@pytest.mark.parametrize("around", [{"status": "ok"}, {"code": 0}, {"message": "3 found"}, {"code": "", "errors": []}])
def test_what_stands_beside_the_records_may_be_good(source: Any, pull: Run, around: Any) -> None:
    source.routes["/a"] = lambda _query: {"rows": ROWS[:3], **around}
    assert pull(ask(source, records="rows"))[1].verdict == "complete"
